internal import LogReaders

/// A network interface, or a transit gateway attachment.
struct InterfaceEntry: Sendable {
    var name: String
    var account: String
    var region: String
    /// The interface's own address, as far as it is known: the one that stands in all its records.
    var own = FlowAddress(high: 0, low: 0)
    /// The other one of the first record between two internal addresses: one of the two is the interface's.
    var other = FlowAddress(high: 0, low: 0)
    var ownIsCertain = false
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
        if !ownIsCertain, entry.ownIsCertain { (own, ownIsCertain) = (entry.own, true) }
        if account.isEmpty { account = entry.account }
        if region.isEmpty { region = entry.region }
    }

    /// Whether the interface sent the flow.
    @inline(__always)
    mutating func sends(_ record: FlowRecord, _ settings: FlowSettings) -> Bool {
        if ownIsCertain {
            if record.source == own { return true }
            if record.destination == own { return false }
        }
        return learn(record, settings)
    }

    /// A flow with the internet names the interface's address; two flows with different peers do too.
    private mutating func learn(_ record: FlowRecord, _ settings: FlowSettings) -> Bool {
        let sourceIsInternal = settings.isInternal(record.source)
        if sourceIsInternal != settings.isInternal(record.destination) {
            if !ownIsCertain {
                own = sourceIsInternal ? record.source : record.destination
                ownIsCertain = true
            }
            return sourceIsInternal
        }
        // A second address of an interface that has several: nothing tells the sides apart but the order.
        guard !ownIsCertain else { return true }
        if own.low == 0 && own.high == 0 {
            (own, other) = (record.source, record.destination)
            return true
        }
        let hasOwn = record.source == own || record.destination == own
        let hasOther = record.source == other || record.destination == other
        if hasOwn != hasOther {
            if hasOther { own = other }
            ownIsCertain = true
        }
        return record.source == own || record.destination != own
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
        insert(hash)
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
            insert(hash)
            return entries.count - 1
        }
    }

    private mutating func insert(_ hash: UInt64) {
        let (names, mix) = (names, mix)
        index.insert(hash, names.count - 1) { entry in names[entry].withUnsafeBufferPointer { Self.hash($0, mix) } }
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
