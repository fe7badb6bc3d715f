import Basics
import IAMPolicy
import Inventory

/// Questions about the permissions of a single principal, and the resources that they name.
extension EscalationGraph {
    func can(_ actor: Int, _ call: PlannedCall) -> Bool { !access(of: actor, call).isRuledOut }

    /// Whether the actor can make the calls whatever the unknown condition keys are.
    func isCertain(of actor: Int, _ calls: [PlannedCall]) -> Bool {
        calls.allSatisfy { access(of: actor, $0).isCertain }
    }

    private func access(of actor: Int, _ call: PlannedCall) -> Access {
        landscape.population.access(
            of: actor, call.action, on: call.resource, context: landscape.assumedContext.adding(call.context))
    }

    func can(_ actor: Int, _ calls: [PlannedCall]) -> Bool { calls.allSatisfy { can(actor, $0) } }

    /// The statements by which the principal's own policies allow the action on some resource.
    mutating func statements(allowing action: String, to actor: Int) -> [Statement] {
        let granting = granting(action)
        return landscape.population.members[actor].policies.flatMap { granting[$0] ?? [] }
    }

    /// The principals of an account whose own policies allow the action on some resource.
    mutating func principals(granted action: String, in account: Account) -> [Int] {
        let granting = granting(action)
        return landscape.principals.indices.filter { number in
            landscape.principals[number].accountID == account.id
                && landscape.population.members[number].policies.contains { granting[$0] != nil }
        }
    }

    /// The statements that allow the action on some resource, by the number of their policy.
    private mutating func granting(_ action: String) -> [Int: [Statement]] {
        if let known = granting[action] { return known }
        var found: [Int: [Statement]] = [:]
        for (number, policy) in landscape.policies.enumerated() {
            let statements = policy.policy.statements.filter { $0.effect == .allow && $0.actions.match(action) }
            if !statements.isEmpty { found[number] = statements }
        }
        granting[action] = found
        return found
    }

    /// A resource on which the actor is allowed to do `action`. If the action creates the resource, the actor can
    /// choose this name.
    mutating func resource(for action: String, by actor: Int) -> GuardedResource? {
        let key = Somewhere(actor: actor, action: action)
        if let known = somewhere[key] { return known }
        let account = landscape.principals[actor].accountID
        var found: GuardedResource?
        for statement in statements(allowing: action, to: actor) where found == nil {
            let resources = statement.resourceTexts.map {
                GuardedResource(landscape.sample(of: $0, to: actor), ownedBy: account)
            }
            found = resources.first { can(actor, PlannedCall(action: action, resource: $0)) }
        }
        somewhere[key] = .some(found)
        return found
    }

    /// The ARNs of roles, users, groups or policies that do not exist, under names that the actor's permissions for any
    /// of the actions match.
    mutating func freeNames(_ type: String, for actions: [String], by actor: Int) -> [String] {
        let prefix = "arn:\(landscape.partition):iam::\(landscape.principals[actor].accountID):"
        let patterns = actions.flatMap { statements(allowing: $0, to: actor).flatMap(\.resourceTexts) }
        return freeNames(type, prefix: prefix, among: patterns, for: actor)
    }

    func freeNames(_ type: String, prefix: String, among patterns: [String], for actor: Int) -> [String] {
        let named = patterns.compactMap { pattern -> String? in
            let segments = ARN.segments(of: landscape.sample(of: pattern, to: actor))
            guard segments.count == 6, segments[5].hasPrefix("\(type)/") else { return nil }
            return prefix + segments[5]
        }
        return (["\(prefix)\(type)/\(Landscape.anything)"] + named).uniqued.filter { !existing.contains($0) }
    }

    /// The first action of each list that the actor is allowed to do, all of them on the same one of `arns`; `nil` if
    /// no resource has one of each list.
    func cheapest(_ actions: [[String]], on arns: [String], by actor: Int) -> [PlannedCall]? {
        let account = landscape.principals[actor].accountID
        for arn in arns {
            let resource = GuardedResource(arn, ownedBy: account)
            let calls = actions.compactMap { choices in
                choices.map { PlannedCall(action: $0, resource: resource) }.first { can(actor, $0) }
            }
            if calls.count == actions.count { return calls }
        }
        return nil
    }

    /// The first action of each list that the actor is allowed to do on some resource; `nil` if a list has none.
    mutating func cheapest(_ actions: [[String]], by actor: Int) -> [PlannedCall]? {
        var calls: [PlannedCall] = []
        for choices in actions {
            var found: PlannedCall?
            for action in choices where found == nil {
                found = resource(for: action, by: actor).map { PlannedCall(action: action, resource: $0) }
            }
            guard let found else { return nil }
            calls.append(found)
        }
        return calls
    }
}

extension Statement {
    /// The resources as written; `*` for `NotResource`.
    var resourceTexts: [String] {
        if case .only(let patterns)? = resources { patterns.map(\.text) } else { ["*"] }
    }
}
