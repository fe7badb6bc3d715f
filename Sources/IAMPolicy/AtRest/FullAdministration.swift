extension Policy {
    /// The statements that allow every action on every resource, without conditions.
    ///
    /// Other spellings of `*` count, too (`**`, `*:*`, `arn:aws:*:*:*:*`, a `NotAction` that excepts nothing). A
    /// spelling that leaves anything out does not. If the same policy denies everything without condition, no statement
    /// counts.
    ///
    /// Source: IAM User Guide, "AWS managed policies for job functions" (AdministratorAccess); CIS AWS Foundations
    /// Benchmark, the recommendation against policies that allow "*:*" administrative privileges.
    public var unconditionalFullAdministration: [Statement] {
        fullAdministration.filter(\.conditions.isEmpty)
    }

    /// The statements that allow every action on every resource if their conditions hold.
    public var conditionalFullAdministration: [Statement] {
        fullAdministration.filter { !$0.conditions.isEmpty }
    }

    /// The statements that allow every action on every resource, with or without conditions.
    public var fullAdministration: [Statement] {
        let everything = Statement(effect: .allow, actions: .only(["*"]), resources: .only(["*"]))
        guard !deniesEverything(in: everything) else { return [] }
        return statements.filter { $0.effect == .allow && $0.isAboutEverything }
    }

    /// Whether the policy denies all principals, without condition, all that one of its statements allows.
    ///
    /// It errs towards `false`: several denials that deny everything only together do not count.
    func deniesEverything(in statement: Statement) -> Bool {
        statements.contains { denial in
            guard denial.effect == .deny, denial.conditions.isEmpty, denial.principals?.includeEveryone ?? true else {
                return false
            }
            guard let denied = denial.completedResources, let allowed = statement.completedResources else {
                return denial.actions.cover(statement.actions) && denial.completedResources?.includeEverything ?? true
            }
            return denial.actions.cover(statement.actions) && denied.cover(allowed)
        }
    }
}

extension Statement {
    fileprivate var isAboutEverything: Bool {
        actions.includeEverything && completedResources?.includeEverything ?? false
    }
}
