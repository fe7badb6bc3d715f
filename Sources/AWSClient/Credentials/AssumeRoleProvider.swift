public import Basics

/// Credentials of a role, assumed with other credentials.
public struct AssumeRoleProvider: CredentialProvider {
    private let role: AssumableRole
    private let source: any CredentialProvider
    private let sts: SecurityTokenService
    private let promptMFA: (@Sendable (String) async throws -> String)?

    /// - Parameters:
    ///   - source: the credentials that assume the role.
    ///   - promptMFA: asks for the device's code each time that the role is assumed, if the role has an
    ///     ``AssumableRole/mfaSerial``; `nil` if there is no terminal.
    public init(
        _ role: AssumableRole, source: any CredentialProvider, sts: SecurityTokenService,
        promptMFA: (@Sendable (String) async throws -> String)?
    ) {
        self.role = role
        self.source = source
        self.sts = sts
        self.promptMFA = promptMFA
    }

    public func credentials() async throws(Failure) -> Credentials {
        _ = try role.partition()
        // Get these before the prompt: if they fail, the user should not have typed a code for nothing.
        let caller = try await source.credentials()
        return try await sts.assumeRole(role, tokenCode: try await tokenCode(), as: caller)
    }

    private func tokenCode() async throws(Failure) -> String? {
        guard let serial = role.mfaSerial else { return nil }
        let what = "the role \(role.arn) cannot be assumed"
        guard let promptMFA else {
            throw Failure(
                what, why: "it needs a code of the MFA device \(serial), and there is no terminal to ask for it",
                advice: "run it in a terminal, or give credentials of a session that was opened with MFA")
        }
        let answer: String
        do {
            answer = try await promptMFA(serial)
        } catch {
            throw Failure(
                what, why: "no code of the MFA device \(serial) was given", advice: "run it again and type the code")
        }
        let code = answer.trimmed
        guard code.utf8.count == 6, code.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else {
            throw Failure(
                what, why: "what was typed is not a code of the MFA device \(serial)",
                advice: "type the six digits that the device shows")
        }
        return code
    }
}
