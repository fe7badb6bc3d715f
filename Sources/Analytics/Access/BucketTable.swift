import Basics
internal import Glibc
internal import LogReaders

/// A bucket: whether it holds logs, and its requests without credentials.
struct AccessBucket: Sendable {
    let name: [UInt8]
    /// Whether a request for a trail's key was allowed, or an AWS service wrote logs.
    var holdsLogs: Bool
    let isPublic: Bool
    var visits = AnonymousVisits()

    var text: String { String(decoding: name, as: UTF8.self) }
}

/// The requests without credentials to one bucket. Allowed requests are counted separately, so that no number of denied
/// ones can hide them.
struct AnonymousVisits: Sendable {
    struct Part: Sendable {
        private(set) var count = 0
        /// Seconds since 1970.
        private(set) var first = Int.max
        private(set) var last = 0
        private(set) var sources = DistinctCount()
        private(set) var busiest = TopCounts<FlowAddress>(capacity: 128)
        private(set) var keys = EarliestKeys()
        private(set) var operations: Set<String> = []
        private(set) var records = EarliestRecords()

        /// The number of addresses that are counted exactly.
        private static let exact = 32
        private static let operationsKept = 100

        mutating func add(_ record: AccessRecord, at time: Int, _ source: HashedAddress) {
            count += 1
            first = min(first, time)
            last = max(last, time)
            sources.add(source.seeded, sketched: source.sketched, exactlyUpTo: Self.exact)
            busiest.add(source.address)
            keys.add(record, at: time)
            let operation = record[.operation]
            if operations.count < Self.operationsKept, !operations.contains(where: { $0.utf8.elementsEqual(operation) })
            {
                operations.insert(String(decoding: operation, as: UTF8.self))
            }
            records.add(record, at: time)
        }

        var sourceCount: Int { sources.count(among: count) }

        mutating func merge(_ other: Part) {
            count += other.count
            first = min(first, other.first)
            last = max(last, other.last)
            sources.merge(other.sources, exactlyUpTo: Self.exact)
            busiest.merge(other.busiest)
            keys.merge(other.keys)
            operations.formUnion(other.operations)
            records.merge(other.records)
        }
    }

    var allowed = Part()
    var others = Part()

    mutating func merge(_ other: AnonymousVisits) {
        allowed.merge(other.allowed)
        others.merge(other.others)
    }
}

/// The buckets by name. They need no bound: AWS writes the names, and only names of buckets that exist.
struct BucketTable: Sendable {
    private(set) var buckets: [AccessBucket] = []
    private var index = HashIndex()
    private let hash: TextHash
    /// The bucket of the previous record.
    private var current = -1

    init(_ hash: TextHash) { self.hash = hash }

    /// The number of a bucket, which is added if it is new.
    @inline(__always)
    mutating func number(of name: Bytes, _ make: (String) -> (holdsLogs: Bool, isPublic: Bool)) -> Int {
        // Consecutive records are usually of the same bucket.
        if current >= 0, buckets.withUnsafeBufferPointer({ Self.isEqual($0[current].name, name) }) { return current }
        return find(name, make)
    }

    private mutating func find(_ name: Bytes, _ make: (String) -> (holdsLogs: Bool, isPublic: Bool)) -> Int {
        let hash = hash(name, 11)
        if let found = index.find(hash, { Self.isEqual(buckets[$0].name, name) }) {
            current = found
            return found
        }
        let properties = make(String(decoding: name, as: UTF8.self))
        buckets.append(
            AccessBucket(name: Array(name), holdsLogs: properties.holdsLogs, isPublic: properties.isPublic))
        index.insert(hash, buckets.count - 1)
        current = buckets.count - 1
        return current
    }

    private static func isEqual(_ known: [UInt8], _ name: Bytes) -> Bool {
        guard known.count == name.count, let start = name.baseAddress else { return known.count == name.count }
        return known.withUnsafeBufferPointer { $0.baseAddress.map { memcmp($0, start, name.count) == 0 } ?? true }
    }

    @inline(__always)
    mutating func update(_ number: Int, _ change: (inout AccessBucket) -> Void) {
        buckets.withUnsafeMutableBufferPointer { change(&$0[number]) }
    }

    /// - Returns: the number in this table of each of the other table's buckets.
    mutating func merge(_ other: BucketTable) -> [Int] {
        other.buckets.map { bucket in
            let number = bucket.name.withUnsafeBufferPointer {
                find($0) { _ in (bucket.holdsLogs, bucket.isPublic) }
            }
            update(number) {
                $0.holdsLogs = $0.holdsLogs || bucket.holdsLogs
                $0.visits.merge(bucket.visits)
            }
            return number
        }
    }
}
