import Basics

/// A principal that a statement of a resource policy names.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal".
public enum Principal: Sendable, Hashable {
    /// `"*"` or `{"AWS": "*"}`: all principals, including anonymous callers. The two mean the same in a resource
    /// policy.
    case everyone
    /// Twelve digits, or the ARN `arn:…:iam::ACCOUNT:root`: the principals of the account to which the account passes
    /// the permission on.
    case account(String)
    /// An IAM user's ARN.
    case user(String)
    /// An IAM role's ARN: its sessions.
    case role(String)
    /// An assumed role session's ARN.
    case session(String)
    /// The ARN of a session from GetFederationToken.
    case federatedUser(String)
    /// Any other text under `AWS`, such as the unique identifier that replaces a deleted user or role.
    case identifier(String)
    /// A service principal such as `cloudtrail.amazonaws.com`.
    case service(String)
    /// A web identity provider's name, or the ARN of a SAML or OpenID Connect provider.
    case federated(String)
    /// The canonical user identifier of an account, as S3 knows it.
    case canonicalUser(String)

    /// The principal that a text under the key `AWS` names.
    public init(aws text: String) {
        if text == "*" {
            self = .everyone
        } else if AccountID.isValid(text) {
            self = .account(text)
        } else {
            self = Self.named(byARN: text) ?? .identifier(text)
        }
    }

    private static func named(byARN text: String) -> Principal? {
        guard let arn = ARN(text), let account = arn.accountID else { return nil }
        let resource = arn.resource
        switch arn.service {
        case "iam" where resource == "root": return .account(account)
        case "iam" where resource.hasPrefix("user/"): return .user(text)
        case "iam" where resource.hasPrefix("role/"): return .role(text)
        case "sts" where resource.hasPrefix("assumed-role/"): return .session(text)
        case "sts" where resource.hasPrefix("federated-user/"): return .federatedUser(text)
        default: return nil
        }
    }

    /// The key of the `Principal` element under which the principal is written.
    public var type: String {
        switch self {
        case .everyone, .account, .user, .role, .session, .federatedUser, .identifier: "AWS"
        case .service: "Service"
        case .federated: "Federated"
        case .canonicalUser: "CanonicalUser"
        }
    }

    /// The text under that key.
    public var text: String {
        switch self {
        case .everyone: "*"
        case .account(let text), .user(let text), .role(let text), .session(let text), .federatedUser(let text),
            .identifier(let text), .service(let text), .federated(let text), .canonicalUser(let text):
            text
        }
    }

    /// The account that the principal is, or belongs to; `nil` if the text does not say.
    public var accountID: String? {
        switch self {
        case .account(let id): id
        case .user(let arn), .role(let arn), .session(let arn), .federatedUser(let arn), .federated(let arn):
            ARN(arn).map { String($0.account) }
        case .everyone, .identifier, .service, .canonicalUser: nil
        }
    }

    /// Whether this principal includes `other`: `everyone` includes all, an account its users, roles and sessions, a
    /// role its sessions.
    public func includes(_ other: Principal) -> Bool {
        if self == other { return true }
        switch (self, other) {
        case (.everyone, _): return true
        case (.account(let id), .user), (.account(let id), .role), (.account(let id), .session),
            (.account(let id), .federatedUser):
            return other.accountID == id
        case (.role(let role), .session(let session)):
            return RoleSession(arn: session)?.isSession(ofRole: role) ?? false
        case (.service(let name), .service(let otherName)):
            return name == "*" || name.lowercased() == otherName.lowercased()
        default: return false
        }
    }
}
