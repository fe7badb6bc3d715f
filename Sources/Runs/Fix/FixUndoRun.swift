import AWSClient
public import Basics
import IAMPolicy
import Posture
public import Remediation
import FoundationEssentials

/// Undoes a run of `fix apply`: makes a plan of the undoing calls from its journal, which is applied like any other
/// plan.
public struct FixUndoRun: Sendable {
    /// The name of the run, or the beginning of it.
    public var run: String
    public var session: SessionOptions
    public var journal: String?

    public init(_ run: String, session: SessionOptions = SessionOptions(), journal: String? = nil) {
        self.run = run
        self.session = session
        self.journal = journal
    }

    /// Returns the plan that undoes the run. It sends only read calls.
    /// - Throws: ``Failure`` if there is no such run, or it was undone already.
    public func plan(in environment: RunEnvironment = RunEnvironment()) async throws -> PlanFile {
        let runs = try RecordedRuns.all(journal: journal, in: environment)
        let recorded = try runs.named(run)
        // An undoing that was interrupted continues with its original plan.
        let undoings = runs.filter { $0.plan.undoes == recorded.run }
        if let open = undoings.last(where: { !$0.progress.hasEnded }) { return open.file }
        guard undoings.isEmpty else {
            throw Failure(
                "\(recorded.run) cannot be undone", why: "\(undoings[0].run) has undone it",
                advice: "make a new plan to apply it again")
        }
        let session = try await AWSSession.forFixes(self.session, of: recorded.plan, in: environment)
        guard session.accountID == recorded.plan.account else {
            throw Failure(
                "\(recorded.run) cannot be undone",
                why: "it is of account \(recorded.plan.account), and the credentials are of \(session.accountID)",
                advice: "use credentials of account \(recorded.plan.account)")
        }
        // Another session of the same role makes the same plan, so that a hash that was shown stays right.
        let caller = RoleSession(arn: session.callerARN)?.withoutName ?? session.callerARN
        return PlanFile(try await recorded.undoing(session.fixClient, caller: caller))
    }
}

/// The runs of `fix apply` and `fix undo` on this machine.
public enum RecordedRuns {
    /// Returns all runs, the oldest first.
    /// - Parameter journal: the folder of the journals, which must exist; `nil` for the standard one.
    /// - Throws: ``Failure`` if the folder or a journal cannot be read.
    public static func all(journal: String?, in environment: RunEnvironment = RunEnvironment()) throws(Failure)
        -> [RecordedRun]
    {
        try JournalFolder.runs(
            in: journal ?? JournalFolder.standardPath(environment.aws.variables), mayBeMissing: journal == nil)
    }

    /// - Throws: ``Failure`` if no run, or more than one, has a name that begins like this.
    static func named(_ name: String, journal: String?, in environment: RunEnvironment) throws(Failure) -> RecordedRun {
        try all(journal: journal, in: environment).named(name)
    }
}

extension [RecordedRun] {
    /// Returns the run with that name, or the only one whose name begins with it.
    fileprivate func named(_ name: String) throws(Failure) -> RecordedRun {
        guard !name.isEmpty else {
            throw Failure("no run is named", why: "the name is empty", advice: "'parapet fix list' shows all")
        }
        let found = filter { $0.run.hasPrefix(name) }
        guard let run = found.first(where: { $0.run == name }) ?? (found.count == 1 ? found[0] : nil) else {
            throw Failure(
                "\(name) is not known", why: found.isEmpty ? "there is no such run" : "several runs begin so",
                advice: "'parapet fix list' shows all")
        }
        return run
    }
}

extension RecordedRun {
    /// The targets of completed steps that have a later stage.
    /// - Throws: ``Failure`` if there is none.
    var waitingStages: [Fix.Target] {
        get throws(Failure) {
            let stages = zip(plan.steps, progress.steps).compactMap { step, progress -> Fix.Target? in
                guard progress.state == .verified, step.later != nil,
                    let done = progress.at.flatMap({ Moment($0, in: .logs) })?.date
                else { return nil }
                let name = step.resource.split(separator: "/").last.map(String.init) ?? step.resource
                return Fix.Target(.user(name: name, arn: step.resource), after: step, done: done)
            }
            guard !stages.isEmpty else {
                throw Failure(
                    "\(run) cannot be continued", why: "nothing of it waits",
                    advice: "'parapet fix list' shows what waits")
            }
            return stages
        }
    }
}
