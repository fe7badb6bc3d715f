extension PolicyDocument {
    /// Creates a policy from these statements, each a JSON object.
    public init(statements: String...) {
        self.init(#"{"Version": "2012-10-17", "Statement": [\#(statements.joined(separator: ", "))]}"#)
    }

    /// Lets the sample trail deliver to the sample bucket, and denies requests without TLS.
    public static var trailBucket: PolicyDocument {
        PolicyDocument(statements: trailDelivery, tlsOnly)
    }

    /// Statements that let only the sample trail write to the sample bucket.
    public static var trailDelivery: String {
        #"""
        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:GetBucketAcl",
         "Resource": "arn:aws:s3:::example-trail",
         "Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:123456789012:trail/main"}}},
        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
         "Resource": "arn:aws:s3:::example-trail/AWSLogs/123456789012/*",
         "Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:123456789012:trail/main"}}}
        """#
    }

    /// Statement that denies every request to the sample bucket without TLS.
    public static var tlsOnly: String {
        #"""
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
         "Resource": ["arn:aws:s3:::example-trail", "arn:aws:s3:::example-trail/*"],
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
        """#
    }

    /// Lets S3 deliver the sample bucket's access logs.
    public static var accessLogs: PolicyDocument {
        PolicyDocument(
            statements: #"""
                {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
                 "Resource": "arn:aws:s3:::example-access-logs/trail/*",
                 "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::example-trail"},
                               "StringEquals": {"aws:SourceAccount": "123456789012"}}}
                """#)
    }

    /// Lets the account's IAM policies control the key, and lets CloudTrail encrypt the sample trail's files with it.
    public static var trailKey: PolicyDocument {
        PolicyDocument(statements: keyAdministration, trailEncryption)
    }

    /// Statement that lets the account's IAM policies control access to the key.
    public static var keyAdministration: String {
        #"""
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}
        """#
    }

    /// Statement that lets CloudTrail encrypt the files of this account's trails.
    public static var trailEncryption: String {
        #"""
        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "kms:GenerateDataKey*",
         "Resource": "*",
         "Condition": {
           "StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:123456789012:trail/main"},
           "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:123456789012:trail/*"}}}
        """#
    }

    /// Allows everything.
    public static var administrator: PolicyDocument {
        PolicyDocument(statements: #"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#)
    }

    /// Allows reading one bucket.
    public static var reader: PolicyDocument {
        PolicyDocument(
            statements: #"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-data/*"}"#)
    }

    /// A document that is not valid in IAM's grammar.
    public static var unreadable: PolicyDocument { PolicyDocument("{") }
}
