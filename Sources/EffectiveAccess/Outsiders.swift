import Basics
import IAMPolicy
import Inventory

extension Landscape {
    /// Those outside the inventory's users and roles whom the resource's own policy lets in.
    func outsiders(_ action: String, _ side: ResourceSide, context: RequestContext) -> [Outsider] {
        guard let policy = side.policy else { return [] }
        let allowing = policy.policy.statements.filter { $0.effect == .allow && $0.actions.match(action) }
        return allowing.flatMap { principals(named: $0.principals) }.uniqued.compactMap { principal in
            outsider(principal, action, side, context: context)
        }.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
    }

    private func principals(named principals: Principals?) -> [IAMPolicy.Principal] {
        switch principals {
        case nil: []
        case .only(let principals): principals
        // All but some is everybody, as far as anybody outside is concerned.
        case .allExcept: [.everyone]
        }
    }

    private func outsider(
        _ principal: IAMPolicy.Principal, _ action: String, _ side: ResourceSide, context: RequestContext
    ) -> Outsider? {
        guard let kind = kind(of: principal) else { return nil }
        let access: Access
        switch kind {
        case .everybody:
            access = anybodysAccess(.anonymous, action, side, context)
        case .account:
            access = anybodysAccess(.root(accountID: principal.text), action, side, context)
        case .service:
            access = anybodysAccess(.service(principal.text), action, side, context)
        case .principal:
            guard let caller = Caller(principal.text) else { return nil }
            access = anybodysAccess(caller, action, side, context)
        case .provider:
            access = anybodysAccess(
                .anonymous, action, side, context.adding(["aws:FederatedProvider": .single(principal.text)]))
        case .other:
            // Whoever it is, the policy names it; what else its statement demands is told with it.
            access = anybodysAccess(.root(accountID: ""), action, side.naming(principal), context)
        }
        let outsider = Outsider(kind: kind, name: principal.text, access: access, doubts: side.doubts.mayDeny)
        // Everybody of one's own accounts is nobody else: the users and roles of the inventory answer for themselves.
        return access.isRuledOut || outsider.isLimited(to: accounts.map(\.id)) ? nil : outsider
    }

    private func kind(of principal: IAMPolicy.Principal) -> Outsider.Kind? {
        switch principal {
        case .everyone: .everybody
        case .account(let id): account(id) == nil ? .account : nil
        case .user(let arn): population.number(of: .user(arn: arn)) == nil ? .principal : nil
        case .role(let arn): population.number(of: .role(arn: arn)) == nil ? .principal : nil
        case .session, .federatedUser: .principal
        case .service: .service
        case .federated: .provider
        case .identifier, .canonicalUser: .other
        }
    }

    /// The access of a caller of whom nothing is known but who he is: his own account is taken to allow him everything.
    private func anybodysAccess(
        _ caller: Caller, _ action: String, _ side: ResourceSide, _ context: RequestContext
    ) -> Access {
        let everything = Statement(effect: .allow, actions: .only(["*"]), resources: .only(["*"]))
        var known = caller.knownContext
        if caller == .anonymous {
            // Everybody includes all who have an account, so that nothing is known of who calls.
            known = RequestContext().incomplete
        }
        let account = side.guarded.accountID
        return PolicySet(
            identity: [NamedPolicy("its own account's policies", Policy(statements: [everything]))],
            resource: side.policy, resourceControl: account.flatMap { resourceControls[$0] } ?? [],
            restrictPublicBuckets: side.restrictsPublicBuckets
        ).access(
            for: AccessRequest(
                caller, action, on: side.guarded.arn, ownedBy: account,
                context: known.adding(Self.assumedContext).adding(context)))
    }
}

extension ResourceSide {
    /// The same with the statements that name `principal` naming everybody.
    fileprivate func naming(_ principal: IAMPolicy.Principal) -> ResourceSide {
        var side = self
        side.policy?.policy.statements = (policy?.policy.statements ?? []).compactMap { statement in
            guard statement.effect == .allow else { return statement }
            guard case .only(let principals) = statement.principals, principals.contains(principal) else { return nil }
            var statement = statement
            statement.principals = .only([.everyone])
            return statement
        }
        return side
    }
}

extension Outsider {
    /// Whether only principals of these accounts are meant, although the policy names everybody: by their account, or by
    /// ARNs of it.
    public func isLimited(to accounts: [String]) -> Bool {
        kind == .everybody && access.requirement.isLimited(to: accounts)
    }
}

extension AccessRequirement {
    fileprivate func isLimited(to accounts: [String]) -> Bool {
        switch self {
        case .applies(let statement): statement.conditions.contains { $0.isLimited(to: accounts) }
        case .any(let parts): parts.allSatisfy { $0.isLimited(to: accounts) }
        case .all(let parts): parts.contains { $0.isLimited(to: accounts) }
        case .always, .appliesNot: false
        case .never: true
        }
    }
}

extension PolicyCondition {
    fileprivate func isLimited(to accounts: [String]) -> Bool {
        guard !`operator`.comparison.isNegated, !`operator`.ifExists, `operator`.quantifier != .forAllValues else {
            return false
        }
        switch key.lowercased() {
        case "aws:principalaccount", "kms:calleraccount": return values.allSatisfy(accounts.contains)
        case "aws:principalarn":
            return values.allSatisfy { ARN($0).map { accounts.contains(String($0.account)) } ?? false }
        default: return false
        }
    }
}
