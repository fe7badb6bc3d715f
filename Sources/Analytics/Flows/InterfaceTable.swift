internal import LogReaders

/// A network interface, or a transit gateway attachment.
struct InterfaceEntry: Sendable {
    /// The interface's own IPv4 address. It may have an IPv6 address as well.
    private var v4 = OwnAddress()
    /// Seconds since 1970.
    private(set) var first: Int
    private(set) var last: Int
    // The fields above are read for each record.
    private var v6 = OwnAddress()
    var name: String
    var account: String
    var region: String
    private(set) var noData = 0
    /// The number of its flows that wait until their sender is known.
    var undecided: UInt16 = 0
    /// The records that AWS lost: their number by hour, and the first and last moment.
    private(set) var skipData: [Int: Int] = [:]
    private(set) var skipTimes = (first: Int.max, last: 0)

    mutating func merge(_ entry: InterfaceEntry) {
        first = min(first, entry.first)
        last = max(last, entry.last)
        noData += entry.noData
        skipData.merge(entry.skipData, uniquingKeysWith: +)
        skipTimes = (min(skipTimes.first, entry.skipTimes.first), max(skipTimes.last, entry.skipTimes.last))
        if !v4.isCertain, entry.v4.isCertain { v4 = entry.v4 }
        if !v6.isCertain, entry.v6.isCertain { v6 = entry.v6 }
        if account.isEmpty { account = entry.account }
        if region.isEmpty { region = entry.region }
    }

    init(name: String, account: String, region: String, first: Int, last: Int) {
        self.name = name
        self.account = account
        self.region = region
        self.first = first
        self.last = last
    }

    /// Whether the interface sent a flow; `nil` if that is not known yet, or if the flow lies outside the known period.
    @inline(__always)
    func side(_ source: FlowAddress, _ destination: FlowAddress, _ start: Int, _ end: Int) -> Bool? {
        // One branch for both sides, because the direction changes unpredictably from record to record.
        let isSource = (source.low ^ v4.address.low) | (source.high ^ v4.address.high) == 0
        let isDestination = (destination.low ^ v4.address.low) | (destination.high ^ v4.address.high) == 0
        return start >= first && end <= last && v4.isCertain && isSource != isDestination ? isSource : nil
    }

    /// Whether the interface sent a flow, by its addresses and those of earlier records; `nil` if they do not show it.
    mutating func learn(_ source: FlowAddress, _ destination: FlowAddress, _ settings: FlowSettings) -> Bool? {
        source.v4 != nil ? v4.sends(source, destination, settings) : v6.sends(source, destination, settings)
    }

    /// Whether the interface probably sent a flow whose sender is not known.
    func guess(_ source: FlowAddress, _ destination: FlowAddress) -> Bool {
        let own = source.v4 != nil ? v4.address : v6.address
        return source == own || destination != own
    }

    /// Extends the period in which the interface has records.
    mutating func span(_ record: FlowRecord) {
        first = min(first, record.start)
        last = max(last, record.end)
    }

    /// Counts a record that reports no traffic (NODATA) or lost records (SKIPDATA).
    mutating func miss(_ record: FlowRecord) {
        if record.status == .noData { noData += 1 }
        guard record.status == .skipData else { return }
        skipData[record.start / 3_600, default: 0] += 1
        skipTimes = (min(skipTimes.first, record.start), max(skipTimes.last, record.start, record.end))
    }

    /// The interface's own address of the same IP version as a peer's.
    func own(towards peer: FlowAddress) -> FlowAddress { peer.v4 != nil ? v4.address : v6.address }

    /// Whether an address is known to be the interface's own.
    func isOwn(_ address: FlowAddress) -> Bool { own(towards: address) == address }
}

/// An interface's own address, as far as it is known: the address that occurs in all its records.
private struct OwnAddress {
    private(set) var address = FlowAddress(high: 0, low: 0)
    /// The other address of the first record between two internal addresses: one of the two is the interface's.
    private var other = FlowAddress(high: 0, low: 0)
    private(set) var isCertain = false

    /// Learns the interface's address. A flow between an internal and an external address shows it. Two flows with
    /// different peers show it as well, which is needed for IPv6, because own IPv6 addresses look like any other.
    /// - Returns: whether the interface sent a flow; `nil` if that is not known.
    mutating func sends(_ source: FlowAddress, _ destination: FlowAddress, _ settings: FlowSettings) -> Bool? {
        if isCertain {
            if source == address { return true }
            if destination == address { return false }
        }
        let sourceIsInternal = settings.isInternal(source)
        if sourceIsInternal != settings.isInternal(destination) {
            if !isCertain {
                address = sourceIsInternal ? source : destination
                isCertain = true
            }
            return sourceIsInternal
        }
        // The interface has several addresses: only the order of source and destination distinguishes the sides.
        guard !isCertain else { return true }
        if address.low == 0 && address.high == 0 {
            // The choice must not depend on which record comes first, or on which worker reads it.
            (address, other) = source <= destination ? (source, destination) : (destination, source)
            return nil
        }
        let hasOwn = source == address || destination == address
        let hasOther = source == other || destination == other
        guard hasOwn != hasOther else { return nil }
        if hasOther { address = other }
        isCertain = true
        return source == address
    }
}

/// All interfaces, numbered.
struct InterfaceTable: Sendable {
    var entries: [InterfaceEntry] = []
    private var names: [InterfaceName] = []
    /// The names that ``InterfaceName`` does not hold completely, by number.
    private var longNames: [Int: [UInt8]] = [:]
    private var index = HashIndex()
    private let mix: SeededHash

    private let bound: Int

    init(_ mix: SeededHash, bound: Int) {
        self.mix = mix
        self.bound = bound
    }

    /// The number of an interface; `nil` if it is new.
    @inline(__always)
    func number(named name: Bytes) -> Int? {
        let short = InterfaceName(name)
        return names.withUnsafeBufferPointer { names in
            index.find(short.hash(mix)) { names[$0].isSame(short) && (short.isWhole || isNamed($0, name)) }
        }
    }

    /// Finds the interfaces of records. The number is -1 if the table does not contain the interface.
    func find(_ records: UnsafeBufferPointer<FlowRecord>, _ numbers: inout InlineArray<64, Int32>) {
        names.withUnsafeBufferPointer { names in
            index.withFinder { finder in
                for place in records.indices {
                    let short = InterfaceName(records[place].interface)
                    let found = finder.find(short.hash(mix)) {
                        names[$0].isSame(short) && (short.isWhole || isNamed($0, records[place].interface))
                    }
                    numbers[place] = found.map { Int32(truncatingIfNeeded: $0) } ?? -1
                }
            }
        }
    }

    /// Adds a new interface.
    /// - Returns: its number; `nil` if there are too many.
    @inline(never)
    mutating func add(_ record: FlowRecord) -> Int? {
        guard entries.count < bound else { return nil }
        entries.append(
            InterfaceEntry(
                name: String(decoding: record.interface, as: UTF8.self),
                account: String(decoding: record.account, as: UTF8.self),
                region: String(decoding: record.region, as: UTF8.self), first: record.start, last: record.end))
        let short = InterfaceName(record.interface)
        return insert(short, record.interface, short.hash(mix))
    }

    /// Whether an interface sent a flow; `nil` if that is not known yet, or if the flow lies outside the known period.
    @inline(__always)
    func side(
        _ interface: Int, _ source: FlowAddress, _ destination: FlowAddress, _ start: Int, _ end: Int
    ) -> Bool? {
        entries.withUnsafeBufferPointer { $0[interface].side(source, destination, start, end) }
    }

    /// Adds an interface of another worker, or merges it with the same interface of this table.
    mutating func number(of entry: InterfaceEntry) -> Int {
        var name = entry.name
        return name.withUTF8 { bytes in
            let short = InterfaceName(bytes)
            let hash = short.hash(mix)
            let same = index.find(hash) { names[$0].isSame(short) && (short.isWhole || isNamed($0, bytes)) }
            if let found = same {
                entries[found].merge(entry)
                return found
            }
            entries.append(entry)
            return insert(short, bytes, hash)
        }
    }

    /// Removes secrets from the names, because alerts and baselines contain them. Must come after all lookups by name:
    /// a changed name is not in the index.
    mutating func hideSecrets() {
        for place in entries.indices {
            let shown = SecretFields.shown(entries[place].name)
            if shown != entries[place].name { entries[place].name = shown }
        }
    }

    private func isNamed(_ entry: Int, _ name: Bytes) -> Bool { longNames[entry]?.elementsEqual(name) == true }

    private mutating func insert(_ short: InterfaceName, _ name: Bytes, _ hash: UInt64) -> Int {
        if !short.isWhole { longNames[names.count] = Array(name) }
        names.append(short)
        index.insert(hash, names.count - 1)
        return names.count - 1
    }
}

/// The first, middle and last eight bytes of an interface's name: the whole name if it has 8 to 24 bytes.
private struct InterfaceName: Sendable {
    private let first: UInt64
    private let middle: UInt64
    private let last: UInt64
    private let count: Int

    @inline(__always)
    init(_ name: Bytes) {
        count = name.count
        guard count >= 8, let start = name.baseAddress else {
            (first, middle, last) = (name.reduce(0) { $0 << 8 | UInt64($1) }, 0, 0)
            return
        }
        let raw = UnsafeRawPointer(start)
        first = raw.loadUnaligned(as: UInt64.self)
        middle = raw.loadUnaligned(fromByteOffset: (count - 8) / 2, as: UInt64.self)
        last = raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    }

    /// Whether this is the whole name.
    @inline(__always)
    var isWhole: Bool { count <= 24 }

    @inline(__always)
    func isSame(_ other: InterfaceName) -> Bool {
        (first ^ other.first) | (middle ^ other.middle) | (last ^ other.last) == 0 && count == other.count
    }

    @inline(__always)
    func hash(_ mix: SeededHash) -> UInt64 { mix(first ^ UInt64(truncatingIfNeeded: count) << 56, last, middle) }
}
