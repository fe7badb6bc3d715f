public import AWSClient
public import Posture

/// How far a step is.
public enum StepState: String, Sendable, Hashable, Codable {
    case planned
    /// The expected fact holds, and the call is about to be sent: whether it was, a journal that ends here does not tell.
    case checked
    /// AWS took the call.
    case written
    /// The fact that the step leaves was seen.
    case verified
    /// The fact that the step leaves held before, so that nothing was sent and nothing is to be undone.
    case unneeded
    /// The expected fact does not hold, or a guard forbids the step. Nothing was sent.
    case refused
    /// The call did not take effect.
    case failed
    /// The call was sent, and the fact that the step leaves did not appear.
    case unconfirmed

    /// Whether nothing is left to do.
    public var isSettled: Bool { self == .verified || self == .unneeded }
    /// Whether the call may have been sent and have taken effect.
    public var mayHaveTakenEffect: Bool { self == .checked || self == .written || self == .unconfirmed }
}

/// A run of a plan: a value with transitions, of which the journal is the text.
public struct FixProgress: Sendable {
    public struct Step: Sendable, Hashable {
        public var state = StepState.planned
        /// Why the step was refused, or failed.
        public var detail: String?
        /// The undoing call without open parameters, once the step is verified.
        public var undo: APICall?
        /// Since when the step is in this state, in ISO 8601.
        public var at: String?
    }

    public private(set) var steps: [Step]
    public private(set) var hasEnded = false

    public init(of plan: Plan) { steps = plan.steps.map { _ in Step() } }

    /// The first step that is not settled; `nil` if all are.
    public var next: Int? { steps.firstIndex { !$0.state.isSettled } }

    /// A record of a step that the plan does not have, or of a settled one, changes nothing.
    public mutating func apply(_ record: JournalRecord) {
        if record.event == .ended { hasEnded = true }
        guard record.event == .step, let number = record.step, steps.indices.contains(number - 1),
            let state = record.state, !steps[number - 1].state.isSettled
        else { return }
        hasEnded = false
        steps[number - 1] = Step(state: state, detail: record.detail, undo: record.undo, at: record.at)
    }
}
