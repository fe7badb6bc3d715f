import Basics
internal import LogReaders

/// The denied requests of a client.
struct Refusals: Sendable {
    private(set) var count = 0
    /// Seconds since 1970.
    private(set) var first = Int.max
    private(set) var last = 0
    private(set) var bins = Timeline<RefusedBin>()
    private(set) var keys = DistinctSketch()
    private(set) var sampleKeys: [String] = []
    private(set) var operations: [(name: String, count: Int)] = []
    private(set) var records = EarliestRecords()

    private static let keysKept = 5
    private static let operationsKept = 12

    mutating func add(_ record: AccessRecord, at time: Int, keyHash: UInt64) {
        count += 1
        first = min(first, time)
        last = max(last, time)
        bins.add(RefusedBin(at: time))
        countOperation(String(decoding: record[.operation], as: UTF8.self), 1)
        if keys.add(keyHash), sampleKeys.count < Self.keysKept, record.has(.key) {
            sampleKeys.append(String(decoding: record[.key].prefix(300), as: UTF8.self))
        }
        records.add(record, at: time)
    }

    /// There are few operations, so that searching is faster than hashing.
    private mutating func countOperation(_ operation: String, _ times: Int) {
        if let place = operations.firstIndex(where: { $0.name == operation }) {
            operations[place].count += times
        } else if operations.count < Self.operationsKept {
            operations.append((operation, times))
        }
    }

    mutating func merge(_ other: Refusals) {
        guard other.count > 0 else { return }
        count += other.count
        first = min(first, other.first)
        last = max(last, other.last)
        bins.merge(other.bins)
        keys.merge(other.keys)
        for key in other.sampleKeys where sampleKeys.count < Self.keysKept && !sampleKeys.contains(key) {
            sampleKeys.append(key)
        }
        for (name, count) in other.operations { countOperation(name, count) }
        records.merge(other.records)
    }

    var evidence: [JSON.Object.Member] {
        let operations = operations.sorted { ($0.count, $1.name) > ($1.count, $0.name) }.prefix(5)
        return [
            .init("operations", .members(operations.map { .init($0.name, .int($0.count)) })),
            .init("keys", .array(sampleKeys.map { .string($0) })),
        ] + records.evidence
    }
}
