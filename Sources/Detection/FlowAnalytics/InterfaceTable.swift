internal import LogReaders

/// A network interface, or a transit gateway attachment.
struct InterfaceEntry: Sendable {
    var name: String
    var account: String
    var region: String
    /// Its own addresses: it may have both.
    private var v4 = OwnAddress()
    private var v6 = OwnAddress()
    /// Seconds since 1970.
    var first: Int
    var last: Int
    var noData = 0
    var skipData: [Int: Int] = [:]

    mutating func merge(_ entry: InterfaceEntry) {
        first = min(first, entry.first)
        last = max(last, entry.last)
        noData += entry.noData
        skipData.merge(entry.skipData, uniquingKeysWith: +)
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

    /// Whether the interface sent the flow.
    @inline(__always)
    mutating func sends(_ record: FlowRecord, _ settings: FlowSettings) -> Bool {
        if v4.isCertain {
            if record.source == v4.address { return true }
            if record.destination == v4.address { return false }
        }
        return learn(record, settings)
    }

    private mutating func learn(_ record: FlowRecord, _ settings: FlowSettings) -> Bool {
        record.source.v4 != nil ? v4.sends(record, settings) : v6.sends(record, settings)
    }

    /// The interface's own address of the same kind as a peer's.
    func own(towards peer: FlowAddress) -> FlowAddress { peer.v4 != nil ? v4.address : v6.address }

    /// Whether an address is known to be the interface's own.
    func isOwn(_ address: FlowAddress) -> Bool { own(towards: address) == address }
}

/// An interface's own address, as far as it is known: the one that stands in all its records.
private struct OwnAddress {
    private(set) var address = FlowAddress(high: 0, low: 0)
    /// The other one of the first record between two internal addresses: one of the two is the interface's.
    private var other = FlowAddress(high: 0, low: 0)
    private(set) var isCertain = false

    /// A flow with the internet names the interface's address; two flows with different peers do too, which is what
    /// tells with IPv6, where an own address looks like any other.
    mutating func sends(_ record: FlowRecord, _ settings: FlowSettings) -> Bool {
        if isCertain {
            if record.source == address { return true }
            if record.destination == address { return false }
        }
        let sourceIsInternal = settings.isInternal(record.source)
        if sourceIsInternal != settings.isInternal(record.destination) {
            if !isCertain {
                address = sourceIsInternal ? record.source : record.destination
                isCertain = true
            }
            return sourceIsInternal
        }
        // A second address of an interface that has several: nothing tells the sides apart but the order.
        guard !isCertain else { return true }
        if address.low == 0 && address.high == 0 {
            (address, other) = (record.source, record.destination)
            return true
        }
        let hasOwn = record.source == address || record.destination == address
        let hasOther = record.source == other || record.destination == other
        if hasOwn != hasOther {
            if hasOther { address = other }
            isCertain = true
        }
        return record.source == address || record.destination != address
    }
}

/// All interfaces, numbered.
struct InterfaceTable: Sendable {
    var entries: [InterfaceEntry] = []
    private var names: [[UInt8]] = []
    private var index = HashIndex()
    private let mix: Mixer

    init(_ mix: Mixer) { self.mix = mix }

    /// The number of the record's interface.
    @inline(__always)
    mutating func number(of record: FlowRecord) -> Int {
        let name = record.interface
        let hash = Self.hash(name, mix)
        let found = index.find(hash) { entry in
            names.withUnsafeBufferPointer { Self.equal($0[entry], name) }
        }
        return found ?? add(record, hash)
    }

    private mutating func add(_ record: FlowRecord, _ hash: UInt64) -> Int {
        entries.append(
            InterfaceEntry(
                name: String(decoding: record.interface, as: UTF8.self),
                account: String(decoding: record.account, as: UTF8.self),
                region: String(decoding: record.region, as: UTF8.self), first: record.start, last: record.end))
        names.append(Array(record.interface))
        index.insert(hash, names.count - 1)
        return entries.count - 1
    }

    /// The number of an interface that another worker saw.
    mutating func number(of entry: InterfaceEntry) -> Int {
        var name = entry.name
        return name.withUTF8 { bytes in
            let hash = Self.hash(bytes, mix)
            if let found = index.find(hash, { Self.equal(names[$0], bytes) }) {
                entries[found].merge(entry)
                return found
            }
            entries.append(entry)
            names.append(Array(bytes))
            index.insert(hash, names.count - 1)
            return entries.count - 1
        }
    }

    @inline(__always)
    private static func hash(_ name: Bytes, _ mix: Mixer) -> UInt64 {
        guard name.count >= 8, let start = name.baseAddress else {
            return mix(name.reduce(0) { $0 << 8 | UInt64($1) }, UInt64(name.count))
        }
        let raw = UnsafeRawPointer(start)
        let first = raw.loadUnaligned(as: UInt64.self)
        let last = raw.loadUnaligned(fromByteOffset: name.count - 8, as: UInt64.self)
        let middle = raw.loadUnaligned(fromByteOffset: (name.count - 8) / 2, as: UInt64.self)
        return mix(first ^ UInt64(name.count) << 56, last, middle)
    }

    @inline(__always)
    private static func equal(_ left: [UInt8], _ right: Bytes) -> Bool {
        left.withUnsafeBufferPointer { left in
            guard left.count == right.count else { return false }
            var at = 0
            guard let a = left.baseAddress, let b = right.baseAddress else { return true }
            while at + 8 <= left.count {
                let one = UnsafeRawPointer(a + at).loadUnaligned(as: UInt64.self)
                let two = UnsafeRawPointer(b + at).loadUnaligned(as: UInt64.self)
                guard one == two else { return false }
                at += 8
            }
            while at < left.count {
                guard a[at] == b[at] else { return false }
                at += 1
            }
            return true
        }
    }
}
