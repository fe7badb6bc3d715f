/// What was learnt of who reads a bucket: written after a run, read before the next one.
///
/// What was not seen for 90 days before the last record is dropped, and of more than 200 000 entries of a kind those
/// that were seen longest ago: to the next run they are new again.
public struct AccessBaseline: Sendable, Hashable, Codable {
    /// Of the file's format. Another version is refused.
    public static let version = 1
    static let days = 90
    static let kept = 200_000

    public var version = AccessBaseline.version
    /// Requesters, addresses and user agents of each bucket, by when they were last seen: hours since 1970.
    var requesters: [String: Int] = [:]
    var addresses: [String: Int] = [:]
    var agents: [String: Int] = [:]
    /// The bytes that each requester reads in an hour.
    var reading: [String: Usual] = [:]
    /// A requester's refused requests in those five minutes in which there were any.
    var refused: [String: Usual] = [:]

    /// What is usual, and when it was last seen: hours since 1970.
    struct Usual: Sendable, Hashable, Codable {
        var median: Double
        var hour: Int
    }

    public init() {}

    /// Whether this program can read it.
    public var isReadable: Bool { version == Self.version }
    var isEmpty: Bool { requesters.isEmpty && addresses.isEmpty }

    /// Drops what is old, and what is too much.
    mutating func age(keeping bound: Int = AccessBaseline.kept) {
        let last = [requesters.values.max(), addresses.values.max(), agents.values.max()].compactMap { $0 }.max() ?? 0
        let oldest = last - Self.days * 24
        requesters = Self.aged(requesters, oldest, bound) { $0 }
        addresses = Self.aged(addresses, oldest, bound) { $0 }
        agents = Self.aged(agents, oldest, bound) { $0 }
        reading = Self.aged(reading, oldest, bound, \.hour)
        refused = Self.aged(refused, oldest, bound, \.hour)
    }

    private static func aged<Value>(
        _ all: [String: Value], _ oldest: Int, _ bound: Int, _ hour: (Value) -> Int
    ) -> [String: Value] {
        let young = all.filter { hour($0.value) >= oldest }
        guard young.count > bound else { return young }
        let kept = young.sorted { (hour($0.value), $0.key) > (hour($1.value), $1.key) }.prefix(bound)
        return Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
