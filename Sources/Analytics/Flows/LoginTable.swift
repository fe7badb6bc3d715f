internal import LogReaders

/// Logins of one source at one host in one hour.
struct LoginKey: Sendable, Hashable {
    var source: FlowAddress
    var destination: FlowAddress
    /// Hours since 1970.
    var hour: Int32
    var port: UInt16
    /// Whether the interface is the source's. For internal flows, the interface of the other side records the same
    /// flows.
    var sends: Bool
}

struct LoginHour: Sendable {
    var interface: Int32
    /// Flows with so few packets that the login must have failed, and rejected flows.
    var short: UInt32 = 0
    var rejected: UInt32 = 0
    /// All other flows. They count as sessions.
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
        } else if record.packets > 0, record.packets <= settings.shortLoginPackets {
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

extension LoginKey: SeededHashable {
    func hash(_ hash: SeededHash) -> UInt64 {
        let place = UInt64(UInt32(bitPattern: hour)) << 17 | UInt64(port) << 1 | (sends ? 1 : 0)
        return hash(hash(source.low, source.high), hash(destination.low, destination.high), place)
    }
}

/// The logins, by source, host, port and hour. Bounded: anyone on the internet can try to log in from any address.
struct LoginTable: Sendable {
    private var table: HashTable<LoginKey, LoginHour>
    /// Hours of logins that were dropped to bound the memory.
    private(set) var forgotten = 0
    private let bound: Int

    init(_ hash: SeededHash, bound: Int) {
        table = HashTable(hash, capacity: bound)
        self.bound = bound
    }

    var entries: [(key: LoginKey, value: LoginHour)] { table.entries }

    mutating func add(_ record: SeenFlow, _ key: LoginKey, _ interface: Int32, _ settings: FlowSettings) {
        let place = table.find(key) ?? insert(key, LoginHour(interface: interface, first: record.start))
        table.update(place) { $0.add(record, settings) }
    }

    /// - Parameter interfaces: the number in this table of each of the other table's interfaces.
    mutating func merge(_ other: LoginTable, _ interfaces: [Int32]) {
        for (key, hour) in other.entries {
            var moved = hour
            moved.interface = interfaces[Int(hour.interface)]
            if let place = table.find(key) {
                table.update(place) { $0 = $0.merged(with: moved) }
            } else {
                _ = insert(key, moved)
            }
        }
        forgotten += other.forgotten
    }

    private mutating func insert(_ key: LoginKey, _ hour: LoginHour) -> Int {
        if table.entries.count >= bound { forget() }
        return table.add(key, hour)
    }

    /// Drops the half with the fewest attempts. Hours of internal sources are dropped last, and older hours before
    /// newer ones with as many attempts. Guesses at many hosts or from many addresses have few attempts in each entry;
    /// the sweep analytic finds them.
    private mutating func forget() {
        let weights = entries.map { key, hour in
            (attempts: hour.attempts + (key.source.isInternal ? 1_000 : 0), last: hour.last)
        }
        let order = entries.indices.sorted { left, right in
            (weights[left].attempts, weights[left].last, right) > (weights[right].attempts, weights[right].last, left)
        }
        let kept = Set(order.prefix(bound / 2))
        forgotten += order.count - kept.count
        table.keep { place, _ in kept.contains(place) }
    }
}
