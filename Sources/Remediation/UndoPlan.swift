public import AWSClient
public import Basics
public import Posture

extension RecordedRun {
    /// Returns a plan that undoes what the run did, the last step first. Unneeded steps are omitted. Steps that cannot
    /// be undone are left out with the reason.
    /// - Parameter client: reads the current state for steps that, by the journal, may or may not have taken effect.
    /// - Throws: ``Failure`` if that state cannot be read.
    public func undoing(_ client: Client, caller: String) async throws(Failure) -> Plan {
        var steps: [Step] = []
        var leftOut: [Plan.LeftOut] = []
        for (planned, progress) in zip(plan.steps, self.progress.steps).reversed() {
            guard progress.state == .verified || progress.state.mayHaveTakenEffect else { continue }
            let step = try planned.resolved(by: self.progress.kept)
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
            // The notes are about the change, not about undoing it.
            var undoing = Step(
                "Undo: \(step.title)", on: step.resource, state: step.state, before: step.after, call: undo,
                after: step.undone ?? step.before, undo: step.redo ?? step.call, redo: redo, risk: step.risk,
                losses: step.notRestored, handOver: step.undoHandOver, undoHandOver: step.handOver)
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
