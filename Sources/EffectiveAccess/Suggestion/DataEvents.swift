import IAMPolicy

/// The actions that CloudTrail records only if a trail logs data events. If the logs do not show them, they may still
/// have been used.
///
/// Source: AWS CloudTrail User Guide, "Logging data events".
enum DataEvents {
    private static let actions: [String: [String]] = [
        "s3": [
            "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion",
            "s3:ListBucket", "s3:ListBucketVersions", "s3:GetObjectAcl", "s3:PutObjectAcl", "s3:GetObjectTagging",
            "s3:PutObjectTagging", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts",
            "s3:ListBucketMultipartUploads", "s3:RestoreObject", "s3:GetObjectAttributes",
        ],
        "lambda": ["lambda:InvokeFunction"],
        "dynamodb": [
            "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query",
            "dynamodb:Scan", "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem",
            "dynamodb:GetRecords",
        ],
        "sns": ["sns:Publish"],
        "sqs": [
            "sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
            "sqs:GetQueueAttributes", "sqs:GetQueueUrl",
        ],
        "kinesis": ["kinesis:PutRecord", "kinesis:PutRecords", "kinesis:GetRecords", "kinesis:GetShardIterator"],
        "firehose": ["firehose:PutRecord", "firehose:PutRecordBatch"],
        "cloudwatch": ["cloudwatch:PutMetricData", "cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics"],
        "logs": ["logs:PutLogEvents", "logs:GetLogEvents", "logs:FilterLogEvents"],
        "events": ["events:PutEvents"],
        "states": ["states:InvokeHTTPEndpoint"],
        "sagemaker": ["sagemaker:InvokeEndpoint"],
        "execute-api": ["execute-api:Invoke", "execute-api:ManageConnections"],
        "ssmmessages": ["ssmmessages:OpenDataChannel", "ssmmessages:CreateDataChannel"],
        "appsync": ["appsync:GraphQL"],
        "iot": ["iot:Publish", "iot:Subscribe", "iot:Receive", "iot:Connect"],
    ]

    /// The services whose data events include some of `actions`.
    static func services(in actions: Actions) -> Set<String> {
        Set(Self.actions.filter { $0.value.contains(where: actions.match) }.keys)
    }
}
