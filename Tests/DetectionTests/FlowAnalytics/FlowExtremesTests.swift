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

    // MARK: baselines

    /// As it stands in a file.
    private func baseline() throws -> FlowBaseline {
        let hour = #"{"h":\#(Traffic.start / 3_600),"t":16,"b":13,"p":13,"a":12,"s":0.1,"r":0}"#
        let series =
            #"{"hours":[\#(hour)],"slowSum":0,"slowBytes":0,"slowStart":0,"unusualBefore":0}"#
        let text =
            #"{"version":1,"series":{"eni-1/0":\#(series)},"networks":{"eni-1":{"198.51.100.0":\#(Traffic.start / 3_600)}},"#
            + #""peerPeaks":{"eni-1":{"198.51.100.9":5}},"topPeers":{"eni-1":[7]},"ports":{},"sweeps":{},"#
            + #""lastHour":\#(Traffic.start / 3_600)}"#
        return try JSONDecoder().decode(FlowBaseline.self, from: Data(text.utf8))
    }

    @Test func aBaselineThatARunWroteIsPossible() throws {
        #expect(try baseline().isPossible)
        var traffic = Traffic()
        traffic.usual(hours: 0..<54)
        traffic.flow(48 * 3_600, "eni-3", from: "10.0.0.13", 50_000, to: "203.0.113.2", 443, bytes: Self.most)
        #expect(traffic.report().baseline.isPossible)
    }

    @Test(arguments: [
        (#""h":\d+"#, #""h":-5"#), (#""h":\d+"#, #""h":9223372036854775807"#), (#""a":12"#, #""a":13"#),
        (#""t":16"#, #""t":1000"#), (#""t":16"#, #""t":-1"#), (#""r":0"#, #""r":-1e30"#),
        (#""slowStart":0"#, #""slowStart":9223372036854775807"#), (#""slowSum":0"#, #""slowSum":1e300"#),
        (#""unusualBefore":0"#, #""unusualBefore":-1"#), (#"\[7\]"#, "[-1e30]"),
        (#"100.9":5"#, #"100.9":-5"#), (#"100.0":\d+"#, #"100.0":-9"#),
        (#""lastHour":\d+"#, #""lastHour":9223372036854775807"#), (#""sweeps":\{"#, #""sweeps":{"a:1":5"#),
    ])
    func aBaselineWithImpossibleValuesIsNone(_ pattern: String, _ value: String) throws {
        let sound = try String(decoding: JSONEncoder().encode(baseline()), as: UTF8.self)
        let range = try #require(sound.range(of: pattern, options: .regularExpression))
        let text = sound.replacingCharacters(in: range, with: value)
        let changed = try JSONDecoder().decode(FlowBaseline.self, from: Data(text.utf8))
        #expect(!changed.isPossible)
        var traffic = Traffic()
        traffic.usual(hours: 0..<30)
        #expect(traffic.report(changed).alerts == [])
    }
}
