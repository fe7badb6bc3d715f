import BitCollections
import IAMPolicy
import Inventory

/// Escalations through users, roles and groups that the actor creates, under a name of its choice, and gives policies.
extension EscalationGraph {
    mutating func addMadePrincipals(of account: Account, _ identities: Identities) {
        for actor in principals(granted: "iam:CreateGroup", in: account) {
            addMadeGroup(by: actor, account, identities)
        }
        for actor in principals(granted: "iam:CreateRole", in: account) {
            addMade("Role", by: actor, account, identities) { graph, name in
                graph.actingAsRole(name, actor, account, identities)
            }
        }
        for actor in principals(granted: "iam:CreateUser", in: account) {
            var memberships: [Gift]?
            addMade("User", by: actor, account, identities) { graph, name in
                for action in ["iam:CreateAccessKey", "iam:CreateLoginProfile"] {
                    let call = graph.plain(action, name, of: account)
                    if graph.can(actor, call) { return [call] }
                }
                return nil
            } memberships: { graph in
                if let memberships { return memberships }
                let found = graph.memberships(by: actor, account, identities)
                memberships = found
                return found
            }
        }
    }

    /// - Parameter acting: returns the calls by which the actor acts as the principal of that ARN; `nil` if the actor
    ///   is not allowed to make them.
    private mutating func addMade(
        _ kind: String, by actor: Int, _ account: Account, _ identities: Identities,
        acting: (inout EscalationGraph, String) -> [PlannedCall]?,
        memberships: (inout EscalationGraph) -> [Gift] = { _ in [] }
    ) {
        let type = kind.lowercased()
        let action = "iam:Create\(kind)"
        let statements = statements(allowing: action, to: actor)
        // Conditions may require that the new principal has a certain boundary.
        let bounded =
            statements.allSatisfy(\.conditions.isEmpty) ? [] : boundaries(named: statements, account, identities)
        let boundaries: [(arn: String?, documents: [NamedPolicy])] =
            [(nil, [])] + bounded.map { ($0.arn, [$0.document]) }
        let names = freeNames(type, for: [action, "iam:Put\(kind)Policy", "iam:Attach\(kind)Policy"], by: actor)
        for boundary in boundaries {
            let context = Self.context(boundedBy: boundary.arn)
            for name in names {
                let resource = GuardedResource(name, ownedBy: account.id)
                func call(_ action: String, _ context: RequestContext = [:]) -> PlannedCall {
                    PlannedCall(action: action, resource: resource, context: context)
                }
                let create = call(action, context)
                guard can(actor, create), let acting = acting(&self, name) else { continue }
                var documents = boundary.documents
                var calls = [create]
                let unbind = call("iam:Delete\(kind)PermissionsBoundary", context)
                if boundary.arn != nil, can(actor, unbind) {
                    calls.append(unbind)
                    documents = []
                }
                let put = call("iam:Put\(kind)Policy", context)
                var gifts = [Gift(calls: [put], policies: [.administratorAccess])]
                if !can(actor, put) {
                    let attached = attachments(
                        "iam:Attach\(kind)Policy", to: name, context, by: actor, of: account, identities)
                    gifts = attached.gifts + memberships(&self)
                    for policy in attached.unread {
                        open(Opening(actors: [actor], targets: [actor], way: .attaching(policy)))
                    }
                }
                for gift in gifts {
                    add(
                        Edge(
                            method: "create-\(type)", target: actor, resource: name,
                            calls: calls + gift.calls + acting,
                            power: .making(policies: gift.policies, boundaries: documents)), from: [actor])
                }
                // No other name or boundary gives more.
                if documents.isEmpty, gifts.contains(where: { $0.policies == [.administratorAccess] }) { return }
            }
        }
    }

    /// The calls that assume the new role, whose trust policy its creator chooses, or that pass it to a service that
    /// runs code; none if a principal of another account assumes it.
    private mutating func actingAsRole(
        _ name: String, _ actor: Int, _ account: Account, _ identities: Identities
    ) -> [PlannedCall]? {
        let role = GuardedResource(name, ownedBy: account.id)
        let assume = PlannedCall(
            action: "sts:AssumeRole",
            resource: GuardedResource(
                name, ownedBy: account.id, policy: Self.trustingEverybody,
                resourceControl: landscape.resourceControls[account.id] ?? []))
        if can(actor, assume) { return [assume] }
        for service in ComputeService.all where service.existing == nil {
            let pass = PlannedCall(
                action: "iam:PassRole", resource: role, context: ["iam:PassedToService": .single(service.principal)])
            guard can(actor, pass), let calls = cheapest(service.actions, by: actor) else { continue }
            guard service.principal == ComputeService.instances else { return [pass] + calls }
            if let profile = profileCalls([], among: identities, by: actor) { return profile + [pass] + calls }
        }
        // The trust policy can name a principal of another account that the actor has.
        return landscape.strangersMayAssumeRoles(of: account.id) ? [] : nil
    }

    // MARK: - Groups

    /// Adds the edges of new groups that the actor creates, for itself or for the users that it can become.
    private mutating func addMadeGroup(by actor: Int, _ account: Account, _ identities: Identities) {
        let becoming = (edges[actor] ?? []).filter { !$0.isRaising }.map(\.target)
        let users = ([actor] + becoming).uniqued.filter { landscape.principals[$0].kind == .user }
        guard !users.isEmpty else { return }
        for (name, gift) in madeGroups(by: actor, account, identities) {
            for user in users {
                add(
                    Edge(
                        method: "create-group", target: user, resource: name, calls: gift.calls,
                        power: .raising(gift.policies)), from: [actor])
            }
        }
    }

    /// New groups that the actor can create, give policies, and add users to.
    private mutating func madeGroups(
        by actor: Int, _ account: Account, _ identities: Identities
    ) -> [(name: String, gift: Gift)] {
        let names = freeNames(
            "group", for: ["iam:CreateGroup", "iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:AddUserToGroup"],
            by: actor)
        return names.flatMap { name -> [(name: String, gift: Gift)] in
            let create = plain("iam:CreateGroup", name, of: account)
            let join = plain("iam:AddUserToGroup", name, of: account)
            guard can(actor, [create, join]) else { return [] }
            return gifts(toGroup: name, by: actor, account, identities).map { gift in
                (name, Gift(calls: [create] + gift.calls + [join], policies: gift.policies))
            }
        }
    }

    /// The policies that a new user gets by joining a group: an existing one, possibly after the actor gave it more
    /// policies, or a new one.
    private mutating func memberships(by actor: Int, _ account: Account, _ identities: Identities) -> [Gift] {
        guard resource(for: "iam:AddUserToGroup", by: actor) != nil else { return [] }
        let joined = identities.groups.flatMap { group -> [Gift] in
            let join = plain("iam:AddUserToGroup", group.arn, of: account)
            guard can(actor, join) else { return [] }
            let gifts = gifts(toGroup: group.arn, by: actor, account, identities)
            return gifts.map { Gift(calls: $0.calls + [join], policies: $0.policies) }
                + [Gift(calls: [join], policies: policies(of: group, identities))]
        }
        return joined + madeGroups(by: actor, account, identities).map(\.gift)
    }

    private mutating func gifts(
        toGroup name: String, by actor: Int, _ account: Account, _ identities: Identities
    ) -> [Gift] {
        let put = plain("iam:PutGroupPolicy", name, of: account)
        if can(actor, put) { return [Gift(calls: [put], policies: [.administratorAccess])] }
        return attachments("iam:AttachGroupPolicy", to: name, [:], by: actor, of: account, identities).gifts
    }
}
