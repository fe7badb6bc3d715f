public import AWSClient
public import Basics
public import FoundationEssentials
public import Inventory

/// A fix for the failing findings of some checks: a pure function from facts to steps.
///
/// One fix serves several checks if they change the same thing by one call, such as the checks on the password policy:
/// two calls would overwrite each other.
public struct Fix: Sendable {
    /// The fix's name, such as `password-policy`.
    public var id: String
    /// The effect of the fix, for a person, in one sentence.
    public var summary: String
    /// The IDs of the checks whose failing findings it fixes.
    public var checks: [String]
    /// The calls that its steps and their undoing may contain. The planner rejects any other.
    public var calls: Set<AWSClient.Operation>
    /// Whether the account's root user signs calls of its steps.
    public var isSignedByRoot: Bool
    /// The facets that must be read in addition to those of the checks.
    public var reads: Set<Facet>
    /// Returns the observations that are needed before steps for a resource can be proposed. It is called again with
    /// the observed values until it returns no new ones, because the elements of a list are known only after the list
    /// was read.
    public var observes: @Sendable (Target, Reading, Observations) throws(Unknown) -> [Observation]
    /// Proposes steps, or declines if the facts forbid them.
    /// - Throws: ``Inventory/Unknown`` if the facts do not suffice.
    public var propose: @Sendable (Target, Reading, Observations) throws(Unknown) -> Proposal

    public init(
        _ id: String, _ summary: String, checks: [String], calls: Set<AWSClient.Operation>,
        isSignedByRoot: Bool = false, reads: Set<Facet> = [],
        observes: @escaping @Sendable (Target, Reading, Observations) throws(Unknown) -> [Observation],
        propose: @escaping @Sendable (Target, Reading, Observations) throws(Unknown) -> Proposal
    ) {
        self.id = id
        self.summary = summary
        self.checks = checks
        self.calls = calls
        self.isSignedByRoot = isSignedByRoot
        self.reads = reads
        self.observes = observes
        self.propose = propose
    }

    /// A resource with its failing findings.
    public struct Target: Sendable {
        public var resource: Resource
        /// The Region of the resource; for a global resource, the Region in which global services are called.
        public var region: String
        /// The failing findings on the resource.
        public var findings: [Finding]
        /// The completed step whose later stage is to be planned.
        public var earlier: Earlier?

        /// A completed step, and the time at which it was done.
        public struct Earlier: Sendable {
            public var step: Step
            public var done: Date
        }

        public init(_ resource: Resource, region: String, findings: [Finding]) {
            self.resource = resource
            self.region = region
            self.findings = findings
        }

        /// Makes a target from a completed step whose later stage is to be planned.
        public init(_ resource: Resource, after step: Step, done: Date) {
            self.init(resource, region: step.call.region, findings: [])
            earlier = Earlier(step: step, done: done)
        }

        /// Whether a check is among the failing ones.
        public func fails(_ check: String) -> Bool { findings.contains { $0.check == check } }

        public var checks: [String] { Set(findings.map(\.check) + (earlier?.step.checks ?? [])).sorted() }
    }

    public enum Proposal: Sendable {
        case steps([Step])
        /// Steps for some of the findings, and the reasons why nothing is done for the others, by their checks.
        case partly([Step], declined: [String: String])
        /// The reason why nothing is done.
        case declined(String)
        /// Instructions for a person, line by line, for a change that Parapet cannot make.
        case byHand([String])
    }
}

/// The values observed for a fix.
public struct Observations: Sendable {
    public var values: [Observation: JSON] = [:]
    /// The steps that are in the plan already, and will be done first.
    public var steps: [Step] = []
    /// The use of ports as flow logs show it; `nil` if no logs were given.
    public var traffic: SeenTraffic?
    /// Whether calls can be signed by the account's root user.
    public var rootAccess = RootAccess.unavailable(RootAccess.needsMember)

    public init() {}

    /// Returns the observed value; `nil` if there is none.
    public func known(_ observation: Observation) -> JSON? { values[observation] }

    /// - Throws: ``Inventory/Unknown`` if the value was not observed.
    public subscript(observation: Observation) -> JSON {
        get throws(Unknown) {
            guard let value = values[observation] else {
                throw Unknown(
                    .notCollected, call: observation.read.name, detail: "\(observation.read.name) was not asked")
            }
            return value
        }
    }
}
