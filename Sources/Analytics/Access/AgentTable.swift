internal import Glibc
internal import LogReaders

/// User agents with their first and last use. If there are too many, the least used are forgotten. Clients choose their
/// user agent, so the number must be bounded.
struct AgentTable: Sendable {
    struct Usage: Sendable, Hashable {
        /// Seconds since 1970.
        var first: Int
        var last: Int
        var count = 0

        func merged(_ other: Usage) -> Usage {
            Usage(first: min(first, other.first), last: max(last, other.last), count: count + other.count)
        }
    }

    private struct Entry: Sendable {
        var name: [UInt8]
        var hash: UInt64
        var usage: Usage
    }

    private var entries: [Entry] = []
    private var places: [UInt64: Int32] = [:]
    /// Requests whose user agent was forgotten.
    private(set) var forgotten = 0
    /// The user agent of the previous record.
    private var currentName: [UInt8] = []
    private var current = -1
    private let hash: TextHash
    private let bound: Int

    /// In bytes. Longer names are cut.
    private static let longest = 300

    init(_ hash: TextHash, bound: Int) {
        self.hash = hash
        self.bound = max(bound, 8)
    }

    @inline(__always)
    mutating func count(_ agent: Bytes, at time: Int) {
        // Consecutive records often have the same user agent.
        if !isCurrent(agent) { open(agent, at: time) }
        let current = current
        entries.withUnsafeMutableBufferPointer { entries in
            entries[current].usage.count += 1
            if time < entries[current].usage.first { entries[current].usage.first = time }
            if time > entries[current].usage.last { entries[current].usage.last = time }
        }
    }

    /// Counts requests with one user agent.
    /// - Parameters:
    ///   - first, last: the times of the first and of the last request, in seconds since 1970.
    mutating func count(_ agent: Bytes, from first: Int, to last: Int, times: Int) {
        count(agent, at: first)
        entries[current].usage = entries[current].usage.merged(Usage(first: first, last: last, count: times - 1))
    }

    @inline(__always)
    private func isCurrent(_ agent: Bytes) -> Bool {
        guard current >= 0 else { return false }
        return currentName.withUnsafeBufferPointer { known in
            guard known.count == agent.count, let left = known.baseAddress, let right = agent.baseAddress else {
                return known.isEmpty && agent.isEmpty
            }
            return memcmp(left, right, agent.count) == 0
        }
    }

    private mutating func open(_ agent: Bytes, at time: Int) {
        current = number(of: Bytes(rebasing: agent.prefix(Self.longest)), at: time)
        currentName.removeAll(keepingCapacity: true)
        currentName.append(contentsOf: agent)
    }

    private mutating func number(of name: Bytes, at time: Int) -> Int {
        let hash = hash(name, 3)
        if let place = places[hash] { return Int(place) }
        if entries.count >= bound { forget() }
        places[hash] = Int32(entries.count)
        entries.append(Entry(name: Array(name), hash: hash, usage: Usage(first: time, last: time)))
        return entries.count - 1
    }

    private mutating func forget() {
        let sorted = entries.sorted { ($0.usage.count, $0.usage.last) > ($1.usage.count, $1.usage.last) }
        entries = Array(sorted.prefix(bound / 2))
        forgotten += sorted.dropFirst(bound / 2).reduce(0) { $0 + $1.usage.count }
        places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.hash, Int32($0)) })
        current = -1
    }

    mutating func merge(_ other: AgentTable) {
        forgotten += other.forgotten
        for entry in other.entries {
            let place = entry.name.withUnsafeBufferPointer { name in number(of: name, at: entry.usage.first) }
            entries[place].usage = entries[place].usage.merged(entry.usage)
        }
        current = -1
    }

    /// The usages by user agent, without secrets, because baselines store the names.
    var usages: [String: Usage] {
        Dictionary(entries.map { (SecretFields.shown(String(decoding: $0.name, as: UTF8.self)), $0.usage) }) {
            $0.merged($1)
        }
    }
}
