import IAMPolicy

/// An AWS managed policy that gives power over the account. These are built in, because an inventory lists an AWS
/// managed policy only if it is attached already.
///
/// Source: AWS Managed Policy Reference Guide, the pages of the policies.
struct AWSPolicy {
    var name: String
    private var statement: Statement

    static let administratorAccess = AWSPolicy(name: "AdministratorAccess", allowing: .only(["*"]))
    static let all = [
        administratorAccess, AWSPolicy(name: "IAMFullAccess", allowing: .only(["iam:*"])),
        AWSPolicy(name: "PowerUserAccess", allowing: .allExcept(["iam:*", "organizations:*", "account:*"])),
    ]

    private init(name: String, allowing actions: Actions) {
        self.name = name
        statement = Statement(effect: .allow, actions: actions, resources: .only(["*"]))
    }

    func arn(in partition: String) -> String { "arn:\(partition):iam::aws:policy/\(name)" }

    var named: NamedPolicy { NamedPolicy(name, Policy(statements: [statement])) }

    /// Whether an AWS managed policy that is not built in, or a pattern that matches several, may allow more than read
    /// access. The name decides.
    static func isUnread(_ arn: String) -> Bool {
        let name = arn.split(separator: "/").last ?? ""
        return !all.contains { $0.name == name }
            && !["ReadOnly", "ReadOnlyAccess", "ViewOnlyAccess", "SecurityAudit"].contains { name.hasSuffix($0) }
    }
}

extension NamedPolicy {
    static let administratorAccess = AWSPolicy.administratorAccess.named
}
