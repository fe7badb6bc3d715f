import Basics
import Crypto
import FoundationEssentials

/// The access token of an IAM Identity Center session, as `aws sso login` stores it in `~/.aws/sso/cache`.
struct SSOToken: Codable {
    var startURL: String?
    var region: String?
    var accessToken: String
    var expiresAt: String
    var refreshToken: String?
    var clientID: String?
    var clientSecret: String?
    var registrationExpiresAt: String?

    enum CodingKeys: String, CodingKey {
        case startURL = "startUrl"
        case region
        case accessToken
        case expiresAt
        case refreshToken
        case clientID = "clientId"
        case clientSecret
        case registrationExpiresAt
    }

    /// Returns the path of the file that holds the token.
    /// - Parameter key: the session's name, or the start URL for a profile in the legacy format.
    static func path(key: String, in environment: AWSEnvironment) -> String? {
        let digest = Insecure.SHA1.hash(data: Array(key.utf8))
        let name = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return environment.sharedFile("sso/cache/\(name).json")
    }

    var expiration: Date? { Self.date(expiresAt) }

    /// Returns the request for a new token without user action; `nil` if the user has to log in again.
    func renewal(at now: Date) -> [String: JSON]? {
        guard let refreshToken, let clientID, let clientSecret,
            let registrationExpiresAt, let end = Self.date(registrationExpiresAt), end > now
        else { return nil }
        return [
            "grantType": "refresh_token", "clientId": .string(clientID), "clientSecret": .string(clientSecret),
            "refreshToken": .string(refreshToken),
        ]
    }

    /// Older versions of the AWS CLI wrote `UTC` instead of `Z`.
    private static func date(_ text: String) -> Date? {
        Moment(answer: text.hasSuffix("UTC") ? text.dropLast(3) + "Z" : text)?.date
    }
}
