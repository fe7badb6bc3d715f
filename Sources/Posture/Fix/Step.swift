public import AWSClient
public import Basics

/// One change: the call, the fact that must hold before it, the fact that holds after it, and the call that undoes it.
public struct Step: Sendable, Hashable, Codable {
    /// The change in a few words, such as `Require symbols in passwords`.
    public var title: String
    /// The ARN of the changed resource.
    public var resource: String
    /// The ARN of the resource that has the findings; usually ``resource``.
    public var findingsOn: String
    /// The IDs of the checks whose failing findings the step fixes.
    public var checks: [String]
    public var state: Observation
    /// The value of ``state`` that must hold before the step, and that undoing restores.
    public var before: JSON
    public var call: APICall
    /// The value of ``state`` after the step.
    public var after: JSON
    /// Further facts that must be the same as when the plan was made, such as that a key was not used since.
    public var unchanged: [Unchanged] = []
    /// The value of ``state`` after the step is undone, if that is not ``before``.
    public var undone: JSON?
    /// The call that undoes the step; `nil` if nothing does.
    public var undo: APICall?
    /// The call that does the step again after ``undo``, if undoing gives what ``call`` names another ID: the same call
    /// with a placeholder for the ID (``AWSClient/APICall/read(_:)``). `nil` if ``call`` does.
    public var redo: APICall?
    public var risk: Risk
    /// What undoing does not restore, for a person: each a sentence. `nil` if undoing restores everything; plans of
    /// earlier versions have none either.
    public var losses: [String]?
    /// Side effects, for a person.
    public var notes: [String]
    /// Notes for a person on the use of the resource, such as `key used 3 hours ago from us-east-1`.
    public var reach: [String]
    /// The cost of the change, in words; empty if it is free.
    public var cost: String
    /// The place for the secret that the call sends to AWS or gets from it.
    public var handOver: HandOver?
    /// The place for the secret of ``undo``.
    public var undoHandOver: HandOver?
    /// The value that the step keeps for later steps.
    public var keeps: Kept?
    /// The next stage, which follows days after the step in its own plan.
    public var later: Later?
    /// The IAM actions that applying and undoing the step require.
    public var permissions: [String]

    public struct Unchanged: Sendable, Hashable, Codable {
        public var state: Observation
        public var value: JSON

        public init(_ state: Observation, is value: JSON) {
            self.state = state
            self.value = value
        }
    }

    /// A stage that is planned after a waiting time, such as the deletion of a disabled credential.
    public struct Later: Sendable, Hashable, Codable {
        /// The ID of the fix that plans the stage.
        public var fix: String
        /// A description for a person, such as `delete access key AKIA… of alice`.
        public var what: String
        /// The waiting time after the step, in days.
        public var days: Int

        public init(_ what: String, after days: Int, by fix: String) {
            self.fix = fix
            self.what = what
            self.days = days
        }
    }

    /// What undoing does not restore, for a person; empty if it restores everything. For a step of a plan without
    /// ``losses``, it follows from the risk.
    public var notRestored: [String] {
        if let losses { return losses }
        switch risk {
        case .reversible: return []
        case .reversibleWithLoss: return notes
        case .irreversible: return notes.isEmpty ? ["'\(title)' cannot be undone."] : notes
        }
    }

    public enum Risk: String, Sendable, Hashable, Codable {
        case reversible
        /// After undoing, something remains different; ``losses`` says what.
        case reversibleWithLoss = "reversible with loss"
        case irreversible
    }

    public init(
        _ title: String, on resource: String, for checks: [String] = [], state: Observation, before: JSON,
        call: APICall, after: JSON, undo: APICall?, redo: APICall? = nil, risk: Risk = .reversible,
        losses: [String]? = nil, notes: [String] = [], reach: [String] = [], cost: String = "",
        unchanged: [Unchanged] = [], undone: JSON? = nil,
        handOver: HandOver? = nil, undoHandOver: HandOver? = nil, keeps: Kept? = nil, later: Later? = nil
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
        self.redo = redo
        self.risk = undo == nil ? .irreversible : risk
        self.losses = losses
        self.notes = notes
        self.reach = reach
        self.cost = cost
        self.unchanged = unchanged
        self.undone = undone
        self.handOver = handOver
        self.undoHandOver = undoHandOver
        self.keeps = keeps
        self.later = later
        permissions = ([state.read, call, undo].compactMap(\.self) + unchanged.map(\.state.read)).reduce(
            into: Set<String>()
        ) { all, call in
            if call.signer == .root {
                // The task policy of the root session allows the rest.
                all.insert(AWSClient.Operation.assumeRoot.permission)
            } else if let known = try? KnownOperation(of: call) {
                all.formUnion(known.permissions)
            }
        }.union(handOver?.permissions ?? []).union(undoHandOver?.undoPermissions ?? []).sorted()
    }
}
