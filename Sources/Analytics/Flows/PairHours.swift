/// The amounts of pairs in single hours, in the order in which these hours ended.
///
/// An hour has several parts if several workers count it, or if its records are out of order. All parts are kept until
/// they are added up, so that neither the number of workers nor the order of files changes an amount.
struct PairHours: Sendable {
    /// The bytes that one pair transferred in one direction, or the number of its rejected flows, in one hour: 16
    /// bytes.
    struct Part: Sendable {
        var pair: Int32
        /// The hour since 1970, the direction, and whether the flows were rejected.
        fileprivate let slot: UInt32
        fileprivate(set) var amount: UInt64

        var hour: Int32 { Int32(slot >> 2) }
        var sends: Bool { slot & 2 != 0 }
        var isRejected: Bool { slot & 1 != 0 }

        /// Whether the peer is listed, if this is the whole hour.
        var isNotable: Bool { amount >= (isRejected ? FlowSeries.notableFlows : FlowSeries.notableBytes) }
    }

    private(set) var parts: [Part] = []

    init() {
        // Reserves an address range, not memory, so that the parts need not move as their number grows.
        parts.reserveCapacity(1 << 20)
    }

    var isEmpty: Bool { parts.isEmpty }
    var count: Int { parts.count }

    @inline(__always)
    mutating func add(_ amount: UInt64, pair: Int32, hour: Int32, sends: Bool, isRejected: Bool) {
        guard amount > 0 else { return }
        let slot = UInt32(bitPattern: hour) << 2 | (sends ? 2 : 0) | (isRejected ? 1 : 0)
        parts.append(Part(pair: pair, slot: slot, amount: amount))
    }

    mutating func removeAll() { parts.removeAll(keepingCapacity: true) }

    /// Adds another worker's parts.
    /// - Parameter numbers: the number in this tally of each of the other tally's pairs.
    mutating func merge(_ other: PairHours, _ numbers: [Int32]) {
        for var part in other.parts {
            part.pair = numbers[Int(part.pair)]
            parts.append(part)
        }
    }

    /// Renumbers the pairs.
    /// - Parameter numbers: old number → new number, -1 if the pair was dropped.
    mutating func renumber(_ numbers: [Int32]) {
        for place in parts.indices { parts[place].pair = numbers[Int(parts[place].pair)] }
        parts.removeAll { $0.pair < 0 }
    }

    /// Drops the parts of pairs that cannot have a notable hour.
    /// - Parameter pairs: whether the total of each pair is large enough for a notable hour. A pair with rejected
    ///   flows, or with a notable part, is kept in any case.
    mutating func keep(of pairs: [Bool]) {
        var kept = pairs
        for part in parts where part.isRejected || part.isNotable { kept[Int(part.pair)] = true }
        parts.removeAll { !kept[Int($0.pair)] }
    }

    /// Adds up the parts of each pair and hour, and sorts them by pair.
    /// - Parameter pairs: the number of pairs.
    mutating func combine(pairs: Int) {
        // A counting sort. It leaves the parts of each pair nearly in order of time.
        var ends = [Int](repeating: 0, count: pairs)
        for part in parts { ends[Int(part.pair)] += 1 }
        var sum = 0
        for pair in ends.indices { (ends[pair], sum) = (sum, sum + ends[pair]) }
        let unsorted = parts
        parts = [Part](unsafeUninitializedCapacity: unsorted.count) { sorted, count in
            for part in unsorted {
                sorted.initializeElement(at: ends[Int(part.pair)], to: part)
                ends[Int(part.pair)] += 1
            }
            var start = 0
            for end in ends where end > start {
                Self.combine(sorted, start..<end, &count)
                start = end
            }
        }
    }

    /// The notable parts, sorted by hour because the rows of an hour are near each other in memory. The parts must be
    /// combined.
    var notable: [Part] {
        let notable = parts.filter(\.isNotable)
        guard let first = notable.lazy.map(\.hour).min(), let last = notable.lazy.map(\.hour).max() else { return [] }
        // Records with wrong times may be years apart, which would need too large an array.
        guard Int(last - first) <= notable.count else { return notable }
        var places = [Int](repeating: 0, count: Int(last - first) + 1)
        for part in notable { places[Int(part.hour - first)] += 1 }
        var sum = 0
        for hour in places.indices { (places[hour], sum) = (sum, sum + places[hour]) }
        var sorted = notable
        for part in notable {
            sorted[places[Int(part.hour - first)]] = part
            places[Int(part.hour - first)] += 1
        }
        return sorted
    }

    /// Adds up the parts of one pair, and moves them to the position `count`.
    private static func combine(_ parts: UnsafeMutableBufferPointer<Part>, _ range: Range<Int>, _ count: inout Int) {
        let isSorted = range.dropFirst().allSatisfy { parts[$0 - 1].slot <= parts[$0].slot }
        if !isSorted {
            var unsorted = UnsafeMutableBufferPointer(rebasing: parts[range])
            unsorted.sort { $0.slot < $1.slot }
        }
        let first = count
        for place in range {
            if count > first, parts[count - 1].slot == parts[place].slot {
                parts[count - 1].amount &+= parts[place].amount
            } else {
                parts[count] = parts[place]
                count += 1
            }
        }
    }
}
