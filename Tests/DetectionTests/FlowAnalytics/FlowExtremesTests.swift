import Detection
import Foundation
import LogReaders
import Testing

/// Logs and baselines that nobody would expect: they are told, and stop nothing.
@Suite struct FlowExtremesTests {
    private static let most = 999_999_999_999_999_999

    @Test func sumsBeyondEveryNumberAreTold() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<54)
        for part in 0..<12 {
            traffic.flow(
                48 * 3_600 + part * 30, "eni-3", from: "10.0.0.13", 50_000, to: "203.0.113.2", 443, bytes: Self.most)
        }
        let alerts = traffic.report().alerts
        #expect(alerts.contains { $0.rule == "flow-unusual-transfer" && $0.actor == "eni-3" })
        #expect(alerts.allSatisfy { $0.evidence("observed") != .count(0) })
    }

    @Test func soAreThoseOfOnePeerOverSomeHours() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<54)
        for part in 0..<14 {
            traffic.flow(
                (48 + part / 9) * 3_600 + part % 9 * 300, "eni-3", from: "10.0.0.13", 50_000, to: "198.51.100.9", 443,
                bytes: Self.most)
        }
        #expect(traffic.report().alerts.contains { $0.fields["peer"] == "198.51.100.9" })
    }

    @Test func soAreThoseOfAServiceAndOfALogin() {
        for port in [27_017, 22] {
            var traffic = Traffic()
            for part in 0..<40 {
                traffic.flow(
                    part, "eni-3", from: "198.51.100.9", 50_000, to: "10.0.0.13", port,
                    packets: part.isMultiple(of: 9) ? 90 : 2, bytes: Self.most)
            }
            #expect(traffic.report().alerts.contains { $0.rule == "flow-exposed-service" })
        }
    }
}
