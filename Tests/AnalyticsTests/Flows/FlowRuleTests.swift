import Basics
import Foundation
import Testing
@testable import Analytics
@testable import LogReaders

/// Each rule on flow logs by its name, and on which side of its limits it is silent.
@Suite struct FlowRuleTests {
    private func usual(_ hours: Range<Int> = 0..<60) -> Traffic {
        var traffic = Traffic()
        traffic.usual(hours: hours)
        return traffic
    }

    private func alerts(_ rule: String, _ traffic: Traffic) -> [Alert] {
        traffic.report().alerts.filter { $0.rule == rule }
    }

    // MARK: volumes

    /// Twelve times so many within an hour, from as many strangers.
    @Test(arguments: [(40, true), (14, false), (1, false)])
    func manyRejectedFlowsAreABurst(inEachBin count: Int, isFound: Bool) {
        var traffic = usual()
        for bin in 0..<60 * 12 {
            let many = bin / 12 == 50 ? count : bin.isMultiple(of: 4) ? 1 : 0
            for number in 0..<many {
                traffic.flow(
                    bin * 300 + number, "eni-2", from: "198.18.\(bin % 250).\(number + 1)", 45_000, to: "10.0.0.12",
                    8_080,
                    packets: 1, bytes: 44, action: "REJECT")
            }
        }
        let found = alerts("flow-rejected-burst", traffic)
        #expect(found.map(\.actor) == (isFound ? ["eni-2"] : []))
        #expect(found.first.map { $0.severity == .low && $0.fields["series"] == "rejected, inbound" } ?? true)
    }

    /// Ten interfaces send a little more each.
    @Test(arguments: [(2_500_000, true), (1_000_000, false)])
    func whatNoInterfaceTellsAloneTheAccountTells(bytes: Int, isFound: Bool) {
        var traffic = usual()
        for bin in 50 * 12..<51 * 12 {
            for number in 0..<10 {
                traffic.flow(
                    bin * 300 + 9, "eni-\(number)", from: "10.0.0.\(10 + number)", 50_000,
                    to: "203.0.113.\(1 + bin % 4)", 443, bytes: bytes)
            }
        }
        let found = traffic.report().alerts
        #expect(found.map(\.rule) == (isFound ? ["flow-unusual-account-transfer"] : []))
        guard let alert = found.first else { return }
        #expect(alert.actor == "123456789012")
        for name in ["observed", "expected", "band", "sparkline", "top_peers", "records"] {
            #expect(alert.evidence(name) != nil, "\(name)")
        }
    }

    /// Bins of five minutes with some megabytes more than usual, by the bin's number from the fiftieth hour on.
    @Test(arguments: [
        ([11: 30], false), ([11: 30, 13: 30], true), ([11: 30, 14: 30], false), ([11: 75], true),
        ([11: 15, 13: 15], false),
    ])
    func twoOfThreeBinsAreUnusualOrOneThatIsExtreme(megabytes: [Int: Int], isFound: Bool) {
        var traffic = usual()
        for (bin, more) in megabytes {
            traffic.flow(
                50 * 3_600 + bin * 300 + 9, "eni-2", from: "10.0.0.12", 50_000, to: "203.0.113.\(1 + (600 + bin) % 4)",
                443, bytes: more * 1_000_000)
        }
        let found = alerts("flow-unusual-transfer", traffic)
        #expect(found.contains { $0.fields["unusual"]?.contains("5-minute bins") == true } == isFound)
        #expect(found.isEmpty != isFound)
    }

    /// A thousand times the usual is nothing as long as it is little.
    @Test(arguments: [(1_500_000, false), (9_000_000, true)])
    func whatIsLittleIsNothingHoweverUnusual(bytes: Int, isFound: Bool) {
        var traffic = Traffic()
        for bin in 0..<60 * 12 {
            traffic.flow(
                bin * 300, "eni-1", from: "10.0.0.11", 40_000 + bin % 9_000, to: "203.0.113.1", 443,
                bytes: bin / 12 == 50 ? bytes : 1_000 + bin * 7_919 % 400)
        }
        #expect(alerts("flow-unusual-transfer", traffic).isEmpty != isFound)
    }

    // MARK: peers

    /// Eight megabytes an hour, for some hours.
    @Test(arguments: [(4_444, 20, true), (443, 20, false), (4_444, 5, false)])
    func aPortThatWasNeverUsedIsFound(port: Int, hours: Int, isFound: Bool) throws {
        var traffic = usual()
        for hour in 36..<36 + hours {
            traffic.flow(
                hour * 3_600 + 9, "eni-2", from: "10.0.0.12", 50_000, to: "203.0.113.77", port, bytes: 8_000_000)
        }
        let found = alerts("flow-new-port", traffic)
        #expect(found.isEmpty != isFound)
        guard let alert = found.first else { return }
        #expect(alert.fields["peer"] == "203.0.113.77")
        #expect(alert.fields["port"] == "4444")
        #expect(alert.evidence("observed") == .int(160_000_000))
        #expect(alert.evidence("expected") == 0)
        for name in ["band", "sparkline", "top_peers"] { #expect(alert.evidence(name) != nil, "\(name)") }
    }

    @Test(arguments: [("203.0.113.2", "flow-peer-volume"), ("198.51.100.2", "flow-new-peer")])
    func aPeerThatGetsMuchMoreThanEverIsFound(peer: String, rule: String) throws {
        var traffic = usual()
        for part in 0..<4 {
            traffic.flow(
                50 * 3_600 + part * 300 + 9, "eni-2", from: "10.0.0.12", 50_000, to: peer, 443, bytes: 200_000_000)
        }
        let found = traffic.report().alerts.filter { ["flow-peer-volume", "flow-new-peer"].contains($0.rule) }
        #expect(found.map(\.rule) == [rule])
        let alert = try #require(found.first)
        #expect(alert.fields["peer"] == peer)
        for name in ["observed", "expected", "band", "history", "top_peers"] {
            #expect(alert.evidence(name) != nil, "\(name)")
        }
        guard let records = alert.evidence("records")?.elements, let record = records.first?.text,
            let sparkline = alert.evidence("sparkline")?.text
        else {
            Issue.record("the evidence is incomplete")
            return
        }
        #expect(record.contains("10.0.0.12 \(peer) 50000 443"))
        #expect(sparkline.hasSuffix("█"))
    }

    /// An interface that sends 0.7 MB an hour, and in twenty hours two pieces an hour of a megabyte each to as many peers.
    @Test(arguments: [
        (peers: 40, port: 443, bytes: 1_000_000, reply: 0, isFound: true),
        (peers: 40, port: 443, bytes: 400_000, reply: 0, isFound: false),
        (peers: 10, port: 443, bytes: 1_000_000, reply: 0, isFound: false),
        (peers: 40, port: 443, bytes: 1_000_000, reply: 5_000_000, isFound: false),
    ])
    func manyNewPeersThatShareATransferAreFound(
        peers: Int, port: Int, bytes: Int, reply: Int, isFound: Bool
    ) throws {
        var traffic = usual()
        for bin in 0..<60 * 12 {
            traffic.flow(
                bin * 300 + 7, "eni-small", from: "10.0.0.99", 40_000 + bin % 9_000, to: "203.0.113.9", 443,
                bytes: 55_000 + bin * 7_919 % 7_000)
        }
        // A time server long before, which is new as well.
        traffic.flow(
            25 * 3_600, "eni-small", from: "10.0.0.99", 123, to: "192.0.2.123", 123, packets: 1, bytes: 76,
            transport: 17)
        for piece in 0..<40 {
            let peer = "198.51.\(piece % peers).5"
            let time = 36 * 3_600 + piece * 1_800
            traffic.flow(time, "eni-small", from: "10.0.0.99", 50_000 + piece, to: peer, port, bytes: bytes)
            if reply > 0 {
                traffic.flow(time, "eni-small", from: peer, port, to: "10.0.0.99", 50_000 + piece, bytes: reply)
            }
        }
        let found = alerts("flow-new-peer", traffic).filter { $0.actor == "eni-small" }
        #expect(found.count == (isFound ? 1 : 0))
        guard let alert = found.first else { return }
        #expect(alert.evidence("observed") == .int(40_000_000))
        #expect(alert.evidence("peers") == 40)
        #expect(alert.severity == .medium)
        for name in ["band", "top_peers", "records", "first_seen"] { #expect(alert.evidence(name) != nil, "\(name)") }
    }

    /// A server answers its clients, and an interface that always sends to strangers goes on.
    @Test func manyNewClientsAndUsualStrangersAreNoTransfer() {
        var traffic = usual()
        for bin in 0..<60 * 12 {
            let stranger = "198.\(51 + bin / 250).\(bin % 250).5"
            traffic.flow(
                bin * 300 + 7, "eni-mail", from: "10.0.0.98", 40_000 + bin % 9_000, to: stranger, 25, bytes: 60_000)
            traffic.flow(
                bin * 300 + 8, "eni-web", from: stranger, 40_000 + bin % 9_000, to: "10.0.0.97", 443, bytes: 9_000)
            traffic.flow(
                bin * 300 + 8, "eni-web", from: "10.0.0.97", 443, to: stranger, 40_000 + bin % 9_000, bytes: 90_000)
        }
        #expect(alerts("flow-new-peer", traffic).isEmpty)
    }

    /// As much as the first peer gets at noon: at night it is much, at noon it is not.
    @Test(arguments: [(51, true), (63, false)])
    func whatIsUsualAtNoonIsUnusualAtNight(hour: Int, isFound: Bool) throws {
        var traffic = Traffic()
        for bin in 0..<72 * 12 {
            let ofDay = Double(bin % 288) / 288
            let bytes = 20_000_000 * exp(1.2 * sin((ofDay - 0.375) * 2 * .pi)) * (0.9 + Double(bin * 7_919 % 21) / 100)
            traffic.flow(
                bin * 300 + 7, "eni-1", from: "10.0.0.11", 40_000 + bin % 9_000, to: "203.0.113.\(1 + bin % 4)", 443,
                bytes: Int(bytes))
        }
        traffic.flow(
            hour * 3_600 + 9, "eni-1", from: "10.0.0.11", 50_000, to: "203.0.113.2", 443, bytes: 250_000_000)
        let found = alerts("flow-peer-volume", traffic)
        #expect(found.map { $0.fields["peer"] } == (isFound ? ["203.0.113.2"] : []))
        guard let alert = found.first else { return }
        // What is shown are bytes of that hour, and not without its shape.
        guard let observed = alert.evidence("observed")?.integer,
            let expected = alert.evidence("expected")?.integer
        else {
            Issue.record("the evidence is incomplete")
            return
        }
        #expect((260_000_000..<275_000_000).contains(observed))
        #expect((10_000_000..<40_000_000).contains(expected))
    }

    // MARK: attempts

    @Test(arguments: [(3_389, "RDP"), (22, "SSH")])
    func manyAttemptsOnARemoteLoginAreFound(port: Int, name: String) throws {
        var traffic = Traffic()
        for attempt in 0..<50 {
            traffic.flow(
                attempt * 20, "eni-1", from: "10.7.7.7", 45_000 + attempt, to: "10.0.0.11", port,
                packets: attempt == 40 ? 900 : 14, bytes: attempt == 40 ? 90_000 : 2_200)
        }
        let alert = try #require(alerts("flow-login-attempts", traffic).first)
        #expect(alert.title.contains(name))
        #expect(alert.severity == .high, "one of them lasted")
        #expect(alert.evidence("short_sessions") == 49)
        #expect(alert.evidence("records") != nil)
    }

    /// Scans and exposed services show a record too.
    @Test func recordsStandBehindAttempts() {
        var traffic = Traffic()
        for port in 1...60 {
            traffic.flow(
                port, "eni-1", from: "198.51.100.7", 51_000, to: "10.0.0.11", port, packets: 1, bytes: 44,
                action: "REJECT")
            traffic.flow(
                port, "eni-1", from: "10.0.0.11", 45_000, to: "10.9.0.\(port)", 445, packets: 1, bytes: 44)
        }
        traffic.flow(99, "eni-1", from: "198.51.100.8", 51_000, to: "10.0.0.11", 27_017, bytes: 9_000)
        let alerts = traffic.report().alerts
        for rule in ["flow-port-scan", "flow-host-sweep", "flow-exposed-service"] {
            let alert = alerts.first { $0.rule == rule }
            #expect(alert?.evidence("records") != nil, "\(rule)")
        }
    }

    // MARK: sketches and tables

    /// Two interfaces write each flow inside; it is one attempt.
    @Test func whatBothSidesRecordIsCountedOnce() throws {
        var traffic = usual()
        for number in 0..<40 {
            for interface in ["eni-1", "eni-2"] {
                traffic.flow(
                    50 * 3_600 + number * 20, interface, from: "10.0.0.11", 40_000 + number, to: "10.0.0.12", 22,
                    packets: 9, bytes: 1_900)
            }
        }
        let found = alerts("flow-login-attempts", traffic)
        #expect(found.count == 1)
        #expect(found.first?.evidence("most_attempts_per_hour") == .int(40))
    }

    /// At the limit of what a sketch can tell, each run says the same.
    @Test func aScanAtTheLimitIsFoundInAllRunsOrNone() {
        for ports in 20..<32 {
            var traffic = usual(0..<30)
            for port in 0..<ports {
                traffic.flow(
                    26 * 3_600 + port, "eni-3", from: "198.51.100.9", 44_000, to: "10.0.0.13", 2_000 + port * 7,
                    packets: 1, bytes: 44, action: "REJECT")
            }
            let found = Set(
                (1...4).map { seed in
                    FlowAnalytics(traffic.tally(seed: seed)).report().alerts.count { $0.rule == "flow-port-scan" }
                })
            #expect(found.count == 1, "\(ports) ports: \(found)")
        }
    }

    /// Many sources that try many hosts at many ports: the table stays small, and is not gone through for each new one.
    @Test(.timeLimit(.minutes(1))) func manySweepsAreBounded() {
        var settings = FlowSettings()
        settings.rememberedPairs = 4_000
        var table = SweepTable(SeededHash(seed: 1), bound: settings.rememberedPairs / 4, exactlyUpTo: 25)
        for source in 0..<4_000 {
            for host in 0..<20 {
                let key = SweepKey(source: FlowAddress(v4: UInt32(source)), port: UInt16(source % 7))
                let address = FlowAddress(v4: UInt32(host))
                let hash = UInt64(host) &* 0x9E37_79B9_7F4A_7C15
                table.add(
                    key, 0, HashedAddress(address: address, seeded: hash, sketched: hash), isRejected: true,
                    isExternal: true)
            }
        }
        #expect(table.entries.count <= 1_000)
    }

    /// Two peers inside, and nothing that tells which of them is the interface: the order of the records does not either.
    @Test func whoAnInterfaceIsDoesNotDependOnTheOrderOfRecords() {
        func tally(_ isReversed: Bool) -> FlowTally {
            var traffic = Traffic()
            for hour in 0..<30 {
                let pairs = [("10.0.0.1", 40_000, "10.0.0.2", 443), ("10.0.0.2", 443, "10.0.0.1", 40_000)]
                for (from, fromPort, to, toPort) in isReversed ? pairs.reversed() : pairs {
                    traffic.flow(hour * 3_600, "eni-1", from: from, fromPort, to: to, toPort, bytes: 1_000_000)
                }
            }
            return traffic.tally()
        }
        let (one, other) = (tally(false), tally(true))
        #expect(
            one.interfaces.entries[0].own(towards: FlowAddress(v4: 1))
                == other.interfaces.entries[0].own(towards: FlowAddress(v4: 1)))
        #expect(one.volumes.rows.map(\.total).sorted() == other.volumes.rows.map(\.total).sorted())
    }
}
