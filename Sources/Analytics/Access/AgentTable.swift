internal import Glibc
internal import LogReaders

/// The user agents that were seen, and when they were for the first and the last time. Of too many, those that were seen
/// least are forgotten: whoever asks writes what he likes.
struct AgentTable: Sendable {
    struct Sight: Sendable, Hashable {
        /// Seconds since 1970.
        var first: Int
        var last: Int
        var count = 0

        func merged(_ other: Sight) -> Sight {
            Sight(first: min(first, other.first), last: max(last, other.last), count: count + other.count)
        }
    }

    private struct Entry: Sendable {
        var name: [UInt8]
        var hash: UInt64
        var sight: Sight
    }

    private var entries: [Entry] = []
    private var places: [UInt64: Int32] = [:]
    /// Requests whose user agent was forgotten.
    private(set) var forgotten = 0
    /// That of the record before.
    private var openName: [UInt8] = []
    private var open = -1
    private let hash: TextHash
    private let bound: Int

    /// Longer ones are cut.
    private static let longest = 300

    init(_ hash: TextHash, bound: Int) {
        self.hash = hash
        self.bound = max(bound, 8)
    }

    @inline(__always)
    mutating func see(_ agent: Bytes, at time: Int) {
        // One client asks many times.
        if !isOpen(agent) { find(agent, at: time) }
        let open = open
        entries.withUnsafeMutableBufferPointer { entries in
            entries[open].sight.count += 1
            if time < entries[open].sight.first { entries[open].sight.first = time }
            if time > entries[open].sight.last { entries[open].sight.last = time }
        }
    }

    @inline(__always)
    private func isOpen(_ agent: Bytes) -> Bool {
        guard open >= 0 else { return false }
        return openName.withUnsafeBufferPointer { known in
            guard known.count == agent.count, let left = known.baseAddress, let right = agent.baseAddress else {
                return known.isEmpty && agent.isEmpty
            }
            return memcmp(left, right, agent.count) == 0
        }
    }

    private mutating func find(_ agent: Bytes, at time: Int) {
        open = number(of: Bytes(rebasing: agent.prefix(Self.longest)), at: time)
        openName.removeAll(keepingCapacity: true)
        openName.append(contentsOf: agent)
    }

    private mutating func number(of name: Bytes, at time: Int) -> Int {
        let hash = hash(name, 3)
        if let place = places[hash] { return Int(place) }
        if entries.count >= bound { forget() }
        places[hash] = Int32(entries.count)
        entries.append(Entry(name: Array(name), hash: hash, sight: Sight(first: time, last: time)))
        return entries.count - 1
    }

    private mutating func forget() {
        let sorted = entries.sorted { ($0.sight.count, $0.sight.last) > ($1.sight.count, $1.sight.last) }
        entries = Array(sorted.prefix(bound / 2))
        forgotten += sorted.dropFirst(bound / 2).reduce(0) { $0 + $1.sight.count }
        places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.hash, Int32($0)) })
        open = -1
    }

    mutating func merge(_ other: AgentTable) {
        forgotten += other.forgotten
        for entry in other.entries {
            let place = entry.name.withUnsafeBufferPointer { name in number(of: name, at: entry.sight.first) }
            entries[place].sight = entries[place].sight.merged(entry.sight)
        }
        open = -1
    }

    /// By name.
    var sights: [String: Sight] {
        Dictionary(entries.map { (String(decoding: $0.name, as: UTF8.self), $0.sight) }) { $0.merged($1) }
    }
}
