import Basics
import Testing

@testable import Practices

@Suite struct CIDRTests {
    @Test(
        "a CIDR is read as its first and last address",
        arguments: [
            ("0.0.0.0/0", 0, 0xFFFF_FFFF),
            ("10.0.0.0/8", 0x0A00_0000, 0x0AFF_FFFF),
            ("10.1.2.3/8", 0x0A00_0000, 0x0AFF_FFFF),
            ("255.255.255.255/32", 0xFFFF_FFFF, 0xFFFF_FFFF),
            ("::/0", 0, UInt128.max),
            ("::1/128", 1, 1),
            ("2001:db8::/32", 0x2001_0DB8 << 96, (0x2001_0DB9 << 96) - 1),
            ("2001:DB8:0:0:0:0:0:1/128", 0x2001_0DB8 << 96 | 1, 0x2001_0DB8 << 96 | 1),
            ("::ffff:192.0.2.1/128", 0xFFFF_C000_0201, 0xFFFF_C000_0201),
            ("0:0:0:0:5:6:7::/112", 0x0005_0006_0007_0000, 0x0005_0006_0007_FFFF),
        ] as [(String, UInt128, UInt128)])
    func reads(_ text: String, _ first: UInt128, _ last: UInt128) throws {
        let range = try #require(CIDR(text, allowingAddress: false))
        #expect(range.bounds == first...last)
    }

    @Test(
        "what is no CIDR is refused",
        arguments: [
            "", "/", "0.0.0.0", "0.0.0.0/", "/0", "0.0.0.0/33", "0.0.0.0/-1", "0.0.0.0/+1", "0.0.0.0/00", "0.0.0.0/0/0",
            "256.0.0.0/8", "1.2.3/8", "1.2.3.4.5/8", "01.2.3.4/8", "a.b.c.d/8", " 0.0.0.0/0", "0.0.0.0/0 ", "::/129",
            ":::/0", "1::2::3/64", "1:2:3:4:5:6:7:8:9/64", "1:2:3:4:5:6:7/64", "12345::/16", "g::/16", "::1.2.3/96",
            "1:2:3:4:5:6:7:8::/64", "٠.٠.٠.٠/٠", "0.0.0.0\u{0}/0", "*", "sg-0a1b2c3d", "1.2.3.4:5::/64",
        ])
    func refuses(_ text: String) {
        #expect(CIDR(text, allowingAddress: false) == nil)
    }
}

@Suite struct AddressSetTests {
    @Test("halves, quarters and overlaps join to the whole")
    func joins() {
        let whole = AddressSet(constants: "0.0.0.0/0")
        #expect(AddressSet(constants: "128.0.0.0/1", "0.0.0.0/1") == whole)
        #expect(AddressSet(constants: "192.0.0.0/2", "0.0.0.0/2", "128.0.0.0/2", "64.0.0.0/2") == whole)
        #expect(AddressSet(constants: "0.0.0.0/0", "10.0.0.0/8").union(AddressSet(constants: "::/0")) == .everything)
        #expect(AddressSet(constants: "::/1", "8000::/1") == AddressSet(constants: "::/0"))
    }

    @Test("what is taken out is gone, and nothing else")
    func subtracts() {
        let whole = AddressSet(constants: "0.0.0.0/0")
        let rest = whole.subtracting(AddressSet(constants: "10.0.0.0/8"))
        #expect(rest.count(of: .ipv4) == (1 << 32) - (1 << 24))
        #expect(rest.union(AddressSet(constants: "10.0.0.0/8")) == whole)
        #expect(rest.intersection(AddressSet(constants: "10.0.0.0/7")) == AddressSet(constants: "11.0.0.0/8"))
        #expect(whole.subtracting(.everything) == AddressSet())
        #expect(AddressSet.everything.subtracting(whole) == AddressSet(constants: "::/0"))
    }

    @Test("IPv4 and IPv6 do not mix")
    func keepsFamiliesApart() {
        let set = AddressSet(constants: "0.0.0.0/0").subtracting(AddressSet(constants: "::/0"))
        #expect(set.count(of: .ipv4) == 1 << 32)
        #expect(set.count(of: .ipv6) == 0)
    }

    @Test("all of IPv6 is counted without overflowing")
    func countsEverything() {
        #expect(AddressSet.everything.count(of: .ipv6) == .max)
        #expect(AddressSet(constants: "::/1", "8000::/1").count(of: .ipv6) == .max)
        #expect(AddressSet(constants: "::/1").count(of: .ipv6) == 1 << 127)
    }

    /// Against a plain list of the 256 addresses of a block.
    @Test("sets of blocks agree with lists of addresses")
    func agreesWithLists() {
        var random = SplitMix(seed: 20_260_101)
        for _ in 0..<300 {
            let (left, leftList) = random.blocks()
            let (right, rightList) = random.blocks()
            #expect(left.union(right).count(of: .ipv4) == UInt128(leftList.union(rightList).count))
            #expect(left.subtracting(right).count(of: .ipv4) == UInt128(leftList.subtracting(rightList).count))
            #expect(left.intersection(right).count(of: .ipv4) == UInt128(leftList.intersection(rightList).count))
        }
    }
}

@Suite struct InternetTests {
    @Test(
        "sources that are the internet",
        arguments: [
            ["0.0.0.0/0"], ["::/0"], ["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/1"], ["128.0.0.0/1"],
            ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"], ["52.0.0.0/7"], ["3.0.0.0/8", "4.0.0.0/8"],
            ["3.0.0.0/8", "4.0.0.1/32"], ["2000::/3"], ["2000::/4", "3000::/4"], ["2400::/11"], ["8.0.0.0/6"],
        ])
    func open(_ cidrs: [String]) throws {
        #expect(Internet.isAmong(try addresses(cidrs)))
    }

    @Test(
        "sources that are not",
        arguments: [
            [], ["10.0.0.0/8"], ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"], ["203.0.113.7/32"],
            ["17.0.0.0/8"], ["10.0.0.0/7"], ["224.0.0.0/3"], ["127.0.0.0/8", "169.254.0.0/16"], ["fc00::/7"],
            ["fe80::/10"],
            ["::1/128"], ["2600:1f00::/24"], ["2001:db8::/32"], ["2a00::/12"], ["64:ff9b::/96"],
        ])
    func notOpen(_ cidrs: [String]) throws {
        #expect(!Internet.isAmong(try addresses(cidrs)))
    }

    private func addresses(_ cidrs: [String]) throws -> AddressSet {
        var set = AddressSet()
        for cidr in cidrs { set.insert(try #require(CIDR(cidr, allowingAddress: false))) }
        return set
    }
}

/// Numbers that are the same in every run.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Up to six blocks within 192.0.2.0/24, as a set and as a list of last bytes.
    mutating func blocks() -> (AddressSet, Set<Int>) {
        var set = AddressSet()
        var list: Set<Int> = []
        for _ in 0..<Int.random(in: 0...6, using: &self) {
            let length = Int.random(in: 24...32, using: &self)
            let size = 1 << (32 - length)
            let first = Int.random(in: 0...255, using: &self) / size * size
            if let block = CIDR("192.0.2.\(first)/\(length)") { set.insert(block) }
            list.formUnion(first..<(first + size))
        }
        return (set, list)
    }
}
