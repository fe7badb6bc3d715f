import BitCollections
import IAMPolicy
import Inventory

/// Who can become whom, and who can give whom more power.
///
/// Every edge is an effective permission on something that exists: boundaries, organization policies, trust policies and
/// denials have been counted. An edge may still hang on a condition.
struct EscalationGraph {
    struct Edge {
        var method: String
        /// Whose power it gives, by number.
        var target: Int
        /// What the step is made to.
        var resource: String
        var calls: [PlannedCall]
        var power: Power
    }

    enum Power {
        /// The actor acts as the target.
        case becoming
        /// The target gets these policies besides its own.
        case raising([NamedPolicy])
    }

    /// A call whose access is worked out only for the paths that are shown.
    struct PlannedCall {
        var action: String
        var resource: GuardedResource
        var context: RequestContext = [:]
    }

    let landscape: Landscape
    private(set) var edges: [Int: [Edge]] = [:]
    private(set) var doubts: [Unknown] = []
    /// What each role's trust policy says, by number.
    private var sides: [Int: ResourceSide] = [:]
    private var somewhere: [Somewhere: GuardedResource?] = [:]

    private struct Somewhere: Hashable {
        var actor: Int
        var action: String
    }

    /// What AttachUserPolicy and its like would attach.
    static let administrator = NamedPolicy(
        "AdministratorAccess",
        Policy(statements: [Statement(effect: .allow, actions: .only(["*"]), resources: .only(["*"]))]))

    init(of landscape: Landscape) {
        self.landscape = landscape
        for number in landscape.principals.indices where landscape.principals[number].kind == .role {
            sides[number] = landscape.resource(landscape.principals[number].arn)
        }
        for account in landscape.accounts {
            guard case .known(let identities) = account.identities else { continue }
            addRoleEdges(of: account, identities)
            addCredentialEdges(of: account, identities)
            addPolicyEdges(of: account, identities)
            addPassRoleEdges(of: account, identities)
            addWorkloadEdges(of: account, identities)
        }
    }

    private mutating func add(_ edge: Edge, from actors: some Sequence<Int>) {
        for actor in actors where actor != edge.target || edge.isRaising { edges[actor, default: []].append(edge) }
    }

    private func holders(of call: PlannedCall) -> BitSet {
        landscape.question(call.action, context: call.context).holders(of: call.resource).possible
    }

    private func holders(ofAll calls: [PlannedCall]) -> BitSet {
        guard let first = calls.first else { return [] }
        return calls.dropFirst().reduce(holders(of: first)) { $0.isEmpty ? $0 : $0.intersection(holders(of: $1)) }
    }

    private func number(_ kind: Landscape.Principal.Kind, _ arn: String) -> Int? {
        landscape.population.number(of: kind == .user ? .user(arn: arn) : .role(arn: arn))
    }

    private func plain(_ action: String, _ arn: String, of account: Account) -> PlannedCall {
        PlannedCall(action: action, resource: GuardedResource(arn, ownedBy: account.id))
    }

    // MARK: - Roles

    private mutating func addRoleEdges(of account: Account, _ identities: Identities) {
        let assume = landscape.question("sts:AssumeRole")
        let update = landscape.question("iam:UpdateAssumeRolePolicy")
        for role in identities.roles {
            guard let number = number(.role, role.arn), let side = sides[number] else { continue }
            let call = PlannedCall(action: "sts:AssumeRole", resource: side.guarded)
            add(
                Edge(method: Self.assumeRole, target: number, resource: role.arn, calls: [call], power: .becoming),
                from: assume.holders(of: side.guarded).possible)
            guard !role.isServiceLinked else { continue }
            let updating = plain("iam:UpdateAssumeRolePolicy", role.arn, of: account)
            let trustingAll = side.guarded.with(policy: Self.trustingEverybody)
            let assuming = PlannedCall(action: "sts:AssumeRole", resource: trustingAll)
            add(
                Edge(
                    method: "update-trust-policy", target: number, resource: role.arn, calls: [updating, assuming],
                    power: .becoming),
                from: update.holders(of: updating.resource).possible
                    .intersection(assume.holders(of: trustingAll).possible))
        }
    }

    static let assumeRole = "assume-role"

    private static let trustingEverybody = NamedPolicy(
        "the new trust policy",
        Policy(statements: [
            Statement(effect: .allow, principals: .only([.everyone]), actions: .only(["sts:AssumeRole"]))
        ]))

    // MARK: - Credentials of other users

    private mutating func addCredentialEdges(of account: Account, _ identities: Identities) {
        let report = try? account.credentialReport.value
        for user in identities.users {
            guard let number = number(.user, user.arn) else { continue }
            let row = report?.users.first { $0.name == user.name }
            var ways: [(method: String, actions: [String])] = []
            let hasRoomForKey =
                row.map { $0.accessKeys.filter { $0.isActive || $0.lastRotated != nil }.count < 2 } ?? true
            ways.append(
                (
                    "create-access-key",
                    hasRoomForKey ? ["iam:CreateAccessKey"] : ["iam:DeleteAccessKey", "iam:CreateAccessKey"]
                ))
            if row?.password.isEnabled != true { ways.append(("create-login-profile", ["iam:CreateLoginProfile"])) }
            if row?.password.isEnabled != false { ways.append(("update-login-profile", ["iam:UpdateLoginProfile"])) }
            for (method, actions) in ways {
                let calls = actions.map { plain($0, user.arn, of: account) }
                add(
                    Edge(method: method, target: number, resource: user.arn, calls: calls, power: .becoming),
                    from: holders(ofAll: calls))
            }
        }
    }

    // MARK: - Policies

    private mutating func addPolicyEdges(of account: Account, _ identities: Identities) {
        let administrator = "arn:\(account.partition):iam::aws:policy/AdministratorAccess"
        for user in identities.users {
            addGrowth("user", .user, user.arn, user.permissionsBoundaryARN, of: account, administrator)
            guard let number = number(.user, user.arn) else { continue }
            for group in identities.groups {
                if user.groupNames.contains(group.name) {
                    let calls = [
                        (
                            "attach-group-policy",
                            PlannedCall(
                                action: "iam:AttachGroupPolicy",
                                resource: GuardedResource(group.arn, ownedBy: account.id),
                                context: ["iam:PolicyARN": .single(administrator)])
                        ),
                        ("put-group-policy", plain("iam:PutGroupPolicy", group.arn, of: account)),
                    ]
                    for (method, call) in calls {
                        add(
                            Edge(
                                method: method, target: number, resource: group.arn, calls: [call],
                                power: .raising([Self.administrator])),
                            from: holders(of: call))
                    }
                } else {
                    let call = plain("iam:AddUserToGroup", group.arn, of: account)
                    let policies = self.policies(of: group, identities)
                    guard !policies.isEmpty else { continue }
                    add(
                        Edge(
                            method: "add-user-to-group", target: number, resource: group.arn, calls: [call],
                            power: .raising(policies)),
                        from: holders(of: call))
                }
            }
        }
        for role in identities.roles where !role.isServiceLinked {
            addGrowth("role", .role, role.arn, role.permissionsBoundaryARN, of: account, administrator)
        }
        for policy in identities.policies where !policy.isAWSManaged {
            addVersionEdges(of: policy, account, identities)
        }
    }

    /// Attaching or writing a policy, for a user or role.
    private mutating func addGrowth(
        _ word: String, _ kind: Landscape.Principal.Kind, _ arn: String, _ boundary: String?, of account: Account,
        _ administrator: String
    ) {
        guard let number = number(kind, arn) else { return }
        let name = kind == .user ? "User" : "Role"
        // A statement may demand that whoever gets a policy has a certain boundary.
        var context: RequestContext = ["iam:PermissionsBoundary": boundary.map { .single($0) } ?? .several([])]
        let put = PlannedCall(
            action: "iam:Put\(name)Policy", resource: GuardedResource(arn, ownedBy: account.id), context: context)
        context["iam:PolicyARN"] = .single(administrator)
        let attach = PlannedCall(
            action: "iam:Attach\(name)Policy", resource: GuardedResource(arn, ownedBy: account.id), context: context)
        for (method, call) in [("attach-\(word)-policy", attach), ("put-\(word)-policy", put)] {
            add(
                Edge(
                    method: method, target: number, resource: arn, calls: [call],
                    power: .raising([Self.administrator])),
                from: holders(of: call))
        }
    }

    /// A new version of a policy, or an older one made the default, for all who hold the policy.
    private mutating func addVersionEdges(of policy: ManagedPolicy, _ account: Account, _ identities: Identities) {
        let holding = holdersOf(policy.arn, identities)
        guard !holding.isEmpty else { return }
        var calls = [plain("iam:CreatePolicyVersion", policy.arn, of: account)]
        // A policy has five versions at most.
        if case .known(5...) = policy.versionCount {
            calls.insert(plain("iam:DeletePolicyVersion", policy.arn, of: account), at: 0)
        }
        let creators = holders(ofAll: calls)
        let choosing = plain("iam:SetDefaultPolicyVersion", policy.arn, of: account)
        let choosers = holders(of: choosing)
        var older: [NamedPolicy] = []
        if !choosers.isEmpty {
            do throws(Unknown) {
                for version in try policy.otherVersions.value {
                    older.append(NamedPolicy("\(policy.arn) version \(version.id)", try version.document.policy))
                }
            } catch {
                doubts.append(error)
            }
        }
        for number in holding {
            add(
                Edge(
                    method: "create-policy-version", target: number, resource: policy.arn, calls: calls,
                    power: .raising([Self.administrator])), from: creators)
            for version in older {
                add(
                    Edge(
                        method: "set-default-policy-version", target: number, resource: policy.arn,
                        calls: [choosing], power: .raising([version])), from: choosers)
            }
        }
    }

    private func holdersOf(_ policy: String, _ identities: Identities) -> [Int] {
        let groups = Set(
            identities.groups.filter { $0.attachedPolicies.contains { $0.arn == policy } }.map(\.name))
        let users = identities.users.filter { user in
            user.attachedPolicies.contains { $0.arn == policy } || user.groupNames.contains { groups.contains($0) }
        }
        let roles = identities.roles.filter { role in role.attachedPolicies.contains { $0.arn == policy } }
        return users.compactMap { number(.user, $0.arn) } + roles.compactMap { number(.role, $0.arn) }
    }

    private func policies(of group: Group, _ identities: Identities) -> [NamedPolicy] {
        let inline = group.inlinePolicies.map { ("group/\(group.name): inline policy \($0.name)", $0.document) }
        let attached = group.attachedPolicies.compactMap { attached in
            identities.policies.first { $0.arn == attached.arn }.map { ($0.arn, $0.defaultDocument) }
        }
        return (inline + attached).compactMap { name, document in (try? document.policy).map { NamedPolicy(name, $0) } }
    }

    // MARK: - Code under a role

    private mutating func addPassRoleEdges(of account: Account, _ identities: Identities) {
        for role in identities.roles where !role.isServiceLinked {
            guard let number = number(.role, role.arn), let side = sides[number] else { continue }
            let trusted = Set(
                landscape.outsiders("sts:AssumeRole", side, context: [:]).filter { $0.kind == .service }.map(\.name))
            for service in ComputeService.all where trusted.contains(service.principal) {
                let pass = PlannedCall(
                    action: "iam:PassRole", resource: GuardedResource(role.arn, ownedBy: account.id),
                    context: ["iam:PassedToService": .single(service.principal)])
                for actor in holders(of: pass) {
                    guard var calls = cheapest(service.actions, by: actor) else { continue }
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
    }

    /// What it takes besides to hand the role to an instance: nothing where an instance profile holds it.
    private mutating func profileCalls(_ role: Role, by actor: Int) -> [PlannedCall]? {
        switch role.instanceProfileARNs {
        case .known(let profiles) where !profiles.isEmpty: return []
        case .known: return cheapest([["iam:CreateInstanceProfile"], ["iam:AddRoleToInstanceProfile"]], by: actor)
        case .unknown(let unknown):
            doubts.append(unknown)
            return []
        }
    }

    /// For each list of actions the first that the actor may do to something; `nil` where there is a list of none.
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

    private mutating func addWorkloadEdges(of account: Account, _ identities: Identities) {
        for (_, fact) in account.workloads.facts.sorted(by: { $0.key < $1.key }) {
            do throws(Unknown) {
                for workload in try fact.value {
                    for role in try workload.roles(among: identities.roles) {
                        add(workload, under: role, of: account)
                    }
                }
            } catch {
                doubts.append(error)
            }
        }
        if account.workloads.facts.isEmpty {
            switch account.regions {
            case .unknown(let unknown): doubts.append(unknown)
            case .known(let regions) where regions.isEmpty: break
            case .known:
                doubts.append(
                    Unknown(.notCollected, detail: "what runs under roles in account \(account.id) was not read"))
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

extension EscalationGraph.Edge {
    var isRaising: Bool {
        if case .raising = power { true } else { false }
    }
}
