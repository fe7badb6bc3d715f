public import AWSClient
public import Basics

/// One change: the call, the fact that must hold before, the fact that holds afterwards, and the call that undoes it.
public struct Step: Sendable, Hashable, Codable {
    /// Such as `Require symbols in passwords`.
    public var title: String
    /// The ARN of what is changed.
    public var resource: String
    /// The ARN of what the findings are about; mostly ``resource``.
    public var findingsOn: String
    /// The checks whose failing findings the step is for.
    public var checks: [String]
    public var state: Observation
    /// What ``state`` must show before: what undoing restores.
    public var before: JSON
    public var call: APICall
    /// What ``state`` shows afterwards.
    public var after: JSON
    /// What else must hold before, as when the plan was made, such as that a key was not used since.
    public var unchanged: [Unchanged] = []
    /// What ``state`` shows once the step is undone, if that is not ``before``.
    public var undone: JSON?
    /// `nil` if nothing undoes the step.
    public var undo: APICall?
    public var risk: Risk
    /// What happens besides, and what undoing does not bring back; for a person.
    public var notes: [String]
    /// What a person must know of the use of what is changed, such as `key used 3 hours ago from us-east-1`.
    public var reach: [String]
    /// What the change costs, in words; empty if nothing.
    public var cost: String
    /// The IAM actions that applying and undoing the step take.
    public var permissions: [String]

    public struct Unchanged: Sendable, Hashable, Codable {
        public var state: Observation
        public var value: JSON

        public init(_ state: Observation, is value: JSON) {
            self.state = state
            self.value = value
        }
    }

    public enum Risk: String, Sendable, Hashable, Codable {
        case reversible
        /// Undoing leaves something different, as ``notes`` says.
        case reversibleWithLoss = "reversible with loss"
        case irreversible
    }

    public init(
        _ title: String, on resource: String, for checks: [String] = [], state: Observation, before: JSON,
        call: APICall, after: JSON, undo: APICall?, risk: Risk = .reversible, notes: [String] = [],
        reach: [String] = [], cost: String = "", unchanged: [Unchanged] = [], undone: JSON? = nil
    ) {
        self.title = title
        self.resource = resource
        findingsOn = resource
        self.checks = checks
        self.state = state
        self.before = before
        self.call = call
        self.after = after
        self.undo = undo
        self.risk = undo == nil ? .irreversible : risk
        self.notes = notes
        self.reach = reach
        self.cost = cost
        self.unchanged = unchanged
        self.undone = undone
        permissions = ([state.read, call, undo].compactMap(\.self) + unchanged.map(\.state.read)).reduce(
            into: Set<String>()
        ) { all, call in
            if let known = try? KnownOperation(of: call) { all.formUnion(known.permissions) }
        }.sorted()
    }
}
