import Basics
import FoundationEssentials

/// Credentials of a role in IAM Identity Center, for a user who is logged in.
///
/// Source: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider"; the "IAM Identity Center
/// Portal" and "OIDC" API references.
struct SSOCredentials: CredentialProvider {
    let settings: SSOSettings
    let context: CredentialContext

    /// A token that expires sooner than this is renewed before use.
    private static let renewalWindow: TimeInterval = 15 * 60

    func credentials() async throws(Failure) -> Credentials {
        let token = try await token()
        let request = ReadRequest<RoleCredentialsAnswer>(
            Operation(.ssoPortal, "GetRoleCredentials"),
            binding: RESTBinding(
                path: "federation/credentials",
                query: [.init("account_id", settings.accountID), .init("role_name", settings.roleName)],
                headers: [.init("x-amz-sso_bearer_token", token.accessToken)]))
        let response: HTTPResponse
        do {
            response = try await send(request)
        } catch let error as Failure {
            throw error
        } catch {
            throw failure(
                "the portal gives no answer: \("\(error)".quotable)",
                (error as? TransportError)?.advice ?? "check the network and sso_region")
        }
        guard response.status == 200 else {
            let error = AnswerDecoder.error(response, of: request.operation)
            let why = "the portal refuses: \(error.code): \(error.message.hiding([token.accessToken]))".quotable
            guard response.status != 401 else { throw failure(why, login) }
            throw failure(why, "check sso_account_id and sso_role_name, and that you are assigned that role")
        }
        guard let answer = try? AnswerDecoder.decode(response, of: request) else {
            throw failure("the portal answers what is not its answer", "check sso_region and the proxy")
        }
        return answer.roleCredentials.value
    }

    // MARK: The token

    private func token() async throws(Failure) -> SSOToken {
        guard let path = SSOToken.path(key: settings.cacheKey, in: context.environment) else {
            throw failure("there is no home directory to find the login in", "set HOME")
        }
        let bytes: [UInt8]?
        do {
            bytes = try context.environment.readFile(path)
        } catch {
            throw failure("\(path) cannot be read: \(error.fileReason)", "make it readable")
        }
        guard let bytes else { throw failure("no SSO session is active", login) }
        guard let token = try? JSONDecoder().decode(SSOToken.self, from: Data(bytes)), let expiration = token.expiration
        else { throw failure("\(path) holds no login", login) }

        let now = context.environment.now()
        guard expiration.timeIntervalSince(now) < Self.renewalWindow else { return token }
        let refusal: String?
        if settings.sessionName != nil, let renewal = token.renewal(at: now) {
            do {
                return try await renew(token, with: renewal, path: path)
            } catch {
                refusal = error.why
            }
        } else {
            refusal = nil
        }
        guard expiration > now else {
            let reason = refusal.map { ", and cannot be renewed: \($0)" } ?? ""
            throw failure("the login expired at \(expiration.rfc3339)\(reason)", login)
        }
        return token
    }

    private func renew(
        _ token: SSOToken, with renewal: [String: JSON], path: String
    ) async throws(Failure) -> SSOToken {
        let request = ReadRequest<NewTokenAnswer>(
            Operation(.ssoOIDC, "CreateToken"), renewal, binding: RESTBinding(method: "POST", path: "token"))
        let response: HTTPResponse
        do {
            response = try await send(request)
        } catch let error as Failure {
            throw error
        } catch {
            throw failure("no answer: \("\(error)".quotable)", (error as? TransportError)?.advice ?? login)
        }
        guard response.status == 200 else {
            throw failure(AnswerDecoder.error(response, of: request.operation).code.quotable, login)
        }
        guard let answer = try? AnswerDecoder.decode(response, of: request) else {
            throw failure("the answer is not one", login)
        }
        var renewed = token
        renewed.startURL = settings.startURL
        renewed.region = settings.region
        renewed.accessToken = answer.accessToken
        renewed.expiresAt = (context.environment.now() + TimeInterval(answer.expiresIn)).rfc3339
        renewed.refreshToken = answer.refreshToken
        // The old refresh token may now be invalid. If the new one cannot be stored, this run still uses it.
        if let bytes = try? JSONEncoder().encode(renewed) {
            try? context.environment.replacePrivateFile(path, Array(bytes))
        }
        return renewed
    }

    private func send<Output>(_ request: ReadRequest<Output>) async throws -> HTTPResponse {
        let endpoint: Endpoint
        do {
            endpoint = try context.endpoints.endpoint(for: request.operation.service, region: settings.region)
        } catch {
            throw failure("\(error.what): \(error.why)", error.advice)
        }
        let http = try RequestEncoder.encode(request, to: endpoint, addressing: .path)
        return try await PatientSender(transport: context.transport, pause: context.environment.pause).send { http }
    }

    private var login: String {
        settings.profile == "default" ? "run 'aws sso login'" : "run 'aws sso login --profile \(settings.profile)'"
    }

    private func failure(_ why: String, _ advice: String) -> Failure {
        Failure("the SSO login of the profile '\(settings.profile)' cannot be used", why: why, advice: advice)
    }
}

extension Service {
    /// The service that gives logged-in users the credentials of roles.
    static let ssoPortal = Service(
        endpointPrefix: "portal.sso", signingName: "awsssoportal", environmentName: "SSO", wireProtocol: .restJSON)
    /// The service that gives clients their tokens.
    static let ssoOIDC = Service(
        endpointPrefix: "oidc", signingName: "sso-oauth", environmentName: "SSO_OIDC", wireProtocol: .restJSON)
}

private struct RoleCredentialsAnswer: Decodable, Sendable {
    var roleCredentials: Key

    struct Key: Decodable, Sendable {
        var accessKeyId: String
        var secretAccessKey: String
        var sessionToken: String
        /// Milliseconds since 1970.
        var expiration: Int

        var value: Credentials {
            Credentials(
                accessKeyID: accessKeyId, secretAccessKey: secretAccessKey, sessionToken: sessionToken,
                expiration: Date(timeIntervalSince1970: Double(expiration) / 1000))
        }
    }
}

private struct NewTokenAnswer: Decodable, Sendable {
    var accessToken: String
    /// Seconds until the token expires.
    var expiresIn: Int
    var refreshToken: String?
}
