internal import Algorithms
import Basics
internal import LogReaders

/// The failed requests of a client, of one kind: denied requests, or requests for keys that do not exist.
struct Refusals: Sendable {
    private(set) var count = 0
    /// Seconds since 1970.
    private(set) var first = Int.max
    private(set) var last = 0
    private(set) var bins = Timeline<RefusedBin>()
    private(set) var keys = DistinctCount()
    private var sampleKeys = EarliestKeys()
    private(set) var operations: [(name: String, count: Int)] = []
    private(set) var records = EarliestRecords()

    /// There are few operations, because AWS names them.
    private static let operationsKept = 100

    /// - Parameter most: the number of keys that are counted exactly.
    mutating func add(_ record: AccessRecord, at time: Int, key: HashedKey, exactlyUpTo most: Int) {
        count += 1
        first = min(first, time)
        last = max(last, time)
        bins.add(RefusedBin(at: time))
        countOperation(record[.operation])
        keys.add(key.seeded, sketched: key.sketched, exactlyUpTo: most)
        sampleKeys.add(record, at: time)
        records.add(record, at: time)
    }

    /// Adds summed requests for one key. The earliest records are added one by one.
    mutating func add(_ sum: SummedAccesses, key: HashedKey, exactlyUpTo most: Int) {
        count = count.addingSaturating(sum.count)
        first = min(first, sum.first)
        last = max(last, sum.last)
        for (minute, count) in sum.minutes.enumerated() where count > 0 {
            let start = sum.hour + minute * 60
            bins.add(
                RefusedBin(
                    at: max(start, sum.first), to: min(start + 59, sum.last), count: UInt32(clamping: count)))
        }
        countOperation(String(decoding: sum.record[.operation], as: UTF8.self), sum.count)
        keys.add(key.seeded, sketched: key.sketched, exactlyUpTo: most)
        sampleKeys.add(sum.record, at: sum.first)
    }

    /// Searches linearly: for few operations this is faster than hashing.
    private mutating func countOperation(_ operation: Bytes) {
        for place in operations.indices where operations[place].name.utf8.elementsEqual(operation) {
            operations[place].count += 1
            return
        }
        countOperation(String(decoding: operation, as: UTF8.self), 1)
    }

    private mutating func countOperation(_ operation: String, _ times: Int) {
        if let place = operations.firstIndex(where: { $0.name == operation }) {
            operations[place].count += times
        } else if operations.count < Self.operationsKept {
            operations.append((operation, times))
        }
    }

    mutating func merge(_ other: Refusals, exactlyUpTo most: Int) {
        guard other.count > 0 else { return }
        count += other.count
        first = min(first, other.first)
        last = max(last, other.last)
        bins.merge(other.bins)
        keys.merge(other.keys, exactlyUpTo: most)
        sampleKeys.merge(other.sampleKeys)
        for (name, count) in other.operations { countOperation(name, count) }
        records.merge(other.records)
    }

    /// The first denied request of a minute, in seconds since 1970, if it is the first one of its bin as well; otherwise
    /// the beginning of the minute.
    func moment(inMinute minute: Int) -> Int {
        let slot = Int32(minute * 60 / RefusedBin.length)
        let place = bins.entries.partitioningIndex { $0.slot >= slot }
        guard place < bins.entries.count, bins.entries[place].slot == slot else { return minute * 60 }
        return max(minute * 60, Int(slot) * RefusedBin.length + Int(bins.entries[place].moments.first))
    }

    var keyCount: Int { keys.count(among: count) }

    var evidence: [JSON.Object.Member] {
        let operations = operations.sorted { ($0.count, $1.name) > ($1.count, $0.name) }.prefix(5)
        return [
            .init("operations", .members(operations.map { .init($0.name, .int($0.count)) })),
            .init("keys", .array(sampleKeys.texts.map { .string($0) })),
        ] + records.evidence
    }
}

/// The hashes of a key for a ``DistinctCount``: one with the run's seed, and one with the fixed seed of sketches.
struct HashedKey {
    let seeded: UInt64
    let sketched: UInt64
}
