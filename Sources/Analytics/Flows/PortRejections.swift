internal import LogReaders

/// A source and the port of an interface that rejected it.
struct RejectedPort: Sendable, Hashable {
    var interface: Int32
    var peer: FlowAddress
    var port: UInt16
}

/// The rejections of a source at one port since the port last accepted it.
struct PortRejections: Sendable {
    var count = 0
    var first: UInt32 = .max
    var last: UInt32 = 0
    /// The time at which the port accepted the source after enough rejections.
    var accepted: UInt32 = .max

    mutating func reject(_ time: UInt32) {
        guard time < accepted else { return }
        count += 1
        first = min(first, time)
        last = max(last, time)
    }

    /// - Parameter enough: the number of rejections that is remembered after an acceptance. Fewer are forgotten.
    mutating func accept(_ time: UInt32, enough: Int) {
        guard time >= first else { return }
        if count >= enough {
            accepted = min(accepted, time)
        } else {
            (count, first, last) = (0, .max, 0)
        }
    }

    func merged(with other: PortRejections) -> PortRejections {
        PortRejections(
            count: count + other.count, first: min(first, other.first), last: max(last, other.last),
            accepted: min(accepted, other.accepted))
    }
}

/// The ports at which sources were rejected several times. Their number is bounded. Counting begins with a source's
/// third rejection, so that the many sources that try only once cost no memory.
struct PortRejectionTable: Sendable {
    static let begin: UInt32 = 3
    private static let bound = 50_000

    private(set) var entries: [RejectedPort: PortRejections] = [:]

    mutating func reject(_ key: RejectedPort, _ time: UInt32) {
        if entries[key] == nil { makeRoom() }
        entries[key, default: PortRejections()].reject(time)
    }

    /// If the table is full, keeps the half with the most rejections, so that new entries find room. Entries with an
    /// acceptance are kept.
    private mutating func makeRoom() {
        guard entries.count >= Self.bound else { return }
        let counts = entries.values.map { $0.accepted == .max ? $0.count : .max }.sorted(by: >)
        let least = counts[Self.bound / 2]
        entries = entries.filter { $0.value.accepted != .max || $0.value.count > least }
    }

    mutating func accept(_ key: RejectedPort, _ time: UInt32, enough: Int) {
        entries[key]?.accept(time, enough: enough)
    }

    /// - Parameter numbers: the number in this table of each of the other table's interfaces.
    mutating func merge(_ other: PortRejectionTable, _ numbers: [Int32]) {
        for (key, rejections) in other.entries {
            let moved = RejectedPort(interface: numbers[Int(key.interface)], peer: key.peer, port: key.port)
            entries[moved] = entries[moved]?.merged(with: rejections) ?? rejections
        }
        // Only now, so that the result does not depend on the order of the entries.
        if entries.count > Self.bound { makeRoom() }
    }
}
