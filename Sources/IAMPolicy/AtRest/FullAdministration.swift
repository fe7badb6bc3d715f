extension Policy {
    /// The statements that allow every action on every resource, whenever.
    ///
    /// Spellings of "everything" other than `*` count (`**`, `*:*`, `arn:aws:*:*:*:*`, a `NotAction` that excepts nothing),
    /// those that leave anything out do not. Where the same policy denies everything without condition, nothing is given.
    ///
    /// Source: IAM User Guide, "AWS managed policies for job functions" (AdministratorAccess); CIS AWS Foundations
    /// Benchmark, the recommendation against policies that allow "*:*" administrative privileges.
    public var unconditionalFullAdministration: [Statement] {
        fullAdministration.filter(\.conditions.isEmpty)
    }

    /// The statements that allow every action on every resource when their conditions hold.
    public var conditionalFullAdministration: [Statement] {
        fullAdministration.filter { !$0.conditions.isEmpty }
    }

    /// Both of them.
    public var fullAdministration: [Statement] {
        let everything = Statement(effect: .allow, actions: .only(["*"]), resources: .only(["*"]))
        guard !deniesEverything(in: everything) else { return [] }
        return statements.filter { $0.effect == .allow && $0.isAboutEverything }
    }

    /// Whether the policy takes back, whoever asks and whenever, all that a statement of it allows.
    ///
    /// It errs towards `false`: several denials that only together take back everything are not seen to do so.
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
