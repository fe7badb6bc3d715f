internal import Basics

/// The settings of the analytics on S3 access logs.
public struct AccessSettings: Sendable, Hashable {
    /// The expected readers of the logs: ARNs or canonical user IDs, with `*` and `?` anywhere. A role's ARN also
    /// matches its sessions. Reading by them raises no alert, but denied requests do.
    public var expectedReaders: [String] = [] {
        didSet { readers = expectedReaders.map(ExpectedReader.init) }
    }
    private var readers: [ExpectedReader] = []
    /// The beginnings of the keys of a trail's log files, whose deletion raises an alert.
    public var trailPrefixes: [String] = ["AWSLogs/"]

    /// Intentionally public buckets, by name, with `*` and `?` anywhere. Reading them without credentials raises no
    /// alert.
    public var publicBuckets: [String] = [] { didSet { publicNames = publicBuckets.map { WildcardPattern($0) } } }
    private var publicNames: [WildcardPattern] = []
    /// Buckets that hold logs, by name, with `*` and `?` anywhere. Other buckets count as holding logs if the records
    /// show it.
    public var logBuckets: [String] = [] { didSet { logNames = logBuckets.map { WildcardPattern($0) } } }
    private var logNames: [WildcardPattern] = []

    /// The number of denied requests from one requester or address within five minutes that is a burst.
    public var refusedBurst = 50
    /// The ratio of a burst to the median of the subject's five-minute periods with denied requests.
    public var refusedGrowth = 8.0
    /// The number of distinct keys of one requester, denied or missing, that is enumeration.
    public var enumeratedKeys = 40
    /// The number of consecutive denied requests before an allowed one that raises an alert.
    public var refusedBeforeAllowed = 10
    /// The fewest bytes read by one requester within an hour that raise an alert, and their ratio to the median of its
    /// hours.
    public var readFloor = 1_000_000_000.0
    public var readGrowth = 10.0
    /// The fewest objects deleted or copied by one requester within an hour that raise an alert, and their ratio to the
    /// median of its hours.
    public var changedObjects = 100.0
    public var changeGrowth = 10.0
    /// The hours of logs after which a requester can count as new if there is no baseline.
    public var learningHours = 24
    /// The number of clients that one tally remembers individually: about a kilobyte each.
    public var remembered = 20_000
    /// The number of user agents that one tally remembers.
    public var rememberedAgents = 20_000
    /// The hours of alerts after which a client that tries many keys every day counts as usual.
    var settling: Int { 7 * 24 }

    public init() {}

    func expects(_ requester: String) -> Bool { readers.contains { $0.matches(requester) } }
    func isPublic(_ bucket: String) -> Bool { publicNames.contains { $0.matches(bucket) } }
    func namesLogBucket(_ bucket: String) -> Bool { logNames.contains { $0.matches(bucket) } }
}
