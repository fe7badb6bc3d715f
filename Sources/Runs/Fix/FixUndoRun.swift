import AWSClient
public import Basics
public import Posture
public import Remediation

/// Undoes a run of `fix apply`: plans the undoing calls from its journal, and applies that plan as any other.
public struct FixUndoRun: Sendable {
    /// Its name, or the beginning of it.
    public var run: String
    public var session: SessionOptions
    public var journal: String?

    public init(_ run: String, session: SessionOptions = SessionOptions(), journal: String? = nil) {
        self.run = run
        self.session = session
        self.journal = journal
    }

    /// The plan that undoes the run. It makes reading calls only.
    /// - Throws: ``Failure`` if there is no such run, or it is undone already.
    public func plan(in environment: RunEnvironment = RunEnvironment()) async throws -> PlanFile {
        let folder = try JournalFolder(journal ?? JournalFolder.standardPath(environment.aws.variables))
        let runs = try folder.runs()
        let found = runs.filter { $0.run.hasPrefix(run) }
        guard let recorded = found.first(where: { $0.run == run }) ?? (found.count == 1 ? found[0] : nil) else {
            throw Failure(
                "\(run) cannot be undone", why: found.isEmpty ? "there is no such run" : "several runs begin so",
                advice: "'parapet fix list' shows all")
        }
        // An undoing that was killed goes on with the plan that it began with.
        let undoings = runs.filter { $0.plan.undoes == recorded.run }
        if let open = undoings.last(where: { !$0.progress.hasEnded }) { return open.file }
        guard undoings.isEmpty else {
            throw Failure(
                "\(recorded.run) cannot be undone", why: "\(undoings[0].run) has undone it",
                advice: "make a new plan to apply it again")
        }
        let session = try await AWSSession.forFixes(self.session, in: environment)
        guard session.accountID == recorded.plan.account else {
            throw Failure(
                "\(recorded.run) cannot be undone",
                why: "it is of account \(recorded.plan.account), and the credentials are of \(session.accountID)",
                advice: "use credentials of account \(recorded.plan.account)")
        }
        return PlanFile(try await recorded.undoing(session.client, caller: session.callerARN))
    }
}

/// The runs of `fix apply` and `fix undo` on this machine.
public enum RecordedRuns {
    /// The oldest first.
    /// - Parameter journal: the folder of the journals; `nil` for the standard one.
    /// - Throws: ``Failure`` if a journal cannot be read.
    public static func all(journal: String?, in environment: RunEnvironment = RunEnvironment()) throws(Failure)
        -> [RecordedRun]
    {
        try JournalFolder(journal ?? JournalFolder.standardPath(environment.aws.variables)).runs()
    }
}
