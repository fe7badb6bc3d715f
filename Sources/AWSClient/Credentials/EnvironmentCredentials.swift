import Basics

/// The access key in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for a temporary one, `AWS_SESSION_TOKEN`.
struct EnvironmentCredentials: CredentialProvider {
    let environment: AWSEnvironment

    private static let keyID = "AWS_ACCESS_KEY_ID"
    private static let secret = "AWS_SECRET_ACCESS_KEY"

    /// Whether one of the two variables is set.
    static func isConfigured(in environment: AWSEnvironment) -> Bool {
        environment.variable(keyID) != nil || environment.variable(secret) != nil
    }

    func credentials() throws(Failure) -> Credentials {
        guard let keyID = environment.variable(Self.keyID)?.trimmed else { throw missing(Self.keyID, Self.secret) }
        guard let secret = environment.variable(Self.secret)?.trimmed else { throw missing(Self.secret, Self.keyID) }
        let token = environment.variable("AWS_SESSION_TOKEN") ?? environment.variable("AWS_SECURITY_TOKEN")
        return Credentials(accessKeyID: keyID, secretAccessKey: secret, sessionToken: token?.trimmed)
    }

    private func missing(_ absent: String, _ present: String) -> Failure {
        guard environment.variable(present) != nil else {
            return Failure(
                "the environment's credentials cannot be used", why: "\(absent) and \(present) are not set",
                advice: "set both")
        }
        return Failure(
            "the environment's credentials cannot be used", why: "\(present) is set and \(absent) is not",
            advice: "set \(absent) too, or unset \(present)")
    }
}
