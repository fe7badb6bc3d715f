import Basics
import AWSClient
import FoundationEssentials
import LogSources

/// Follows one trail's chain of digests from the newest to the oldest: a value with transitions, without I/O. The
/// caller executes ``next()`` and reports the result.
///
/// A valid digest names the one before it. If that link is missing or cannot be trusted, the walk continues with the
/// next older digest that the bucket lists. It reports each digest that must have been between them, because CloudTrail
/// delivers a digest every hour, even if it logged nothing.
///
/// Sources: "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file integrity
/// validation", AWS CloudTrail User Guide.
struct ChainWalk {
    /// The next step.
    enum Step: Equatable {
        case load(ObjectAddress)
        /// List the digests of another folder, in which the chain continues.
        case list(TrailFolder, upTo: Date)
        case end
    }

    /// The result of loading a digest.
    enum Load: Sendable {
        case valid(Digest)
        case missing
        case invalid(Problem.Kind, String)
    }

    /// The conclusions from a digest.
    struct Outcome {
        /// A valid digest in its place in the chain: its log files can be trusted.
        var proven: Digest?
        var problems: [Defect] = []
    }

    struct Defect: Equatable {
        var kind: Problem.Kind
        var object: ObjectAddress
        var message: String
        /// As ``Problem/period``.
        var period: ClosedRange<Date>?
    }

    private let start: Date
    private let trail: TrailName
    private var folder: TrailFolder
    /// The listed digests that are not loaded yet, the oldest first.
    private var listed: [DigestKey]
    /// The end of the newest digest before the range, which proves that the trail existed then.
    private let before: Date?
    private var current: Current?
    private var pendingList: (folder: TrailFolder, upTo: Date)?
    /// The start of the last valid digest. The walk ends with the first valid digest that begins before the range.
    private var provenFrom = Date.distantFuture
    /// The period that a digest covers, in seconds.
    private var period: TimeInterval = 3600
    private var seen: Set<ObjectAddress> = []

    private struct Current {
        var address: ObjectAddress
        /// The digest's approximate end.
        var date: Date
        /// What the next digest states about this digest.
        var expected: Digest.Previous?
    }

    /// - Parameters:
    ///   - listed: the digests of the trail that the bucket lists for the range, without backfills, in any order.
    ///   - before: the end of the newest digest that the bucket lists before the range.
    ///   - start: the walk ends with the digest that covers this time.
    init(folder: TrailFolder, trail: TrailName, listed: [DigestKey], before: Date?, start: Date) {
        self.folder = folder
        self.trail = trail
        self.listed = listed.sorted { $0.date < $1.date }
        self.before = before
        self.start = start
        if let newest = self.listed.popLast() {
            current = Current(address: newest.address, date: newest.date)
        }
    }

    /// The digests that will probably be loaded after the current one, the newest first.
    var ahead: some Collection<ObjectAddress> { listed.reversed().lazy.map(\.address) }

    func next() -> Step {
        if let pendingList { return .list(pendingList.folder, upTo: pendingList.upTo) }
        guard let current, start <= provenFrom else { return .end }
        return .load(current.address)
    }

    /// Adds the digests of the folder of ``Step/list(_:upTo:)``.
    mutating func take(listed: [DigestKey]) {
        self.listed = listed.sorted { $0.date < $1.date }
        pendingList = nil
    }

    /// Processes the result of ``Step/load(_:)``.
    mutating func take(_ load: Load) -> Outcome {
        guard let current else { return Outcome() }
        seen.insert(current.address)
        switch load {
        case .valid(let digest):
            if let mismatch = mismatch(of: digest, with: current.expected) {
                return broken(.digestChainMismatch, mismatch)
            }
            return follow(digest)
        case .missing:
            return broken(.digestNotFound, Self.missing(current.expected == nil ? .listed : .linked))
        case .invalid(let kind, let message):
            return broken(kind, message)
        }
    }

    // MARK: A sound digest

    private mutating func follow(_ digest: Digest) -> Outcome {
        var outcome = Outcome(proven: digest)
        provenFrom = digest.start
        let length = digest.end.timeIntervalSince(digest.start)
        if (60...86_400).contains(length) { period = length }
        guard let previous = digest.previous else {
            guard let older = popListed(before: current?.date ?? digest.end) else {
                current = nil
                return outcome
            }
            if older.date < digest.start {
                outcome.problems.append(
                    Defect(
                        kind: .gap, object: digest.address,
                        message: "Logging or log file validation was off from \(older.date.rfc3339) to "
                            + "\(digest.start.rfc3339): a new chain of digests begins here.",
                        period: older.date...digest.start))
            }
            current = Current(address: older.address, date: older.date)
            return outcome
        }
        let key = DigestKey(previous.address)
        if let place = key?.folder, place != folder {
            folder = place
            pendingList = (place, digest.start)
        }
        guard !seen.contains(previous.address) else {
            current = nil
            return outcome
        }
        let date = key?.date ?? digest.start
        current = Current(address: previous.address, date: date, expected: previous)
        while let newest = listed.last, newest.date >= date { listed.removeLast() }
        return outcome
    }

    private func mismatch(of digest: Digest, with expected: Digest.Previous?) -> String? {
        guard let expected else { return nil }
        if expected.signature?.lowercased() != digest.signature.lowercased() {
            return
                "The digest is signed, but the one after it follows a digest with another signature: it was replaced."
        }
        if let hash = expected.hash, hash != digest.hash {
            return "The digest is signed, but the one after it follows a digest with another content: it was replaced."
        }
        return nil
    }

    // MARK: A missing or invalid one

    private mutating func broken(_ kind: Problem.Kind, _ message: String) -> Outcome {
        guard let broken = current else { return Outcome() }
        var outcome = Outcome(problems: [Defect(kind: kind, object: broken.address, message: message)])
        let older = popListed(before: broken.date)
        // The older end of the gap, within the range.
        let known = older?.date ?? before
        if let known {
            var end = broken.date.addingTimeInterval(-period)
            while end >= start, end.timeIntervalSince(known) >= period / 2 {
                var key = DigestKey(folder: folder, trail: trail, date: end)
                key.date = end
                outcome.problems.append(
                    Defect(kind: .digestNotFound, object: key.address, message: Self.missing(.implied)))
                end = end.addingTimeInterval(-period)
            }
        }
        current = older.map { Current(address: $0.address, date: $0.date) }
        return outcome
    }

    private enum Absence {
        case listed, linked, implied
    }

    private static func missing(_ absence: Absence) -> String {
        switch absence {
        case .listed: "The digest was listed, but deleted before it was read."
        case .linked: "The digest is missing, although the next one links to it: it was deleted."
        case .implied:
            "No digest exists for this hour, next to a missing or invalid one: it was deleted, unless logging was disabled."
        }
    }

    private mutating func popListed(before date: Date) -> DigestKey? {
        while let key = listed.popLast() {
            if key.date < date, !seen.contains(key.address) { return key }
        }
        return nil
    }
}
