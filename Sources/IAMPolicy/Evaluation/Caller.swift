/// Who makes a request.
public enum Caller: Sendable, Hashable, CustomStringConvertible {
    /// A request that is not signed.
    case anonymous
    /// The root user of the account.
    case root(accountID: String)
    case user(arn: String)
    /// A role as such. Requests are made by its sessions; a question about the role stands for any of them.
    case role(arn: String)
    case session(arn: String)
    /// A session from GetFederationToken.
    case federatedUser(arn: String)
    /// An AWS service by its service principal, such as `cloudtrail.amazonaws.com`.
    case service(String)

    /// Reads an ARN, a service principal or the word `anonymous`; `nil` for any other text.
    public init?(_ text: String) {
        if text == "anonymous" {
            self = .anonymous
        } else if ARN(text) == nil, text.contains("."), !text.contains(":"), !text.contains("/") {
            self = .service(text)
        } else {
            switch Principal(aws: text) {
            case .account(let id) where ARN(text) != nil: self = .root(accountID: id)
            case .user(let arn): self = .user(arn: arn)
            case .role(let arn): self = .role(arn: arn)
            case .session(let arn) where RoleSession(arn: arn) != nil: self = .session(arn: arn)
            case .federatedUser(let arn): self = .federatedUser(arn: arn)
            default: return nil
            }
        }
    }

    /// The text that `init` reads.
    public var description: String {
        switch self {
        case .anonymous: "anonymous"
        case .root(let id): "arn:aws:iam::\(id):root"
        case .user(let arn), .role(let arn), .session(let arn), .federatedUser(let arn): arn
        case .service(let name): name
        }
    }

    /// The account to which the caller belongs; `nil` for services and anonymous callers.
    public var accountID: String? {
        switch self {
        case .root(let id): id
        case .user(let arn), .role(let arn), .session(let arn), .federatedUser(let arn):
            ARN(arn).map { String($0.account) }
        case .anonymous, .service: nil
        }
    }

    /// Whether the caller is a role that a service made for itself, which organization policies and boundaries do not limit.
    ///
    /// Source: IAM User Guide, "Create a service-linked role"; AWS Organizations User Guide, "Service control policies".
    public var isServiceLinkedRole: Bool {
        switch self {
        case .role(let arn): ARN(arn)?.resource.hasPrefix("role/aws-service-role/") ?? false
        case .session(let arn): RoleSession(arn: arn)?.roleName.hasPrefix("AWSServiceRoleFor") ?? false
        default: false
        }
    }
}
