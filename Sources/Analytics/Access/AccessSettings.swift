/// What the analytics on S3 access logs take for unusual, and what is expected.
public struct AccessSettings: Sendable, Hashable {
    /// Who may read the logs: ARNs or canonical ids, with `*` and `?` anywhere; a role's ARN stands for its sessions.
    /// Their usual reading is no news; what they are refused is.
    public var expectedReaders: [String] = [] {
        didSet { readers = expectedReaders.map(ExpectedReader.init) }
    }
    private var readers: [ExpectedReader] = []
    /// Keys that begin so are log files of a trail: deleting one is worth an alert.
    public var trailPrefixes: [String] = ["AWSLogs/"]

    /// Refused requests of one requester or address within five minutes that make a burst.
    public var refusedBurst = 50
    /// How many times the median of its busy five minutes a burst is: a steady trickle is none.
    public var refusedGrowth = 8.0
    /// Distinct keys that were refused to the same requester.
    public var enumeratedKeys = 40
    /// Refused requests, none of them allowed in between, before an allowed one.
    public var refusedBeforeAllowed = 10
    /// Bytes that one requester reads within an hour, and how many times the median of its hours that is.
    public var readFloor = 1_000_000_000.0
    public var readGrowth = 10.0
    /// Hours behind which somebody can be called new, where no baseline says who was there before.
    public var learningHours = 24
    /// How many requesters at addresses one worker remembers one by one: about a kilobyte each.
    public var remembered = 20_000
    /// How many user agents one worker remembers.
    public var rememberedAgents = 20_000
    /// Hours of alerts behind which a client that tries many keys day by day is known for it.
    var settling: Int { 7 * 24 }

    public init() {}

    func expects(_ requester: String) -> Bool { readers.contains { $0.matches(requester) } }
}
