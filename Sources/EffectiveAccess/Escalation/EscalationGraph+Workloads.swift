import BitCollections
import IAMPolicy
import Inventory

/// Code run under a role: in something that is yet to be made, or that runs already.
extension EscalationGraph {
    mutating func addPassRoleEdges(of account: Account, _ identities: Identities) {
        let existing = existingWorkloads(of: account)
        var trusting: [String: [Int]] = [:]
        for role in identities.roles where !role.isOfAWS {
            guard let number = number(.role, role.arn), let side = sides[number] else { continue }
            let trusted = Set(
                landscape.outsiders("sts:AssumeRole", side, context: [:]).filter { $0.kind == .service }.map(\.name))
            let passes = trusted.reduce(into: [:]) { passes, service in
                passes[service] = PlannedCall(
                    action: "iam:PassRole", resource: GuardedResource(role.arn, ownedBy: account.id),
                    context: ["iam:PassedToService": .single(service)])
            }
            for (service, pass) in passes {
                trusting[service, default: []].append(number)
                guard !ComputeService.isModeled(service) else { continue }
                let actors = BitSet(holders(of: pass).filter(usesOtherServices))
                openings.append(Opening(actors: actors, roles: [number], way: .passing(service)))
            }
            for service in ComputeService.all {
                guard let pass = passes[service.principal] else { continue }
                for actor in holders(of: pass) {
                    guard
                        var calls = service.existing.map({
                            cheapest(service.actions, on: existing[$0] ?? [], by: actor)
                        })
                            ?? cheapest(service.actions, by: actor)
                    else { continue }
                    if service.principal == "ec2.amazonaws.com" {
                        guard let profile = profileCalls(role, by: actor) else { continue }
                        calls = profile + calls
                    }
                    add(
                        Edge(
                            method: service.method, target: number, resource: role.arn, calls: [pass] + calls,
                            power: .becoming), from: [actor])
                }
            }
        }
        addUnreadWorkloads(of: account, trusting)
    }

    /// Ways by what is not read, which may run under the roles that trust its service.
    private mutating func addUnreadWorkloads(of account: Account, _ trusting: [String: [Int]]) {
        for workload in UnreadWorkload.all {
            guard let roles = trusting[workload.principal] else { continue }
            var actors: BitSet = []
            for actor in landscape.population.members.indices
            where landscape.principals[actor].accountID == account.id
                && workload.actions.contains(where: { resource(for: $0, by: actor) != nil })
            {
                actors.insert(actor)
            }
            openings.append(Opening(actors: actors, roles: roles, way: .changing(workload.kind)))
        }
    }

    /// Whether a principal is granted anything but what concerns identities, without which no service does anything for it.
    private func usesOtherServices(_ actor: Int) -> Bool {
        landscape.population.members[actor].policies.contains { number in
            landscape.policies[number].policy.statements.contains { statement in
                guard statement.effect == .allow, case .only(let patterns) = statement.actions else {
                    return statement.effect == .allow
                }
                return patterns.contains { $0.service.map { !["iam", "sts"].contains($0) } ?? true }
            }
        }
    }

    /// The ARNs of what exists of each kind, with a role or without.
    private func existingWorkloads(of account: Account) -> [Workload.Kind: [String]] {
        func arns<Element>(
            _ facet: FacetOf<ByName<[Element]>>, _ arn: (_ region: String, Element) -> String?
        ) -> [String] {
            guard case .known(let regions) = account[facet].state else { return [] }
            return regions.sorted { $0.key < $1.key }.flatMap { region, elements in
                ((try? elements.value) ?? []).compactMap { arn(region, $0) }
            }
        }
        return [
            .instance: arns(.instances) { region, instance in
                instance.isTerminated
                    ? nil : "arn:\(account.partition):ec2:\(region):\(account.id):instance/\(instance.instanceID)"
            },
            .function: arns(.functions) { _, function in function.functionARN },
            .stack: arns(.stacks) { _, stack in stack.stackStatus == "DELETE_COMPLETE" ? nil : stack.stackID },
            .project: arns(.buildProjects) { _, project in project.arn },
        ]
    }

    /// For each list of actions the first that the actor may do, all of them to the same resource.
    private func cheapest(_ actions: [[String]], on arns: [String], by actor: Int) -> [PlannedCall]? {
        let account = landscape.principals[actor].accountID
        for arn in arns {
            let resource = GuardedResource(arn, ownedBy: account)
            let calls = actions.compactMap { choices in
                choices.map { PlannedCall(action: $0, resource: resource) }.first { holders(of: $0).contains(actor) }
            }
            if calls.count == actions.count { return calls }
        }
        return nil
    }

    /// What it takes besides to hand the role to an instance: nothing if an instance profile holds it.
    private mutating func profileCalls(_ role: Role, by actor: Int) -> [PlannedCall]? {
        role.instanceProfileList.isEmpty
            ? cheapest([["iam:CreateInstanceProfile"], ["iam:AddRoleToInstanceProfile"]], by: actor) : []
    }

    /// For each list of actions the first that the actor may do to something; `nil` if there is a list of none.
    private mutating func cheapest(_ actions: [[String]], by actor: Int) -> [PlannedCall]? {
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

    /// A resource to which the actor may do it: where something is yet to be made, its name is the actor's to choose.
    private mutating func resource(for action: String, by actor: Int) -> GuardedResource? {
        let key = Somewhere(actor: actor, action: action)
        if let known = somewhere[key] { return known }
        let account = landscape.principals[actor].accountID
        var found: GuardedResource?
        for number in landscape.population.members[actor].policies where found == nil {
            for statement in landscape.policies[number].policy.statements
            where statement.effect == .allow && statement.actions.match(action) {
                let patterns: [String] =
                    if case .only(let patterns)? = statement.resources { patterns.map(\.text) } else { ["*"] }
                let resources = patterns.map {
                    GuardedResource(landscape.sample(of: $0, to: actor), ownedBy: account)
                }
                found = resources.first { resource in
                    !landscape.population.access(
                        of: actor, action, on: resource, context: Landscape.assumedContext
                    ).isRuledOut
                }
                if found != nil { break }
            }
        }
        somewhere[key] = .some(found)
        return found
    }

    mutating func addWorkloadEdges(of account: Account, _ identities: Identities) {
        for fact in account.workloads {
            do throws(Unknown) {
                for workload in try fact.value {
                    for role in workload.roles(among: identities.roles) {
                        add(workload, under: role, of: account)
                    }
                }
            } catch {
                if !doubts.contains(error) { doubts.append(error) }
            }
        }
    }

    private mutating func add(_ workload: Workload, under role: Role, of account: Account) {
        guard let number = number(.role, role.arn) else { return }
        let takeovers =
            switch workload.kind {
            case .instance: WorkloadTakeover.ofInstances
            case .function: WorkloadTakeover.ofFunctions
            case .stack: WorkloadTakeover.ofStacks
            case .project: WorkloadTakeover.ofProjects
            }
        for takeover in takeovers {
            let calls = takeover.actions.map { plain($0, workload.arn, of: account) }
            add(
                Edge(
                    method: takeover.method, target: number, resource: workload.arn, calls: calls, power: .becoming),
                from: holders(ofAll: calls))
        }
    }
}
