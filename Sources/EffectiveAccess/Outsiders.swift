import Basics
public import IAMPolicy
import Inventory

extension Landscape {
    /// The principals, other than the inventory's users and roles, to which the resource's own policy gives access.
    ///
    /// If a statement is for all principals, and a condition limits it to an organization, a VPC or the like, the
    /// outsider is named after that limit.
    func outsiders(_ action: String, _ side: ResourceSide, context: RequestContext) -> [Outsider] {
        guard let policy = side.policy else { return [] }
        let allowing = policy.policy.statements.indices.filter {
            policy.policy.statements[$0].effect == .allow && policy.policy.statements[$0].actions.match(action)
        }
        let limited = allowing.filter { policy.policy.statements[$0].everybodysLimit != nil }
        let others = side.without(limited)
        let named = allowing.filter { !limited.contains($0) }
            .flatMap { principals(named: policy.policy.statements[$0].principals) }.uniqued
            .compactMap { outsider($0, action, others, context: context) }
        // If RestrictPublicBuckets is in force, a public statement makes S3 restrict the access that the other
        // statements give to other accounts.
        let isRestricted = side.restrictsPublicBuckets && !policy.policy.publicGrants().isEmpty
        let groups = (isRestricted ? [] : limited).flatMap { index -> [Outsider] in
            let alone = side.without(allowing.filter { $0 != index })
            return policy.policy.statements[index].everybodysLimit?.compactMap { limit in
                outsider(limit, action, alone, context: context)
            } ?? []
        }
        return (named + groups).merged.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
    }

    /// The outsider that a limited statement for all principals gives access to; `nil` if it gives none, or if the
    /// outsider belongs to an account that was read.
    private func outsider(
        _ limit: (kind: Outsider.Kind, name: String), _ action: String, _ side: ResourceSide, context: RequestContext
    ) -> Outsider? {
        let access = anybodysAccess(.anonymous, action, side, context)
        let outsider = Outsider(kind: limit.kind, name: limit.name, access: access, doubts: side.doubts.mayDeny)
        let isOwn = outsider.accountID.map { account($0) != nil } ?? false
        return access.isRuledOut || isOwn ? nil : outsider
    }

    /// Whether principals of another account, in another organization or in none, may assume a role whose trust policy
    /// names them. Only resource control policies can deny it.
    func strangersMayAssumeRoles(of account: String) -> Bool {
        let trust = EscalationGraph.trustingEverybody
        let role = "arn:aws:iam::\(account):role/role"
        let side = ResourceSide(guarded: GuardedResource(role, ownedBy: account, policy: trust), policy: trust)
        let id = account == "999999999999" ? "999999999998" : "999999999999"
        let stranger: RequestContext = ["aws:PrincipalOrgID": .several([]), "aws:PrincipalOrgPaths": .several([])]
        return !anybodysAccess(.role(arn: "arn:aws:iam::\(id):role/role"), "sts:AssumeRole", side, stranger).isRuledOut
    }

    private func principals(named principals: Principals?) -> [IAMPolicy.Principal] {
        switch principals {
        case nil: []
        case .only(let principals): principals
        // For outsiders, `NotPrincipal` means all principals.
        case .allExcept: [.everyone]
        }
    }

    private func outsider(
        _ principal: IAMPolicy.Principal, _ action: String, _ side: ResourceSide, context: RequestContext
    ) -> Outsider? {
        guard let kind = kind(of: principal) else { return nil }
        let access: Access
        switch kind {
        case .group: return nil
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
            // The policy names the principal, but the caller behind the name is unknown. Its statements are evaluated
            // for everyone, and their conditions stay in the answer.
            access = anybodysAccess(.root(accountID: ""), action, side.naming(principal), context)
        }
        let outsider = Outsider(kind: kind, name: principal.text, access: access, doubts: side.doubts.mayDeny)
        // A statement limited to the accounts that were read gives access to no outsider. Their users and roles are
        // reported themselves.
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

    /// The access of a caller of which only the identity is known. Its own account is assumed to allow it everything.
    private func anybodysAccess(
        _ caller: Caller, _ action: String, _ side: ResourceSide, _ context: RequestContext
    ) -> Access {
        let everything = Statement(effect: .allow, actions: .only(["*"]), resources: .only(["*"]))
        var known = caller.knownContext
        if caller == .anonymous {
            // Everyone includes all principals with an account, so that nothing is known of the caller.
            known = RequestContext().incomplete
        }
        let account = side.guarded.accountID
        let levels = account.flatMap { resourceControls[$0] } ?? []
        if case .service(let service) = caller {
            let policies = [side.policy].compactMap(\.self) + levels.flatMap(\.policies)
            known = RequestContext(ofService: service, facing: policies.map(\.policy))
        }
        return PolicySet(
            identity: [NamedPolicy("policies of its own account", Policy(statements: [everything]))],
            resource: side.policy, resourceControl: levels,
            restrictPublicBuckets: side.restrictsPublicBuckets
        ).access(
            for: AccessRequest(
                caller, action, on: side.guarded.arn, ownedBy: account,
                context: known.adding(assumedContext).adding(context)))
    }
}

extension ResourceSide {
    /// A copy in which the statements that allow `principal` allow everyone. The other Allow statements are removed.
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

extension ResourceSide {
    /// A copy without some of the policy's statements.
    fileprivate func without(_ indices: [Int]) -> ResourceSide {
        guard !indices.isEmpty, let policy else { return self }
        var side = self
        side.policy?.policy.statements = policy.policy.statements.enumerated()
            .filter { !indices.contains($0.offset) }.map(\.element)
        return side
    }
}

extension Statement {
    /// The callers to whom conditions limit a statement for all principals, as lines of a list; none if no condition
    /// names any.
    public var limitedCallers: [String] { everybodysLimit?.map { $0.kind.title(of: $0.name) } ?? [] }

    /// The organizations, VPCs, endpoints, accounts or principals to which conditions limit a statement for all
    /// principals; `nil` if no condition names any. If there are several such conditions, the narrowest counts.
    fileprivate var everybodysLimit: [(kind: Outsider.Kind, name: String)]? {
        switch principals {
        case .only(let principals) where principals.contains(.everyone): break
        case .allExcept: break
        default: return nil
        }
        for (key, kind) in Self.limitingKeys {
            guard let values = PublicAccessRules.callers.fixedValues(of: key, in: self) else { continue }
            return values.map { (kind, Self.name(of: $0, under: key)) }
        }
        return nil
    }

    /// Source: IAM User Guide, "AWS global condition context keys"; AWS KMS Developer Guide, "AWS KMS condition keys".
    private static let limitingKeys: [(key: String, kind: Outsider.Kind)] = [
        ("aws:PrincipalArn", .principal), ("aws:PrincipalAccount", .account), ("kms:CallerAccount", .account),
        ("aws:userid", .group), ("aws:SourceVpce", .group), ("aws:SourceVpc", .group),
        ("aws:PrincipalOrgPaths", .group),
        ("aws:PrincipalOrgID", .group), ("aws:PrincipalServiceName", .service), ("aws:SourceAccount", .service),
        ("aws:SourceVpcArn", .group), ("aws:VpceAccount", .group), ("aws:VpceOrgPaths", .group),
        ("aws:VpceOrgID", .group), ("s3:DataAccessPointArn", .group), ("s3:DataAccessPointAccount", .group),
    ]

    /// The name of the outsider that a condition's value stands for. If the value alone is not clear, the name explains
    /// it.
    private static func name(of value: String, under key: String) -> String {
        switch key {
        // Only services that act on behalf of another principal send this key.
        case "aws:SourceAccount": "AWS services for account \(value)"
        case "aws:VpceAccount": "VPC endpoints of account \(value)"
        case "aws:VpceOrgID": "VPC endpoints of organization \(value)"
        case "aws:VpceOrgPaths": "VPC endpoints of organization path \(value)"
        case "s3:DataAccessPointArn": "access points of the form \(value)"
        case "s3:DataAccessPointAccount": "access points of account \(value)"
        default: value
        }
    }
}

extension Outsider {
    static func groupTitle(_ name: String) -> String {
        switch true {
        case name.contains(" of "): "any principal through \(name)"
        case name.hasPrefix("vpce-"): "any principal through VPC endpoint \(name)"
        case name.hasPrefix("vpc-"), name.hasPrefix("arn:"): "any principal in VPC \(name)"
        case name.hasPrefix("o-") && name.contains("/"): "any principal in \(name)"
        case name.hasPrefix("o-"): "any principal in organization \(name)"
        default: "any principal with user ID \(name)"
        }
    }
}

extension [Outsider] {
    /// Each outsider once, with the first access that is certain, or the first.
    fileprivate var merged: [Outsider] {
        var places: [[String]: Int] = [:]
        var merged: [Outsider] = []
        for outsider in self {
            let key = [outsider.kind.rawValue, outsider.name]
            guard let place = places[key] else {
                places[key] = merged.count
                merged.append(outsider)
                continue
            }
            if outsider.access.isCertain, !merged[place].access.isCertain { merged[place] = outsider }
        }
        return merged
    }
}

extension Outsider {
    /// Whether only principals of these accounts have access, although the policy names everyone. A condition names the
    /// account, or ARNs in it.
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
