internal import Analytics
internal import LogReaders
internal import LogSources

/// Changes of buckets. Too many changes of other buckets do not displace those of one bucket, nor those by one role
/// those by another. Denied changes have shelves of their own, because anyone can try.
///
/// What is kept depends neither on the order of the changes nor on how they are divided among workers.
struct BucketChanges: Sendable {
    struct Change: Sendable {
        var bucket: String
        var operation: String
        /// The actor, without the name of a session.
        var actor: [UInt8]
        var isDenied: Bool
        var time: String
        var event: String
        /// The record's JSON.
        var record: [UInt8]
        var file: LogFile
    }

    private struct Entry: Sendable {
        let change: Change
        /// Hashes of the bucket and the operation, and of the actor in addition.
        let place: UInt64
        let party: UInt64
    }

    /// Changes of about one size have a shelf of their own, because bounds in bytes would depend on the order.
    private struct Shelf: Hashable {
        let isDenied: Bool
        /// The length of the longest record, in bytes.
        let length: Int
    }

    private var shelves: [Shelf: [Entry]] = [:]
    /// The number of all changes, by the hash of the bucket, and of those for which there was no room.
    private var counts: [UInt64: Int] = [:]
    private var others = 0
    /// Hashes from this one on are counted in `others`.
    private var bound = UInt64.max
    private let bytes: Int
    private let buckets: Int

    /// The same in each run and for each worker.
    private static let hash = TextHash(mix: SeededHash(seed: 0))

    /// - Parameters:
    ///   - bytes: the limit of each shelf, in bytes of records; of denied changes a quarter.
    ///   - buckets: the limit of the buckets whose changes are counted.
    init(bytes: Int = 16_000_000, buckets: Int = 100_000) {
        self.bytes = bytes
        self.buckets = buckets
    }

    mutating func add(_ change: Change) {
        count(Self.hash(of: [change.bucket.utf8]), 1)
        // The longest record of CloudTrail has 256 KB ("Quotas in AWS CloudTrail").
        guard let length = [2_000, 8_000, 32_000, 128_000, 512_000].first(where: { change.record.count <= $0 }) else {
            return
        }
        let place = Self.hash(of: [change.bucket.utf8, change.operation.utf8])
        let party = change.actor.withUnsafeBufferPointer { Self.hash($0, place) }
        let shelf = Shelf(isDenied: change.isDenied, length: length)
        shelves[shelf, default: []].append(Entry(change: change, place: place, party: party))
        limit(shelf)
    }

    mutating func merge(_ other: BucketChanges) {
        for (shelf, entries) in other.shelves {
            shelves[shelf, default: []] += entries
            limit(shelf)
        }
        bound = min(bound, other.bound)
        others += other.others
        for (bucket, number) in other.counts { count(bucket, number) }
    }

    /// The kept changes of some buckets, and the number of their changes that were dropped.
    func changes(of names: Set<String>) -> (kept: [Change], omitted: Int) {
        var whole = self
        whole.limitCounts()
        let (counts, others) = (whole.counts, whole.others)
        let kept = shelves.keys.flatMap { Self.first(room(in: $0), of: shelves[$0] ?? []) }.map(\.change)
        var omitted = others
        for name in names { omitted += counts[Self.hash(of: [name.utf8])] ?? 0 }
        for change in kept {
            let bucket = Self.hash(of: [change.bucket.utf8])
            if names.contains(change.bucket) || counts[bucket] == nil { omitted -= 1 }
        }
        return (kept.filter { names.contains($0.bucket) }, omitted)
    }

    private static func hash(of texts: [String.UTF8View]) -> UInt64 {
        Array(texts.joined(separator: [0])).withUnsafeBufferPointer { hash($0, 0) }
    }

    private mutating func count(_ bucket: UInt64, _ number: Int) {
        guard bucket < bound else { return others += number }
        counts[bucket, default: 0] += number
        if counts.count > buckets + buckets / 4 { limitCounts() }
    }

    private mutating func limitCounts() {
        guard counts.count > buckets else { return }
        bound = counts.keys.sorted()[buckets]
        for (bucket, number) in counts where bucket >= bound { others += number }
        counts = counts.filter { $0.key < bound }
    }

    private func room(in shelf: Shelf) -> Int { bytes / shelf.length / (shelf.isDenied ? 4 : 1) }

    private mutating func limit(_ shelf: Shelf) {
        let room = room(in: shelf)
        guard let entries = shelves[shelf], entries.count > room + room / 4 else { return }
        shelves[shelf] = Self.first(room, of: entries)
    }

    /// One change of each bucket and operation comes before a second one of any, and of these one by each actor. Those
    /// of one actor are in order of time.
    private static func first(_ room: Int, of entries: [Entry]) -> [Entry] {
        let sorted = entries.sorted { left, right in
            let (one, other) = (left.change, right.change)
            let (key, otherKey) = ((one.time, one.event, one.file.name), (other.time, other.event, other.file.name))
            return key == otherKey ? one.record.lexicographicallyPrecedes(other.record) : key < otherKey
        }
        return Array(sorted.inTurns(of: \.party, by: \.party).inTurns(of: \.place, by: \.place).prefix(room))
    }
}
