import BitCollections
import IAMPolicy
public import Inventory

extension Landscape {
    /// The facets that the search for escalations reads.
    public static let escalationReads: Set<Facet> = Workload.reads.union([.identities, .organizationPolicies])

    /// Finds the ways in which principals can escalate their privileges.
    ///
    /// The power of a role that a principal can assume counts as given to it, and the escalation begins with that
    /// power. Assuming roles is an escalation by itself only if it leads to administration without any condition.
    public func escalations() -> Escalations {
        var search = EscalationSearch(graph: EscalationGraph(of: self))
        let starts = principals.indices.filter { !population.members[$0].caller.isServiceLinkedRole }
        // A principal whose boundary is unread may seem to have power that it would gain only by an escalation. So its
        // escalations are not determined.
        let unread = starts.compactMap { number in
            (unreadPrincipals[number] ?? unreadBoundaries[number]).map { (number, $0) }
        }
        let isUnread = Set(unread.map(\.0))
        let read = starts.filter { !isUnread.contains($0) }
        var administrators = read.filter { search.isAdministrator($0) && holdsEverything($0) }
        let examined = Set(read).subtracting(administrators).sorted()
        let hiding = (self.hiding + search.graph.doubts).uniqued
        var paths: [EscalationPath] = []
        var undetermined = unread
        for number in examined {
            if let path = search.path(from: number) {
                paths.append(path)
            } else if search.isAdministrator(number) {
                administrators.append(number)
            } else if hiding.isEmpty, let reason = search.opening(from: number) {
                undetermined.append((number, reason))
            }
        }
        return Escalations(
            paths: paths.sorted { ($0.steps.count, $0.principal.arn) < ($1.steps.count, $1.principal.arn) },
            administrators: administrators.sorted().map { principals[$0] },
            examined: examined.count, undetermined: undetermined.map { (principals[$0.0], $0.1) },
            hiding: hiding)
    }

    /// Whether a single statement of the principal allows everything, which other checks report. They do not report a
    /// principal that several statements together allow everything.
    private func holdsEverything(_ number: Int) -> Bool {
        population.members[number].policies.contains { !policies[$0].policy.fullAdministration.isEmpty }
    }
}

/// A principal with the power that edges give it.
struct Raised {
    var number: Int
    var policies: [NamedPolicy] = []
    /// The policies that replace its boundary; `nil` if the boundary remains.
    var boundaries: [NamedPolicy]?
    /// Whether it is a new principal in the same account, with these policies only.
    var isNew = false

    init(_ number: Int) {
        self.number = number
    }

    init(_ number: Int, by edges: [EscalationGraph.Edge]) {
        self.number = number
        for edge in edges {
            switch edge.power {
            case .becoming: break
            case .raising(let policies): self.policies += policies
            case .bounding(let policies): boundaries = policies
            case .making(let policies, let boundaries):
                self.policies = policies
                self.boundaries = boundaries
                isNew = true
            }
        }
    }
}

/// The search for the shortest way to the most power.
struct EscalationSearch {
    let graph: EscalationGraph
    private var landscape: Landscape { graph.landscape }
    private var administrators: [Int: Bool] = [:]
    private var grants: [Int: [Grant]] = [:]
    private var answers: [Int: [SampleRequest: Bool]] = [:]

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
        return administration(from: start, along: ways) ?? morePower(from: start, owning: own, along: ways)
    }

    /// The shortest way to administration.
    private mutating func administration(from start: Int, along ways: [Way]) -> EscalationPath? {
        let gain = EscalationPath.Gain(isAdministration: true, examples: [])
        for way in ways {
            if way.at != start, isAdministrator(way.at) {
                let path = path(start, way.edges, gain)
                // Assuming an administrator's role under a condition, such as MFA, is how administrators should work.
                if !way.isAssumptionOnly || path.isCertain { return path }
                continue
            }
            for step in raising(from: way, among: ways) where leadsToAdministration(step.raised) {
                return path(start, edges(of: way, step, start), gain)
            }
        }
        return nil
    }

    /// The shortest way to anything that neither `start` nor a role that it can assume has.
    private mutating func morePower(from start: Int, owning own: [Int], along ways: [Way]) -> EscalationPath? {
        // Some administrators' roles can be assumed only under a condition. Power that `start` gets without the
        // condition is still a gain.
        let own = own.filter { !isAdministrator($0) }
        for way in ways where !isAdministrator(way.at) {
            if !way.isAssumptionOnly, let gain = gain(of: Raised(way.at), over: own) {
                return path(start, way.edges, gain)
            }
            for step in raising(from: way, among: ways) where !isAdministrator(step.target.at) {
                if let gain = gain(of: step.raised, over: own) {
                    return path(start, edges(of: way, step, start), gain)
                }
            }
        }
        return nil
    }

    /// The reason why it is not known that `start` has no path: a possible path leads to more power than it has.
    /// - Parameter imagined: the principals that do not exist, so that their workloads cannot be changed.
    mutating func opening(from start: Int, imagined: Set<Int> = []) -> Unknown? {
        let ways = waysFrom(start)
        let own = ways.filter(\.isAssumptionOnly).map(\.at).filter { !isAdministrator($0) }
        // The search does not continue from an administrator's role that `start` can assume only under a condition.
        let actors = ways.map(\.at).filter { !isAdministrator($0) }
        for opening in actors.flatMap({ graph.openings[$0] ?? [] }) {
            for target in opening.targets {
                let isOpen =
                    switch opening.way {
                    case .attaching, .tagging: ways.contains { $0.at == target }
                    case .changing where imagined.contains(target): false
                    case .changing, .passing:
                        !own.contains(target) && (isAdministrator(target) || gain(of: Raised(target), over: own) != nil)
                    }
                if isOpen { return opening.reason(landscape.principals[target].arn) }
            }
        }
        return nil
    }

    private typealias Raising = (edges: [EscalationGraph.Edge], raised: Raised, target: Way)

    /// The edges at the end of a way that give more power to a principal that `start` can become: each edge alone, and
    /// each edge that adds a policy together with each that changes the boundary.
    private func raising(from way: Way, among ways: [Way]) -> [Raising] {
        let edges = (graph.edges[way.at] ?? []).filter(\.isRaising)
        return Set(edges.map(\.target)).sorted().flatMap { number -> [Raising] in
            guard let target = ways.first(where: { $0.at == number }) else { return [] }
            let own = edges.filter { $0.target == number }
            let bounding = own.filter(\.isBounding)
            let pairs = own.filter(\.isPolicy).flatMap { edge in bounding.map { [edge, $0] } }
            return (own.map { [$0] } + pairs).map { ($0, Raised(number, by: $0), target) }
        }.sorted { ($0.target.edges.count, $0.edges.count) < ($1.target.edges.count, $1.edges.count) }
    }

    /// The edges of `way` and `step`. An actor that gives more power to another principal goes on as that principal.
    private func edges(of way: Way, _ step: Raising, _ start: Int) -> [(actor: Int, edge: EscalationGraph.Edge)] {
        way.edges + step.edges.map { (way.at, $0) }
            + (step.target.at == way.at || step.target.at == start ? [] : step.target.edges)
    }

    /// All principals that `start` can become, itself first, each by the shortest way.
    private mutating func waysFrom(_ start: Int) -> [Way] {
        var ways = [Way(at: start, edges: [])]
        var seen: Set<Int> = [start]
        // Roles that can simply be assumed come first, so that reaching them does not count as an escalation.
        for isDelegation in [true, false] {
            var next = 0
            while next < ways.count {
                let way = ways[next]
                next += 1
                // Beyond an administrator there is nothing more to get.
                guard !isAdministrator(way.at) else { continue }
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

    private func path(
        _ start: Int, _ edges: [(actor: Int, edge: EscalationGraph.Edge)], _ gain: EscalationPath.Gain
    ) -> EscalationPath {
        let doubts = edges.flatMap { actor, edge in
            landscape.unreadLimits(of: actor) + landscape.unreadLimits(of: edge.target)
                + (graph.sides[edge.target]?.doubts.mayDeny ?? [])
        }
        return EscalationPath(
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
            }, gain: gain, doubts: doubts.uniqued)
    }

    // MARK: - Power

    /// Requests that, together, only an administrator is allowed to make.
    private static let probes = ["iam:PutUserPolicy", "iam:CreatePolicyVersion", "parapetAnything:parapetAnything"]

    mutating func isAdministrator(_ number: Int) -> Bool {
        if let known = administrators[number] { return known }
        let answer = isAdministrator(Raised(number))
        administrators[number] = answer
        return answer
    }

    private func isAdministrator(_ raised: Raised) -> Bool {
        let everything = landscape.sample(of: "*", to: raised.number)
        return Self.probes.allSatisfy { asks(raised, SampleRequest(action: $0, resource: everything)) }
    }

    /// Whether it is an administrator, or gained the permission to make itself one by an inline policy.
    private func leadsToAdministration(_ raised: Raised) -> Bool {
        if isAdministrator(raised) { return true }
        let principal = landscape.principals[raised.number]
        let put = SampleRequest(
            action: principal.kind == .user ? "iam:PutUserPolicy" : "iam:PutRolePolicy", resource: principal.arn)
        guard asks(raised, put), !asks(Raised(raised.number), put) else { return false }
        var more = raised
        more.policies.append(.administratorAccess)
        return isAdministrator(more)
    }

    private func asks(_ raised: Raised, _ request: SampleRequest) -> Bool {
        let resource = landscape.sampleResource(request.resource, of: landscape.principals[raised.number].accountID)
        return !landscape.population.access(
            of: raised.number, holdingAlso: raised.policies, boundedBy: raised.boundaries, asNew: raised.isNew,
            request.action, on: resource, context: Landscape.assumedContext
        ).isRuledOut
    }

    private mutating func can(_ number: Int, _ request: SampleRequest) -> Bool {
        if let known = answers[number]?[request] { return known }
        let answer = asks(Raised(number), request)
        answers[number, default: [:]][request] = answer
        return answer
    }

    /// The requests that a principal, possibly with added power, can make and that none of `own` can.
    private mutating func gain(of raised: Raised, over own: [Int]) -> EscalationPath.Gain? {
        let (number, policies) = (raised.number, raised.policies)
        let isRaised = !policies.isEmpty || raised.boundaries != nil
        let held = Set(
            own.filter(isUnlimited).flatMap { landscape.population.members[$0].policies }
                .map { landscape.policies[$0].name })
        var examples: [String] = []
        for grant in grants(of: number) + policies.flatMap({ landscape.grants(in: $0, to: number) })
            + limits(of: raised)
        {
            // Permission to assume roles is not a gain, because the search follows it. Grants of a policy that `own`
            // already holds are no gain either.
            guard !held.contains(grant.source.policy), !grant.sample.action.lowercased().hasPrefix("sts:"),
                isRaised ? asks(raised, grant.sample) : can(number, grant.sample)
            else { continue }
            var isNew = true
            for one in own where isNew && can(one, grant.sample) { isNew = false }
            let example = "\(grant.actions) on \(grant.resources)"
            if isNew, !examples.contains(example) { examples.append(example) }
            if examples.count == 5 { break }
        }
        return examples.isEmpty ? nil : .init(isAdministration: false, examples: examples)
    }

    /// Whether all grants of its policies are effective: it has no boundary, no organization policies and no denials.
    private func isUnlimited(_ number: Int) -> Bool {
        let member = landscape.population.members[number]
        return member.boundaries.isEmpty && member.controls == nil
            && !member.policies.contains { landscape.policies[$0].policy.statements.contains { $0.effect == .deny } }
    }

    private mutating func grants(of number: Int) -> [Grant] {
        if let known = grants[number] { return known }
        let found = landscape.grants(of: number)
        grants[number] = found
        return found
    }

    /// The grants of the boundaries. A principal that can give itself any policy gets at most these.
    private func limits(of raised: Raised) -> [Grant] {
        guard !raised.policies.isEmpty else { return [] }
        let own = landscape.population.members[raised.number].boundaries.map { landscape.policies[$0] }
        return (raised.boundaries ?? own).flatMap { landscape.grants(in: $0, to: raised.number) }
    }
}
