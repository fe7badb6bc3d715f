/// An AWS service: its endpoint names and its wire protocol.
public struct Service: Sendable, Hashable {
    /// Encoding of requests and answers on the wire.
    public enum WireProtocol: Sendable, Hashable {
        /// A JSON body; `X-Amz-Target` names the operation. `version` is `1.0` or `1.1`.
        case awsJSON(version: String, targetPrefix: String)
        /// A form body with `Action` and `Version`; XML answers.
        case query(apiVersion: String)
        /// Like ``query(apiVersion:)``, with EC2's own encoding of lists and errors.
        case ec2(apiVersion: String)
        /// The HTTP method and path identify the operation; JSON answers.
        case restJSON
        /// The HTTP method and path identify the operation; XML answers.
        case restXML
    }

    /// The name in host names (`cloudtrail.us-east-1.amazonaws.com`).
    public let endpointPrefix: String
    /// The name in signatures and in IAM actions.
    public let signingName: String
    /// The name in `AWS_ENDPOINT_URL_<NAME>`, derived from botocore's service IDs.
    public let environmentName: String
    public let wireProtocol: WireProtocol
    /// Whether one endpoint serves the whole partition (IAM).
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

/// One operation of an AWS service, as a plain value: its name and the permission that it requires.
public struct Operation: Sendable, Hashable, CustomStringConvertible {
    public let service: Service
    public let name: String
    /// The IAM action that the caller must be allowed, which S3 often names differently from the operation.
    public let permission: String
    /// The quota that calls count against, a name of ``RateLimit/standard``: usually the service's.
    public let quota: String

    public init(_ service: Service, _ name: String, permission: String? = nil, quota: String? = nil) {
        self.service = service
        self.name = name
        self.quota = quota ?? service.signingName
        self.permission = permission ?? "\(service.signingName):\(name)"
    }

    /// The service's endpoint name and the operation's name, such as `cloudtrail:DescribeTrails`.
    public var description: String {
        "\(service == .s3Control ? "s3control" : service.signingName):\(name)"
    }
}
