public import AWSClient
public import Basics
public import Posture

extension RecordedRun {
    /// Returns a plan that undoes what the run did, the last step first. Unneeded steps are omitted. Steps that cannot
    /// be undone are left out with the reason.
    ///
    /// A bucket that the run created is deleted with its settings, if these are as the run left them. So a bucket that
    /// stays because it holds objects keeps them. A group that the run created loses its policies only if it has no
    /// other members.
    /// - Parameter client: reads the current state for steps that, by the journal, may or may not have taken effect.
    /// - Throws: ``Failure`` if that state cannot be read.
    public func undoing(_ client: Client, caller: String) async throws(Failure) -> Plan {
        var steps: [Step] = []
        var leftOut: [Plan.LeftOut] = []
        let created = self.created
        // The settings of the run's own buckets, by the bucket.
        var settings: [String: [Step.Unchanged]] = [:]
        for (planned, progress) in zip(plan.steps, self.progress.steps).reversed() {
            guard progress.state == .verified || progress.state.mayHaveTakenEffect else { continue }
            let step = try planned.resolved(by: self.progress.kept)
            if created.buckets.contains(step.resource), step.undo?.deletesContainer != true {
                // Of several changes of one setting, the last one holds.
                let known = settings[step.resource] ?? []
                if progress.state == .verified, !known.contains(where: { $0.state == step.state }) {
                    settings[step.resource] = known + [.init(step.state, is: step.after)]
                }
                continue
            }
            var undo = progress.undo
            if progress.state.mayHaveTakenEffect {
                let answer = try await client.answer(to: step.state.read)
                let value = try step.state.part(of: answer)
                if value.isSame(as: step.before) { continue }
                guard value.isSame(as: step.after) else {
                    leftOut.append(
                        Plan.LeftOut(
                            check: step.checks.first ?? "", resource: step.resource,
                            reason: "'\(step.title)' may have taken effect, and what it changed is different now: "
                                + Executor.difference(step.after, value)))
                    continue
                }
                undo = try step.undo?.resolved(by: answer, of: step.state.read)
            }
            guard let undo else {
                leftOut.append(
                    Plan.LeftOut(
                        check: step.checks.first ?? "", resource: step.resource,
                        reason: step.risk == .irreversible
                            ? "'\(step.title)' cannot be undone" : "what '\(step.title)' made is left as it is",
                        byHand: step.losses.map { $0 + step.notes } ?? step.notes))
                continue
            }
            // What undoing this change makes again may have another ID, so undoing the undoing reads it anew.
            let redo = step.undo.flatMap { $0.isResolved ? nil : $0 }
            let kept = undo.deletesContainer ? settings[step.resource] ?? [] : []
            // The notes are about the change, not about undoing it.
            var undoing = Step(
                step.undoTitle, on: step.resource, state: step.state, before: step.after, call: undo,
                after: step.undone ?? step.before, undo: step.redo ?? step.call, redo: redo,
                risk: kept.isEmpty ? step.risk : .reversibleWithLoss,
                losses: step.notRestored + (kept.isEmpty ? [] : [Self.settingsOfBucket]),
                unchanged: created.groups.contains(step.resource) && !undo.deletesContainer ? step.unchanged : kept,
                handOver: step.undoHandOver, undoHandOver: step.handOver)
            if case .secret(let name, let region) = step.undoHandOver?.place {
                guard let free = try await client.freeSecret(name, in: region) else {
                    leftOut.append(
                        Plan.LeftOut(
                            check: step.checks.first ?? "", resource: step.resource,
                            reason:
                                "'\(step.title)' is not undone: the names that the new password's secret could have "
                                + "are taken in Secrets Manager", byHand: step.notRestored))
                    continue
                }
                let user = step.call.parameters["UserName"]?.text ?? ""
                steps.append(
                    .creatingSecret(
                        free, for: "the new password of \(user)",
                        description: "Console password of IAM user \(user), set by Parapet",
                        partition: plan.partition, account: plan.account, in: region))
                undoing.handOver?.place = .secret(free, region: region)
            }
            steps.append(undoing)
        }
        return Plan(
            parapet: plan.parapet, account: plan.account, partition: plan.partition, region: plan.region,
            role: plan.role, caller: caller, scanned: begun, settings: plan.settings, undoes: run, steps: steps,
            leftOut: leftOut)
    }
}

extension RecordedRun {
    private static let settingsOfBucket =
        "The settings of the bucket: undoing creates it with those of S3 for new buckets. A new plan restores them."

    /// The buckets and groups that the run created, or may have.
    private var created: (buckets: Set<String>, groups: Set<String>) {
        let changed = zip(plan.steps, progress.steps).filter { $1.state.changedSomething }.map(\.0)
        return (
            changed.resources { $0.undo?.operation == "DeleteBucket" },
            changed.resources { $0.undo?.operation == "DeleteGroup" }
        )
    }

    /// Returns the indices of the run's steps that another run has undone so far.
    public func steps(undoneBy undoing: RecordedRun) -> Set<Int> {
        let done = zip(undoing.plan.steps, undoing.progress.steps)
            .filter { $1.state == .verified || $1.state == .unneeded }.map(\.0)
        // A bucket is deleted with its settings.
        let deleted = done.resources { $0.call.operation == "DeleteBucket" }
        return Set(
            plan.steps.indices.filter { index in
                let step = plan.steps[index]
                return progress.steps[index].state.changedSomething
                    && (deleted.contains(step.resource)
                        || done.contains { $0.title == step.undoTitle && $0.resource == step.resource })
            })
    }

    /// Whether the run undid all that its plan is about.
    public var undidAll: Bool {
        plan.undoes != nil && progress.hasEnded && plan.leftOut.isEmpty
            && !progress.steps.contains { $0.state == .stays }
    }
}

extension Step {
    /// The title of the step that undoes this one.
    fileprivate var undoTitle: String { "Undo: \(title)" }
}

extension Client {
    /// Returns the name, or the name with a number, that no secret of Secrets Manager has; `nil` if there is none up to
    /// 9. A deleted secret keeps its name for its recovery window.
    fileprivate func freeSecret(_ name: String, in region: String) async throws(Failure) -> String? {
        for number in 1...9 {
            let candidate = number == 1 ? name : "\(name)-\(number)"
            let state = Observation.secret(candidate, in: region)
            if try state.part(of: try await answer(to: state.read)).isNull { return candidate }
        }
        return nil
    }
}
