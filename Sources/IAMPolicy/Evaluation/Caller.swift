import Basics

/// The principal that makes a request, or an anonymous caller.
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

    /// The condition keys that the caller's identity implies. The context is incomplete: all other keys are unknown.
    ///
    /// The ARN of a session does not have the path of its role, so that `aws:PrincipalArn` stays unknown there.
    ///
    /// Source: IAM User Guide, "AWS global condition context keys", section "Properties of the principal".
    public var knownContext: RequestContext {
        var context = RequestContext().incomplete
        context["aws:PrincipalIsAWSService"] = "false"
        context["aws:PrincipalServiceName"] = .several([])
        context["aws:PrincipalAccount"] = accountID.map { .single($0) } ?? .several([])
        switch self {
        case .user(let arn):
            context["aws:PrincipalArn"] = .single(arn)
            context["aws:PrincipalType"] = "User"
            context["aws:username"] = (arn.split(separator: "/").last).map { .single(String($0)) }
        case .role(let arn):
            context["aws:PrincipalArn"] = .single(arn)
            context["aws:PrincipalType"] = "AssumedRole"
            context["aws:username"] = .several([])
        case .session:
            context["aws:PrincipalType"] = "AssumedRole"
            context["aws:username"] = .several([])
        case .root:
            context["aws:PrincipalArn"] = .single(description)
            context["aws:PrincipalType"] = "Account"
            context["aws:username"] = .several([])
        case .federatedUser(let arn):
            context["aws:PrincipalArn"] = .single(arn)
            context["aws:PrincipalType"] = "FederatedUser"
            context["aws:username"] = .several([])
        case .anonymous:
            context["aws:PrincipalIsAWSService"] = .several([])
            context["aws:PrincipalType"] = "Anonymous"
            context["aws:username"] = .several([])
        case .service(let name):
            context["aws:PrincipalIsAWSService"] = "true"
            context["aws:PrincipalServiceName"] = .single(name)
            context["aws:username"] = .several([])
        }
        return context
    }

    /// Whether the caller is a service-linked role, which organization policies and boundaries do not limit.
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
