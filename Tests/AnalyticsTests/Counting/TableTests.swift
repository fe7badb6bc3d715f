import LogReaders
import TestSupport
import Testing

@testable import Analytics

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
        var random = SeededGenerator(seed: seed)
        let mix = SeededHash(seed: seed)
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
        var random = SeededGenerator(seed: seed)
        var table = NameTable(SeededHash(seed: seed))
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
        var random = SeededGenerator(seed: seed)
        var table = InterfaceTable(SeededHash(seed: seed), bound: .max)
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

    private static func pair(_ random: inout SeededGenerator) -> Pair {
        let low = UInt64.random(in: 0..<300, using: &random)
        let isV4 = Bool.random(using: &random)
        return Pair(
            interface: Int32.random(in: 0..<5, using: &random),
            peer: isV4 ? FlowAddress(v4: UInt32(low)) : FlowAddress(high: 0x2001 << 48, low: low))
    }

    @Test("Pairs of an interface and a peer, also after some were forgotten", arguments: seeds)
    func pairs(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = PairTable(SeededHash(seed: seed), bound: 4_000)
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
        var random = SeededGenerator(seed: seed)
        let mix = SeededHash(seed: seed)
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
        let numbers = tables[0].merge(tables[1], [4, 3, 2, 1, 0]) { _, _ in }
        #expect(numbers.count == tables[1].entries.count)
        #expect(tables[0].entries.count == first.count)
        for (pair, time) in first {
            let found = tables[0].find(
                pair.interface, pair.peer, tables[0].hash(pair.interface, pair.peer))
            #expect(found.map { tables[0].entries[$0].first } == time)
        }
    }

    @Test("Clients of a bucket, a requester and an address", arguments: seeds)
    func clients(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = ClientTable(TextHash(mix: SeededHash(seed: seed)), bound: 100_000, exactlyUpTo: 40)
        var known: [[String]: (number: Int, requests: Int)] = [:]
        for _ in 0..<4_000 {
            // The same text, divided otherwise, is another client.
            let text =
                String(repeating: "a", count: Int.random(in: 3..<9, using: &random))
                + String(Int.random(in: 0..<30, using: &random))
            let cut = Int.random(in: 1..<3, using: &random)
            let parts = [
                String(text.prefix(cut)), String(text.dropFirst(cut).prefix(2)),
                String(text.dropFirst(cut + 2)),
            ]
            let number = Self.number(of: parts, &table)
            table.update(number) { $0.requests += 1 }
            let before = known[parts] ?? (number, 0)
            #expect(number == before.number)
            known[parts] = (number, before.requests + 1)
        }
        #expect(table.clients.count == known.count)
        for (parts, entry) in known {
            let client = table.clients[entry.number]
            #expect([client.bucket, client.requester, client.address] == parts)
            #expect(client.requests == entry.requests)
            #expect(Self.number(of: parts, &table) == entry.number)
        }
        #expect(table.clients.count == known.count)
    }

    private static func number(of parts: [String], _ table: inout ClientTable) -> Int {
        parts[0].withBytes { bucket in
            parts[1].withBytes { requester in
                parts[2].withBytes { address in
                    table.number(bucket, requester, address, isNotable: true) { _ in false }
                }
            }
        }
    }

    @Test("Sweeps, below their bound", arguments: seeds)
    func sweeps(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tables = [
            SweepTable(SeededHash(seed: 9), bound: 10_000, exactlyUpTo: 100),
            SweepTable(SeededHash(seed: 9), bound: 10_000, exactlyUpTo: 100),
        ]
        var known: [SweepKey: (hosts: Set<UInt64>, rejected: Int)] = [:]
        for step in 0..<4_000 {
            let key = SweepKey(
                source: FlowAddress(v4: UInt32.random(in: 0..<40, using: &random)),
                port: UInt16.random(in: 20..<30, using: &random))
            let hash = UInt64.random(in: 0..<50, using: &random)
            let isRejected = Bool.random(using: &random)
            tables[step % 2].add(
                key, UInt32(step), HashedAddress(address: FlowAddress(v4: 1), seeded: hash, sketched: hash << 57),
                isRejected: isRejected, isExternal: true)
            var sum = known[key] ?? ([], 0)
            sum.hosts.insert(hash)
            sum.rejected += isRejected ? 1 : 0
            known[key] = sum
        }
        tables[0].merge(tables[1])
        #expect(tables[0].entries.count == known.count)
        for (key, sweep) in tables[0].entries {
            #expect(sweep.hostCount == known[key]?.hosts.count)
            #expect(sweep.rejected == known[key]?.rejected)
        }
    }

    // MARK: Volumes

    private struct RowKey: Hashable {
        var interface: Int32
        var series: FlowSeries
        var hour: Int32
    }

    /// A row as a dictionary would hold it.
    private struct NaiveRow: Equatable {
        var bins = [UInt64](repeating: 0, count: 12)
        /// The bytes of all records.
        var records: [UInt64] = []
        var peers: [Int32: UInt64] = [:]

        var largest: [UInt64] { Array((records.sorted(by: >) + [0, 0]).prefix(2)) }

        mutating func merge(_ other: NaiveRow) {
            for bin in 0..<12 { bins[bin] += other.bins[bin] }
            records += other.records
            peers.merge(other.peers, uniquingKeysWith: +)
        }
    }

    /// Counts random flows, and hours of pairs, of which some have no row.
    private static func volumes(
        _ random: inout SeededGenerator, _ table: inout VolumeTable, interface: (Int32) -> Int32 = { $0 }
    ) -> [RowKey: NaiveRow] {
        var rows: [RowKey: NaiveRow] = [:]
        for _ in 0..<120 {
            var batch: [WaitingFlow] = []
            for _ in 0..<Int.random(in: 1...64, using: &random) {
                var record = SeenFlow()
                let hour = UInt32.random(in: 0..<30, using: &random)
                record.start = hour * 3_600 + UInt32.random(in: 0..<3_600, using: &random)
                record.bytes = UInt64.random(in: 1..<1_000_000, using: &random)
                let key = RowKey(
                    interface: Int32.random(in: 0..<7, using: &random),
                    series: FlowSeries.allCases.prefix(FlowSeries.withRows).randomElement(using: &random)!,
                    hour: Int32(hour))
                var flow = WaitingFlow(record: record, hash: 0, interface: interface(key.interface), sends: true)
                flow.series = key.series
                batch.append(flow)
                let bin = Int(record.start % 3_600 / 300)
                rows[key, default: NaiveRow()].bins[bin] += key.series.countsBytes ? record.bytes : 1
                rows[key, default: NaiveRow()].records.append(record.bytes)
            }
            batch.withUnsafeMutableBufferPointer { table.count($0) }
        }
        for _ in 0..<3_000 {
            let key = RowKey(
                interface: Int32.random(in: 0..<7, using: &random),
                series: FlowSeries.allCases.prefix(FlowSeries.withRows).randomElement(using: &random)!,
                hour: Int32.random(in: 0..<40, using: &random))
            // No more peers than a row keeps.
            let pair = Int32.random(in: 0..<Int32(VolumeRow.peersKept), using: &random)
            let amount = UInt64.random(in: 1..<1_000, using: &random)
            table.list(interface(key.interface), key.series, key.hour, amount, of: pair)
            rows[key]?.peers[pair, default: 0] += amount
        }
        return rows
    }

    private static func naive(_ row: VolumeRow) -> NaiveRow {
        var naive = NaiveRow(
            bins: (0..<12).map { row.bins[$0] }, records: [row.notable[0].bytes, row.notable[1].bytes])
        for place in 0..<VolumeRow.peersKept where row.peers[place] >= 0 {
            naive.peers[row.peers[place], default: 0] += row.weights[place]
        }
        return naive
    }

    private static func expectRows(_ table: VolumeTable, _ rows: [RowKey: NaiveRow]) {
        #expect(table.rows.count == rows.count)
        for row in table.rows {
            let expected = rows[RowKey(interface: row.interface, series: row.series, hour: row.hour)]
            let found = naive(row)
            #expect(found.bins == expected?.bins)
            #expect(found.peers == expected?.peers)
            #expect(found.records == expected?.largest)
        }
    }

    @Test("Volumes of an interface, a series and an hour, with their peers and largest records", arguments: seeds)
    func volumes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = VolumeTable(SeededHash(seed: seed), bound: 10_000)
        let rows = Self.volumes(&random, &table)
        Self.expectRows(table, rows)
    }

    @Test("Volumes of two workers, merged", arguments: seeds)
    func mergedVolumes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tables = [VolumeTable(SeededHash(seed: 5), bound: 10_000), VolumeTable(SeededHash(seed: 5), bound: 10_000)]
        var rows = Self.volumes(&random, &tables[0])
        // The other worker has numbered interfaces and pairs the other way round.
        let others = Self.volumes(&random, &tables[1]) { 6 - $0 }
        for (key, row) in others {
            var row = row
            row.peers = Dictionary(uniqueKeysWithValues: row.peers.map { (7 - $0.key, $0.value) })
            rows[key, default: NaiveRow()].merge(row)
        }
        tables[0].merge(tables[1], [6, 5, 4, 3, 2, 1, 0]) { 7 - $0 }
        Self.expectRows(tables[0], rows)
    }

    @Test("Of too many volumes the interfaces with the least go, wholly", arguments: seeds, [100, 400, 700, 5_000])
    func forgottenVolumes(seed: UInt64, bound: Int) {
        var random = SeededGenerator(seed: seed)
        var table = VolumeTable(SeededHash(seed: seed), bound: bound)
        var rows = Self.volumes(&random, &table)
        let hours = Set(rows.keys.map(\.hour))
        #expect(table.forget(beyond: bound) == hours)
        #expect(table.rows.count <= bound)
        #expect(table.forgotten.isEmpty == (rows.count <= bound))
        rows = rows.filter { !table.forgotten.contains($0.key.interface) }
        Self.expectRows(table, rows)
        for number in table.rows.indices {
            let row = table.rows[number]
            #expect(table.row(Int(row.interface), row.series, row.hour) == number)
        }
    }

    // MARK: Logins

    private static func login(_ random: inout SeededGenerator) -> (key: LoginKey, record: SeenFlow) {
        var record = SeenFlow()
        record.start = UInt32.random(in: 0..<20_000, using: &random)
        record.packets = UInt64.random(in: 1..<60, using: &random)
        record.bytes = UInt64.random(in: 1..<10_000, using: &random)
        record.action = Bool.random(using: &random) ? .reject : .accept
        let key = LoginKey(
            source: FlowAddress(v4: UInt32.random(in: 0..<9, using: &random)),
            destination: FlowAddress(v4: UInt32.random(in: 0..<5, using: &random)), hour: record.hour,
            port: Bool.random(using: &random) ? 22 : 3_389, sends: Bool.random(using: &random))
        return (key, record)
    }

    /// The logins as a list that is searched from its beginning.
    private struct NaiveLogins {
        let bound: Int
        var entries: [(key: LoginKey, value: LoginHour)] = []
        var forgotten = 0

        mutating func add(_ key: LoginKey, _ hour: LoginHour, _ change: (inout LoginHour) -> Void) {
            var place = entries.firstIndex { $0.key == key }
            if place == nil {
                if entries.count >= bound {
                    let order = entries.indices.sorted {
                        let (one, two) = (entries[$0], entries[$1])
                        // Those from inside go last.
                        let weight = { (entry: (key: LoginKey, value: LoginHour)) in
                            entry.value.attempts + (entry.key.source.isInternal ? 1_000 : 0)
                        }
                        return (weight(one), one.value.last, $1) > (weight(two), two.value.last, $0)
                    }
                    let kept = Set(order.prefix(bound / 2))
                    forgotten += entries.count - kept.count
                    entries = entries.indices.filter(kept.contains).map { entries[$0] }
                }
                entries.append((key, hour))
                place = entries.count - 1
            }
            change(&entries[place!].value)
        }
    }

    private static func text(_ entry: (key: LoginKey, value: LoginHour)) -> String { "\(entry.key) \(entry.value)" }

    @Test("Logins by source, host, port and hour, also beyond the bound", arguments: seeds, [40, 150, 10_000])
    func logins(seed: UInt64, bound: Int) {
        var random = SeededGenerator(seed: seed)
        let settings = FlowSettings()
        var table = LoginTable(SeededHash(seed: seed), bound: bound)
        var naive = NaiveLogins(bound: bound)
        for _ in 0..<3_000 {
            let (key, record) = Self.login(&random)
            let interface = Int32.random(in: 0..<3, using: &random)
            table.add(record, key, interface, settings)
            naive.add(key, LoginHour(interface: interface, first: record.start)) { $0.add(record, settings) }
        }
        #expect(table.forgotten == naive.forgotten)
        #expect((table.forgotten > 0) == (bound < 10_000))
        #expect(table.entries.map(Self.text) == naive.entries.map(Self.text))
    }

    @Test("The ports that are left when two tables are too large do not depend on the order of their entries")
    func rejectedPorts() {
        func table(_ numbers: some Sequence<Int>) -> PortRejectionTable {
            var table = PortRejectionTable()
            for number in numbers {
                let peer = FlowAddress(high: 0, low: UInt64(number))
                let key = RejectedPort(interface: 0, peer: peer, port: 22)
                for time in 0...number % 3 { table.reject(key, UInt32(time)) }
            }
            return table
        }
        let many = 30_000..<75_000
        let merged = [table(many), table(many.reversed())].map { other in
            var whole = table(0..<30_000)
            whole.merge(other, [0])
            return Set(whole.entries.keys)
        }
        #expect(merged[0] == merged[1] && !merged[0].isEmpty)
    }

    @Test("Logins of two workers, merged", arguments: seeds)
    func mergedLogins(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let settings = FlowSettings()
        var tables = [LoginTable(SeededHash(seed: 3), bound: 10_000), LoginTable(SeededHash(seed: 3), bound: 10_000)]
        var known: [LoginKey: (attempts: Int, long: Int, longest: UInt64, first: UInt32, last: UInt32)] = [:]
        for step in 0..<3_000 {
            let (key, record) = Self.login(&random)
            tables[step % 2].add(record, key, Int32(step % 2), settings)
            let isLong = !record.isRejected && record.packets > settings.shortLoginPackets
            var sum = known[key] ?? (0, 0, 0, .max, 0)
            sum = (
                sum.attempts + (isLong ? 0 : 1), sum.long + (isLong ? 1 : 0),
                max(sum.longest, isLong ? record.bytes : 0), min(sum.first, record.start), max(sum.last, record.start)
            )
            known[key] = sum
        }
        tables[0].merge(tables[1], [1, 0])
        #expect(tables[0].entries.count == known.count)
        for (key, hour) in tables[0].entries {
            let sum = known[key]
            #expect(hour.attempts == sum?.attempts && Int(hour.long) == sum?.long && hour.longestBytes == sum?.longest)
            #expect(hour.first == sum?.first && hour.last == sum?.last && hour.interface == 0)
        }
    }

    // MARK: User agents

    @Test("User agents, also beyond the bound", arguments: seeds, [8, 30, 1_000])
    func agents(seed: UInt64, bound: Int) {
        var random = SeededGenerator(seed: seed)
        var table = AgentTable(TextHash(mix: SeededHash(seed: seed)), bound: bound)
        var naive: [(name: String, first: Int, last: Int, count: Int)] = []
        var forgotten = 0
        // Each moment once, so that the order of those that go is certain.
        for time in (0..<4_000).shuffled(using: &random) {
            // Long ones differ behind what is kept of them, or not before it.
            let agent =
                String(repeating: "a", count: [1, 290, 310].randomElement(using: &random)!)
                + String(Int.random(in: 0..<40, using: &random))
            agent.withBytes { table.count($0, at: time) }
            let name = String(agent.prefix(300))
            if let place = naive.firstIndex(where: { $0.name == name }) {
                let seen = naive[place]
                naive[place] = (name, min(seen.first, time), max(seen.last, time), seen.count + 1)
                continue
            }
            if naive.count >= bound {
                naive.sort { ($0.count, $0.last) > ($1.count, $1.last) }
                forgotten += naive.dropFirst(bound / 2).reduce(0) { $0 + $1.count }
                naive = Array(naive.prefix(bound / 2))
            }
            naive.append((name, time, time, 1))
        }
        #expect(table.forgotten == forgotten)
        #expect((forgotten > 0) == (bound < 1_000))
        let expected = naive.map { ($0.name, AgentTable.Usage(first: $0.first, last: $0.last, count: $0.count)) }
        #expect(table.usages == Dictionary(uniqueKeysWithValues: expected))
    }

    @Test("User agents of two workers, merged", arguments: seeds)
    func mergedAgents(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let hash = TextHash(mix: SeededHash(seed: 4))
        var tables = [AgentTable(hash, bound: 1_000), AgentTable(hash, bound: 1_000)]
        var known: [String: AgentTable.Usage] = [:]
        for step in 0..<2_000 {
            let agent = "agent/\(Int.random(in: 0..<80, using: &random))"
            let time = Int.random(in: 0..<1_000, using: &random)
            agent.withBytes { tables[step % 2].count($0, at: time) }
            let seen = known[agent] ?? AgentTable.Usage(first: time, last: time)
            known[agent] = AgentTable.Usage(
                first: min(seen.first, time), last: max(seen.last, time), count: seen.count + 1)
        }
        tables[0].merge(tables[1])
        #expect(tables[0].usages == known)
    }

    @Test("Distinct things, exactly up to a number", arguments: seeds)
    func distinct(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let mix = SeededHash(seed: 0)
        var counts = [DistinctCount(), DistinctCount()]
        var known: Set<UInt64> = []
        for step in 0..<2_000 {
            let thing = UInt64.random(in: 0..<UInt64(1 + step / 20), using: &random)
            counts[step % 2].add(thing, sketched: mix(thing, 0), exactlyUpTo: 25)
            known.insert(thing)
            for isSwapped in [false, true] {
                var sum = counts[isSwapped ? 1 : 0]
                sum.merge(counts[isSwapped ? 0 : 1], exactlyUpTo: 25)
                #expect(known.count <= 25 ? sum.count == known.count : sum.count > 25)
            }
        }
    }

    /// Whoever knows the sketch's hash can choose things that collide in it: the exact count does not mind.
    @Test("Distinct things that were chosen to collide") func chosen() {
        var count = DistinctCount()
        for thing in 0..<1_000 { count.add(UInt64(thing), sketched: 1, exactlyUpTo: 25) }
        #expect(count.count == 26)
    }

    @Test("The most frequent names, exactly below the capacity", arguments: seeds)
    func frequent(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tops = [TopCounts<Int>(capacity: 20), TopCounts<Int>(capacity: 20)]
        var known: [Int: Int] = [:]
        for step in 0..<2_000 {
            let name = Int.random(in: 0..<20, using: &random)
            tops[step % 2].add(name)
            known[name, default: 0] += 1
        }
        tops[0].merge(tops[1])
        #expect(tops[0].sorted.map(\.name) == known.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map(\.key))
        #expect(tops[0].sorted.allSatisfy { $0.count == known[$0.name] && $0.error == 0 })
    }

    @Test("A frequent name among any number of others") func frequentAmongMany() {
        var top = TopCounts<Int>(capacity: 16)
        for step in 1...20_000 {
            top.add(step)
            if step.isMultiple(of: 10) { top.add(-1) }
        }
        let found = top.sorted[0]
        #expect(found.name == -1)
        #expect(found.count >= 2_000 && found.count - found.error <= 2_000)
    }

    @Test("A sketch counts distinct things to within a third", arguments: [1, 5, 20, 60, 120])
    func sketch(count: Int) {
        let mix = SeededHash(seed: 11)
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
