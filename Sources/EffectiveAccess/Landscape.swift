import Basics
public import FoundationEssentials
public import IAMPolicy
public import Inventory
import Synchronization

/// The users and roles of some accounts, with all policies that decide what they are allowed to do, prepared for
/// questions.
public struct Landscape: Sendable {
    /// A user or role of the inventory.
    public struct Principal: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable {
            case user
            case role
        }

        public var arn: String
        public var name: String
        public var accountID: String
        public var kind: Kind

        public var caller: Caller { kind == .user ? .user(arn: arn) : .role(arn: arn) }
    }

    public let accounts: [Account]
    /// The users and roles, in the order of the population's members.
    public let principals: [Principal]
    public let population: Population
    /// The policies and boundaries of the principals, at the indices that the population's members use.
    let policies: [NamedPolicy]
    /// The resource control policies of each account, from the root to the account.
    let resourceControls: [String: [ControlLevel]]
    /// The reason why the service and resource control policies of an account could not be read. They limit its
    /// principals and resources.
    let unreadControls: [String: Unknown]
    /// The accounts whose users and roles could not be read.
    let unreadIdentities: [String: Unknown]
    /// The principals of which an identity policy could not be read, by their numbers.
    let unreadPrincipals: [Int: Unknown]
    /// The principals whose boundary could not be read, by their numbers.
    let unreadBoundaries: [Int: Unknown]

    /// The trust policy of each role, by its ARN.
    let trustPolicies: [String: PolicyDocument]
    private let questions = AskedQuestions()
    /// The context assumed for every request. Callers can choose to use TLS, which many policies require.
    let assumedContext: RequestContext
    /// The time of every request; `nil` for the time at which the first account was read.
    let moment: Date?

    /// - Parameters:
    ///   - accounts: read with ``reads``; unknown facts in them make answers uncertain, never wrong.
    ///   - moment: the time of every request; `nil` for the time at which the first account was read.
    public init(_ accounts: [Account], at moment: Date? = nil) {
        self.moment = moment
        assumedContext = RequestContext(at: moment ?? accounts.first?.readAt)
        var builder = LandscapeBuilder()
        for account in accounts { builder.add(account) }
        self.accounts = accounts
        principals = builder.principals
        policies = builder.policies
        population = Population(policies: builder.policies, controls: builder.controls, members: builder.members)
        resourceControls = builder.resourceControls
        unreadControls = builder.unreadControls
        unreadIdentities = builder.unreadIdentities
        unreadPrincipals = builder.unreadPrincipals
        unreadBoundaries = builder.unreadBoundaries
        trustPolicies = builder.trustPolicies
    }

    /// The facets that decide what principals are allowed to do.
    public static let reads: Set<Facet> = [.identities, .organization, .organizationPolicies]

    public func number(of principal: Principal) -> Int? { population.number(of: principal.caller) }

    /// The principal that a text names: an ARN or, if only one has it, a name.
    /// - Throws: ``Unknown`` if none or several have it.
    public func principal(named text: String) throws(Unknown) -> Int {
        let matching = principals.indices.filter { principals[$0].arn == text }
        if let number = matching.first { return number }
        let named = principals.indices.filter {
            principals[$0].name == text || "\(principals[$0].kind.rawValue)/\(principals[$0].name)" == text
        }
        if named.count == 1 { return named[0] }
        if let unread = unreadIdentities.min(by: { $0.key < $1.key })?.value { throw unread }
        throw Unknown(
            .notFound,
            detail: named.isEmpty
                ? "no user or role '\(text)' in account \(accounts.map(\.id).joined(separator: ", "))"
                : """
                \(named.count) users or roles are named '\(text)': \
                \(named.map { principals[$0].arn }.joined(separator: ", "))
                """
        )
    }

    /// The principals that can do `action` on each of the resources, by their indices in ``principals``, without the
    /// reasons: the fast way to answer many questions.
    public func holders(of action: String, on resources: [String], context: RequestContext = [:]) -> [Holders] {
        let question = question(action, context: context)
        return resources.map { question.holders(of: resource($0).guarded) }
    }

    /// The access of each of ``principals``, evaluated one by one. ``whoCan(_:_:context:following:)`` must give the
    /// same answers, and is faster.
    public func accessOfEach(_ action: String, on resource: String, context: RequestContext = [:]) -> [Access] {
        let side = self.resource(resource)
        let context = assumedContext.adding(context)
        return principals.indices.map { population.access(of: $0, action, on: side.guarded, context: context) }
    }

    func account(_ id: String) -> Account? { accounts.first { $0.id == id } }

    /// The users, roles and identity policies that could not be read: they may hide principals that have access.
    var hiding: [Unknown] {
        (unreadIdentities.sorted { $0.key < $1.key }.map(\.value)
            + unreadPrincipals.sorted { $0.key < $1.key }.map(\.value)).uniqued
    }

    /// The limits of a principal that could not be read: they may deny its access.
    func unreadLimits(of number: Int) -> [Unknown] {
        guard !population.members[number].caller.isServiceLinkedRole else { return [] }
        return [unreadPrincipals[number], unreadControls[principals[number].accountID], unreadBoundaries[number]]
            .compactMap(\.self).uniqued
    }

    func question(_ action: String, context: RequestContext = [:]) -> Question {
        questions.question(.init(action: action, context: context)) {
            population.question(action, context: assumedContext.adding(context))
        }
    }
}

extension RequestContext {
    /// Source: IAM User Guide, "AWS global condition context keys", on aws:CurrentTime and aws:EpochTime.
    fileprivate init(at moment: Date?) {
        self = ["aws:SecureTransport": "true"]
        guard let moment else { return }
        self["aws:CurrentTime"] = .single(moment.rfc3339)
        self["aws:EpochTime"] = .single(String(Int(moment.timeIntervalSince1970)))
    }
}

extension NamedPolicy {
    /// Whether a statement denies something.
    var denies: Bool { policy.statements.contains { $0.effect == .deny } }
}

extension Sequence where Element: Hashable {
    /// Each element once, in the order of their first places.
    var uniqued: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

/// A cache of questions, because the same few actions are evaluated for every role and user.
private final class AskedQuestions: Sendable {
    struct Key: Hashable {
        var action: String
        var context: RequestContext
    }

    private let known = Mutex<[Key: Question]>([:])

    func question(_ key: Key, _ ask: () -> Question) -> Question {
        if let question = known.withLock({ $0[key] }) { return question }
        let question = ask()
        known.withLock { $0[key] = question }
        return question
    }
}
