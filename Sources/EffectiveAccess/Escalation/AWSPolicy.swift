import IAMPolicy

/// A policy of AWS's that is power over the account, which an inventory lists only if somebody has it already.
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

    /// Whether a policy of AWS's, or a pattern for several, may allow more than to look.
    static func isUnread(_ arn: String) -> Bool {
        let name = arn.split(separator: "/").last ?? ""
        return !all.contains { $0.name == name }
            && !["ReadOnly", "ReadOnlyAccess", "ViewOnlyAccess", "SecurityAudit"].contains { name.hasSuffix($0) }
    }
}

extension NamedPolicy {
    static let administratorAccess = AWSPolicy.administratorAccess.named
}
