import AWSClient
import Basics
import Posture
import Remediation

/// What undoing a run restores and what it does not, by the steps that changed something.
struct Reversal {
    /// What undoing does not restore, step by step, with the steps' numbers from 1.
    let losses: [(step: Int, words: String)]
    /// The number of steps that changed something, or may have.
    let changed: Int
    /// The number of those that can be undone.
    let undoable: Int

    init(of plan: Plan, _ progress: FixProgress) {
        let steps = zip(plan.steps, progress.steps).enumerated().filter { $0.element.1.state.changedSomething }
        losses = steps.flatMap { index, pair in pair.0.notRestored.map { (index + 1, $0) } }
        changed = steps.count
        undoable = steps.filter { $0.element.0.undo != nil }.count
    }

    /// What `fix undo` does to a run, in a sentence; it ends with a colon if the losses follow.
    func words(_ run: String) -> String {
        let command = "'parapet fix undo \(run)'"
        if changed == 0 { return "Run \(run). It changed nothing, so there is nothing to undo." }
        if undoable == 0 { return "Run \(run). It cannot be undone" + (losses.isEmpty ? "." : ". Not restored:") }
        let what = undoable == changed ? "undoes it" : "undoes \(undoable) of \(Figures.count(changed, "step"))"
        return "Run \(run). \(command) \(what)" + (losses.isEmpty ? "." : ". Not restored:")
    }

    /// Adds the losses, one to an element of a list.
    func add(to page: inout TerminalPage, indent: Int) {
        let space = String(repeating: " ", count: indent)
        for loss in losses { page.add("step \(loss.step): \(loss.words)", indent: indent + 2, margin: space + "- ") }
    }
}
