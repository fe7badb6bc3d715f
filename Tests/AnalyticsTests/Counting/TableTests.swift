import LogReaders
import Testing

@testable import Analytics

/// Random operations that are the same in each run (SplitMix64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

extension String {
    fileprivate func withBytes<Result>(_ body: (Bytes) -> Result) -> Result {
        Array(utf8).withUnsafeBufferPointer(body)
    }
}

@Suite("The tables of the analytics hold what a dictionary would hold")
struct TableTests {
    private static let seeds: [UInt64] = [1, 2, 3]

    @Test(
        "An index of hashes", arguments: seeds,
        [UInt64.max, 0xFFFF_FFFF_0000_0000, 0xF000_0000_0000_0001])
    func hashIndex(seed: UInt64, mask: UInt64) {
        var random = Seeded(state: seed)
        let mix = Mixer(seed: seed)
        // With few bits many keys have one hash, or one slot.
        func hash(_ key: Int) -> UInt64 { mix(UInt64(key), 7) & mask }
        var index = HashIndex()
        var keys: [Int] = []
        var numbers: [Int: Int] = [:]
        for _ in 0..<3_000 {
            let key = Int.random(in: 0..<1_500, using: &random)
            let found = index.find(hash(key)) { keys[$0] == key }
            #expect(found == numbers[key])
            if found == nil {
                index.insert(hash(key), keys.count)
                numbers[key] = keys.count
                keys.append(key)
            }
            if Int.random(in: 0..<2_000, using: &random) == 0 {
                index.removeAll()
                keys.removeAll()
                numbers.removeAll()
            }
        }
        for (key, number) in numbers { #expect(index.find(hash(key)) { keys[$0] == key } == number) }
    }

    @Test("Names", arguments: seeds)
    func names(seed: UInt64) {
        var random = Seeded(state: seed)
        var table = NameTable(Mixer(seed: seed))
        var numbers: [String: Int] = [:]
        for _ in 0..<5_000 {
            let name =
                String(repeating: "é", count: Int.random(in: 0..<9, using: &random))
                + String(Int.random(in: 0..<300, using: &random))
            let found = name.withBytes { table.find($0) }
            #expect(found == numbers[name])
            if found == nil { numbers[name] = name.withBytes { table.add($0) } }
        }
        #expect(table.count == numbers.count)
        for (name, number) in numbers { #expect(table[number] == name) }
    }

    @Test("Interfaces, by names of any length", arguments: seeds)
    func interfaces(seed: UInt64) {
        var random = Seeded(state: seed)
        var table = InterfaceTable(Mixer(seed: seed), bound: .max)
        var known: [String: (number: Int, first: Int, last: Int)] = [:]
        for _ in 0..<4_000 {
            // Long ones that have the first, middle and last bytes in common.
            let middle = String(Int.random(in: 0..<200, using: &random))
            let length = Int.random(in: 0..<3, using: &random) * 14
            let filler = String(repeating: "x", count: length)
            let name = filler + middle + filler
            let time = Int.random(in: 0..<1_000, using: &random)
            #expect(name.withBytes { table.number(named: $0) } == known[name]?.number)
            let number = table.number(
                of: InterfaceEntry(name: name, account: "", region: "", first: time, last: time))
            let before = known[name] ?? (number, time, time)
            #expect(number == before.number)
            known[name] = (number, min(before.first, time), max(before.last, time))
        }
        #expect(table.entries.count == known.count)
        for (name, entry) in known {
            let found = table.entries[entry.number]
            #expect(found.name == name && found.first == entry.first && found.last == entry.last)
        }
    }

    private struct Pair: Hashable {
        var interface: Int32
        var peer: FlowAddress
    }

    private static func pair(_ random: inout Seeded) -> Pair {
        let low = UInt64.random(in: 0..<300, using: &random)
        let isV4 = Bool.random(using: &random)
        return Pair(
            interface: Int32.random(in: 0..<5, using: &random),
            peer: isV4 ? FlowAddress(v4: UInt32(low)) : FlowAddress(high: 0x2001 << 48, low: low))
    }

    @Test("Pairs of an interface and a peer, also after some were forgotten", arguments: seeds)
    func pairs(seed: UInt64) {
        var random = Seeded(state: seed)
        var table = PairTable(Mixer(seed: seed), bound: 4_000)
        var numbers: [Pair: Int] = [:]
        for round in 0..<4 {
            for step in 0..<2_000 {
                let pair = Self.pair(&random)
                let hash = table.hash(pair.interface, pair.peer)
                let found = table.find(pair.interface, pair.peer, hash)
                #expect(found == numbers[pair])
                if found == nil {
                    let time = UInt32(round * 100_000 + step)
                    let entry = PairEntry(interface: pair.interface, peer: pair.peer, at: time)
                    numbers[pair] = table.add(entry, hash)
                }
            }
            let renumbered = table.forget(keeping: numbers.count / 2)
            #expect(table.entries.count <= numbers.count / 2)
            for (pair, number) in numbers {
                let new = Int(renumbered[number])
                let found = table.find(pair.interface, pair.peer, table.hash(pair.interface, pair.peer))
                #expect(found == (new < 0 ? nil : new))
                numbers[pair] = found
            }
        }
    }

    @Test("Pairs of two workers, merged", arguments: seeds)
    func mergedPairs(seed: UInt64) {
        var random = Seeded(state: seed)
        let mix = Mixer(seed: seed)
        var tables = [PairTable(mix, bound: 4_000), PairTable(mix, bound: 4_000)]
        var first: [Pair: UInt32] = [:]
        for step in 0..<3_000 {
            let pair = Self.pair(&random)
            let place = step % 2
            // The other worker has numbered the interfaces the other way round.
            let interface = place == 0 ? pair.interface : 4 - pair.interface
            guard
                tables[place].find(interface, pair.peer, tables[place].hash(interface, pair.peer)) == nil
            else { continue }
            let time = UInt32.random(in: 0..<10_000, using: &random)
            let entry = PairEntry(interface: interface, peer: pair.peer, at: time)
            _ = tables[place].add(entry, tables[place].hash(interface, pair.peer))
            first[pair] = min(first[pair] ?? .max, time)
        }
        let numbers = tables[0].merge(tables[1], [4, 3, 2, 1, 0])
        #expect(numbers.count == tables[1].entries.count)
        #expect(tables[0].entries.count == first.count)
        for (pair, time) in first {
            let found = tables[0].find(
                pair.interface, pair.peer, tables[0].hash(pair.interface, pair.peer))
            #expect(found.map { tables[0].entries[$0].first } == time)
        }
    }

    @Test("Parties of a bucket, a requester and an address", arguments: seeds)
    func parties(seed: UInt64) {
        var random = Seeded(state: seed)
        var table = PartyTable(TextHash(mix: Mixer(seed: seed)), bound: 100_000)
        var known: [[String]: (number: Int, requests: Int)] = [:]
        for _ in 0..<4_000 {
            // The same text, divided otherwise, is another party.
            let text =
                String(repeating: "a", count: Int.random(in: 3..<9, using: &random))
                + String(Int.random(in: 0..<30, using: &random))
            let cut = Int.random(in: 1..<3, using: &random)
            let parts = [
                String(text.prefix(cut)), String(text.dropFirst(cut).prefix(2)),
                String(text.dropFirst(cut + 2)),
            ]
            var party = AccessParty(bucket: parts[0], requester: parts[1], address: parts[2])
            party.requests = 1
            let number = table.merge(party)
            let before = known[parts] ?? (number, 0)
            #expect(number == before.number)
            known[parts] = (number, before.requests + 1)
        }
        #expect(table.parties.count == known.count)
        for (parts, entry) in known {
            let party = table.parties[entry.number]
            #expect([party.bucket, party.requester, party.address] == parts)
            #expect(party.requests == entry.requests)
            let found = parts[0].withBytes { bucket in
                parts[1].withBytes { requester in
                    parts[2].withBytes { address in
                        table.find(bucket, requester, address, table.hash(bucket, requester, address))
                    }
                }
            }
            #expect(found == entry.number)
        }
    }

    @Test("Sweeps, below their bound", arguments: seeds)
    func sweeps(seed: UInt64) {
        var random = Seeded(state: seed)
        var tables = [
            SweepTable(Mixer(seed: 9), bound: 10_000), SweepTable(Mixer(seed: 9), bound: 10_000),
        ]
        var known: [SweepKey: (hosts: UInt64, rejected: Int)] = [:]
        for step in 0..<4_000 {
            let key = SweepKey(
                source: FlowAddress(v4: UInt32.random(in: 0..<40, using: &random)),
                port: UInt16.random(in: 20..<30, using: &random))
            let hash = UInt64.random(in: 0 ... .max, using: &random)
            let isRejected = Bool.random(using: &random)
            tables[step % 2].add(
                key, UInt32(step), FlowAddress(v4: 1), hash, isRejected: isRejected, isExternal: true)
            var sum = known[key] ?? (0, 0)
            sum.hosts |= 1 << (hash >> 58)
            sum.rejected += isRejected ? 1 : 0
            known[key] = sum
        }
        tables[0].merge(tables[1])
        #expect(tables[0].entries.count == known.count)
        for (key, sweep) in tables[0].entries {
            #expect(sweep.hosts.bits == known[key]?.hosts)
            #expect(sweep.rejected == known[key]?.rejected)
        }
    }

    @Test("A sketch counts distinct things to within a third", arguments: [1, 5, 20, 60, 120])
    func sketch(count: Int) {
        let mix = Mixer(seed: 11)
        var sum = 0
        for trial in 0..<50 {
            var sketch = DistinctSketch()
            for thing in 0..<count {
                for _ in 0..<3 { _ = sketch.add(mix(UInt64(thing), UInt64(trial))) }
            }
            sum += sketch.estimate
        }
        // The mean of fifty: each alone differs more.
        #expect(abs(Double(sum) / 50 - Double(count)) <= max(0.5, Double(count) / 3))
    }
}
