import BitCollections
import IAMPolicy
public import Inventory

extension Landscape {
    /// The facets that escalations are sought in.
    public static let escalationReads: Set<Facet> = [.identities, .organizationPolicies, .workloads]

    /// The ways in which principals can make themselves more powerful than they are.
    ///
    /// A principal that can assume a role has been given its power; that alone counts only where it leads to
    /// administration without any condition. What a principal has, with all roles that it can assume, is where its
    /// escalation begins.
    public func escalations() -> Escalations {
        var search = EscalationSearch(graph: EscalationGraph(of: self))
        let starts = principals.indices.filter { !population.members[$0].caller.isServiceLinkedRole }
        let examined = starts.filter { !search.isAdministrator($0) && unreadPrincipals[$0] == nil }
        let paths = examined.compactMap { search.path(from: $0) }
        return Escalations(
            paths: paths.sorted { ($0.steps.count, $0.principal.arn) < ($1.steps.count, $1.principal.arn) },
            administrators: starts.filter { search.isAdministrator($0) }.map { principals[$0] },
            examined: examined.count, doubts: (doubts + search.graph.doubts).uniqued)
    }
}

/// The search for the shortest way to the most power.
private struct EscalationSearch {
    let graph: EscalationGraph
    private var landscape: Landscape { graph.landscape }
    private var administrators: [Int: Bool] = [:]
    private var grants: [Int: [Grant]] = [:]

    init(graph: EscalationGraph) {
        self.graph = graph
    }

    private struct Way {
        var at: Int
        var edges: [(actor: Int, edge: EscalationGraph.Edge)]

        var isAssumptionOnly: Bool { edges.allSatisfy { $0.edge.method == EscalationGraph.assumeRole } }
    }

    mutating func path(from start: Int) -> EscalationPath? {
        let ways = waysFrom(start)
        let own = ways.filter(\.isAssumptionOnly).map(\.at)
        var best: EscalationPath?
        for way in ways {
            if let found = path(from: start, owning: own, along: way), found.gain.isAdministration { return found }
            for edge in graph.edges[way.at] ?? [] {
                guard case .raising(let policies) = edge.power, let target = ways.first(where: { $0.at == edge.target })
                else { continue }
                guard let gain = gain(of: edge.target, holdingAlso: policies, over: own) else { continue }
                let raised = way.edges + [(way.at, edge)]
                // Whoever raised another goes on as that one.
                let followed = edge.target == way.at || edge.target == start ? [] : target.edges
                let found = path(start, raised + followed, gain)
                if gain.isAdministration { return found }
                if best == nil { best = found }
            }
            if best == nil, let found = path(from: start, owning: own, along: way) { best = found }
        }
        return best
    }

    /// All whom `start` can become, itself first, each by the shortest way.
    private func waysFrom(_ start: Int) -> [Way] {
        var ways = [Way(at: start, edges: [])]
        var seen: Set<Int> = [start]
        // What was only delegated comes first, so that nothing counts as escalation that needs none.
        for isDelegation in [true, false] {
            var next = 0
            while next < ways.count {
                let way = ways[next]
                next += 1
                for edge in graph.edges[way.at] ?? [] {
                    guard case .becoming = edge.power, !isDelegation || edge.method == EscalationGraph.assumeRole,
                        seen.insert(edge.target).inserted
                    else { continue }
                    ways.append(Way(at: edge.target, edges: way.edges + [(way.at, edge)]))
                }
            }
        }
        return ways.sorted { $0.edges.count < $1.edges.count }
    }

    /// What the end of a way gives, where it gives anything.
    private mutating func path(from start: Int, owning own: [Int], along way: Way) -> EscalationPath? {
        guard way.at != start else { return nil }
        if way.isAssumptionOnly {
            guard isAdministrator(way.at) else { return nil }
            let gain = EscalationPath.Gain(isAdministration: true, examples: [])
            return path(start, way.edges, gain).flatMap { $0.isCertain ? $0 : nil }
        }
        return gain(of: way.at, holdingAlso: [], over: own).flatMap { path(start, way.edges, $0) }
    }

    private func path(
        _ start: Int, _ edges: [(actor: Int, edge: EscalationGraph.Edge)], _ gain: EscalationPath.Gain
    ) -> EscalationPath? {
        EscalationPath(
            principal: landscape.principals[start],
            steps: edges.map { actor, edge in
                EscalationStep(
                    method: edge.method, actor: landscape.principals[actor].arn, target: edge.resource,
                    calls: edge.calls.map { call in
                        .init(
                            action: call.action, resource: call.resource.arn,
                            access: landscape.question(call.action, context: call.context).access(
                                of: actor, to: call.resource))
                    })
            }, gain: gain)
    }

    // MARK: - Power

    /// Requests that nobody but an administrator may make all.
    private static let probes = ["iam:PutUserPolicy", "iam:CreatePolicyVersion", "parapetAnything:parapetAnything"]

    mutating func isAdministrator(_ number: Int) -> Bool {
        if let known = administrators[number] { return known }
        let answer = isAdministrator(number, holdingAlso: [])
        administrators[number] = answer
        return answer
    }

    private func isAdministrator(_ number: Int, holdingAlso policies: [NamedPolicy]) -> Bool {
        Self.probes.allSatisfy {
            can(
                number, SampleRequest(action: $0, resource: landscape.sample(of: "*", to: number)),
                holdingAlso: policies)
        }
    }

    private func can(_ number: Int, _ request: SampleRequest, holdingAlso policies: [NamedPolicy] = []) -> Bool {
        let resource = landscape.sampleResource(request.resource, of: landscape.principals[number].accountID)
        return !landscape.question(request.action)
            .access(of: number, holdingAlso: policies, to: resource).isRuledOut
    }

    /// What `number` can do, with more policies perhaps, that none of `own` can.
    private mutating func gain(
        of number: Int, holdingAlso policies: [NamedPolicy], over own: [Int]
    ) -> EscalationPath.Gain? {
        if !own.contains(where: { isAdministrator($0) }), isAdministrator(number, holdingAlso: policies) {
            return .init(isAdministration: true, examples: [])
        }
        var examples: [String] = []
        for grant in grants(of: number) + policies.flatMap({ landscape.grants(in: $0, to: number) })
            + limitsOf(number, where: policies)
        {
            // To assume roles is a way, and ways are followed.
            guard !grant.sample.action.lowercased().hasPrefix("sts:"),
                can(number, grant.sample, holdingAlso: policies), !own.contains(where: { can($0, grant.sample) })
            else { continue }
            let example = "\(grant.actions) on \(grant.resources)"
            if !examples.contains(example) { examples.append(example) }
            if examples.count == 5 { break }
        }
        return examples.isEmpty ? nil : .init(isAdministration: false, examples: examples)
    }

    private mutating func grants(of number: Int) -> [Grant] {
        if let known = grants[number] { return known }
        let found = landscape.grants(of: number)
        grants[number] = found
        return found
    }

    /// What the boundaries let through: all that somebody who could give himself any policy would get.
    private func limitsOf(_ number: Int, where policies: [NamedPolicy]) -> [Grant] {
        guard !policies.isEmpty else { return [] }
        return landscape.population.members[number].boundaries.flatMap {
            landscape.grants(in: landscape.policies[$0], to: number)
        }
    }
}
