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
        var administrators = read.filter { search.isAdministrator($0) && holdsEverything($0, search) }
        let examined = Set(read).subtracting(administrators).sorted()
        let hiding = (self.hiding + search.graph.doubts).uniqued
        var paths: [EscalationPath] = []
        var undetermined = unread
        for number in examined {
            let isConditional = search.isAdministrator(number) && holdsEverythingByCondition(number)
            if let path = isConditional ? search.certainPath(from: number) : search.path(from: number) {
                paths.append(path)
            } else if isConditional, hiding.isEmpty, let reason = search.tagging(by: number) {
                undetermined.append((number, reason))
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
    private func holdsEverything(_ number: Int, _ search: EscalationSearch) -> Bool {
        let held = population.members[number].policies.map { policies[$0].policy }
        return held.contains { !$0.unconditionalFullAdministration.isEmpty }
            || holdsEverythingByCondition(number) && search.isCertainAdministrator(Raised(number))
    }

    /// Whether statements allow the principal everything, but only under conditions.
    private func holdsEverythingByCondition(_ number: Int) -> Bool {
        let held = population.members[number].policies.map { policies[$0].policy }
        return held.contains { !$0.fullAdministration.isEmpty }
            && held.allSatisfy(\.unconditionalFullAdministration.isEmpty)
    }
}

/// A principal with the power that edges give it.
struct Raised {
    var number: Int
    var policies: [NamedPolicy] = []
    /// The numbers of its own policies that it no longer holds.
    var lost: Set<Int> = []
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
            case .raising(let policies, let lost):
                self.policies += policies
                self.lost.formUnion(lost)
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

    /// The shortest way of a principal that is an administrator only under a condition, such as MFA, to administration
    /// without it: each step, and the administration, is certain.
    mutating func certainPath(from start: Int) -> EscalationPath? {
        let gain = EscalationPath.Gain(isAdministration: true, examples: [])
        let edges = (graph.edges[start] ?? []).filter { graph.isCertain(of: start, $0.calls) }
        for edge in edges {
            let raised = edge.isRaising ? Raised(edge.target, by: [edge]) : Raised(edge.target)
            guard edge.target == start || !edge.isRaising else { continue }
            if isCertainAdministrator(raised) { return path(start, [(start, edge)], gain) }
        }
        for edge in edges where !edge.isRaising && !isAdministrator(edge.target) {
            if let rest = administration(from: edge.target, along: waysFrom(edge.target)) {
                var whole = path(start, [(start, edge)], gain)
                whole.steps += rest.steps
                whole.doubts = (whole.doubts + rest.doubts).uniqued
                return whole
            }
        }
        return nil
    }

    /// The reason why it is not known that `start`, an administrator only under a condition, cannot fulfill it: it can
    /// change its own tags without the condition.
    func tagging(by start: Int) -> Unknown? {
        let principal = landscape.principals[start]
        let action = principal.kind == .user ? "iam:TagUser" : "iam:TagRole"
        let resource = GuardedResource(principal.arn, ownedBy: principal.accountID)
        guard access(of: Raised(start), action, on: resource).isCertain else { return nil }
        let opening = (graph.openings[start] ?? []).first { if case .tagging = $0.way { true } else { false } }
        return opening?.reason(principal.arn)
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
                let gained = [step.raised] + newRoles(of: step.raised).map { Raised($0) }
                for raised in gained {
                    if let gain = gain(of: raised, over: own) {
                        return path(start, edges(of: way, step, start), gain)
                    }
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

    /// The edges at the end of a way that give more power to a principal that `start` can become: each edge alone, each
    /// edge that adds a policy together with each that changes the boundary, and all of these together with the edges
    /// that remove policies.
    private func raising(from way: Way, among ways: [Way]) -> [Raising] {
        let edges = (graph.edges[way.at] ?? []).filter(\.isRaising)
        return Set(edges.map(\.target)).sorted().flatMap { number -> [Raising] in
            guard let target = ways.first(where: { $0.at == number }) else { return [] }
            let own = edges.filter { $0.target == number }
            let bounding = own.filter(\.isBounding)
            let pairs = own.filter(\.isPolicy).flatMap { edge in bounding.map { [edge, $0] } }
            let sets = own.map { [$0] } + pairs
            var lost: Set<Int> = []
            let removing = own.filter { edge in
                defer { lost.formUnion(edge.removed) }
                return !edge.removed.isSubset(of: lost)
            }
            let others = sets.filter { $0.allSatisfy(\.removed.isEmpty) } + (removing.count > 1 ? [[]] : [])
            return (sets + (removing.isEmpty ? [] : others.map { $0 + removing }))
                .map { ($0, Raised(number, by: $0), target) }
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
        probes(of: raised).allSatisfy { !access(of: raised, $0).isRuledOut }
    }

    func isCertainAdministrator(_ raised: Raised) -> Bool {
        probes(of: raised).allSatisfy { access(of: raised, $0).isCertain }
    }

    private func probes(of raised: Raised) -> [SampleRequest] {
        let everything = landscape.sample(of: "*", to: raised.number)
        return Self.probes.map { SampleRequest(action: $0, resource: everything) }
    }

    /// Whether it is an administrator, gained the permission to make itself one, or to assume the role of one.
    private mutating func leadsToAdministration(_ raised: Raised) -> Bool {
        if isAdministrator(raised) { return true }
        let principal = landscape.principals[raised.number]
        let kind = principal.kind == .user ? "User" : "Role"
        let administrator = AWSPolicy.administratorAccess.arn(in: landscape.partition)
        let growth: [(action: String, context: RequestContext)] = [
            ("iam:Put\(kind)Policy", [:]), ("iam:Attach\(kind)Policy", ["iam:PolicyARN": .single(administrator)]),
        ]
        let grows = growth.contains { action, context in
            gains(raised, action, on: GuardedResource(principal.arn, ownedBy: principal.accountID), context)
        }
        var more = raised
        more.policies.append(.administratorAccess)
        if grows, isAdministrator(more) { return true }
        for role in newRoles(of: raised) where isAdministrator(role) { return true }
        return false
    }

    /// The roles that it can assume since a policy that denied that was removed.
    private func newRoles(of raised: Raised) -> [Int] {
        let denied = raised.lost.flatMap { landscape.policies[$0].policy.statements }.contains {
            $0.effect == .deny && $0.actions.match("sts:AssumeRole")
        }
        guard denied else { return [] }
        return graph.sides.filter { gains(raised, "sts:AssumeRole", on: $0.value.guarded) }.map(\.key).sorted()
    }

    /// Whether the raised principal can make a request that it could not make before.
    private func gains(
        _ raised: Raised, _ action: String, on resource: GuardedResource, _ context: RequestContext = [:]
    ) -> Bool {
        !access(of: raised, action, on: resource, context).isRuledOut
            && access(of: Raised(raised.number), action, on: resource, context).isRuledOut
    }

    private func asks(_ raised: Raised, _ request: SampleRequest) -> Bool { !access(of: raised, request).isRuledOut }

    private func access(of raised: Raised, _ request: SampleRequest) -> Access {
        let account = landscape.principals[raised.number].accountID
        return access(of: raised, request.action, on: landscape.sampleResource(request.resource, of: account))
    }

    private func access(
        of raised: Raised, _ action: String, on resource: GuardedResource, _ context: RequestContext = [:]
    ) -> Access {
        landscape.population.access(
            of: raised.number, holdingAlso: raised.policies, without: raised.lost, boundedBy: raised.boundaries,
            asNew: raised.isNew, action, on: resource, context: landscape.assumedContext.adding(context))
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
        let isRaised = !policies.isEmpty || !raised.lost.isEmpty || raised.boundaries != nil
        let held = Set(
            own.filter(isUnlimited).flatMap { landscape.population.members[$0].policies }
                .map { landscape.policies[$0].name })
        var examples: [String] = []
        for grant in grants(of: number) + policies.flatMap({ landscape.grants(in: $0, to: number) })
            + limits(of: raised)
            + raised.lost.sorted().flatMap({ landscape.denials(in: landscape.policies[$0], of: number) })
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
            && !member.policies.contains { landscape.policies[$0].denies }
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
