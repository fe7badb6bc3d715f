/// Any set of IPv4 and IPv6 addresses, exactly.
struct AddressSet: Hashable, Sendable {
    private var ipv4 = Intervals()
    private var ipv6 = Intervals()

    /// No address.
    init() {}

    init(_ range: AddressRange) { insert(range) }

    /// The addresses of these blocks, written as CIDRs; a text that is none adds nothing.
    init(cidrs: String...) {
        for cidr in cidrs { AddressRange(cidr: cidr).map { insert($0) } }
    }

    mutating func insert(_ range: AddressRange) { self[range.family].insert(range.bounds) }

    /// Every address there is.
    static let everything = AddressSet(cidrs: "0.0.0.0/0", "::/0")

    func union(_ other: AddressSet) -> AddressSet { combined(with: other) { $0.union($1) } }

    func subtracting(_ other: AddressSet) -> AddressSet { combined(with: other) { $0.subtracting($1) } }

    func intersection(_ other: AddressSet) -> AddressSet {
        subtracting(subtracting(other))
    }

    /// How many addresses of a family are in the set; the largest number for all of IPv6, which has one more.
    func count(of family: AddressRange.Family) -> UInt128 { self[family].count }

    private subscript(family: AddressRange.Family) -> Intervals {
        get { family == .ipv4 ? ipv4 : ipv6 }
        set {
            switch family {
            case .ipv4: ipv4 = newValue
            case .ipv6: ipv6 = newValue
            }
        }
    }

    private func combined(
        with other: AddressSet, _ combine: (Intervals, Intervals) -> Intervals
    ) -> AddressSet {
        var result = AddressSet()
        result.ipv4 = combine(ipv4, other.ipv4)
        result.ipv6 = combine(ipv6, other.ipv6)
        return result
    }
}

/// A set of numbers as ordered intervals with gaps between them.
private struct Intervals: Hashable, Sendable {
    private var intervals: [ClosedRange<UInt128>] = []

    mutating func insert(_ added: ClosedRange<UInt128>) {
        var lower = added.lowerBound
        var upper = added.upperBound
        var kept: [ClosedRange<UInt128>] = []
        for interval in intervals {
            if interval.touches(added) {
                lower = min(lower, interval.lowerBound)
                upper = max(upper, interval.upperBound)
            } else {
                kept.append(interval)
            }
        }
        kept.append(lower...upper)
        intervals = kept.sorted { $0.lowerBound < $1.lowerBound }
    }

    mutating func remove(_ removed: ClosedRange<UInt128>) {
        intervals = intervals.flatMap { interval -> [ClosedRange<UInt128>] in
            guard interval.overlaps(removed) else { return [interval] }
            var rest: [ClosedRange<UInt128>] = []
            if interval.lowerBound < removed.lowerBound { rest.append(interval.lowerBound...(removed.lowerBound - 1)) }
            if interval.upperBound > removed.upperBound { rest.append((removed.upperBound + 1)...interval.upperBound) }
            return rest
        }
    }

    func union(_ other: Intervals) -> Intervals {
        var result = self
        for interval in other.intervals { result.insert(interval) }
        return result
    }

    func subtracting(_ other: Intervals) -> Intervals {
        var result = self
        for interval in other.intervals { result.remove(interval) }
        return result
    }

    var count: UInt128 {
        intervals.reduce(0) { sum, interval in
            let (steps, _) = sum.addingReportingOverflow(interval.upperBound - interval.lowerBound)
            let (all, overflow) = steps.addingReportingOverflow(1)
            return overflow ? .max : all
        }
    }
}

extension ClosedRange<UInt128> {
    /// Whether the two overlap, or one begins where the other ends.
    fileprivate func touches(_ other: ClosedRange<UInt128>) -> Bool {
        overlaps(other)
            || (upperBound < other.lowerBound && other.lowerBound - upperBound == 1)
            || (other.upperBound < lowerBound && lowerBound - other.upperBound == 1)
    }
}
