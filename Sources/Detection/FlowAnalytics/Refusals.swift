internal import LogReaders

/// A source, and the port of an interface that it was rejected at.
struct RefusedKey: Sendable, Hashable {
    var interface: Int32
    var peer: FlowAddress
    var port: UInt16
}

/// Rejections at one port, since the port was last open.
struct Refusals: Sendable {
    var count = 0
    var first: UInt32 = .max
    var last: UInt32 = 0
    /// When the port was open after enough of them.
    var accepted: UInt32 = .max

    mutating func reject(_ time: UInt32) {
        guard time < accepted else { return }
        count += 1
        first = min(first, time)
        last = max(last, time)
    }

    /// - Parameter enough: so many rejections are worth a remark; fewer are forgotten when the port is open.
    mutating func accept(_ time: UInt32, enough: Int) {
        guard time >= first else { return }
        if count >= enough {
            accepted = min(accepted, time)
        } else {
            (count, first, last) = (0, .max, 0)
        }
    }

    func merged(with other: Refusals) -> Refusals {
        Refusals(
            count: count + other.count, first: min(first, other.first), last: max(last, other.last),
            accepted: min(accepted, other.accepted))
    }
}

/// The ports at which sources were rejected again and again; bounded. It begins with a source's third rejection, so that
/// the many who try once cost nothing.
struct RefusalTable: Sendable {
    static let begin: UInt32 = 3
    private static let bound = 50_000

    private(set) var entries: [RefusedKey: Refusals] = [:]

    mutating func reject(_ key: RefusedKey, _ time: UInt32) {
        guard entries.count < Self.bound || entries[key] != nil else { return }
        entries[key, default: Refusals()].reject(time)
    }

    mutating func accept(_ key: RefusedKey, _ time: UInt32, enough: Int) {
        entries[key]?.accept(time, enough: enough)
    }

    /// - Parameter numbers: the interfaces' numbers here.
    mutating func merge(_ other: RefusalTable, _ numbers: [Int32]) {
        for (key, refusals) in other.entries {
            let moved = RefusedKey(interface: numbers[Int(key.interface)], peer: key.peer, port: key.port)
            entries[moved] = entries[moved]?.merged(with: refusals) ?? refusals
        }
    }
}
