import BitCollections
import IAMPolicy
import Inventory

/// The graph of escalation steps: which principals can become another one, and which can give one more power.
///
/// Every edge is an effective permission on a resource that exists or that the actor creates: boundaries, organization
/// policies, trust policies and denials are evaluated. An edge may still depend on a condition.
struct EscalationGraph {
    struct Edge {
        var method: String
        /// The principal whose power the step gives, by number.
        var target: Int
        /// The ARN of the resource that the step acts on.
        var resource: String
        var calls: [PlannedCall]
        var power: Power
    }

    enum Power {
        /// The actor acts as the target.
        case becoming
        /// The target gets the first policies, and no longer holds its own of the other numbers: they were removed, or
        /// have another document now.
        case raising([NamedPolicy], losing: Set<Int> = [])
        /// These policies replace the target's boundary; an empty list removes it.
        case bounding([NamedPolicy])
        /// The actor, which is the target, acts as a new principal in its account with these policies and boundaries.
        case making(policies: [NamedPolicy], boundaries: [NamedPolicy])
    }

    /// Ways that may exist, from some principals to the power of others.
    struct Opening {
        enum Way {
            /// Passing the role to a service that may use it in a way that is not modeled.
            case passing(String)
            /// Changing a resource of a kind that is not read.
            case changing(String)
            /// Attaching an AWS managed policy whose document is not in the inventory.
            case attaching(String)
            /// Changing its own tags, on which a statement depends.
            case tagging(DecidingStatement)
        }

        var actors: BitSet
        /// The principals whose power they may get.
        var targets: [Int]
        var way: Way

        func reason(_ target: String) -> Unknown {
            let words =
                switch way {
                case .passing(let service):
                    "it can pass \(target) to \(service), and has other permissions by which that may run something of its own"
                case .changing(let kind): "it can change \(kind), which are not read and may lead to \(target)"
                case .tagging(let statement):
                    "\(target) can change its own tags, on which statement \(statement.statement) of \(statement.policy) depends"
                case .attaching(let policy): "it can attach \(policy) to \(target), and what that allows was not read"
                }
            return Unknown(.notModeled, detail: words)
        }
    }

    /// A call of a step. Its access is evaluated only for the paths that are shown.
    struct PlannedCall {
        var action: String
        var resource: GuardedResource
        var context: RequestContext = [:]
    }

    let landscape: Landscape
    private(set) var edges: [Int: [Edge]] = [:]
    /// The openings, by the number of the principal that may use them.
    private(set) var openings: [Int: [Opening]] = [:]
    /// Principals that do not exist, by number. No other principal can act on them.
    let hypothetical: Set<Int>
    var doubts: [Unknown] = []
    /// Each role with its trust policy, by the role's number.
    var sides: [Int: ResourceSide] = [:]
    var somewhere: [Somewhere: GuardedResource?] = [:]
    var granting: [String: [Int: [Statement]]] = [:]
    var handing: [Handing: Bool] = [:]
    /// The ARNs of the users, groups, roles and policies that exist.
    let existing: Set<String>

    struct Somewhere: Hashable {
        var actor: Int
        var action: String
    }

    struct Handing: Hashable {
        var actor: Int
        var service: String
    }

    init(of landscape: Landscape, hypothetical: Set<Int> = []) {
        self.landscape = landscape
        self.hypothetical = hypothetical
        let known = landscape.accounts.compactMap { try? $0[.identities].value }
        existing = Set(
            known.flatMap { $0.users.map(\.arn) + $0.groups.map(\.arn) + $0.roles.map(\.arn) + $0.policies.map(\.arn) })
        for number in landscape.principals.indices where landscape.principals[number].kind == .role {
            let side = landscape.resource(landscape.principals[number].arn)
            doubts += side.doubts.mayAllow
            sides[number] = side
        }
        for account in landscape.accounts {
            guard case .known(let identities) = account[.identities].state else { continue }
            addRoleEdges(of: account, identities)
            addCredentialEdges(of: account, identities)
            addPolicyEdges(of: account, identities)
            addMadePrincipals(of: account, identities)
            addFederationEdges(of: account, identities)
            addPassRoleEdges(of: account, identities)
            addWorkloadEdges(of: account, identities)
            addTagOpenings(of: account, identities)
        }
    }

    mutating func add(_ edge: Edge, from actors: some Sequence<Int>) {
        for actor in actors where actor != edge.target || edge.isRaising {
            if actor == edge.target || !hypothetical.contains(edge.target) { edges[actor, default: []].append(edge) }
        }
    }

    mutating func open(_ opening: Opening) {
        for actor in opening.actors { openings[actor, default: []].append(opening) }
    }

    func holders(of call: PlannedCall) -> BitSet {
        landscape.question(call.action, context: call.context).holders(of: call.resource).possible
    }

    func holders(ofAll calls: [PlannedCall]) -> BitSet {
        guard let first = calls.first else { return [] }
        return calls.dropFirst().reduce(holders(of: first)) { $0.isEmpty ? $0 : $0.intersection(holders(of: $1)) }
    }

    func number(_ kind: Landscape.Principal.Kind, _ arn: String) -> Int? {
        landscape.population.number(of: kind == .user ? .user(arn: arn) : .role(arn: arn))
    }

    func plain(_ action: String, _ arn: String, of account: Account) -> PlannedCall {
        PlannedCall(action: action, resource: GuardedResource(arn, ownedBy: account.id))
    }

    // MARK: - Roles

    private mutating func addRoleEdges(of account: Account, _ identities: Identities) {
        let assume = landscape.question("sts:AssumeRole")
        let update = landscape.question("iam:UpdateAssumeRolePolicy")
        let strangersMayAssume = landscape.strangersMayAssumeRoles(of: account.id)
        for role in identities.roles {
            guard let number = number(.role, role.arn), let side = sides[number] else { continue }
            let call = PlannedCall(action: "sts:AssumeRole", resource: side.guarded)
            add(
                Edge(method: Self.assumeRole, target: number, resource: role.arn, calls: [call], power: .becoming),
                from: assume.holders(of: side.guarded).possible)
            guard !role.isOfAWS else { continue }
            let updating = plain("iam:UpdateAssumeRolePolicy", role.arn, of: account)
            let trustingAll = side.guarded.with(policy: Self.trustingEverybody)
            let assuming = PlannedCall(action: "sts:AssumeRole", resource: trustingAll)
            let updaters = update.holders(of: updating.resource).possible
            let assumers = assume.holders(of: trustingAll).possible
            func updatingTrust(calls: [PlannedCall]) -> Edge {
                Edge(
                    method: "update-trust-policy", target: number, resource: role.arn, calls: calls, power: .becoming)
            }
            add(updatingTrust(calls: [updating, assuming]), from: updaters.intersection(assumers))
            // The trust policy can name a principal of another account that the actor has.
            if strangersMayAssume {
                add(updatingTrust(calls: [updating]), from: updaters.subtracting(assumers))
            }
        }
    }

    static let assumeRole = "assume-role"

    static let trustingEverybody = NamedPolicy(
        "the new trust policy",
        Policy(statements: [
            Statement(effect: .allow, principals: .only([.everyone]), actions: .only(["sts:AssumeRole"]))
        ]))

    // MARK: - Credentials of other users

    private mutating func addCredentialEdges(of account: Account, _ identities: Identities) {
        let rows = Dictionary(
            ((try? account[.credentialReport].value)?.users ?? []).map { ($0.name, $0) }
        ) { first, _ in first }
        for user in identities.users {
            guard let number = number(.user, user.arn) else { continue }
            let row = rows[user.userName]
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
}

extension EscalationGraph.Edge {
    var isRaising: Bool {
        if case .becoming = power { false } else { true }
    }

    var isPolicy: Bool {
        if case .raising(let policies, _) = power { !policies.isEmpty } else { false }
    }

    /// The numbers of the policies that the step only removes.
    var removed: Set<Int> {
        if case .raising(let policies, let lost) = power, policies.isEmpty { lost } else { [] }
    }

    var isBounding: Bool {
        if case .bounding = power { true } else { false }
    }
}
