import Basics
import Analytics
import Foundation
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
        #expect(alerts.allSatisfy { $0.evidence("observed") != .int(0) })
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

    // MARK: moments

    /// Two interfaces, and one record at another time.
    private func astray(_ at: Int, hours: Range<Int>) -> Traffic {
        var traffic = Traffic()
        traffic.usual(hours: hours)
        traffic.flow(at - Traffic.start, "eni-1", from: "10.0.0.11", 5_000, to: "203.0.113.1", 443, bytes: 800_000)
        return traffic
    }

    @Test(.timeLimit(.minutes(1))) func aRecordOfYearsAgoStopsNothingAndIsTold() {
        for at in [1_262_304_001, 4_102_440_000] {
            let report = astray(at, hours: 0..<54).report()
            #expect(report.alerts == [])
            #expect(report.doubts.count == 1)
            #expect(report.doubts.first?.contains("more than a week from all others") == true)
        }
        #expect(astray(Traffic.start + 60, hours: 0..<54).report().doubts == [])
    }

    @Test func aRecordFarAheadDoesNotMakeTheBaselineForget() {
        let learned = astray(Traffic.start + 60, hours: 0..<54).report().baseline
        // A run of two hours is no bulk by itself: it is by what the baseline knows.
        let ahead = astray(Traffic.start + 11 * 7 * 86_400, hours: 54..<56).report(learned).baseline
        let sound = astray(Traffic.start + 54 * 3_600 + 60, hours: 54..<56).report(learned).baseline
        #expect(ahead.isPossible)
        var next = Traffic()
        next.usual(hours: 56..<72)
        next.flow(70 * 3_600, "eni-3", from: "10.0.0.13", 50_000, to: "198.51.100.9", 443, bytes: 900_000_000)
        let rules = next.report(sound).alerts.map(\.rule)
        #expect(rules.contains("flow-unusual-transfer"))
        #expect(next.report(ahead).alerts.map(\.rule) == rules)
    }

    @Test func whatIsLaterThanTheHuntIsNotBelieved() {
        var traffic = Traffic()
        traffic.usual(hours: 0..<60)
        let early = FlowAnalytics(traffic.tally(), moment: Traffic.start + 20 * 3_600).report()
        #expect(early.doubts.first?.contains("in the future") == true)
        let late = FlowAnalytics(traffic.tally(), moment: Traffic.start + 60 * 3_600).report()
        #expect(late.doubts == [])
        // The next hunt, by a clock that is right, does not believe what the one before learned of the future.
        let again = FlowAnalytics(
            traffic.tally(), baseline: late.baseline, moment: Traffic.start + 20 * 3_600
        ).report()
        #expect(again.alerts == [])
        #expect(again.baseline.isPossible)
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
