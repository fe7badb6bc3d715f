public import LogReaders

/// The requests that an ``AccessTally`` can take as sums over an hour: see ``AccessTally/add(_:)-(SummedAccesses)``.
///
/// The sums of a bucket, a requester, an address, an operation and a status give the same counts as the single records
/// if alerts show none of these records and none of them is an alert of its own. The keys count where requests were
/// denied or their objects did not exist, so such requests are summed by key. Of the other keys, only counts whether
/// there is one, and whether it is that of a trail.
public struct SummableAccesses: Sendable, Hashable {
    /// The parts of the keys of a trail's log files.
    public let trailPrefixes: [String]
    /// The times that a tally believes, in seconds since 1970.
    public let times: ClosedRange<Int>
    /// In bytes. The largest response of at least this size is shown.
    public static let large = AccessTally.large
    /// The number of the earliest records of a client's denied requests, and of those for missing objects, that are
    /// shown.
    public static let earliest = EarliestRecords.kept
    /// A regular expression of the operations whose requests are examined one by one, whatever their key: everything
    /// that ``SensitiveRequests`` can be, apart from requests for objects.
    public static let sensitiveOperation =
        "ACL$|POLICY|DELETE[.]BUCKET$|" + AccessTally.keepingSettings.map { "\($0)" }.joined(separator: "|")

    /// - Parameter now: the time of the run, in seconds since 1970; `nil` to accept any time.
    public init(_ settings: AccessSettings, now: Int?) {
        trailPrefixes = settings.trailPrefixes
        times = AccessTally.believed(now: now)
    }
}

/// Requests of one requester from one address to one bucket within an hour, with the same operation and status.
public struct SummedAccesses {
    /// The record of the group: its time and its bytes are not used. Its key is one of the group's, all of which are
    /// equal or of one kind.
    public var record: AccessRecord
    public var count: Int
    /// The earliest and latest time, in seconds since 1970.
    public var first: Int
    public var last: Int
    /// The bytes that were sent.
    public var bytes: Int
    /// The number of requests in each minute of the hour.
    public var minutes: [Int]

    public init(_ record: AccessRecord, count: Int, first: Int, last: Int, bytes: Int, minutes: [Int]) {
        self.record = record
        self.count = count
        self.first = first
        self.last = last
        self.bytes = bytes
        self.minutes = minutes
    }

    /// The beginning of the hour, in seconds since 1970.
    var hour: Int { first - first % 3_600 }
}
