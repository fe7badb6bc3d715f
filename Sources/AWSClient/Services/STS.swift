extension Service {
    public static let sts = Service(
        endpointPrefix: "sts", signingName: "sts", environmentName: "STS",
        wireProtocol: .query(apiVersion: "2011-06-15"))
}

extension Operation {
    /// AWS allows this call whatever the policies say.
    public static let getCallerIdentity = Operation(.sts, "GetCallerIdentity")
    public static let assumeRole = Operation(.sts, "AssumeRole")
    public static let assumeRoot = Operation(.sts, "AssumeRoot")
    public static let assumeRoleWithWebIdentity = Operation(.sts, "AssumeRoleWithWebIdentity")
}

/// AWS STS, as far as it is used. Source of the shapes: the AWS Security Token Service API Reference.
public enum STS {
    public static func getCallerIdentity() -> ReadRequest<GetCallerIdentityAnswer> {
        ReadRequest(.getCallerIdentity)
    }
}

public struct GetCallerIdentityAnswer: Decodable, Sendable {
    public var account: String
    public var arn: String
}
