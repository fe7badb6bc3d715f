internal import Algorithms

/// An exact set of any IPv4 and IPv6 addresses.
public struct AddressSet: Sendable, Hashable {
    private var ipv4 = Intervals()
    private var ipv6 = Intervals()

    /// The empty set.
    public init() {}

    public init(_ block: CIDR) { insert(block) }

    public init(_ blocks: some Sequence<CIDR>) {
        let bounds = Dictionary(grouping: blocks, by: \.address.family).mapValues { $0.map(\.bounds) }
        ipv4 = Intervals(bounds[.ipv4] ?? [])
        ipv6 = Intervals(bounds[.ipv6] ?? [])
    }

    /// The addresses of blocks that are constants in the source code: see ``CIDR/init(constant:)``.
    public init(constants: StaticString...) { self.init(constants.map { CIDR(constant: $0) }) }

    /// All addresses.
    public static let everything = AddressSet(constants: "0.0.0.0/0", "::/0")

    public mutating func insert(_ block: CIDR) {
        self[block.address.family] = self[block.address.family].union(Intervals([block.bounds]))
    }

    public func union(_ other: AddressSet) -> AddressSet { combined(with: other) { $0.union($1) } }

    public func subtracting(_ other: AddressSet) -> AddressSet { combined(with: other) { $0.subtracting($1) } }

    public func intersection(_ other: AddressSet) -> AddressSet { combined(with: other) { $0.intersection($1) } }

    public var isEmpty: Bool { self == AddressSet() }

    public func contains(_ address: IPAddress) -> Bool { self[address.family].contains(address.bits) }

    /// Whether every address of the block is in the set.
    public func contains(_ block: CIDR) -> Bool { self[block.address.family].contains(block.bounds) }

    /// The number of addresses of a family. It is one too small if the set has all of IPv6.
    public func count(of family: IPAddress.Family) -> UInt128 { self[family].count }

    /// The ranges of addresses that make up the set, ascending, with gaps between them.
    public func stretches(of family: IPAddress.Family) -> [ClosedRange<UInt128>] { self[family].ranges }

    private subscript(family: IPAddress.Family) -> Intervals {
        get { family == .ipv4 ? ipv4 : ipv6 }
        set {
            switch family {
            case .ipv4: ipv4 = newValue
            case .ipv6: ipv6 = newValue
            }
        }
    }

    private func combined(with other: AddressSet, _ combine: (Intervals, Intervals) -> Intervals) -> AddressSet {
        var result = AddressSet()
        result.ipv4 = combine(ipv4, other.ipv4)
        result.ipv6 = combine(ipv6, other.ipv6)
        return result
    }
}

/// A set of numbers as ascending intervals with gaps between them. All operations on two sets take linear time.
private struct Intervals: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt128>] = []

    init() {}

    init(_ ranges: [ClosedRange<UInt128>]) {
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) { append(range) }
    }

    /// Adds an interval that begins no earlier than the last one.
    private mutating func append(_ range: ClosedRange<UInt128>) {
        guard let last = ranges.last, last.upperBound == .max || range.lowerBound <= last.upperBound + 1 else {
            ranges.append(range)
            return
        }
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
    }

    func union(_ other: Intervals) -> Intervals {
        var result = Intervals()
        result.ranges.reserveCapacity(ranges.count + other.ranges.count)
        var (mine, theirs) = (ranges[...], other.ranges[...])
        while let one = mine.first ?? theirs.first {
            if let another = theirs.first, mine.isEmpty || another.lowerBound < one.lowerBound {
                result.append(theirs.removeFirst())
            } else {
                result.append(mine.removeFirst())
            }
        }
        return result
    }

    func intersection(_ other: Intervals) -> Intervals {
        var result = Intervals()
        var (mine, theirs) = (ranges[...], other.ranges[...])
        while let one = mine.first, let another = theirs.first {
            let (lower, upper) = (
                max(one.lowerBound, another.lowerBound), min(one.upperBound, another.upperBound)
            )
            if lower <= upper { result.append(lower...upper) }
            if one.upperBound == upper { mine.removeFirst() } else { theirs.removeFirst() }
        }
        return result
    }

    func subtracting(_ other: Intervals) -> Intervals { intersection(other.complement) }

    private var complement: Intervals {
        var result = Intervals()
        var next: UInt128? = 0
        for range in ranges {
            if let next, next < range.lowerBound { result.ranges.append(next...(range.lowerBound - 1)) }
            next = range.upperBound == .max ? nil : range.upperBound + 1
        }
        if let next { result.ranges.append(next...UInt128.max) }
        return result
    }

    func contains(_ number: UInt128) -> Bool { contains(number...number) }

    func contains(_ range: ClosedRange<UInt128>) -> Bool {
        let index = ranges.partitioningIndex { $0.upperBound >= range.upperBound }
        return index < ranges.count && ranges[index].lowerBound <= range.lowerBound
    }

    /// The number of elements; 2^128 - 1 if there are 2^128.
    var count: UInt128 {
        ranges.reduce(0) { sum, range in
            let (steps, _) = sum.addingReportingOverflow(range.upperBound - range.lowerBound)
            let (all, overflow) = steps.addingReportingOverflow(1)
            return overflow ? .max : all
        }
    }
}
