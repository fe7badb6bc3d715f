public import AWSClient
public import Basics
public import Posture

/// The progress of a step.
public enum StepState: String, Sendable, Hashable, Codable {
    case planned
    /// The expected fact holds, and the call is about to be sent. If the journal ends here, it is unknown whether it
    /// was sent.
    case checked
    /// AWS accepted the call.
    case written
    /// The resulting fact was observed.
    case verified
    /// The resulting fact held already, so nothing was sent and nothing has to be undone.
    case unneeded
    /// The expected fact does not hold, or a guard forbids the step. Nothing was sent.
    case refused
    /// The call did not take effect.
    case failed
    /// The call was sent, but the resulting fact was not observed.
    case unconfirmed
    /// In an undoing: what the undone run created stays as it is, because others use it, such as a bucket with objects.
    case stays

    /// Whether nothing remains to be done.
    public var isSettled: Bool { self == .verified || self == .unneeded || self == .stays }
    /// Whether the call may have been sent and taken effect.
    public var mayHaveTakenEffect: Bool { self == .checked || self == .written || self == .unconfirmed }
    /// Whether the step changed something, or may have.
    public var changedSomething: Bool { self == .verified || mayHaveTakenEffect }
}

/// The progress of a run of a plan, updated by the records of its journal.
public struct FixProgress: Sendable {
    public struct Step: Sendable, Hashable {
        public var state = StepState.planned
        /// The reason why the step is in this state, for one that was not done.
        public var detail: String?
        /// The call that undoes the step, with all parameters resolved, once the step is verified.
        public var undo: APICall?
        /// The time since which the step is in this state, in ISO 8601.
        public var at: String?
    }

    public private(set) var steps: [Step]
    /// The values that completed steps kept for later ones, by name.
    public private(set) var kept: [String: JSON] = [:]
    public private(set) var hasEnded = false

    public init(of plan: Plan) { steps = plan.steps.map { _ in Step() } }

    /// The index of the first step that is not settled; `nil` if all are.
    public var next: Int? { steps.firstIndex { !$0.state.isSettled } }

    /// Updates the progress. A record of an unknown or settled step changes nothing.
    public mutating func apply(_ record: JournalRecord) {
        if record.event == .ended { hasEnded = true }
        guard record.event == .step, let number = record.step, steps.indices.contains(number - 1),
            let state = record.state, !steps[number - 1].state.isSettled
        else { return }
        hasEnded = false
        if state.isSettled, let new = record.kept { kept.merge(new) { $1 } }
        steps[number - 1] = Step(state: state, detail: record.detail, undo: record.undo, at: record.at)
    }
}
