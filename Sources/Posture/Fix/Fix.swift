public import AWSClient
public import Basics
public import FoundationEssentials
public import Inventory

/// How failing findings of some checks are fixed: a pure function from facts to steps.
///
/// One fix serves several checks if their changes are one call, such as those on the password policy: two calls would undo
/// each other.
public struct Fix: Sendable {
    /// Such as `password-policy`.
    public var id: String
    /// What it does, for a person, in a sentence.
    public var summary: String
    /// The checks whose failing findings it fixes, by their ids.
    public var checks: [String]
    /// The calls that its steps and their undoing may make; no plan holds another of it.
    public var calls: Set<AWSClient.Operation>
    /// What must be read of the account besides what the checks read.
    public var reads: Set<Facet>
    /// What must be observed for the findings on one resource before steps can be proposed. It is asked again with what was
    /// observed, until it names nothing new: a list says what is to be asked about its elements.
    public var observes: @Sendable (Target, Reading, Observations) throws(Unknown) -> [Observation]
    /// - Throws: ``Inventory/Unknown`` if the facts do not suffice, ``Declined`` is the answer if they do and forbid it.
    public var propose: @Sendable (Target, Reading, Observations) throws(Unknown) -> Proposal

    public init(
        _ id: String, _ summary: String, checks: [String], calls: Set<AWSClient.Operation>, reads: Set<Facet> = [],
        observes: @escaping @Sendable (Target, Reading, Observations) throws(Unknown) -> [Observation],
        propose: @escaping @Sendable (Target, Reading, Observations) throws(Unknown) -> Proposal
    ) {
        self.id = id
        self.summary = summary
        self.checks = checks
        self.calls = calls
        self.reads = reads
        self.observes = observes
        self.propose = propose
    }

    /// A resource with its failing findings.
    public struct Target: Sendable {
        public var resource: Resource
        /// Of the resource; the region of global services for what is global.
        public var region: String
        /// All fail, and all are of the resource.
        public var findings: [Finding]
        /// The step whose later stage is wanted.
        public var earlier: Earlier?

        /// A step that was done, and since when.
        public struct Earlier: Sendable {
            public var step: Step
            public var done: Date
        }

        public init(_ resource: Resource, region: String, findings: [Finding]) {
            self.resource = resource
            self.region = region
            self.findings = findings
        }

        /// What a done step is about, whose later stage is wanted.
        public init(_ resource: Resource, after step: Step, done: Date) {
            self.init(resource, region: step.call.region, findings: [])
            earlier = Earlier(step: step, done: done)
        }

        /// Whether a check is among those that fail.
        public func fails(_ check: String) -> Bool { findings.contains { $0.check == check } }

        public var checks: [String] { Set(findings.map(\.check) + (earlier?.step.checks ?? [])).sorted() }
    }

    public enum Proposal: Sendable {
        case steps([Step])
        /// Why nothing is done.
        case declined(String)
        /// What a person must do, line by line: Parapet cannot.
        case byHand([String])
    }
}

/// What was observed for a fix.
public struct Observations: Sendable {
    public var values: [Observation: JSON] = [:]
    /// The steps that the plan has already, which will have been done.
    public var steps: [Step] = []
    /// What flow logs tell of the use of ports; `nil` if none were given.
    public var traffic: SeenTraffic?

    public init() {}

    /// What was observed; `nil` if it was not.
    public func known(_ observation: Observation) -> JSON? { values[observation] }

    /// - Throws: ``Inventory/Unknown`` if it was not observed.
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
