public import AWSClient
import Basics
public import Posture

/// Applies a plan, step by step: checks that the expected fact still holds, records in the journal that the call is
/// about to be sent, sends it, and checks that the change is visible. It stops at the first step that cannot be
/// applied, except for steps that take away what the undone run created: that stays if others use it by now.
public struct Executor: Sendable {
    private let reader: Client
    private let guards: Guards
    /// The operations that the declared fixes use. A plan with any other operation is rejected.
    private let allowed: Set<String>
    private let now: @Sendable () -> String
    private let sleep: @Sendable (Duration) async throws -> Void

    /// The waits between reads until a change is visible. AWS is eventually consistent: this usually takes seconds.
    private static let waits: [Duration] = [500, 1000, 2000, 4000, 8000, 15_000].map { .milliseconds($0) }

    public init(
        _ client: Client, guards: Guards, allowed: Set<AWSClient.Operation>, now: @escaping @Sendable () -> String,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        reader = client
        self.guards = guards
        self.allowed = Set(allowed.map(\.description))
        self.now = now
        self.sleep = sleep
    }

    /// - Parameter progress: receives the index and the new state of a step whenever that changes.
    /// - Throws: ``Failure`` if the journal cannot be written or the plan contains an operation of no fix;
    ///   `CancellationError`. All other errors are in the result.
    public func run(
        _ plan: Plan, from start: FixProgress, journal: Journal, progress: (Int, StepState) -> Void = { _, _ in }
    ) async throws -> FixProgress {
        var state = start
        func record(
            _ index: Int, _ step: StepState, _ detail: String? = nil, undo: APICall? = nil, kept: [String: JSON]? = nil
        ) throws(Failure) {
            var record = JournalRecord(.step, at: now())
            (record.step, record.state, record.detail, record.undo) = (index + 1, step, detail, undo)
            record.kept = kept
            try journal.write(record)
            state.apply(record)
            progress(index, step)
        }
        /// Records that the change is visible in the answer.
        /// - Returns: whether the step is complete: a lost secret makes it useless.
        func verify(_ index: Int, _ step: Step, by answer: JSON, _ reason: String? = nil) async throws(Failure) -> Bool
        {
            if let loss = try await step.lostSecret(reader) {
                try record(index, .unconfirmed, loss + (reason.map { " (\($0))" } ?? ""))
                return false
            }
            try record(
                index, .verified, undo: try step.undo?.resolved(by: answer, of: step.state.read),
                kept: try step.kept(of: answer))
            return true
        }
        if let stranger = plan.steps.flatMap({ [$0.call, $0.undo].compactMap(\.self) }).first(where: {
            !allowed.contains($0.name)
        }) {
            throw Failure(
                "the plan cannot be applied", why: "\(stranger.name) is no call of Parapet's fixes",
                advice: "make the plan again")
        }
        let containers = plan.undoes == nil ? [] : plan.steps.resources(with: \.call.deletesContainer)
        while let index = state.next {
            try Task.checkCancellation()
            let before = state.steps[index].state
            let step: Step
            do throws(Failure) {
                step = try plan.steps[index].resolved(by: state.kept)
            } catch {
                try record(index, .refused, error.description)
                break
            }
            let isOfContainer = containers.contains(step.resource)
            let stays = plan.steps.indices.first {
                plan.steps[$0].resource == step.resource && state.steps[$0].state == .stays
            }
            if let stays {
                try record(index, .stays, state.steps[stays].detail)
                continue
            }
            do throws(Failure) {
                let seen = try await observe(step)
                if seen.value.isSame(as: step.after) {
                    // If the call may have been sent, the change is this run's. Else another actor made it, and undoing
                    // must leave it alone.
                    if before.mayHaveTakenEffect {
                        guard try await verify(index, step, by: seen.answer) else { break }
                    } else {
                        try record(index, .unneeded, kept: try step.kept(of: seen.answer))
                    }
                    continue
                }
                guard seen.value.isSame(as: step.before) else {
                    let drift = "it changed after the plan was made: \(Self.difference(step.before, seen.value))"
                    if isOfContainer, !before.mayHaveTakenEffect {
                        try record(index, .stays, drift)
                        continue
                    }
                    try record(index, before.mayHaveTakenEffect ? .unconfirmed : .refused, drift)
                    break
                }
                if before.mayHaveTakenEffect, let late = try await appeared(step) {
                    guard try await verify(index, step, by: late) else { break }
                    continue
                }
                if let drift = try await change(of: step.unchanged) {
                    let detail = "it changed after the plan was made: \(drift)"
                    try record(index, isOfContainer ? .stays : .refused, detail)
                    if isOfContainer { continue }
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
            let writer: WritingClient
            let place: (any HandOverPlace)?
            do throws(Failure) {
                writer = WritingClient(try reader.signing(step.call))
                place = try step.handOver.map { handOver throws(Failure) in
                    try handOver.place(of: step.call, isResumed: before.mayHaveTakenEffect)
                }
            } catch {
                try record(index, .failed, error.description)
                break
            }
            try record(index, .checked)
            var refused: AWSError?
            var loss: String?
            do throws(AWSError) {
                if let place {
                    loss = try await place.send(step.call, by: writer)
                } else {
                    _ = try await writer.send(request, in: step.call.region)
                }
            } catch {
                refused = error
            }
            if let refused, !refused.mayHaveTakenEffect {
                // If there were several attempts, an earlier one may have taken effect, which is why the last one
                // failed.
                let seen = refused.attempts > 1 ? try? await observe(step) : nil
                guard let seen, seen.value.isSame(as: step.after) else {
                    place?.discard()
                    if isOfContainer, refused.isOfContent {
                        try record(index, .stays, "\(refused)")
                        continue
                    }
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
                guard try await verify(index, step, by: answer, loss) else { break }
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

    /// Returns the difference if another fact that the step depends on has changed.
    private func change(of facts: [Step.Unchanged]) async throws(Failure) -> String? {
        for fact in facts {
            let value = try fact.state.part(of: try await reader.answer(to: fact.state.read))
            if !value.isSame(as: fact.value) { return Self.difference(fact.value, value) }
        }
        return nil
    }

    /// Returns the answer that shows the change; `nil` if the change does not become visible in time.
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

    /// Describes the difference for a person; objects are compared member by member.
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

extension Step.HandOver {
    /// Returns the place, prepared for the secret of a call.
    /// - Parameter isResumed: whether an earlier attempt of the step may have prepared it.
    /// - Throws: ``Failure`` if the secret cannot be handed over there.
    fileprivate func place(of call: APICall, isResumed: Bool) throws(Failure) -> any HandOverPlace {
        switch place {
        case .file(let path): return try HandOverFile(secret, at: path, of: call, isResumed: isResumed)
        case .secret(let name, let region): return HandOverSecret(secret, name: name, region: region)
        }
    }
}

extension APICall {
    /// Whether the call deletes a resource that AWS keeps while it holds something of others: a bucket with objects, a
    /// group with members, a role with policies.
    var deletesContainer: Bool { ["DeleteBucket", "DeleteGroup", "DeleteRole"].contains(operation) }
}

extension [Step] {
    /// Returns the resources of the steps for which the condition holds.
    func resources(with condition: (Step) -> Bool) -> Set<String> { Set(filter(condition).map(\.resource)) }
}

extension AWSError {
    /// Whether AWS keeps a resource because of what it holds.
    ///
    /// Source: Amazon S3 API Reference, "Error responses"; IAM API Reference, "DeleteGroup" and "DeleteRole".
    fileprivate var isOfContent: Bool { code == "BucketNotEmpty" || code == "DeleteConflict" }
}

extension Failure {
    /// Whether the journal failed. Without it, nothing more is allowed to be changed.
    fileprivate var isOfJournal: Bool { what.hasPrefix("the journal ") }
}
