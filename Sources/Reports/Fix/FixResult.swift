import AWSClient
import Basics
public import Posture
public import Remediation

/// The result of applying a plan, for people and for programs.
public struct FixResult: Sendable {
    private let run: String
    private let plan: Plan
    private let progress: FixProgress
    /// The findings that the plan was made to fix and that still do not pass.
    private let remaining: [Finding]

    public init(run: String, plan: Plan, progress: FixProgress, remaining: [Finding]) {
        self.run = run
        self.plan = plan
        self.progress = progress
        self.remaining = remaining
    }

    /// For a terminal, ending with a line feed.
    public func table(_ text: TerminalText) -> String {
        var page = TerminalPage(text)
        for (step, state) in zip(plan.steps, progress.steps) {
            let (mark, style): (String, TerminalText.Style) =
                switch state.state {
                case .verified, .unneeded: ("✓", .green)
                case .planned: ("·", .dim)
                default: ("✗", .red)
                }
            page.add("\(state.state.words): \(step.title) on \(step.resource)", indent: 2, mark: mark, style)
            if let detail = state.detail { page.add(detail, indent: 4, .dim) }
            if plan.undoes != nil, state.state.changedSomething {
                for loss in step.notRestored { page.add("not restored: \(loss)", indent: 4, .dim) }
            }
        }
        for each in plan.leftOut where plan.undoes != nil {
            page.add("not undone: \(each.reason)", indent: 2, mark: "✗", .red)
            for line in each.byHand { page.add(line, indent: 4, .dim) }
        }
        for finding in remaining {
            page.add(
                "\(finding.check) on \(finding.resource.arn) "
                    + (finding.status == .fail ? "still fails" : "could not be determined") + ": \(finding.message)",
                indent: 2, mark: finding.status == .fail ? "✗" : "?", .yellow)
        }
        for (step, state) in zip(plan.steps, progress.steps) where state.state == .verified {
            if let handOver = step.handOver { page.add("The \(handOver.secret.rawValue) is in \(handOver.place).") }
        }
        let waiting = zip(plan.steps, progress.steps).compactMap { $1.state == .verified ? $0.later : nil }
        if !waiting.isEmpty {
            page.add("Waits, for 'parapet fix plan --continue \(run)':")
            for later in waiting { page.add(later.words, indent: 4, margin: "  - ") }
        }
        if plan.undoes == nil {
            let reversal = Reversal(of: plan, progress)
            page.add(reversal.words(run))
            reversal.add(to: &page, indent: 2)
        } else {
            page.add("Run \(run).")
        }
        return page.rendered
    }

    /// One document, ending with a line feed.
    public var json: String {
        JSONText.pretty(
            .members([
                "schema": "parapet.fix/1", "run": .string(run), "account": .string(plan.account),
                "undoes": plan.undoes.map(JSON.string),
                "steps": .array(
                    zip(plan.steps, progress.steps).enumerated().map { index, pair in
                        .members([
                            "step": .int(index + 1), "title": .string(pair.0.title),
                            "resource": .string(pair.0.resource), "call": .string(pair.0.call.name),
                            "state": .string(pair.1.state.rawValue), "detail": pair.1.detail.map(JSON.string),
                            "risk": .string(pair.0.risk.rawValue), "notRestored": pair.0.notRestoredInJSON,
                        ])
                    }),
                "remaining": .array(
                    remaining.map {
                        [
                            "check": .string($0.check), "resource": .string($0.resource.arn),
                            "status": .string($0.status.rawValue), "message": .string($0.message),
                        ]
                    }),
            ])) + "\n"
    }
}

extension Step {
    /// What undoing does not restore; `nil` if it restores everything.
    var notRestoredInJSON: JSON? { notRestored.isEmpty ? nil : JSON(notRestored) }
}

extension StepState {
    var words: String {
        switch self {
        case .planned: "not begun"
        case .checked, .unconfirmed: "may have taken effect"
        case .written: "written, not verified"
        case .verified: "done"
        case .unneeded: "was so already"
        case .refused: "refused"
        case .failed: "failed"
        case .stays: "stays as it is"
        }
    }
}
