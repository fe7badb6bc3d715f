internal import Basics

/// The settings of the analytics on S3 access logs.
public struct AccessSettings: Sendable, Hashable {
    /// The expected readers of the logs: ARNs or canonical user IDs, with `*` and `?` anywhere. A role's ARN also
    /// matches its sessions. Their reading raises no alert, but their denied requests do.
    public var expectedReaders: [String] = [] {
        didSet { readers = expectedReaders.map(ExpectedReader.init) }
    }
    private var readers: [ExpectedReader] = []
    /// The beginnings of the keys of a trail's log files, whose deletion raises an alert.
    public var trailPrefixes: [String] = ["AWSLogs/"]

    /// Buckets that are meant to be public, by name, with `*` and `?` anywhere. Reading them without credentials raises
    /// no alert.
    public var publicBuckets: [String] = [] { didSet { publicNames = publicBuckets.map { WildcardPattern($0) } } }
    private var publicNames: [WildcardPattern] = []
    /// Buckets that hold logs, by name, with `*` and `?` anywhere, besides those in which the logs show it.
    public var logBuckets: [String] = [] { didSet { logNames = logBuckets.map { WildcardPattern($0) } } }
    private var logNames: [WildcardPattern] = []

    /// How many denied requests of one requester or address within five minutes are a burst.
    public var refusedBurst = 50
    /// How many times the median of its active periods of five minutes a burst must have.
    public var refusedGrowth = 8.0
    /// How many distinct keys of one requester that are denied, or do not exist, are enumeration.
    public var enumeratedKeys = 40
    /// How many requests must be denied in a row before an allowed one.
    public var refusedBeforeAllowed = 10
    /// The bytes that one requester must read within an hour, and how many times the median of its hours they must
    /// be.
    public var readFloor = 1_000_000_000.0
    public var readGrowth = 10.0
    /// How many objects one requester must delete or copy within an hour, and how many times the median of its hours
    /// that must be.
    public var changedObjects = 100.0
    public var changeGrowth = 10.0
    /// After how many hours of logs a requester can be new, without a baseline.
    public var learningHours = 24
    /// How many clients one worker remembers one by one: about a kilobyte each.
    public var remembered = 20_000
    /// How many user agents one worker remembers.
    public var rememberedAgents = 20_000
    /// After how many hours of alerts a client that tries many keys day by day is known for it.
    var settling: Int { 7 * 24 }

    public init() {}

    func expects(_ requester: String) -> Bool { readers.contains { $0.matches(requester) } }
    func isPublic(_ bucket: String) -> Bool { publicNames.contains { $0.matches(bucket) } }
    func namesLogBucket(_ bucket: String) -> Bool { logNames.contains { $0.matches(bucket) } }
}
