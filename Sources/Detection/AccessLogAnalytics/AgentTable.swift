internal import Glibc
internal import LogReaders

/// The user agents that were seen, and when they were for the first and the last time; bounded.
struct AgentTable: Sendable {
    struct Sight: Sendable, Hashable {
        /// Seconds since 1970.
        var first: Int
        var last: Int
    }

    private var entries: [(name: String, sight: Sight)] = []
    private var places: [UInt64: Int32] = [:]
    /// What other workers saw.
    private var others: [String: Sight] = [:]
    /// That of the record before.
    private var openName: [UInt8] = []
    private var open = -1

    /// Whether the record before had the same one.
    @inline(__always)
    func isOpen(_ agent: Bytes) -> Bool {
        guard open >= 0 else { return false }
        return openName.withUnsafeBufferPointer { known in
            guard known.count == agent.count, let left = known.baseAddress, let right = agent.baseAddress else {
                return known.isEmpty && agent.isEmpty
            }
            return memcmp(left, right, agent.count) == 0
        }
    }

    /// Once more the one of the record before.
    @inline(__always)
    mutating func see(_ time: Int) {
        let open = open
        entries.withUnsafeMutableBufferPointer { entries in
            if time < entries[open].sight.first { entries[open].sight.first = time }
            if time > entries[open].sight.last { entries[open].sight.last = time }
        }
    }

    mutating func see(_ agent: Bytes, _ hash: UInt64, _ time: Int, bound: Int) {
        if let place = places[hash] {
            open = Int(place)
        } else {
            guard entries.count < bound else { return }
            open = entries.count
            places[hash] = Int32(open)
            // Who asks writes what he likes, as long as he likes.
            entries.append((String(decoding: agent.prefix(300), as: UTF8.self), Sight(first: time, last: time)))
        }
        openName = Array(agent)
        see(time)
    }

    mutating func merge(_ other: AgentTable) {
        others.merge(other.sights) { Sight(first: min($0.first, $1.first), last: max($0.last, $1.last)) }
    }

    /// By name.
    var sights: [String: Sight] {
        others.merging(entries.map { ($0.name, $0.sight) }) {
            Sight(first: min($0.first, $1.first), last: max($0.last, $1.last))
        }
    }
}
