/// An AWS service: how its endpoints are named and how it talks.
public struct Service: Sendable, Hashable {
    /// How requests and answers are written on the wire.
    public enum WireProtocol: Sendable, Hashable {
        /// A JSON body, the operation named in `X-Amz-Target`. `version` is `1.0` or `1.1`.
        case awsJSON(version: String, targetPrefix: String)
        /// A form body that names `Action` and `Version`; XML answers.
        case query(apiVersion: String)
        /// As ``query(apiVersion:)``, with EC2's own way of writing lists and errors.
        case ec2(apiVersion: String)
        /// Method and path say what is asked; JSON answers.
        case restJSON
        /// Method and path say what is asked; XML answers.
        case restXML
    }

    /// The name in host names (`cloudtrail.us-east-1.amazonaws.com`).
    public let endpointPrefix: String
    /// The name in signatures and in IAM actions.
    public let signingName: String
    /// The name in `AWS_ENDPOINT_URL_<NAME>`, after botocore's service ids.
    public let environmentName: String
    public let wireProtocol: WireProtocol
    /// One endpoint serves the whole partition (IAM).
    public let isGlobal: Bool

    public init(
        endpointPrefix: String, signingName: String, environmentName: String, wireProtocol: WireProtocol,
        isGlobal: Bool = false
    ) {
        self.endpointPrefix = endpointPrefix
        self.signingName = signingName
        self.environmentName = environmentName
        self.wireProtocol = wireProtocol
        self.isGlobal = isGlobal
    }
}

/// One operation of an AWS service, as a plain value: what a call is named and which permission it takes.
public struct Operation: Sendable, Hashable, CustomStringConvertible {
    public let service: Service
    public let name: String
    /// The IAM action that the caller must be allowed, which S3 often names differently from the operation.
    public let permission: String
    /// The quota that the calls are counted against, a name of ``RateLimit/standard``: mostly the service's.
    public let quota: String

    public init(_ service: Service, _ name: String, permission: String? = nil, quota: String? = nil) {
        self.service = service
        self.name = name
        self.quota = quota ?? service.signingName
        self.permission = permission ?? "\(service.signingName):\(name)"
    }

    /// The service's name in endpoints and the operation's, such as `cloudtrail:DescribeTrails`.
    public var description: String {
        "\(service == .s3Control ? "s3control" : service.signingName):\(name)"
    }
}
