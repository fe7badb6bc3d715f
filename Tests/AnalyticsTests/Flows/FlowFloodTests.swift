import Basics
import LogReaders
import Testing
@testable import Analytics

/// However much noise there is, what somebody planted in it is told by name, within the same memory.
@Suite struct FlowFloodTests {
    private let day = 86_400

    private enum Noise: CaseIterable {
        case scanners, sweepers, guessers, refusedVisitors, visitors
    }

    private func add(_ noise: Noise, to traffic: inout Traffic) {
        for number in 0..<6_000 {
            let source = "198.\(18 + number / 65_536).\(number / 256 % 256).\(number % 256)"
            let at = day + number * 7
            switch noise {
            case .scanners:
                for port in 0..<6 {
                    traffic.flow(
                        at, "eni-1", from: source, 40_000, to: "10.0.0.11", 1_000 + number % 900 + port, packets: 1,
                        bytes: 44,
                        action: "REJECT")
                }
            case .sweepers:
                for host in 10..<14 {
                    traffic.flow(
                        at, "eni-\(host - 10)", from: source, 40_000, to: "10.0.0.\(host)", 23, packets: 1, bytes: 44,
                        action: "REJECT")
                }
            case .guessers:
                for attempt in 0..<3 {
                    traffic.flow(
                        at, "eni-1", from: source, 40_000 + attempt, to: "10.0.0.11", 22, packets: 12, bytes: 900)
                }
            case .refusedVisitors:
                for attempt in 0..<3 {
                    traffic.flow(
                        at + attempt, "eni-1", from: source, 40_000, to: "10.0.0.11", 8_443, packets: 1, bytes: 44,
                        action: "REJECT")
                }
                traffic.flow(at + 9, "eni-1", from: source, 40_000, to: "10.0.0.11", 443, packets: 9, bytes: 4_000)
            case .visitors:
                traffic.flow(at, "eni-1", from: source, 45_000, to: "10.0.0.11", 443, packets: 9, bytes: 900)
                traffic.flow(at, "eni-1", from: "10.0.0.11", 443, to: source, 45_000, packets: 9, bytes: 9_000)
            }
        }
    }

    private func plant(in traffic: inout Traffic) -> [(rule: String, field: String, value: String)] {
        let at = day + 20_000
        for port in 0..<60 {
            traffic.flow(
                at + port * 30, "eni-2", from: "10.0.0.12", 50_000, to: "10.0.0.77", 2_000 + port, packets: 1, bytes: 44
            )
            traffic.flow(
                at + port * 30, "eni-3", from: "10.0.0.13", 50_000, to: "10.0.1.\(port)", 445, packets: 1, bytes: 44)
            traffic.flow(
                at + port * 20, "eni-4", from: "10.9.9.9", 50_000 + port, to: "10.0.0.14", 22, packets: 12, bytes: 900)
        }
        for attempt in 0..<40 {
            traffic.flow(
                at + attempt * 10, "eni-5", from: "192.0.2.66", 50_000, to: "10.0.0.15", 3_306, packets: 1, bytes: 44,
                action: "REJECT")
        }
        traffic.flow(at + 500, "eni-5", from: "192.0.2.66", 50_000, to: "10.0.0.15", 3_306, packets: 90, bytes: 90_000)
        for part in 0..<6 {
            traffic.flow(
                at + part * 300, "eni-6", from: "10.0.0.16", 50_000, to: "192.0.2.77", 443, bytes: 300_000_000)
        }
        for query in 0..<6_000 {
            traffic.flow(
                at + query, "eni-7", from: "10.0.0.17", 20_000 + query, to: "192.0.2.53", 53, packets: 1, bytes: 120)
        }
        for minute in 0..<240 {
            traffic.flow(
                at + minute * 60, "eni-8", from: "10.0.0.18", 50_001, to: "192.0.2.88", 3_333, packets: 3, bytes: 400)
            traffic.flow(
                at + minute * 60, "eni-8", from: "192.0.2.88", 3_333, to: "10.0.0.18", 50_001, packets: 3, bytes: 500)
        }
        return [
            ("flow-port-scan", "source", "10.0.0.12"), ("flow-host-sweep", "source", "10.0.0.13"),
            ("flow-login-attempts", "source", "10.9.9.9"), ("flow-rejected-then-accepted", "source", "192.0.2.66"),
            ("flow-exposed-service", "port", "3306"), ("flow-new-peer", "peer", "192.0.2.77"),
            ("flow-many-small-flows", "peer", "192.0.2.53"), ("flow-unusual-count", "interface", "eni-7"),
            ("flow-lasting-new-port", "peer", "192.0.2.88"),
        ]
    }

    @Test(arguments: Noise.allCases)
    private func plantedAttacksAreToldThroughNoise(noise: Noise) {
        var settings = FlowSettings()
        settings.rememberedPairs = 2_000
        var traffic = Traffic()
        traffic.usual(hours: 0..<40)
        let planted = plant(in: &traffic)
        add(noise, to: &traffic)
        // The logs come in order of time.
        let tally = traffic.tally(settings) { lines in
            lines = lines.enumerated().sorted { one, other in
                (one.element.split(separator: " ")[10], one.offset) < (
                    other.element.split(separator: " ")[10], other.offset
                )
            }.map(\.element)
        }
        #expect(tally.pairs.entries.count <= 2_100)
        let report = FlowAnalytics(tally).report()
        for (rule, field, value) in planted {
            #expect(report.alerts.contains { $0.rule == rule && $0.fields[field] == value }, "\(rule): \(value)")
        }
        #expect(report.alerts.count < 40, "\(report.alerts.map { "\($0.rule) \($0.fields)" })")
    }

    @Test func quietTrafficWithoutAttacksRaisesNone() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<72)
        for minute in 0..<4_000 {
            traffic.flow(
                minute * 60, "eni-1", from: "10.0.0.11", 50_001, to: "192.0.2.88", 3_333, packets: 3, bytes: 400)
            traffic.flow(
                minute * 60, "eni-1", from: "192.0.2.88", 3_333, to: "10.0.0.11", 50_001, packets: 3, bytes: 500)
        }
        #expect(traffic.report().alerts == [], "it was so from the beginning")
    }

    @Test func fiftySourcesThatGuessAreOneAlert() throws {
        var traffic = Traffic()
        for source in 0..<50 {
            for attempt in 0..<(40 + source) {
                traffic.flow(
                    attempt * 30 + source, "eni-1", from: "198.51.100.\(source)", 40_000 + attempt, to: "10.0.0.11", 22,
                    packets: 12, bytes: 900)
            }
        }
        let alerts = traffic.report().alerts.filter { $0.rule == "flow-login-attempts" }
        #expect(alerts.count == 1)
        let alert = try #require(alerts.first)
        #expect(alert.fields["source"] == "198.51.100.49")
        #expect(alert.evidence("sources") == 50)
    }

    @Test(arguments: [(24, false), (25, true)])
    func portsAndHostsAreCountedExactly(count: Int, isTold: Bool) {
        for seed in 1...6 {
            var traffic = Traffic()
            for number in 0..<count {
                for _ in 0..<3 {
                    traffic.flow(
                        number * 40, "eni-1", from: "10.0.0.11", 50_000, to: "10.0.0.77", 2_000 + number * 37,
                        packets: 1,
                        bytes: 44)
                    traffic.flow(
                        number * 40, "eni-2", from: "10.0.0.12", 50_000, to: "10.0.\(number).9", 445, packets: 1,
                        bytes: 44)
                }
            }
            let half = traffic.lines.count / 2
            var (one, other) = (traffic, traffic)
            one.lines = Array(traffic.lines.prefix(half))
            other.lines = Array(traffic.lines.dropFirst(half))
            var merged = one.tally(seed: UInt64(seed))
            merged.merge(other.tally(seed: UInt64(seed)))
            for tally in [traffic.tally(seed: UInt64(seed)), merged] {
                let rules = Set(FlowAnalytics(tally).report().alerts.map(\.rule))
                #expect(rules == (isTold ? ["flow-port-scan", "flow-host-sweep"] : []))
            }
        }
    }

    /// The alert bears the time of the scan, not of a conversation that began days before.
    @Test func aScanHasItsOwnTime() throws {
        var traffic = Traffic()
        for hour in 0..<40 {
            traffic.flow(hour * 3_600, "eni-1", from: "10.0.0.11", 50_000, to: "10.0.0.77", 443, packets: 3, bytes: 400)
        }
        for port in 0..<40 {
            traffic.flow(
                2 * day + port, "eni-1", from: "10.0.0.11", 50_000, to: "10.0.0.77", 2_000 + port, packets: 1, bytes: 44
            )
        }
        let alert = try #require(traffic.report().alerts.first { $0.rule == "flow-port-scan" })
        #expect(alert.time == Traffic.start + 2 * day && alert.lastTime == Traffic.start + 2 * day + 39)
    }

    /// The time of guesses, not of the logins of the days before.
    @Test func guessesHaveTheirOwnTime() throws {
        var traffic = Traffic()
        for hour in 0..<40 {
            traffic.flow(
                hour * 3_600, "eni-1", from: "10.7.7.7", 50_000, to: "10.0.0.11", 22, packets: 400, bytes: 9_000)
        }
        for attempt in 0..<50 {
            traffic.flow(
                2 * day + attempt, "eni-1", from: "10.7.7.7", 50_000 + attempt, to: "10.0.0.11", 22, packets: 9,
                bytes: 900)
        }
        let alert = try #require(traffic.report().alerts.first { $0.rule == "flow-login-attempts" })
        #expect(alert.time == Traffic.start + 2 * day)
        #expect(alert.evidence("long_sessions") == 0)
    }

    private func backups(_ traffic: inout Traffic, nights: Range<Int>) {
        for night in nights {
            for peer in 0..<6 {
                for part in 0..<6 {
                    traffic.flow(
                        night * day + 3 * 3_600 + part * 300, "eni-1", from: "10.0.0.11", 50_000,
                        to: "192.0.\(100 + night * 6 + peer).9", 443, bytes: 90_000_000)
                }
            }
        }
    }

    /// Each night other addresses, as those of S3 are.
    @Test func backupsToManyPeersAreUsualFromTheSecondNightOn() throws {
        var traffic = Traffic()
        traffic.usual(hours: 0..<144)
        backups(&traffic, nights: 2..<6)
        let alerts = traffic.report().alerts
        #expect(!alerts.isEmpty)
        #expect(alerts.allSatisfy { $0.time < Traffic.start + 3 * day }, "\(alerts.map { "\($0.rule) \($0.time)" })")

        // The same from run to run.
        var first = Traffic()
        first.usual(hours: 0..<72)
        backups(&first, nights: 2..<3)
        let baseline = first.report().baseline
        var second = Traffic()
        second.usual(hours: 72..<96)
        backups(&second, nights: 3..<4)
        #expect(second.report(baseline).alerts == [])
        var larger = Traffic()
        larger.usual(hours: 72..<96)
        for _ in 0..<3 { backups(&larger, nights: 3..<4) }
        #expect(larger.report(baseline).alerts != [], "three times as much is not the same")
    }

    /// 37 MB are nothing for most interfaces, and very much for one that sends 0.7 MB an hour.
    @Test func floorsFollowWhatAnInterfaceSends() throws {
        var traffic = Traffic()
        for bin in 0..<60 * 12 {
            traffic.flow(
                bin * 300, "eni-1", from: "10.0.0.11", 50_000, to: "203.0.113.1", 443,
                bytes: 55_000 + bin * 7_919 % 9_000)
        }
        for part in 0..<4 {
            traffic.flow(
                2 * day + part * 300, "eni-1", from: "10.0.0.11", 50_000, to: "192.0.2.7", 443, bytes: 9_250_000)
        }
        let alerts = traffic.report().alerts
        #expect(alerts.contains { $0.rule == "flow-unusual-transfer" || $0.rule == "flow-new-peer" })
    }

    @Test func neverSeenBeforeIsSaidOnce() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<120)
        for (hour, size) in [(50, 300_000_000), (61, 900_000_000), (75, 3_000_000_000)] {
            for part in 0..<6 {
                traffic.flow(
                    hour * 3_600 + part * 300, "eni-1", from: "10.0.0.11", 50_000, to: "192.0.2.\(hour)", 443,
                    bytes: size)
            }
        }
        let titles = traffic.report().alerts.filter { $0.title == "Large transfer to new external peer" }
        #expect(titles.count == 1)
    }
}
