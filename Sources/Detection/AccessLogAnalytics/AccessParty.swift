internal import LogReaders

/// Who asks: a requester at an address, on one bucket.
struct AccessParty: Sendable {
    let bucket: String
    let requester: String
    let address: String
    var requests = 0
    var refused = 0
    var allowed = 0
    /// Seconds since 1970.
    var first = Int.max
    var last = 0
    var firstRefused = Int.max
    var lastRefused = 0
    /// The first allowed request behind a refused one would depend on the order of the records; the first of all does not.
    var firstAllowed = Int.max
    /// Refused requests and bytes read, by five minutes and by hour since 1970.
    var refusedBins: [Int32: Int32] = [:]
    private(set) var bytesByHour: [Int32: UInt64] = [:]
    /// The hour of the last record, which is most often the next one's too.
    private var openHour: Int32 = 0
    private var openBytes: UInt64 = 0
    var refusedKeys = DistinctSketch()
    var sampleKeys: [String] = []
    var operations: [String: Int] = [:]
    var insecure = 0
    var sampleEvent = ""

    init(bucket: String, requester: String, address: String) {
        self.bucket = bucket
        self.requester = requester
        self.address = address
    }

    @inline(__always)
    mutating func read(_ bytes: UInt64, in hour: Int32) {
        if hour != openHour { close() }
        openHour = hour
        openBytes &+= bytes
    }

    /// Counts what was read in the hour that is open. To be called before the hours are looked at.
    mutating func close() {
        if openBytes > 0 { bytesByHour[openHour, default: 0] += openBytes }
        openBytes = 0
    }

    mutating func merge(_ other: AccessParty) {
        var other = other
        other.close()
        close()
        requests += other.requests
        refused += other.refused
        allowed += other.allowed
        if sampleEvent.isEmpty || other.first < first, !other.sampleEvent.isEmpty { sampleEvent = other.sampleEvent }
        first = min(first, other.first)
        last = max(last, other.last)
        firstRefused = min(firstRefused, other.firstRefused)
        lastRefused = max(lastRefused, other.lastRefused)
        firstAllowed = min(firstAllowed, other.firstAllowed)
        refusedBins.merge(other.refusedBins, uniquingKeysWith: +)
        bytesByHour.merge(other.bytesByHour, uniquingKeysWith: +)
        refusedKeys.merge(other.refusedKeys)
        for key in other.sampleKeys where sampleKeys.count < 5 && !sampleKeys.contains(key) { sampleKeys.append(key) }
        operations.merge(other.operations, uniquingKeysWith: +)
        insecure += other.insecure
    }
}

/// A single request that is worth an alert by itself, with those like it.
struct SensitiveRequests: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case delete, policyRead, policyChange

        var title: String {
            switch self {
            case .delete: "Log files were deleted, or somebody tried to"
            case .policyRead: "Somebody asked for the ACL or the policy of a log bucket"
            case .policyChange: "Somebody changed the ACL or the policy of a log bucket, or tried to"
            }
        }
    }

    let kind: Kind
    let party: Int
    var count = 0
    var allowed = 0
    var first = Int.max
    var last = 0
    var keys: [String] = []
    var operations: Set<String> = []
    var event = ""

    mutating func merge(_ other: SensitiveRequests) {
        count += other.count
        allowed += other.allowed
        if other.first < first { (first, event) = (other.first, other.event) }
        last = max(last, other.last)
        for key in other.keys where keys.count < 5 && !keys.contains(key) { keys.append(key) }
        operations.formUnion(other.operations)
    }
}
