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
    /// Where the secret goes that the call gives to AWS or gets of it.
    public var handOver: HandOver?
    /// The same for ``undo``.
    public var undoHandOver: HandOver?
    /// What follows days after the step, by a plan of its own.
    public var later: Later?
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

    /// A file for a secret, which only its owner can read. No plan, journal or output holds the secret itself.
    public struct HandOver: Sendable, Hashable, Codable {
        public enum Secret: String, Sendable, Hashable, Codable {
            /// Of the access key that the call creates.
            case accessKey = "access key"
            /// A random password, which the call sets.
            case password
        }

        public var secret: Secret
        /// An absolute path. The file must not be there yet.
        public var file: String

        public init(_ secret: Secret, to file: String) {
            self.secret = secret
            self.file = file
        }
    }

    /// A stage that waits until it can be planned, such as the deletion of what was disabled.
    public struct Later: Sendable, Hashable, Codable {
        /// The id of the fix that plans it.
        public var fix: String
        /// What will be done, for a person: `delete access key AKIA… of alice`
        public var what: String
        /// How long it waits after the step, in days.
        public var days: Int

        public init(_ what: String, after days: Int, by fix: String) {
            self.fix = fix
            self.what = what
            self.days = days
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
        reach: [String] = [], cost: String = "", unchanged: [Unchanged] = [], undone: JSON? = nil,
        handOver: HandOver? = nil, undoHandOver: HandOver? = nil, later: Later? = nil
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
        self.handOver = handOver
        self.undoHandOver = undoHandOver
        self.later = later
        permissions = ([state.read, call, undo].compactMap(\.self) + unchanged.map(\.state.read)).reduce(
            into: Set<String>()
        ) { all, call in
            if let known = try? KnownOperation(of: call) { all.formUnion(known.permissions) }
        }.sorted()
    }
}
