public import Basics
public import FoundationEssentials
public import Hunting
public import LogReaders
public import Reports
public import Store

extension Store {
    /// Stores what a hunt found and learned: its alerts, the traffic and the requests that it counted, its baseline.
    /// - Parameters:
    ///   - learned: the baseline for the next hunt; `nil` to keep it elsewhere.
    ///   - time: the time at which it is stored.
    /// - Returns: the alerts that were not stored before, and whether the baseline was kept. It is not if another
    ///   process stored one since it was read: what that one learned would be lost.
    @discardableResult
    public func record(
        _ report: HuntReport, learned: LearnedBaseline? = nil, at time: Date
    ) throws(Failure) -> (new: [StoredAlert], keptBaseline: Bool) {
        let alerts = StoredAlert.all(of: report, at: time)
        let (traffic, accesses) = (StoredTraffic.all(of: report.result), StoredAccess.all(of: report.result))
        return try change("the hunt") { writer in
            try writer.set(traffic)
            try writer.set(accesses)
            let new = try writer.addLinked(alerts)
            guard let learned else { return (new, true) }
            return (new, try learned.write(to: writer, at: time))
        }
    }
}

/// The baseline of one log in the store, from reading to writing.
public struct LearnedBaseline: Sendable {
    private let name: String
    /// The time of the stored baseline that the hunt began with; `nil` if there was none.
    private let updated: Date?
    /// What is known, and afterwards what was learned.
    public var content: HuntBaseline

    /// Reads the baseline of a log; an empty one if none is stored yet.
    /// - Throws: ``Failure`` if it is not a baseline that this version can use.
    public init(of source: LogSource, in store: Store) throws(Failure) {
        name = source.rawValue
        let stored = try store.storedBaseline(name)
        updated = stored?.updated
        guard let stored else {
            content = HuntBaseline()
            return
        }
        do throws(Failure) {
            content = try HuntBaseline(parsing: stored.content, named: "the baseline '\(name)' in \(store.path)")
        } catch {
            throw Failure(
                error.what, why: error.why, advice: "delete its row, or name another store")
        }
    }

    /// - Returns: false, and nothing is written, if another process stored a baseline since this one was read.
    fileprivate func write(to writer: StoreWriter, at time: Date) throws -> Bool {
        try writer.setBaseline(name, try content.encoded(), at: time, ifFrom: updated)
    }
}
