public import AWSClient
public import Basics
public import Posture

/// Carries out a plan, step by step: looks whether the expected fact still holds, says in the journal that it is about to
/// write, writes, and looks whether the change is there. It stops at the first step that cannot be done.
public struct Executor: Sendable {
    private let reader: Client
    private let writer: WritingClient
    private let guards: Guards
    /// The operations that the declared fixes use; a plan that holds another is refused.
    private let allowed: Set<String>
    private let now: @Sendable () -> String
    private let sleep: @Sendable (Duration) async throws -> Void

    /// How long AWS is given to show a change to those who read: seconds, in the rule.
    private static let waits: [Duration] = [500, 1000, 2000, 4000, 8000, 15_000].map { .milliseconds($0) }

    public init(
        _ client: Client, guards: Guards, allowed: Set<AWSClient.Operation>, now: @escaping @Sendable () -> String,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        reader = client
        writer = WritingClient(client)
        self.guards = guards
        self.allowed = Set(allowed.map(\.description))
        self.now = now
        self.sleep = sleep
    }

    /// - Parameter progress: receives each change of a step's state.
    /// - Throws: ``Failure`` if the journal cannot be written; `CancellationError`. Everything else is in the result.
    public func run(
        _ plan: Plan, from start: FixProgress, journal: Journal, progress: (Int, StepState) -> Void = { _, _ in }
    ) async throws -> FixProgress {
        var state = start
        func record(_ index: Int, _ step: StepState, _ detail: String? = nil, undo: APICall? = nil) throws(Failure) {
            var record = JournalRecord(.step, at: now())
            (record.step, record.state, record.detail, record.undo) = (index + 1, step, detail, undo)
            try journal.write(record)
            state.apply(record)
            progress(index, step)
        }
        if let stranger = plan.steps.flatMap({ [$0.call, $0.undo].compactMap(\.self) }).first(where: {
            !allowed.contains($0.name)
        }) {
            throw Failure(
                "the plan cannot be applied", why: "\(stranger.name) is no call of Parapet's fixes",
                advice: "make the plan again")
        }
        while let index = state.next {
            try Task.checkCancellation()
            let step = plan.steps[index]
            let before = state.steps[index].state
            do throws(Failure) {
                let seen = try await observe(step)
                if seen.value.isSame(as: step.after) {
                    // Ours if the call may have been sent; else somebody else's, which undoing leaves alone.
                    if before.mayHaveTakenEffect {
                        if let loss = HandOverFile.loss(of: step) {
                            try record(index, .unconfirmed, loss)
                            break
                        }
                        try record(index, .verified, undo: try undo(of: step, by: seen.answer))
                    } else {
                        try record(index, .unneeded)
                    }
                    continue
                }
                guard seen.value.isSame(as: step.before) else {
                    let drift = Self.difference(step.before, seen.value)
                    try record(
                        index, before.mayHaveTakenEffect ? .unconfirmed : .refused,
                        "it changed after the plan was made: \(drift)")
                    break
                }
                if before.mayHaveTakenEffect, let late = try await appeared(step) {
                    if let loss = HandOverFile.loss(of: step) {
                        try record(index, .unconfirmed, loss)
                        break
                    }
                    try record(index, .verified, undo: try undo(of: step, by: late))
                    continue
                }
                if let drift = try await change(of: step.unchanged) {
                    try record(index, .refused, "it changed after the plan was made: \(drift)")
                    break
                }
                if let refusal = guards.refusal(of: step) {
                    try record(index, .refused, refusal)
                    break
                }
            } catch {
                if error.isOfJournal { throw error }
                try record(index, before.mayHaveTakenEffect ? before : .failed, error.description)
                break
            }
            let request = try WriteRequest<RawAnswer>(step.call)
            var file: HandOverFile?
            do throws(Failure) {
                file = try step.handOver.map { handOver throws(Failure) in
                    try HandOverFile(handOver, of: step.call, isResumed: before.mayHaveTakenEffect)
                }
            } catch {
                try record(index, .failed, error.description)
                break
            }
            try record(index, .checked)
            var refused: AWSError?
            do throws(AWSError) {
                if let file {
                    try await file.send(step.call, by: writer)
                } else {
                    _ = try await writer.send(request, in: step.call.region)
                }
            } catch {
                refused = error
            }
            if let refused, !refused.mayHaveTakenEffect {
                // Of several attempts an earlier one may have taken effect, so that the last was refused.
                let seen = refused.attempts > 1 ? try? await observe(step) : nil
                guard let seen, seen.value.isSame(as: step.after) else {
                    file?.discard()
                    try record(index, .failed, "\(refused)")
                    break
                }
            }
            if refused == nil { try record(index, .written) }
            do throws(Failure) {
                guard let answer = try await appeared(step) else {
                    let why = refused.map { "\($0)" } ?? "AWS took the call, and the change did not appear"
                    try record(index, .unconfirmed, why)
                    break
                }
                if let loss = HandOverFile.loss(of: step) {
                    try record(index, .unconfirmed, loss)
                    break
                }
                try record(index, .verified, undo: try undo(of: step, by: answer))
            } catch {
                if error.isOfJournal { throw error }
                try record(index, .unconfirmed, error.description)
                break
            }
        }
        if state.next == nil, !state.hasEnded {
            let record = JournalRecord(.ended, at: now())
            try journal.write(record)
            state.apply(record)
        }
        return state
    }

    private func observe(_ step: Step) async throws(Failure) -> (answer: JSON, value: JSON) {
        let answer = try await reader.answer(to: step.state.read)
        return (answer, try step.state.part(of: answer))
    }

    /// What else the step rests on and is different now.
    private func change(of facts: [Step.Unchanged]) async throws(Failure) -> String? {
        for fact in facts {
            let value = try fact.state.part(of: try await reader.answer(to: fact.state.read))
            if !value.isSame(as: fact.value) { return Self.difference(fact.value, value) }
        }
        return nil
    }

    /// The answer in which the change is there; `nil` if it does not appear in time.
    private func appeared(_ step: Step) async throws(Failure) -> JSON? {
        for wait in [.zero] + Self.waits {
            if wait > .zero {
                do { try await sleep(wait) } catch { return nil }
            }
            let seen = try await observe(step)
            if seen.value.isSame(as: step.after) { return seen.answer }
        }
        return nil
    }

    private func undo(of step: Step, by answer: JSON) throws(Failure) -> APICall? {
        guard let undo = step.undo else { return nil }
        return try undo.resolved(by: answer, of: step.state.read)
    }

    /// What differs, for a person: the members of objects one by one.
    static func difference(_ expected: JSON, _ found: JSON) -> String {
        guard let old = expected.inWords.object, let new = found.inWords.object else {
            return "expected \(expected), found \(found)"
        }
        let names = Set(old.names + new.names).sorted().filter { old[$0] != new[$0] }
        return names.map {
            "\($0): expected \(old[$0] ?? .null), found \(new[$0] ?? .null)"
        }.joined(separator: "; ")
    }
}

extension Failure {
    /// Whether the journal is broken: then nothing more may be done.
    fileprivate var isOfJournal: Bool { what.hasPrefix("the journal ") }
}
