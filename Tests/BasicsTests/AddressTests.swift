import Basics
import Testing

@Suite struct AddressTests {
    @Test func addressesAreReadAndWrittenAsPythonDoes() async throws {
        for row in try await SecondOpinion.rows("addresses") {
            let text = try #require(row[0].text)
            let address = IPAddress(text)
            guard let expected = row[1].elements else {
                #expect(address == nil, "\(text)")
                continue
            }
            #expect(address?.isIPv6 == (expected[0] == 6), "\(text)")
            #expect((address?.bits).map { "\($0)" } == expected[1].text, "\(text)")
            // Python before 3.13 writes mapped addresses in hexadecimal.
            if address?.isMapped == false { #expect(address?.description == expected[2].text, "\(text)") }
            #expect(address.flatMap { IPAddress("\($0)") } == address, "\(text)")
        }
    }

    @Test func blocksAreReadAsPythonDoes() async throws {
        for row in try await SecondOpinion.rows("networks") {
            let text = try #require(row[0].text)
            let block = CIDR(text)
            #expect((block?.bounds).map { JSON("\($0.lowerBound)") } == row[1][0], "\(text)")
            #expect((block?.bounds).map { JSON("\($0.upperBound)") } == row[1][1], "\(text)")
            #expect((CIDR(text, allowingHostBits: false) != nil) == (row[1][2] == true), "\(text)")
        }
    }

    @Test func whatIsPublicIsWhatPythonCallsGlobal() async throws {
        // Registered or changed after Python 3.11: 192.0.0.0/24 as a whole, 100:0:0:1::/64, 64:ff9b:1::/48, 3fff::/20, 5f00::/16;
        // the exceptions in 2001::/23 were unknown to it. 6to4 it calls global, as Parapet does; Teredo and ORCHID it does not.
        let changed = AddressSet(
            constants: "192.0.0.0/24", "64:ff9b:1::/48", "100:0:0:1::/64", "2001::/23", "3fff::/20", "5f00::/16")
        // Blocks from which IANA has allocated nothing are global to Python.
        let unallocated = AddressSet.everything.subtracting(
            AddressSet(constants: "0.0.0.0/0", "2000::/3", "64:ff9b::/96"))
        let multicast = AddressSet(constants: "224.0.0.0/4")
        var compared = 0
        for row in try await SecondOpinion.rows("global") {
            let address = try #require(row[0].text.flatMap { IPAddress($0) })
            if (changed.union(multicast).contains(address)) || (unallocated.contains(address) && !address.isPublic) {
                continue
            }
            #expect(address.isPublic == row[1].boolean, "\(address)")
            compared += 1
        }
        #expect(compared > 500)
    }

    @Test(arguments: [
        ("8.8.8.8", true), ("192.0.0.8", false), ("192.0.0.9", true), ("224.0.0.1", false), ("255.255.255.255", false),
        ("::ffff:8.8.8.8", false), ("64:ff9b::8.8.8.8", true), ("64:ff9b:1::1", false), ("2001:1::1", true),
        ("2001:1::4", false), ("2001:0:1::", true), ("2001:20::1", true), ("2002::1", true), ("3fff::1", false),
        ("4000::1", false), ("2600::1", true), ("fe80::1", false),
    ])
    func theRegistriesSayWhatIsPublic(text: String, isPublic: Bool) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isPublic == isPublic)
        if address.isPublic { #expect(SpecialAddresses.entry(of: address)?.isGloballyReachable != false) }
    }

    @Test func mappedAddressesStandForIPv4AndAreIPv6() throws {
        let mapped = try #require(IPAddress("::ffff:192.0.2.1"))
        #expect(mapped.isIPv6)
        #expect(mapped.unmapped == IPAddress("192.0.2.1"))
        #expect(mapped.description == "::ffff:192.0.2.1")
        #expect(CIDR("192.0.2.0/24")?.contains(mapped) == false)
        #expect(CIDR("192.0.2.0/24")?.contains(mapped.unmapped) == true)
        #expect(IPAddress("::192.0.2.1")?.unmapped.isIPv6 == true)
    }

    @Test func bitTestsOfInternalAddressesAgreeWithTheTable() {
        var random = SeededGenerator(1)
        var addresses: [IPAddress] = []
        for entry in SpecialAddresses.all {
            let bounds = entry.block.bounds
            for number in [bounds.lowerBound &- 1, bounds.lowerBound, bounds.upperBound, bounds.upperBound &+ 1] {
                addresses.append(IPAddress(entry.block.address.family, bits: number))
            }
            for _ in 0..<20 {
                addresses.append(
                    IPAddress(entry.block.address.family, bits: UInt128.random(in: bounds, using: &random)))
            }
        }
        for _ in 0..<2_000 {
            addresses.append(IPAddress(ipv4: UInt32.random(in: 0 ... .max, using: &random)))
            addresses.append(IPAddress(ipv6: UInt128.random(in: 0 ... .max, using: &random)))
        }
        for address in addresses {
            #expect(address.isInternal == SpecialAddresses.entry(of: address)?.isInternal ?? false, "\(address)")
        }
    }

    @Test func blocksMayBeAskedForStrictly() {
        #expect(CIDR("10.0.0.1") == CIDR("10.0.0.1/32"))
        #expect(CIDR("10.0.0.1", allowingAddress: false) == nil)
        #expect(CIDR("10.0.0.1/8", allowingHostBits: false) == nil)
        #expect(CIDR("10.0.0.1/8")?.network.description == "10.0.0.0/8")
        #expect(CIDR("10.0.0.0/8")?.contains(CIDR(constant: "10.1.0.0/16")) == true)
        #expect(CIDR("10.1.0.0/16")?.contains(CIDR(constant: "10.0.0.0/8")) == false)
        #expect(CIDR("::/0")?.contains(CIDR(constant: "10.0.0.0/8")) == false)
    }
}

@Suite struct AddressSetTests {
    /// Random sets of IPv4 blocks of 0.0.0.0/24 or the last /120 of IPv6, with the numbers that they have.
    private func random(_ family: IPAddress.Family, _ random: inout SeededGenerator) -> (AddressSet, Set<UInt8>) {
        let base = family == .ipv4 ? 0 : UInt128.max - 255
        var blocks: [CIDR] = []
        var numbers: Set<UInt8> = []
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let length = Int.random(in: 0...8, using: &random)
            let address = IPAddress(family, bits: base + UInt128.random(in: 0...255, using: &random))
            guard let block = CIDR(address, prefixLength: family.width - length) else { continue }
            blocks.append(block)
            for number in block.bounds { numbers.insert(UInt8(number - base)) }
        }
        if Bool.random(using: &random) { return (AddressSet(blocks), numbers) }
        return (blocks.reduce(into: AddressSet()) { $0.insert($1) }, numbers)
    }

    @Test(arguments: IPAddress.Family.allCases)
    func setsOfAddressesAreSetsOfNumbers(family: IPAddress.Family) {
        var generator = SeededGenerator(2)
        let base = family == .ipv4 ? 0 : UInt128.max - 255
        for _ in 0..<500 {
            let (one, first) = random(family, &generator)
            let (other, second) = random(family, &generator)
            let cases = [
                (one, first), (one.union(other), first.union(second)),
                (one.subtracting(other), first.subtracting(second)),
                (one.intersection(other), first.intersection(second)),
            ]
            for (set, numbers) in cases {
                let found = (0...255).filter { set.contains(IPAddress(family, bits: base + UInt128($0))) }
                #expect(found == numbers.sorted().map(Int.init))
                #expect(set.count(of: family) == UInt128(numbers.count))
                let stretches = set.stretches(of: family)
                #expect(zip(stretches, stretches.dropFirst()).allSatisfy { $1.lowerBound - $0.upperBound > 1 })
            }
            #expect((one == other) == (first == second))
        }
    }

    @Test func everythingHasAllAddresses() {
        #expect(AddressSet.everything.count(of: .ipv4) == 1 << 32)
        #expect(AddressSet.everything.count(of: .ipv6) == .max)
        #expect(AddressSet(constants: "::/1", "8000::/1") == AddressSet(CIDR(constant: "::/0")))
        #expect(AddressSet.everything.subtracting(.everything).isEmpty)
        #expect(AddressSet(constants: "10.0.0.0/9", "10.128.0.0/9").contains(CIDR(constant: "10.0.0.0/8")))
        #expect(!AddressSet(constants: "10.0.0.0/9").contains(CIDR(constant: "10.0.0.0/8")))
    }
}
