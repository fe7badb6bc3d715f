import Basics
import Foundation
import LogReaders
import Testing
@testable import Analytics

/// Some days of flows of a few interfaces, as lines of a log.
struct Traffic {
    var lines: [String] = []
    static let start = 1_772_409_600

    mutating func flow(
        _ time: Int, _ interface: String, from source: String, _ sourcePort: Int, to destination: String, _ port: Int,
        packets: Int = 20, bytes: Int, action: String = "ACCEPT", transport: Int = 6
    ) {
        let at = Self.start + time
        lines.append(
            "2 123456789012 \(interface) \(source) \(destination) \(sourcePort) \(port) \(transport) \(packets) \(bytes) \(at) \(at + 59) \(action) OK"
        )
    }

    /// Every five minutes about a megabyte, with some noise, from ten interfaces to peers that they know.
    mutating func usual(hours: Range<Int>) {
        for bin in hours.lowerBound * 12..<hours.upperBound * 12 {
            for number in 0..<10 {
                let noise = (bin * 7_919 + number * 104_729) % 400
                flow(
                    bin * 300 + number, "eni-\(number)", from: "10.0.0.\(10 + number)", 40_000 + bin % 9_000,
                    to: "203.0.113.\(1 + bin % 4)", 443, bytes: 800_000 + noise * 1_000)
            }
        }
    }

    func tally(
        _ settings: FlowSettings = FlowSettings(), seed: UInt64 = 4, singly: Bool = false,
        order: (inout [String]) -> Void = { _ in }
    ) -> FlowTally {
        var lines = lines
        order(&lines)
        var tally = FlowTally(settings, seed: seed)
        var reader = FlowLogReader()
        Array(lines.joined(separator: "\n").utf8).withUnsafeBufferPointer { bytes in
            reader.readBatches(bytes) { batch in
                if singly { for record in batch { tally.add(record) } } else { tally.add(UnsafeBufferPointer(batch)) }
            }
        }
        #expect(reader.damaged.count == 0)
        return tally
    }

    func report(_ baseline: FlowBaseline = FlowBaseline()) -> FlowReport {
        FlowAnalytics(tally(), baseline: baseline).report()
    }
}

extension String {
    /// The same in each run: it shuffles lines.
    fileprivate var hashOfText: UInt64 {
        utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }
}

@Suite struct FlowAnalyticsTests {
    private let day = 86_400

    @Test func usualTrafficRaisesNothing() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<72)
        #expect(traffic.report().alerts == [])
    }

    @Test func aBurstIsFoundWithItsEvidence() throws {
        var traffic = Traffic()
        traffic.usual(hours: 0..<60)
        for part in 0..<4 {
            traffic.flow(
                2 * day + part * 150, "eni-3", from: "10.0.0.13", 50_000, to: "203.0.113.2", 443, bytes: 400_000_000)
        }
        let alert = try #require(traffic.report().alerts.first { $0.rule == "flow-unusual-transfer" })
        #expect(alert.actor == "eni-3")
        #expect(alert.account == "123456789012")
        #expect(alert.practice == "flow-logs")
        #expect(alert.time >= Traffic.start + 2 * day && alert.time < Traffic.start + 2 * day + 3_600)
        guard let observed = alert.evidence("observed")?.integer,
            let peers = alert.evidence("top_peers")?.elements,
            let records = alert.evidence("records")?.elements,
            let expected = alert.evidence("expected")?.integer
        else {
            Issue.record("the evidence is incomplete")
            return
        }
        #expect(observed > 1_600_000_000)
        #expect((8_000_000...20_000_000).contains(expected))
        #expect(!peers.isEmpty && !records.isEmpty)
    }

    /// Many peers with about as much, in whatever order: none inherits what another one got.
    @Test(arguments: [false, true]) func whatAPeerGotIsCountedForItAlone(isReversed: Bool) throws {
        var traffic = Traffic()
        for hour in 0..<60 {
            for peer in 1...40 {
                traffic.flow(
                    hour * 3_600 + peer * 80, "eni-1", from: "10.0.0.11", 50_000, to: "203.0.113.\(peer)", 443,
                    bytes: 3_000_000 + peer * 1_000)
            }
        }
        traffic.flow(2 * day + 3_500, "eni-1", from: "10.0.0.11", 50_000, to: "203.0.113.7", 443, bytes: 2_000_000_000)
        let tally = traffic.tally { lines in if isReversed { lines.reverse() } }
        let alerts = FlowAnalytics(tally).report().alerts
        #expect(alerts.filter { $0.rule.contains("peer") }.map(\.fields["peer"]) == ["203.0.113.7"])
        let alert = try #require(alerts.first { $0.rule == "flow-unusual-transfer" })
        guard let peers = alert.evidence("top_peers")?.elements else {
            Issue.record("there are no peers")
            return
        }
        let named: [String] = peers.map { peer in
            "\(peer["address"]?.text ?? "") \(peer["bytes"]?.integer ?? 0)"
        }
        // Where it comes out of order, what the peer had in that hour before may be missing.
        #expect(named.first?.hasPrefix("203.0.113.7 200") == true)
        #expect(
            named.dropFirst() == [
                "203.0.113.40 3040000", "203.0.113.39 3039000", "203.0.113.38 3038000", "203.0.113.37 3037000",
            ])
    }

    /// New pairs and interfaces in the middle of a batch, hours that end in it, records without traffic between others, scans.
    @Test func recordsThatAreCountedTogetherAreCountedAsOneByOne() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<72)
        for number in 0..<3_000 {
            let (time, host) = (number * 83 % (72 * 3_600), number * 7 % 250)
            traffic.flow(
                time, "eni-\(number % 23)", from: "198.51.\(number % 5).\(host)", 40_000 + number % 777,
                to: "10.0.0.\(10 + number % 23)", number % 3 == 0 ? 22 : number % 400, packets: 1 + number % 9,
                bytes: number * 41, action: number % 4 == 0 ? "ACCEPT" : "REJECT")
            if number % 50 == 0 {
                let at = Traffic.start + time
                traffic.lines.append("2 123456789012 eni-\(number % 31) - - - - - - - \(at) \(at + 59) - NODATA")
            }
        }
        traffic.lines.sort { $0.hashOfText < $1.hashOfText }
        let (together, singly) = (traffic.tally(), traffic.tally(singly: true))
        #expect(together.flows == traffic.lines.count)
        #expect(together.pairs.entries.count == singly.pairs.entries.count)
        #expect(together.volumes.rows.count == singly.volumes.rows.count)
        let (first, second) = (
            FlowAnalytics(together, baseline: FlowBaseline()).report(),
            FlowAnalytics(singly, baseline: FlowBaseline()).report()
        )
        #expect(!first.alerts.isEmpty)
        #expect(first.alerts == second.alerts)
        #expect(first.baseline == second.baseline)
    }

    @Test func theOrderOfTheRecordsDoesNotMatter() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<60)
        traffic.flow(2 * day, "eni-3", from: "10.0.0.13", 50_000, to: "203.0.113.2", 443, bytes: 900_000_000)
        let shuffled = traffic.tally { lines in
            for index in stride(from: 0, to: lines.count - 97, by: 97) { lines.swapAt(index, index + 96) }
        }
        let rules = FlowAnalytics(shuffled).report().alerts.map(\.rule)
        #expect(rules == traffic.report().alerts.map(\.rule))
        #expect(rules.contains("flow-unusual-transfer"))
    }

    @Test func twoWorkersFindWhatOneFinds() {
        var (first, second, both) = (Traffic(), Traffic(), Traffic())
        both.usual(hours: 0..<60)
        both.flow(2 * day, "eni-3", from: "10.0.0.13", 50_000, to: "198.51.100.9", 443, bytes: 900_000_000)
        for (index, line) in both.lines.enumerated() {
            if index.isMultiple(of: 2) { first.lines.append(line) } else { second.lines.append(line) }
        }
        var merged = first.tally()
        merged.merge(second.tally())
        #expect(merged.flows == both.lines.count)
        #expect(FlowAnalytics(merged).report().alerts.map(\.rule) == both.report().alerts.map(\.rule))
    }

    @Test func aNightlyBackupIsUsualFromItsSecondNightOn() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<72)
        for night in 0..<3 {
            for part in 0..<12 {
                traffic.flow(
                    night * day + 7_200 + part * 300 + night * 200, "eni-5", from: "10.0.0.15", 50_000,
                    to: "203.0.113.200", 443,
                    bytes: 400_000_000)
            }
        }
        #expect(traffic.report().alerts.map(\.rule) == [])
    }

    @Test func aSlowLeakToAKnownPeerIsFound() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<72)
        for bin in 30 * 12..<60 * 12 {
            traffic.flow(bin * 300, "eni-2", from: "10.0.0.12", 50_000, to: "203.0.113.1", 443, bytes: 3_000_000)
        }
        #expect(traffic.report().alerts.contains { $0.actor == "eni-2" && $0.rule == "flow-unusual-transfer" })
    }

    @Test func tooLittleHistoryIsLearningAndNotNormal() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<20)
        let report = traffic.report()
        #expect(report.learning.count == 10)
        #expect(report.alerts == [])
    }

    @Test func whatWasLearntIsReadByTheNextRun() throws {
        var before = Traffic()
        before.usual(hours: 0..<72)
        let learned = before.report().baseline
        let stored = try JSONDecoder().decode(FlowBaseline.self, from: JSONEncoder().encode(learned))
        #expect(stored == learned)
        var after = Traffic()
        after.usual(hours: 72..<78)
        after.flow(73 * 3_600, "eni-3", from: "10.0.0.13", 50_000, to: "198.51.100.9", 443, bytes: 900_000_000)
        #expect(after.report().alerts == [])
        let rules = Set(after.report(stored).alerts.map(\.rule))
        #expect(rules.isSuperset(of: ["flow-unusual-transfer", "flow-new-peer"]))
    }

    @Test func anAttackerCannotTrainTheBaseline() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<96)
        for attack in [30, 54, 78] {
            traffic.flow(attack * 3_600, "eni-3", from: "10.0.0.13", 50_000, to: "203.0.113.2", 443, bytes: 900_000_000)
        }
        #expect(traffic.report().alerts.count { $0.rule == "flow-unusual-transfer" } == 3)
    }

    /// One bin of five minutes of a busy interface, which the hour hides.
    @Test func aBurstOfEveryNightStaysUnusual() {
        var traffic = Traffic()
        for bin in 0..<144 * 12 {
            traffic.flow(
                bin * 300, "eni-1", from: "10.0.0.11", 40_000 + bin % 9_000, to: "203.0.113.\(1 + bin % 4)", 443,
                bytes: 50_000_000 + bin * 7_919 % 400 * 10_000)
        }
        for night in 2...5 {
            for peer in 1...4 {
                traffic.flow(
                    night * day + 7_201, "eni-1", from: "10.0.0.11", 50_000, to: "203.0.113.\(peer)", 443,
                    bytes: 110_000_000)
            }
        }
        let alerts = traffic.report().alerts
        #expect(alerts.map(\.rule) == Array(repeating: "flow-unusual-transfer", count: 4))
        #expect(alerts.map(\.time) == (2...5).map { Traffic.start + $0 * day + 7_200 })
    }

    @Test func aPortScanIsFoundAndRepliesAreNone() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<2)
        for port in 1...60 {
            traffic.flow(
                port, "eni-1", from: "198.51.100.7", 51_000, to: "10.0.0.11", port, packets: 1, bytes: 44,
                action: "REJECT")
        }
        // A server answers one client that comes from many ports.
        for port in 0..<500 {
            traffic.flow(
                port, "eni-2", from: "10.0.0.12", 8_443, to: "198.51.100.8", 32_768 + port * 7, packets: 2, bytes: 90)
            traffic.flow(
                port, "eni-2", from: "10.0.0.12", 50_051, to: "198.51.100.8", 32_768 + port * 7, packets: 2, bytes: 90)
        }
        let scans = traffic.report().alerts.filter { $0.rule == "flow-port-scan" }
        #expect(scans.map(\.actor) == ["eni-1"])
        #expect(scans.first?.fields["source"] == "198.51.100.7")
    }

    @Test func aHostSweepIsFound() {
        var traffic = Traffic()
        for host in 1...80 {
            traffic.flow(
                host, "eni-1", from: "10.0.0.11", 45_000 + host, to: "10.9.0.\(host)", 445, packets: 1, bytes: 44)
        }
        #expect(traffic.report().alerts.map(\.rule) == ["flow-host-sweep"])
    }

    /// Pings have no ports. The answers of one host to many are no sweep.
    @Test(arguments: [
        ("sent", ["10.0.0.11"]), ("rejected", ["10.0.0.11"]), ("from outside", ["198.51.100.7"]), ("answered", []),
        ("answering", []),
    ])
    func pingsOfManyHostsAreASweep(kind: String, sources: [String]) {
        var traffic = Traffic()
        traffic.usual(hours: 0..<1)
        func ping(
            _ time: Int, _ interface: String, _ source: String, _ destination: String, _ action: String = "ACCEPT"
        ) {
            traffic.flow(
                time, interface, from: source, 0, to: destination, 0, packets: 1, bytes: 84, action: action,
                transport: 1)
        }
        for host in 1..<80 {
            let (own, other) = ("10.0.0.11", "10.9.0.\(host)")
            switch kind {
            case "sent": ping(host, "eni-1", own, other)
            case "rejected": ping(host, "eni-9\(host)", own, other, "REJECT")
            case "from outside": ping(host, "eni-9\(host)", "198.51.100.7", other, "REJECT")
            case "answered":
                ping(host, "eni-1", own, other)
                ping(host, "eni-1", other, own)
            default:
                ping(host, "eni-1", other, own)
                ping(host, "eni-1", own, other)
            }
        }
        let alerts = traffic.report().alerts
        #expect(alerts.map { $0.fields["source"] } == sources)
        #expect(alerts.allSatisfy { $0.rule == "flow-host-sweep" && $0.fields["port"] == "icmp" })
    }

    /// Miners are served at 8080 as well, but so are many services.
    @Test(arguments: [
        (8_080, 12, "192.0.2.88", true), (8_080, 5, "192.0.2.88", false), (8_080, 12, "203.0.113.77", false),
        (3_333, 3, "203.0.113.77", true), (443, 12, "192.0.2.88", false),
    ])
    func lastingFlowsToANewPortAreFound(port: Int, hours: Int, peer: String, isFound: Bool) {
        var traffic = Traffic()
        traffic.usual(hours: 0..<60)
        for minute in 0..<hours * 60 {
            let time = 40 * 3_600 + minute * 60
            traffic.flow(time, "eni-1", from: "10.0.0.11", 52_000, to: peer, port, bytes: 2_000)
            traffic.flow(time, "eni-1", from: peer, port, to: "10.0.0.11", 52_000, bytes: 2_000)
        }
        #expect(traffic.report().alerts.map(\.rule) == (isFound ? ["flow-lasting-new-port"] : []))
    }

    @Test func manyShortLoginsAreFoundAndAFewAreNot() {
        var traffic = Traffic()
        for attempt in 0..<50 {
            traffic.flow(
                attempt * 20, "eni-1", from: "10.7.7.7", 45_000 + attempt, to: "10.0.0.11", 22, packets: 14,
                bytes: 2_200)
        }
        for attempt in 0..<5 {
            traffic.flow(
                attempt * 20, "eni-2", from: "10.7.7.8", 45_000 + attempt, to: "10.0.0.12", 22, packets: 14,
                bytes: 2_200)
        }
        let alerts = traffic.report().alerts.filter { $0.rule == "flow-login-attempts" }
        #expect(alerts.map { $0.fields["source"] } == ["10.7.7.7"])
    }

    @Test(arguments: [(12, true), (3, false)])
    func rejectedAndThenAcceptedIsFound(rejected: Int, isFound: Bool) {
        var traffic = Traffic()
        for attempt in 0..<rejected {
            traffic.flow(
                attempt, "eni-1", from: "198.51.100.7", 45_000, to: "10.0.0.11", 8_080, packets: 1, bytes: 44,
                action: "REJECT")
        }
        traffic.flow(600, "eni-1", from: "198.51.100.7", 45_000, to: "10.0.0.11", 8_080, packets: 50, bytes: 9_000)
        #expect(traffic.report().alerts.contains { $0.rule == "flow-rejected-then-accepted" } == isFound)
    }

    @Test func whatWasRejectedAfterItWasAcceptedIsNotCounted() {
        var traffic = Traffic()
        for attempt in 0..<30 {
            traffic.flow(
                attempt * 10, "eni-1", from: "198.51.100.7", 45_000, to: "10.0.0.11", 8_080,
                packets: attempt == 1 ? 50 : 1, bytes: 44, action: attempt == 1 ? "ACCEPT" : "REJECT")
        }
        #expect(traffic.report().alerts.filter { $0.rule == "flow-rejected-then-accepted" } == [])
        // The same where other workers read the later files, in whatever order they are put together.
        var (first, second) = (Traffic(), Traffic())
        first.lines = Array(traffic.lines.prefix(6))
        second.lines = Array(traffic.lines.dropFirst(6))
        for (one, other) in [(first, second), (second, first)] {
            var merged = one.tally()
            merged.merge(other.tally())
            let alerts = FlowAnalytics(merged).report().alerts
            #expect(alerts.filter { $0.rule == "flow-rejected-then-accepted" } == [])
        }
    }

    /// Whoever is let in at one port may still be rejected at another, until somebody opens it.
    @Test func aPortThatIsOpenedLaterIsFoundWhereAnotherOneWasOpen() throws {
        var traffic = Traffic()
        func ask(_ time: Int, _ port: Int, _ action: String) {
            traffic.flow(
                time, "eni-1", from: "198.51.100.7", 45_000, to: "10.0.0.11", port, packets: 9, bytes: 900,
                action: action)
        }
        ask(0, 443, "ACCEPT")
        for attempt in 0..<40 { ask(100 + attempt, 8_022, "REJECT") }
        ask(500, 443, "ACCEPT")
        #expect(traffic.report().alerts.filter { $0.rule == "flow-rejected-then-accepted" } == [])
        ask(900, 8_022, "ACCEPT")
        let alert = try #require(traffic.report().alerts.first { $0.rule == "flow-rejected-then-accepted" })
        #expect(alert.fields["port"] == "8022")
        #expect(alert.time == Traffic.start + 900)
    }

    @Test func trafficFromOutsideToAnExposedPortIsFound() {
        var traffic = Traffic()
        traffic.flow(0, "eni-1", from: "198.51.100.7", 45_000, to: "10.0.0.11", 27_017, bytes: 9_000)
        traffic.flow(0, "eni-2", from: "10.3.3.3", 45_000, to: "10.0.0.12", 27_017, bytes: 9_000)
        let alerts = traffic.report().alerts
        #expect(alerts.map(\.rule) == ["flow-exposed-service"])
        #expect(alerts.first?.practice == "network-exposure")
    }

    /// Transit gateways record no action, and a client that gets no answer repeats its first packet.
    @Test(arguments: [(1, false), (7, false), (8, true)])
    func aFlowWithoutAnActionIsAConnectionIfItGoesOn(packets: Int, isTold: Bool) {
        var traffic = Traffic()
        for port in [22, 23, 3_306] {
            traffic.flow(
                0, "eni-1", from: "198.51.100.7", 45_000, to: "10.0.0.11", port, packets: packets, bytes: 60 * packets,
                action: "-")
        }
        #expect(traffic.report().alerts.count { $0.rule == "flow-exposed-service" } == (isTold ? 3 : 0))
    }

    @Test func recordsWithoutATimeAreTold() {
        var traffic = Traffic()
        traffic.lines = ["2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 1 - - ACCEPT OK"]
        traffic.lines.append("2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 1 999 999 ACCEPT OK")
        #expect(traffic.report().omitted[.untimed] == 1 && traffic.report().omitted[.implausibleTime] == 1)
    }

    /// The sketch can estimate more hosts than there were probes.
    @Test(arguments: [51, 120, 250])
    func hostsAreNoMoreThanProbes(hosts: Int) throws {
        var traffic = Traffic()
        for host in 0..<hosts {
            traffic.flow(
                host, "eni-1", from: "10.0.0.11", 45_000, to: "10.0.\(1 + host / 250).\(1 + host % 250)", 445,
                packets: 1, bytes: 60)
        }
        let alert = try #require(traffic.report().alerts.first { $0.rule == "flow-host-sweep" })
        #expect(try #require(alert.evidence("distinct_hosts")?.integer) <= hosts)
    }

    /// A client's port may be any, a service's too.
    @Test(arguments: [false, true])
    func aReplyToTheInterfacesOwnPortIsNoExposedService(isReplyFirst: Bool) {
        var traffic = Traffic()
        func ask(_ time: Int, from port: Int, _ peer: String, at peerPort: Int) {
            for isReply in [isReplyFirst, !isReplyFirst] {
                if isReply {
                    traffic.flow(time, "eni-1", from: peer, peerPort, to: "10.0.0.11", port, bytes: 5_000)
                } else {
                    traffic.flow(time, "eni-1", from: "10.0.0.11", port, to: peer, peerPort, bytes: 3_000)
                }
            }
        }
        ask(0, from: 50_070, "52.1.2.3", at: 5_228)
        // A NAT gateway takes its ports from 1024 on.
        for number in 0..<600 {
            ask(number * 20, from: 1_024 + number * 7_919 % 64_000, "52.1.\(number % 3).9", at: 9_999)
        }
        for port in [6_379, 1_433, 3_306, 5_432] { ask(40_000 + port, from: port, "52.1.1.9", at: 9_999) }
        #expect(traffic.report().alerts.filter { $0.rule == "flow-exposed-service" } == [])
        // The same peer asks a database.
        traffic.flow(50_000, "eni-1", from: "52.1.1.9", 41_000, to: "10.0.0.11", 5_432, bytes: 5_000)
        #expect(traffic.report().alerts.count { $0.rule == "flow-exposed-service" } == 1)
    }

    @Test func loginsFromManyAddressesAreForgottenBeforeThoseOfOne() throws {
        var settings = FlowSettings()
        settings.rememberedPairs = 1_000
        var traffic = Traffic()
        for number in 0..<2_000 {
            traffic.flow(
                number, "eni-1", from: "198.51.\(number / 250).\(number % 250)", 40_000, to: "10.0.0.11", 22,
                packets: 8,
                bytes: 900)
            guard number < 40 else { continue }
            traffic.flow(
                number, "eni-1", from: "192.0.2.9", 41_000 + number, to: "10.0.0.11", 22, packets: 8, bytes: 900)
        }
        let report = FlowAnalytics(traffic.tally(settings)).report()
        #expect(report.omitted[.logins, default: 0] >= 1_750)
        let alert = try #require(report.alerts.first { $0.rule == "flow-login-attempts" })
        #expect(alert.fields["source"] == "192.0.2.9")
        #expect(alert.evidence.contains(.init("most_attempts_per_hour", .int(40))))
    }

    @Test func interfacesWithLongNamesAreToldApart() {
        var traffic = Traffic()
        let names = ["x", "y"].map { "interface-with-a-very-long-\($0)-name-and-more-behind-it" }
        for name in names + names { traffic.flow(0, name, from: "10.0.0.1", 40_000, to: "10.0.0.2", 443, bytes: 9) }
        #expect(traffic.report().learning == names)
    }

    @Test func memoryIsBoundedByTheNumberOfPairs() {
        var settings = FlowSettings()
        settings.rememberedPairs = 1_000
        var traffic = Traffic()
        for number in 0..<5_000 {
            traffic.flow(
                number, "eni-1", from: "198.\(18 + number / 65_536).\(number / 256 % 256).\(number % 256)", 45_000,
                to: "10.0.0.11",
                443, bytes: 100)
        }
        let report = FlowAnalytics(traffic.tally(settings)).report()
        #expect(report.omitted[.pairs, default: 0] > 3_000)
    }

    /// An interface that sends much, and forty that send little.
    private func crowd(_ hours: Range<Int>) -> Traffic {
        var traffic = Traffic()
        for hour in hours {
            for bin in 0..<12 {
                traffic.flow(
                    hour * 3_600 + bin * 300, "eni-large", from: "10.0.0.9", 40_000, to: "203.0.113.1", 443,
                    bytes: 20_000_000 + bin * 7_919)
            }
            for number in 0..<40 {
                traffic.flow(
                    hour * 3_600 + number, "eni-\(number)", from: "10.0.0.\(10 + number)", 40_000, to: "203.0.113.1",
                    443,
                    bytes: 1_000)
            }
        }
        return traffic
    }

    @Test func ofTooManyInterfacesThoseWithTheMostAreJudged() throws {
        var settings = FlowSettings()
        settings.rememberedHours = 400
        let before = crowd(0..<24).report().baseline
        var traffic = crowd(24..<60)
        traffic.flow(
            50 * 3_600, "eni-large", from: "10.0.0.9", 40_000, to: "203.0.113.1", 443, bytes: 4_000_000_000)
        let tally = traffic.tally(settings)
        #expect(tally.volumes.rows.count <= 464)
        let report = FlowAnalytics(tally, baseline: before).report()
        #expect(report.alerts.contains { $0.rule == "flow-unusual-transfer" && $0.actor == "eni-large" })
        // They are neither judged, nor silent, nor learned as if they had been idle; nor is the total of the account.
        #expect(!report.alerts.contains { $0.actor != "eni-large" })
        #expect((30...40).contains(report.omitted[.volumes, default: 0]))
        let forgotten = (0..<40).filter {
            report.baseline.content.series["eni-\($0)/0"] == before.content.series["eni-\($0)/0"]
        }
        #expect(forgotten.count == report.omitted[.volumes])
        #expect(
            report.baseline.content.series["account:123456789012/0"] == before.content.series["account:123456789012/0"])
        #expect(report.baseline.content.series["eni-large/0"]?.hours.count == 60)
    }

    @Test func whatOneWorkerForgotIsForgottenByAll() {
        var settings = FlowSettings()
        settings.rememberedHours = 400
        // The other one has other numbers.
        var traffic = Traffic()
        for name in ["eni-first", "eni-39"] {
            traffic.flow(0, name, from: "10.0.0.8", 40_000, to: "203.0.113.1", 443, bytes: 1_000)
        }
        var all = traffic.tally(settings)
        let second = crowd(30..<60).tally(settings)
        let names = Set(second.volumes.forgotten.map { second.interfaces.entries[Int($0)].name })
        #expect(names.count > 25 && !names.contains("eni-large"))
        all.merge(second)
        #expect(Set(all.volumes.forgotten.map { all.interfaces.entries[Int($0)].name }).isSuperset(of: names))
        #expect(!all.volumes.forgotten.contains(0), "eni-first")
        #expect(all.volumes.rows.count <= 400)
    }

    /// Whoever can write to a log, or a clock that runs wrong.
    @Test func anInterfaceWithTooManyHoursTakesNoOthersWithIt() {
        var settings = FlowSettings()
        settings.rememberedHours = 400
        var traffic = crowd(0..<4)
        for hour in 0..<500 {
            traffic.flow(
                hour * 3_600, "eni-forged", from: "10.0.0.8", 40_000, to: "203.0.113.1", 443, bytes: 1 << 50)
        }
        let tally = traffic.tally(settings)
        let forgotten = Set(tally.volumes.forgotten.map { tally.interfaces.entries[Int($0)].name })
        #expect(forgotten.contains("eni-forged") && !forgotten.contains("eni-large"))
        #expect(tally.volumes.rows.contains { tally.interfaces.entries[Int($0.interface)].name == "eni-large" })
    }

    /// What a peer had in an hour is told wherever the records are cut into batches.
    @Test(arguments: [0, 1, 31, 62, 63])
    func theHoursOfPairsAreCountedInEveryPhase(records before: Int) throws {
        var traffic = Traffic()
        for number in 0..<before {
            traffic.flow(number, "eni-2", from: "10.0.0.12", 40_000, to: "203.0.113.9", 443, bytes: 90)
        }
        for hour in 0..<150 {
            traffic.flow(
                hour * 3_600, "eni-1", from: "10.0.0.11", 40_000, to: "203.0.113.1", 443, bytes: 1_000_000 + hour)
        }
        var tally = traffic.tally()
        tally.settle()
        let rows = tally.volumes.rows.filter { tally.interfaces.entries[Int($0.interface)].name == "eni-1" }
        #expect(rows.count == 150)
        for row in rows { #expect(row.weights[0] == row.total) }
    }

    @Test func interfacesThatThereWasNoRoomForAreNotSilent() {
        var settings = FlowSettings()
        let before = crowd(0..<30).report().baseline
        settings.rememberedInterfaces = 11
        let report = FlowAnalytics(crowd(30..<60).tally(settings), baseline: before).report()
        #expect(report.alerts == [])
        #expect(report.notes == [])
        #expect(report.doubts.count == 1 && report.omitted[.interfaces, default: 0] > 0)
        #expect(
            report.baseline.content.series["account:123456789012/0"] == before.content.series["account:123456789012/0"])
    }

    @Test func whatOneWorkerHadNoRoomForIsJudgedByNone() {
        var settings = FlowSettings()
        settings.rememberedInterfaces = 11
        var all = crowd(0..<30).tally(settings)
        let second = crowd(30..<60).tally(order: { $0.reverse() })
        #expect(second.interfaces.entries.count == 41)
        all.merge(second)
        let left = Set(all.volumes.forgotten.map { all.interfaces.entries[Int($0)].name })
        #expect(left == Set((10..<40).map { "eni-\($0)" }))
    }

    @Test func interfacesBeyondTheBoundAreCountedAndLeftOut() {
        var settings = FlowSettings()
        settings.rememberedInterfaces = 11
        let traffic = crowd(0..<2)
        let tally = traffic.tally(settings)
        #expect(tally.withoutInterface == 2 * 30)
        #expect(tally.flows == traffic.lines.count - 2 * 30)
        #expect(tally.interfaces.entries.count == 11)
    }
}
