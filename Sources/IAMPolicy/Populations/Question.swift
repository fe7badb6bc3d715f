import Basics
import BitCollections

/// The question which members of a population can do one action, for any number of resources.
public struct Question: Sendable {
    public let action: String
    private let population: Population
    /// The context that is known for the request of every member.
    private let context: RequestContext
    /// The statements of identity policies that name the action, with the members that hold them.
    private let statements: [(statement: CompiledStatement, holders: BitSet)]
    private let index: ResourceIndex
    private let conditions: ConditionTruths

    init(of population: Population, action: String, context: RequestContext) {
        self.population = population
        self.action = action
        self.context = context
        let name = action.lowercased()
        var statements: [(statement: CompiledStatement, holders: BitSet)] = []
        for (policy, holders) in zip(population.policies, population.holders) where !holders.isEmpty {
            for statement in policy.statements where statement.names(lowercasedAction: name) {
                statements.append((statement, holders))
            }
        }
        self.statements = statements
        conditions = ConditionTruths(population: population, context: context)
        index = ResourceIndex(statements.enumerated().map { ($0, $1.statement.resourceTexts) })
    }

    /// The members that can do the action on the resource.
    public func holders(of resource: GuardedResource) -> Holders {
        let answer = Answering(
            population: population, action: action, resource: resource, context: context, conditions: conditions)
        var granted = TruthSet()
        var denied = TruthSet()
        for number in index.candidates(for: resource.isWildcardOnly ? "*" : resource.arn) {
            let (statement, holders) = statements[number]
            let truth = answer.truth(of: statement, among: holders)
            switch statement.effect {
            case .allow: granted.formUnion(truth)
            case .deny: denied.formUnion(truth)
            }
        }
        return answer.holders(grantedByIdentity: granted, deniedByIdentity: denied)
    }

    /// The access of one member to the resource: its conditions and its statements.
    public func access(of member: Int, to resource: GuardedResource) -> Access {
        population.policySet(of: member, on: resource).access(
            for: population.request(of: member, action, on: resource, context: context))
    }

    /// The decision for a member if the request has no context besides the known one.
    public func decision(of member: Int, to resource: GuardedResource) -> Decision {
        population.policySet(of: member, on: resource).decision(
            on: population.request(of: member, action, on: resource, context: context))
    }
}

/// The evaluation logic over sets of members, for one action and resource.
///
/// Source: IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access" and "Cross-account
/// policy evaluation logic".
private struct Answering {
    let population: Population
    let action: String
    let resource: GuardedResource
    let context: RequestContext
    let conditions: ConditionTruths
    /// The request of an unspecified caller: all keys that depend on the caller are unknown in it.
    private let anybodys: PreparedRequest

    init(
        population: Population, action: String, resource: GuardedResource, context: RequestContext,
        conditions: ConditionTruths
    ) {
        self.population = population
        self.conditions = conditions
        self.action = action
        self.resource = resource
        self.context = context
        anybodys = PreparedRequest(
            AccessRequest(
                .anonymous, action, on: resource.arn, context: context, isWildcardOnly: resource.isWildcardOnly),
            isBounded: false)
    }

    func holders(grantedByIdentity granted: TruthSet, deniedByIdentity: TruthSet) -> Holders {
        if anybodys.action == "sts:getcalleridentity" {
            return Holders(certain: population.everybody, possible: population.everybody)
        }
        let own = membersOfItsAccount
        var denied = deniedByIdentity
        var limits = TruthSet(population.everybody)
        limitByServiceControl(&limits, &denied)
        limitByResourceControl(&limits, &denied)
        var callersLimit = TruthSet(population.everybody)
        limitByBoundaries(&callersLimit, &denied)
        let named = namedByResourcePolicy(&denied)

        let byIdentity = granted.intersection(callersLimit)
        let needsResourcePolicy = ApplicablePolicies.needResourcePolicy(anybodys.action, resource.arn)
        let within = named.itself
            .union(named.parent.intersection(callersLimit))
            .union(needsResourcePolicy ? byIdentity.intersection(named.account) : byIdentity)
        var result = within.intersection(own)
            .union(byIdentity.intersection(named.account).subtracting(own))
            .intersection(limits)
        if resource.policies.restrictsPublicBucket, anybodys.action.hasPrefix("s3:") {
            result = result.intersection(own)
        }
        return Holders(
            certain: result.sure.subtracting(denied.possible), possible: result.possible.subtracting(denied.sure))
    }

    private var membersOfItsAccount: BitSet {
        if let account = resource.accountID { return population.accounts[account] ?? [] }
        guard let arn = ARN(resource.arn), !arn.account.isEmpty else { return population.everybody }
        return population.accounts[String(arn.account)] ?? []
    }

    // MARK: - Limits

    private func limitByServiceControl(_ limits: inout TruthSet, _ denied: inout TruthSet) {
        for (controls, members) in population.controlGroups {
            var limit = TruthSet(members)
            for level in population.controls[controls] {
                limit.formIntersection(allowance(of: level.policies, among: members, &denied))
            }
            limits.formIntersection(limit.union(TruthSet(population.everybody.subtracting(members))))
        }
    }

    private func limitByBoundaries(_ limits: inout TruthSet, _ denied: inout TruthSet) {
        for (boundaries, members) in population.boundaryGroups {
            var limit = TruthSet(members)
            for boundary in boundaries {
                limit.formIntersection(allowance(of: [population.policies[boundary]], among: members, &denied))
            }
            limits.formIntersection(limit.union(TruthSet(population.everybody.subtracting(members))))
        }
    }

    private func limitByResourceControl(_ limits: inout TruthSet, _ denied: inout TruthSet) {
        // The test with any one user is enough: only service-linked roles differ, and these policies do not limit them
        // anyway.
        guard
            ResourceControlScope.covers(
                action: anybodys.action, on: resource.arn, by: .user(arn: "arn:aws:iam::000000000000:user/anybody"))
        else { return }
        for level in resource.policies.resourceControl {
            var limit = TruthSet(population.limitless)
            for statement in level.policies.flatMap(\.statements) {
                let named = truth(ofNaming: statement).account
                switch statement.effect {
                case .allow: limit.formUnion(named)
                case .deny: denied.formUnion(named.subtracting(population.limitless))
                }
            }
            limits.formIntersection(limit)
        }
    }

    /// The `members`, which the policies limit, that one of the policies allows the action. Denials are added to
    /// `denied`.
    private func allowance(of policies: [CompiledPolicy], among members: BitSet, _ denied: inout TruthSet) -> TruthSet {
        var allowed = TruthSet()
        for statement in policies.flatMap(\.statements) {
            let truth = truth(of: statement, among: members)
            switch statement.effect {
            case .allow: allowed.formUnion(truth)
            case .deny: denied.formUnion(truth)
            }
        }
        return allowed
    }

    // MARK: - Statements on the caller's side

    func truth(of statement: CompiledStatement, among members: BitSet) -> TruthSet {
        guard statement.principals == nil else {
            return eachOf(members) { statement.applies(to: $0) }
        }
        let truth = statement.applies(to: anybodys)
        guard truth == .unknown, statement.depends(on: population.callerKeys) else {
            return TruthSet(truth, for: members)
        }
        // Without variables, the resource certainly matches, and only the conditions are unknown.
        return statement.hasVariableResources
            ? eachOf(members) { statement.applies(to: $0) } : conditions.all(of: statement).intersection(members)
    }

    private func eachOf(_ members: BitSet, _ truth: (PreparedRequest) -> Truth) -> TruthSet {
        var result = TruthSet()
        for number in members {
            switch truth(prepared(number)) {
            case .yes:
                result.sure.insert(number)
                result.possible.insert(number)
            case .unknown: result.possible.insert(number)
            case .no: continue
            }
        }
        return result
    }

    private func prepared(_ number: Int) -> PreparedRequest {
        PreparedRequest(
            caller: population.identified[number], action: anybodys.action, resource: anybodys.resource,
            context: population.contexts[number].adding(context),
            isBounded: !population.members[number].boundaries.isEmpty && !population.limitless.contains(number))
    }

    // MARK: - Statements that name principals

    /// The members that a statement names at least as closely as the name of each set says.
    private struct Named {
        var account = TruthSet()
        var parent = TruthSet()
        var itself = TruthSet()
    }

    private func namedByResourcePolicy(_ denied: inout TruthSet) -> Named {
        var granted = Named()
        for statement in resource.policies.resource?.statements ?? [] {
            let named = truth(ofNaming: statement)
            switch statement.effect {
            case .allow:
                granted.account.formUnion(named.account)
                granted.parent.formUnion(named.parent)
                granted.itself.formUnion(named.itself)
            case .deny: denied.formUnion(named.account)
            }
        }
        return granted
    }

    private func truth(ofNaming statement: CompiledStatement) -> Named {
        let truth = statement.appliesToWhomItNames(anybodys)
        guard truth != .no, let principals = statement.principals else { return Named() }
        let candidates = self.candidates(of: principals)
        let varies = truth == .unknown && statement.depends(on: population.callerKeys)
        if let candidates, !varies {
            var named = Named()
            named.account = TruthSet(truth, for: candidates.account)
            named.parent = TruthSet(truth, for: candidates.parent)
            named.itself = TruthSet(truth, for: candidates.itself)
            return named
        }
        if let candidates, !statement.hasVariableResources {
            let applies = conditions.all(of: statement)
            var named = Named()
            named.account = applies.intersection(candidates.account)
            named.parent = applies.intersection(candidates.parent)
            named.itself = applies.intersection(candidates.itself)
            return named
        }
        var named = Named()
        for number in candidates?.account ?? population.everybody {
            let found = statement.match(prepared(number))
            guard found.names != .none else { continue }
            let one = TruthSet(found.applies, for: [number])
            named.account.formUnion(one)
            if found.names >= .parent { named.parent.formUnion(one) }
            if found.names >= .itself { named.itself.formUnion(one) }
        }
        return named
    }

    /// The members that a `Principal` element names, by how closely it names them; `nil` if each member must be
    /// evaluated alone.
    private func candidates(of principals: Principals) -> (account: BitSet, parent: BitSet, itself: BitSet)? {
        guard case .only(let principals) = principals else { return nil }
        var account: BitSet = []
        var parent: BitSet = []
        var itself: BitSet = []
        for principal in principals {
            switch principal {
            case .everyone: itself = population.everybody
            case .account(let id): account.formUnion(population.accounts[id] ?? [])
            case .user(let arn): population.number(of: .user(arn: arn)).map { _ = itself.insert($0) }
            case .role(let arn): population.number(of: .role(arn: arn)).map { _ = parent.insert($0) }
            // No member of a population is one of these.
            case .session, .federatedUser, .service, .federated, .canonicalUser: continue
            case .identifier: return nil
            }
        }
        parent.formUnion(itself)
        account.formUnion(parent)
        return (account, parent, itself)
    }
}
