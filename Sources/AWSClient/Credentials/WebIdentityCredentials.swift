import Basics

/// Credentials of a role that is assumed with a token of another identity provider, as on EKS and in CI.
struct WebIdentityCredentials: CredentialProvider {
    let role: AssumableRole
    let tokenFile: String
    let environment: AWSEnvironment
    let sts: SecurityTokenService

    func credentials() async throws(Failure) -> Credentials {
        try await sts.assumeRole(role, webIdentityToken: try token())
    }

    /// Reads the token each time, because the platform replaces the file before the token expires.
    private func token() throws(Failure) -> String {
        let what = "the web identity token \(tokenFile) cannot be used"
        let advice = "check AWS_WEB_IDENTITY_TOKEN_FILE or the profile's web_identity_token_file"
        let bytes: [UInt8]?
        do {
            bytes = try environment.readFile(environment.expand(tokenFile))
        } catch {
            throw Failure(what, why: error.fileReason, advice: advice)
        }
        guard let bytes else { throw Failure(what, why: "there is no such file", advice: advice) }
        guard let token = String(validating: bytes, as: UTF8.self)?.trimmed, !token.isEmpty,
            token.utf8.count <= 20_000, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw Failure(what, why: "the file holds no token", advice: advice) }
        return token
    }
}
