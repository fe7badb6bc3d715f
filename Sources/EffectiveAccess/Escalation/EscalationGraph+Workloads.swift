import Basics
import BitCollections
import IAMPolicy
import Inventory

/// Escalations by running code under a role, in a new workload or in an existing one.
extension EscalationGraph {
    mutating func addPassRoleEdges(of account: Account, _ identities: Identities) {
        let existing = existingWorkloads(of: account)
        var trusting: [String: [Int]] = [:]
        for role in identities.roles {
            guard let number = number(.role, role.arn), let side = sides[number] else { continue }
            guard !role.isOfAWS else {
                if role.isOfIdentityCenter { trusting[UnreadWorkload.identityCenter, default: []].append(number) }
                continue
            }
            let services = landscape.outsiders("sts:AssumeRole", side, context: [:])
                .filter { $0.kind == .service }.map(\.name)
            let pools = providers(trustedBy: number).compactMap(UnreadWorkload.principal(ofProvider:))
            for (service, names) in Dictionary(grouping: services + pools, by: ComputeService.general(_:)) {
                trusting[service, default: []].append(number)
                // Policies may name the service with its Region or without.
                for name in Set(names + [service]).sorted() {
                    let pass = PlannedCall(
                        action: "iam:PassRole", resource: GuardedResource(role.arn, ownedBy: account.id),
                        context: ["iam:PassedToService": .single(name)])
                    addPassing(pass, of: role, number, to: service, existing, identities)
                }
            }
        }
        addUnreadWorkloads(of: account, trusting)
    }

    private mutating func addPassing(
        _ pass: PlannedCall, of role: Role, _ number: Int, to service: String,
        _ existing: [Workload.Kind: [String]], _ identities: Identities
    ) {
        let actors = holders(of: pass)
        if !actors.isEmpty, !ComputeService.withoutWay.contains(service) {
            open(
                Opening(
                    actors: BitSet(actors.filter { mayHandOver(role, to: service, $0) }), targets: [number],
                    way: .passing(service)))
        }
        for way in ComputeService.all where way.principal == service {
            for actor in actors {
                let found =
                    way.existing.map { cheapest(way.actions, on: existing[$0] ?? [], by: actor) }
                    ?? cheapest(way.actions, by: actor)
                guard var calls = found else { continue }
                if service == ComputeService.instances {
                    let profiles = role.instanceProfileList.map(\.arn)
                    guard let profile = profileCalls(profiles, among: identities, by: actor) else { continue }
                    calls = profile + calls
                }
                add(
                    Edge(
                        method: way.method, target: number, resource: role.arn, calls: [pass] + calls,
                        power: .becoming), from: [actor])
            }
        }
    }

    /// The further calls that it takes to pass a role to an instance: none if an instance profile holds it, else those
    /// that add it to a new profile or to the profile of another role; `nil` if the actor is not allowed to make them.
    mutating func profileCalls(
        _ profiles: [String], among identities: Identities, by actor: Int
    ) -> [PlannedCall]? {
        guard profiles.isEmpty else { return [] }
        let add = "iam:AddRoleToInstanceProfile"
        return cheapest([["iam:CreateInstanceProfile"], [add]], by: actor)
            ?? cheapest(
                [["iam:RemoveRoleFromInstanceProfile"], [add]],
                on: identities.roles.flatMap(\.instanceProfileList).map(\.arn), by: actor)
    }

    // MARK: - What is not modeled or not read

    /// Whether a principal is granted an action that may pass the role to a service. Actions that are known to pass it
    /// only together with other actions do not count.
    private mutating func mayHandOver(_ role: Role, to service: String, _ actor: Int) -> Bool {
        if service == ComputeService.instances, role.instanceProfileList.isEmpty {
            // Without an instance profile, only EKS node groups take the role.
            return resource(for: "iam:AddRoleToInstanceProfile", by: actor) != nil
                || mayHandOver(to: "eks.amazonaws.com", actor)
        }
        return mayHandOver(to: service, actor)
    }

    private mutating func mayHandOver(to service: String, _ actor: Int) -> Bool {
        let key = Handing(actor: actor, service: service)
        if let known = handing[key] { return known }
        let takers = ComputeService.takers(of: service)
        let account = landscape.principals[actor].accountID
        let answer = landscape.population.members[actor].policies.contains { number in
            landscape.policies[number].policy.statements.contains { statement in
                guard statement.effect == .allow else { return false }
                return statement.actions.handing(to: takers).contains { action in
                    statement.resourceTexts.contains { resource in
                        let resource = GuardedResource(landscape.sample(of: resource, to: actor), ownedBy: account)
                        return can(actor, PlannedCall(action: action, resource: resource))
                    }
                }
            }
        }
        handing[key] = answer
        return answer
    }

    /// Adds openings through workloads that are not read. They may run under the roles that trust their service.
    private mutating func addUnreadWorkloads(of account: Account, _ trusting: [String: [Int]]) {
        let hosts: [UnreadWorkload.Host: Set<Int>] = [
            .instances: roles(of: account) { $0.kind == .instance },
            // CloudWatch User Guide, "Creating a canary": the names of the functions of canaries begin with cwsyn.
            .canaries: roles(of: account) { $0.kind == .function && $0.arn.contains(":function:cwsyn-") },
        ]
        for workload in UnreadWorkload.all {
            guard var roles = trusting[workload.principal] else { continue }
            if let host = workload.host { roles.removeAll { !(hosts[host]?.contains($0) ?? false) } }
            guard !roles.isEmpty else { continue }
            var actors: BitSet = []
            for action in workload.actions {
                for actor in principals(granted: action, in: account)
                where !actors.contains(actor) && resource(for: action, by: actor) != nil
                    && (workload.principal != UnreadWorkload.identityCenter
                        || mayAdministerIdentityCenter(actor, action, account))
                {
                    actors.insert(actor)
                }
            }
            open(Opening(actors: actors, targets: roles, way: .changing(workload.kind)))
        }
    }

    /// Whether a principal may be able to change permission sets. That is possible in the management account and in the
    /// account of a delegated administrator. Any other account than the management account counts as the latter if a
    /// statement names the service of the action.
    private mutating func mayAdministerIdentityCenter(_ actor: Int, _ action: String, _ account: Account) -> Bool {
        if case .known(let organization) = account[.organization].state, let organization,
            organization.masterAccountID != account.id
        {
            return statements(allowing: action, to: actor).contains { statement in
                guard case .only(let patterns) = statement.actions else { return false }
                return patterns.contains { $0.service != nil && $0.matches(action) }
            }
        }
        return true
    }

    /// The roles, by number, that the workloads run under.
    private func roles(of account: Account, where isOne: (Workload) -> Bool) -> Set<Int> {
        let roles = (try? account[.identities].value)?.roles ?? []
        return Set(
            account.workloads.flatMap { (try? $0.value) ?? [] }.filter(isOne)
                .flatMap { $0.roles(among: roles) }.compactMap { number(.role, $0.arn) })
    }

    /// The ARNs of the existing workloads of each kind, with a role or without.
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

    // MARK: - What exists

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

extension Actions {
    /// An example of each action named here that may pass a role to one of the services with the prefixes `takers`;
    /// `nil` stands for any service.
    fileprivate func handing(to takers: Set<String>?) -> [String] {
        switch self {
        case .only(let patterns): patterns.compactMap { $0.handing(to: takers) }
        case .allExcept:
            (takers ?? [Landscape.anything]).sorted().map { "\($0):\(Landscape.anything)" }.filter(match)
        }
    }
}

extension ActionPattern {
    fileprivate func handing(to takers: Set<String>?) -> String? {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.last else { return nil }
        let prefix = parts.count == 1 ? "*" : parts[0].lowercased()
        let services = WildcardPattern(prefix)
        let service: String? =
            if let takers {
                takers.sorted().first { services.matches($0) }
            } else {
                ["iam", "sts"].contains(prefix) ? nil : prefix.filled(with: Landscape.anything)
            }
        guard let service, !ComputeService.idleVerbs.contains(where: { name.lowercased().hasPrefix($0) }) else {
            return nil
        }
        let action = "\(service):\(name.filled(with: Landscape.anything))"
        return ComputeService.partial.contains(action.lowercased()) ? nil : action
    }
}
