internal import LogReaders

/// Logins of one source at one host in one hour.
struct LoginKey: Sendable, Hashable {
    var source: FlowAddress
    var destination: FlowAddress
    /// Hours since 1970.
    var hour: Int32
    var port: UInt16
    /// Whether the interface is the source's. The other side's interface records the same internal flows.
    var sends: Bool
}

struct LoginHour: Sendable {
    var interface: Int32
    /// Flows with so few packets that the login failed; and rejected flows.
    var short: UInt32 = 0
    var rejected: UInt32 = 0
    /// The other flows: a session.
    var long: UInt32 = 0
    var longestBytes: UInt64 = 0
    var first: UInt32
    var last: UInt32 = 0

    var attempts: Int { Int(short) + Int(rejected) }

    init(interface: Int32, first: UInt32) {
        self.interface = interface
        self.first = first
    }

    mutating func add(_ record: SeenFlow, _ settings: FlowSettings) {
        first = min(first, record.start)
        last = max(last, record.start)
        if record.isRejected {
            rejected &+= 1
        } else if record.packets <= settings.shortLoginPackets {
            short &+= 1
        } else {
            long &+= 1
            longestBytes = max(longestBytes, record.bytes)
        }
    }

    func merged(with other: LoginHour) -> LoginHour {
        var sum = self
        sum.short &+= other.short
        sum.rejected &+= other.rejected
        sum.long &+= other.long
        sum.longestBytes = max(longestBytes, other.longestBytes)
        sum.first = min(first, other.first)
        sum.last = max(last, other.last)
        return sum
    }
}

/// The logins, by source, host, port and hour. Bounded: anyone on the internet can try to log in from any address.
struct LoginTable: Sendable {
    private(set) var entries: [(key: LoginKey, hour: LoginHour)] = []
    /// Hours of logins that were dropped to bound the memory.
    private(set) var forgotten = 0
    private var index = HashIndex()
    private let mix: SeededHash
    private let bound: Int

    init(_ mix: SeededHash, bound: Int) {
        self.mix = mix
        self.bound = bound
    }

    mutating func add(_ record: SeenFlow, _ key: LoginKey, _ interface: Int32, _ settings: FlowSettings) {
        let number = find(key) ?? insert(key, LoginHour(interface: interface, first: record.start))
        entries.withUnsafeMutableBufferPointer { $0[number].hour.add(record, settings) }
    }

    /// - Parameter interfaces: the number that this table's tally has for each of the other's interfaces.
    mutating func merge(_ other: LoginTable, _ interfaces: [Int32]) {
        for (key, hour) in other.entries {
            var moved = hour
            moved.interface = interfaces[Int(hour.interface)]
            if let number = find(key) {
                entries[number].hour = entries[number].hour.merged(with: moved)
            } else {
                _ = insert(key, moved)
            }
        }
        forgotten += other.forgotten
    }

    private func find(_ key: LoginKey) -> Int? {
        entries.withUnsafeBufferPointer { entries in
            index.find(hash(key)) { entries[$0].key == key }
        }
    }

    private mutating func insert(_ key: LoginKey, _ hour: LoginHour) -> Int {
        if entries.count >= bound { forget() }
        // This reserves an address range, not memory: see ``PairTable``.
        if entries.isEmpty { entries.reserveCapacity(bound) }
        entries.append((key, hour))
        index.insert(hash(key), entries.count - 1)
        return entries.count - 1
    }

    /// Drops the half with the fewest attempts; of equals the older. Guesses at many hosts or from many addresses are
    /// few each time, and are found as sweeps.
    private mutating func forget() {
        let order = entries.indices.sorted { left, right in
            let (one, two) = (entries[left].hour, entries[right].hour)
            return (one.attempts, one.last, right) > (two.attempts, two.last, left)
        }
        var isKept = [Bool](repeating: false, count: entries.count)
        for number in order.prefix(bound / 2) { isKept[number] = true }
        var next = 0
        index.removeAll()
        for number in entries.indices where isKept[number] {
            entries[next] = entries[number]
            index.insert(hash(entries[next].key), next)
            next += 1
        }
        forgotten += entries.count - next
        entries.removeLast(entries.count - next)
    }

    @inline(__always)
    private func hash(_ key: LoginKey) -> UInt64 {
        let place = UInt64(UInt32(bitPattern: key.hour)) << 17 | UInt64(key.port) << 1 | (key.sends ? 1 : 0)
        return mix(mix(key.source.low, key.source.high), mix(key.destination.low, key.destination.high), place)
    }
}
