extension Service {
    public static let s3 = Service(
        endpointPrefix: "s3", signingName: "s3", environmentName: "S3", wireProtocol: .restXML)
    public static let s3Control = Service(
        endpointPrefix: "s3-control", signingName: "s3", environmentName: "S3_CONTROL", wireProtocol: .restXML)
}

extension Operation {
    public static let listBuckets = Operation(.s3, "ListBuckets", permission: "s3:ListAllMyBuckets")
    public static let getBucketLocation = Operation(.s3, "GetBucketLocation")
    public static let getBucketPolicy = Operation(.s3, "GetBucketPolicy")
    public static let getBucketACL = Operation(.s3, "GetBucketAcl")
    public static let getPublicAccessBlock = Operation(
        .s3, "GetPublicAccessBlock", permission: "s3:GetBucketPublicAccessBlock")
    public static let getBucketVersioning = Operation(.s3, "GetBucketVersioning")
    public static let getBucketLogging = Operation(.s3, "GetBucketLogging")
    public static let getBucketEncryption = Operation(
        .s3, "GetBucketEncryption", permission: "s3:GetEncryptionConfiguration")
    public static let getObjectLockConfiguration = Operation(
        .s3, "GetObjectLockConfiguration", permission: "s3:GetBucketObjectLockConfiguration")
    public static let getBucketRequestPayment = Operation(.s3, "GetBucketRequestPayment")
    public static let getAccountPublicAccessBlock = Operation(
        .s3Control, "GetPublicAccessBlock", permission: "s3:GetAccountPublicAccessBlock")
}

/// Amazon S3, as far as it is used. Source of the shapes: the Amazon S3 API Reference.
public enum S3 {
    /// Lists every bucket of the account, in all regions.
    public static func listBuckets<Bucket>() -> ReadRequest<ListBucketsAnswer<Bucket>> {
        ReadRequest(
            .listBuckets, binding: RESTBinding(query: [.init("max-buckets", "10000")]),
            paging: Paging("continuation-token") { $0.continuationToken },
            answerElements: ["ListAllMyBucketsResult"])
    }

    /// Any region of the partition answers this request.
    /// - Parameter owner: the expected owner; `nil` to allow any.
    public static func getBucketLocation(
        _ bucket: String, owner: String? = nil
    ) -> ReadRequest<BucketLocationAnswer> {
        var request: ReadRequest<BucketLocationAnswer> = ask(
            .getBucketLocation, bucket, owner, "location", answer: "LocationConstraint")
        request.binding.isPathStyle = true
        return request
    }

    /// The answer is the text of the policy.
    public static func getBucketPolicy(_ bucket: String, owner: String) -> ReadRequest<TextAnswer> {
        ask(.getBucketPolicy, bucket, owner, "policy")
    }

    public static func getBucketACL<Grant>(_ bucket: String, owner: String) -> ReadRequest<BucketACLAnswer<Grant>> {
        ask(.getBucketACL, bucket, owner, "acl", answer: "AccessControlPolicy")
    }

    public static func getPublicAccessBlock<Block>(_ bucket: String, owner: String) -> ReadRequest<Block> {
        ask(.getPublicAccessBlock, bucket, owner, "publicAccessBlock", answer: "PublicAccessBlockConfiguration")
    }

    public static func getBucketVersioning<Versioning>(_ bucket: String, owner: String) -> ReadRequest<Versioning> {
        ask(
            .getBucketVersioning, bucket, owner, "versioning",
            // The name in AWS's answers, and the name in those of the moto server.
            answer: "VersioningConfiguration", "GetBucketVersioningResponse")
    }

    public static func getBucketLogging<Logging>(
        _ bucket: String, owner: String
    ) -> ReadRequest<BucketLoggingAnswer<Logging>> {
        ask(.getBucketLogging, bucket, owner, "logging", answer: "BucketLoggingStatus")
    }

    public static func getBucketEncryption<Encryption>(
        _ bucket: String, owner: String
    ) -> ReadRequest<BucketEncryptionAnswer<Encryption>> {
        ask(.getBucketEncryption, bucket, owner, "encryption", answer: "ServerSideEncryptionConfiguration")
    }

    public static func getObjectLockConfiguration<Lock>(_ bucket: String, owner: String) -> ReadRequest<Lock> {
        ask(.getObjectLockConfiguration, bucket, owner, "object-lock", answer: "ObjectLockConfiguration")
    }

    public static func getBucketRequestPayment(
        _ bucket: String, owner: String
    ) -> ReadRequest<BucketRequestPaymentAnswer> {
        ask(.getBucketRequestPayment, bucket, owner, "requestPayment", answer: "RequestPaymentConfiguration")
    }

    /// Returns the Block Public Access settings of the account, which apply to all its buckets.
    public static func getAccountPublicAccessBlock<Block>(accountID: String) -> ReadRequest<Block> {
        ReadRequest(
            .getAccountPublicAccessBlock,
            binding: RESTBinding(
                path: "v20180820/configuration/publicAccessBlock",
                headers: [.init("x-amz-account-id", accountID)], accountID: accountID),
            answerElements: ["PublicAccessBlockConfiguration"])
    }

    /// - Parameter owner: the expected owner. S3 denies the request if the bucket belongs to another account, for
    ///   example because that account took over the name.
    private static func ask<Output>(
        _ operation: Operation, _ bucket: String, _ owner: String?, _ subresource: String, answer: String...
    ) -> ReadRequest<Output> {
        ReadRequest(
            operation,
            binding: RESTBinding(
                bucket: bucket, query: [.init(subresource, "")],
                headers: owner.map { [.init("x-amz-expected-bucket-owner", $0)] } ?? []),
            answerElements: answer)
    }
}

public struct ListBucketsAnswer<Bucket: Decodable & Sendable>: Decodable, Sendable {
    public var buckets: [Bucket]
    public var continuationToken: String?
}

/// The answer is the location constraint: empty for us-east-1, `EU` for the oldest buckets of eu-west-1.
public struct BucketLocationAnswer: Decodable, Sendable {
    public var constraint: String

    public init(from decoder: any Decoder) throws {
        constraint = try decoder.singleValueContainer().decode(String.self)
    }

    /// The bucket's region: the constraint is empty for us-east-1, and `EU` for eu-west-1.
    public var region: String {
        switch constraint {
        case "": "us-east-1"
        case "EU": "eu-west-1"
        default: constraint
        }
    }
}

public struct BucketACLAnswer<Grant: Decodable & Sendable>: Decodable, Sendable {
    public var accessControlList: [Grant]
}

public struct BucketRequestPaymentAnswer: Decodable, Sendable {
    /// `BucketOwner` or `Requester`.
    public var payer: String
}

public struct BucketLoggingAnswer<Logging: Decodable & Sendable>: Decodable, Sendable {
    public var loggingEnabled: Logging?
}

public struct BucketEncryptionAnswer<Encryption: Decodable & Sendable>: Decodable, Sendable {
    public var rule: Flattened<Rule>

    public struct Rule: Decodable, Sendable {
        public var applyServerSideEncryptionByDefault: Encryption?
    }
}
