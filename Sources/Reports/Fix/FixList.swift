import Basics
import FoundationEssentials
import Posture
public import Remediation

/// The runs of fixes, the oldest first.
public struct FixList: Sendable {
    private let runs: [RecordedRun]

    public init(_ runs: [RecordedRun]) { self.runs = runs }

    /// For a terminal, ending with a line feed.
    public func table(_ text: TerminalText) -> String {
        var page = TerminalPage(text)
        if runs.isEmpty { page.line("No run is recorded.") }
        for run in runs {
            page.line(styled: text.styled(TerminalText.escaped(run.run), .cyan) + "  " + status(of: run))
            page.add(
                "account \(run.plan.account), begun \(run.begun)" + (run.plan.undoes.map { ", undoes \($0)" } ?? ""),
                indent: 2, .dim)
            let undone = undoneSteps(of: run)
            for (index, (step, state)) in zip(run.plan.steps, run.progress.steps).enumerated() {
                let words = undone.contains(index) ? "undone" : state.state.words
                page.add(
                    "\(words): \(step.title)" + (state.detail.map { " (\($0))" } ?? ""), indent: 4, margin: "  - ")
            }
            let reversal = Reversal(of: run.plan, run.progress)
            if !reversal.losses.isEmpty {
                let isUndone = run.plan.undoes != nil || undoing(of: run) != nil
                page.add(isUndone ? "not restored:" : "undoing does not restore:", indent: 4, margin: "  - ")
                reversal.add(to: &page, indent: 4)
            }
            for stage in waiting(of: run) {
                page.add(
                    "waits: \(stage.what)" + (stage.from.map { ", from \($0) on" } ?? ""), indent: 4, margin: "  - ")
            }
            if !waiting(of: run).isEmpty { page.add("'parapet fix plan --continue \(run.run)' plans it.", indent: 4) }
        }
        return page.rendered
    }

    /// The later steps of a run that still have to be planned. There are none once the run is undone or continued.
    private func waiting(of run: RecordedRun) -> [(what: String, from: String?)] {
        guard undoing(of: run) == nil,
            !runs.contains(where: { $0.plan.continues == run.run && $0.progress.hasEnded })
        else { return [] }
        let undone = undoneSteps(of: run)
        return zip(run.plan.steps, run.progress.steps).enumerated().compactMap { index, pair in
            let (step, progress) = pair
            guard progress.state == .verified, !undone.contains(index), let later = step.later else { return nil }
            let done = later.days > 0 ? progress.at.flatMap { Moment($0, in: .logs) }?.date : nil
            return (later.what, done.map { Moment($0.addingTimeInterval(86_400 * Double(later.days))).description })
        }
    }

    private func status(of run: RecordedRun) -> String {
        if let undoing = undoing(of: run) {
            return (undoing.undidAll ? "undone by " : "undone in part by ") + undoing.run
        }
        // Of a run that is being undone, the plan cannot be applied again, and neither can that of a stopped step.
        if let undoing = undoings(of: run).last {
            return "undone in part by \(undoing.run): 'parapet fix undo \(run.run)' continues"
        }
        guard run.progress.hasEnded else {
            if let undone = run.plan.undoes { return "not finished: 'parapet fix undo \(undone)' continues it" }
            let isStopped = run.progress.steps.contains { $0.state == .refused }
            return "not finished: \(isStopped ? "make a new plan" : "apply its plan again"), or undo it"
        }
        let reversal = Reversal(of: run.plan, run.progress)
        return reversal.changed > 0 && reversal.undoable == 0 ? "done, cannot be undone" : "done"
    }

    private func undoings(of run: RecordedRun) -> [RecordedRun] { runs.filter { $0.plan.undoes == run.run } }

    private func undoing(of run: RecordedRun) -> RecordedRun? { undoings(of: run).last { $0.progress.hasEnded } }

    /// The indices of the run's steps that were undone.
    private func undoneSteps(of run: RecordedRun) -> Set<Int> {
        undoings(of: run).reduce(into: []) { $0.formUnion(run.steps(undoneBy: $1)) }
    }

    /// An array of objects, ending with a line feed.
    public var json: String {
        JSONText.pretty(
            .array(
                runs.map { run -> JSON in
                    let undone = undoneSteps(of: run)
                    return .members([
                        "run": .string(run.run), "begun": .string(run.begun), "account": .string(run.plan.account),
                        "undoes": run.plan.undoes.map(JSON.string),
                        "undoneBy": undoing(of: run).map { .string($0.run) },
                        "continues": run.plan.continues.map(JSON.string),
                        "isComplete": .bool(run.progress.hasEnded),
                        "waiting": waiting(of: run).isEmpty
                            ? nil
                            : .array(
                                waiting(of: run).map {
                                    .members(["what": .string($0.what), "from": $0.from.map(JSON.string)])
                                }),
                        "steps": .array(
                            zip(run.plan.steps, run.progress.steps).enumerated().map { index, pair -> JSON in
                                let (step, state) = pair
                                return .members([
                                    "title": .string(step.title), "state": .string(state.state.rawValue),
                                    "isUndone": undone.contains(index) ? true : nil,
                                    "detail": state.detail.map(JSON.string), "risk": .string(step.risk.rawValue),
                                    "notRestored": step.notRestoredInJSON,
                                ])
                            }),
                    ])
                })) + "\n"
    }
}
