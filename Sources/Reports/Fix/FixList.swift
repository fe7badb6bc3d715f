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
            for (step, state) in zip(run.plan.steps, run.progress.steps) {
                page.add(
                    "\(state.state.words): \(step.title)" + (state.detail.map { " (\($0))" } ?? ""), indent: 4,
                    margin: "  - ")
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
        return zip(run.plan.steps, run.progress.steps).compactMap { step, progress in
            guard progress.state == .verified, let later = step.later else { return nil }
            let done = later.days > 0 ? progress.at.flatMap { Moment($0, in: .logs) }?.date : nil
            return (later.what, done.map { Moment($0.addingTimeInterval(86_400 * Double(later.days))).description })
        }
    }

    private func status(of run: RecordedRun) -> String {
        if let undoing = undoing(of: run) {
            return (undoing.plan.leftOut.isEmpty ? "undone by " : "undone in part by ") + undoing.run
        }
        guard run.progress.hasEnded else { return "not finished: apply its plan again, or undo it" }
        let reversal = Reversal(of: run.plan, run.progress)
        return reversal.changed > 0 && reversal.undoable == 0 ? "done, cannot be undone" : "done"
    }

    private func undoing(of run: RecordedRun) -> RecordedRun? {
        runs.last { $0.plan.undoes == run.run && $0.progress.hasEnded }
    }

    /// An array of objects, ending with a line feed.
    public var json: String {
        JSONText.pretty(
            .array(
                runs.map { run in
                    .members([
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
                            zip(run.plan.steps, run.progress.steps).map { step, state in
                                .members([
                                    "title": .string(step.title), "state": .string(state.state.rawValue),
                                    "detail": state.detail.map(JSON.string), "risk": .string(step.risk.rawValue),
                                    "notRestored": step.notRestoredInJSON,
                                ])
                            }),
                    ])
                })) + "\n"
    }
}
