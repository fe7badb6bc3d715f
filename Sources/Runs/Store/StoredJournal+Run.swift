public import Basics
import FoundationEssentials
import Remediation
public import Store

extension Store {
    /// Copies the journals of runs of fixes that are not stored yet, or were continued since. A journal contains no
    /// secret: of AWS's answers it keeps only the IDs that undoing needs.
    /// - Parameter folder: the folder of the journals; `nil` for the standard one.
    /// - Throws: ``Failure`` if a journal cannot be read, or the store cannot be changed.
    public func recordJournals(
        of folder: String?, in environment: RunEnvironment = RunEnvironment()
    ) throws(Failure) {
        let journals = try RecordedRuns.all(journal: folder, in: environment).map { run throws(Failure) in
            try StoredJournal(run)
        }
        try change("the journal") { writer in
            for journal in journals { try writer.set(journal) }
        }
    }
}

extension StoredJournal {
    fileprivate init(_ run: RecordedRun) throws(Failure) {
        let lines = try InputFile.bytes(run.path).split(separator: UInt8(ascii: "\n"))
        // An incomplete last line was cut off by a crash.
        let records = lines.compactMap { try? JSON(parsing: Array($0)) }
        let ended = run.progress.hasEnded ? records.last?["at"]?.text : nil
        self.init(
            run: run.run, begun: Self.date(run.begun) ?? Date(timeIntervalSince1970: 0),
            ended: ended.flatMap(Self.date), content: JSON.array(records).description)
    }

    private static func date(_ text: String) -> Date? { Moment(text)?.date }
}
