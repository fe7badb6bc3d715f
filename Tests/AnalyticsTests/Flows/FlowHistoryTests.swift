import Analytics
import Foundation
import Testing

/// Weeks of history, through the baseline.
@Suite struct FlowHistoryTests {
    /// Sunday, midnight: ``Traffic/start`` is a Monday.
    private static let sunday = 6 * 24

    /// A week of two interfaces' traffic that begins on a Sunday.
    private func week(_ number: Int, days: Int = 7) -> Traffic {
        var traffic = Traffic()
        let first = Self.sunday + number * 168
        for bin in first * 12..<(first + days * 24) * 12 {
            for interface in 0..<2 {
                traffic.flow(
                    bin * 300 + interface, "eni-\(interface)", from: "10.0.0.\(10 + interface)", 40_000 + bin % 9_000,
                    to: "203.0.113.\(1 + bin % 4)", 443,
                    bytes: 800_000 + (bin * 7_919 + interface * 104_729) % 400 * 1_000)
            }
        }
        return traffic
    }

    private func job(_ traffic: inout Traffic, at hour: Int) {
        for part in 0..<12 {
            traffic.flow(
                hour * 3_600 + part * 300, "eni-1", from: "10.0.0.11", 50_000, to: "203.0.113.200", 443,
                bytes: 400_000_000)
        }
    }

    /// What is learned of four weeks with a job at two o'clock in the night to each Sunday.
    private func learned() throws -> FlowBaseline {
        var baseline = FlowBaseline()
        for number in 0..<4 {
            var traffic = week(number)
            job(&traffic, at: Self.sunday + number * 168 + 2)
            let report = traffic.report(baseline)
            #expect(report.alerts.map(\.rule) == [], "week \(number)")
            baseline = try JSONDecoder().decode(FlowBaseline.self, from: JSONEncoder().encode(report.baseline))
            #expect(baseline == report.baseline)
        }
        return baseline
    }

    @Test func aWeeklyJobIsUsualOnItsDayAlone() throws {
        let baseline = try learned()
        var sunday = week(4, days: 3)
        job(&sunday, at: Self.sunday + 4 * 168 + 2)
        #expect(sunday.report(baseline).alerts.map(\.rule) == [])
        // A little later is still the same job.
        var later = week(4, days: 3)
        job(&later, at: Self.sunday + 4 * 168 + 3)
        #expect(later.report(baseline).alerts.map(\.rule) == [])

        var tuesday = sunday
        job(&tuesday, at: Self.sunday + 4 * 168 + 48 + 2)
        let alerts = tuesday.report(baseline).alerts.filter { $0.rule == "flow-unusual-transfer" }
        #expect(alerts.map(\.actor) == ["eni-1"])
        #expect(alerts.first?.time == Traffic.start + (Self.sunday + 4 * 168 + 50) * 3_600)
    }

    @Test func whatWasNotSeenForFourWeeksIsForgotten() throws {
        var traffic = Traffic()
        traffic.flow(0, "eni-9", from: "10.0.0.19", 40_000, to: "198.51.100.7", 443, bytes: 90_000_000)
        let known = traffic.report().baseline
        for text in ["eni-9", "198.51.100.0"] { #expect(try Self.text(known).contains(text)) }
        let later = try Self.text(week(0, days: 1).report(known).baseline)
        for text in ["eni-9", "198.51.100.0"] { #expect(later.contains(text)) }
        let muchLater = try Self.text(week(4, days: 1).report(known).baseline)
        for text in ["eni-9", "198.51.100.0"] { #expect(!muchLater.contains(text)) }
        #expect(muchLater.contains("eni-1"))
    }

    private static func text(_ baseline: FlowBaseline) throws -> String {
        try String(decoding: JSONEncoder().encode(baseline), as: UTF8.self)
    }

    @Test func aHistoryOfThousandsOfSeriesIsShorter() throws {
        // As much as 20 000 series learned within four weeks, by the text of one.
        let hours = (0..<672).map { #"{"h":\#(Self.firstHour + $0),"t":16,"b":13,"p":13,"a":12,"s":0.1,"r":0}"# }
        let series =
            #"{"hours":[\#(hours.suffix(300).joined(separator: ","))],"slowSum":0,"slowBytes":0,"slowStart":0,"unusualBefore":0}"#
        let all = (0..<20_000).map { #""eni-\#($0)/0":\#($0 < 40 ? series : Self.short)"# }.joined(separator: ",")
        let text =
            #"{"version":1,"series":{\#(all)},"networks":{},"peerPeaks":{},"topPeers":{},"ports":{},"sweeps":{},"lastHour":\#(Self.firstHour + 671)}"#
        let baseline = try JSONDecoder().decode(FlowBaseline.self, from: Data(text.utf8))
        var traffic = Traffic()
        traffic.flow(0, "eni-1", from: "10.0.0.19", 40_000, to: "198.51.100.7", 443, bytes: 9_000)
        let after = try JSONEncoder().encode(traffic.report(baseline).baseline)
        let stored = try #require(try JSONSerialization.jsonObject(with: after) as? [String: Any])
        let kept = try #require(stored["series"] as? [String: [String: Any]])
        let longest = kept.values.compactMap { ($0["hours"] as? [Any])?.count }.max()
        #expect(kept.count >= 20_000)
        #expect(longest == 99)
    }

    private static let firstHour = Traffic.start / 3_600 - 671
    private static let short =
        #"{"hours":[{"h":\#(firstHour + 670),"t":16,"b":13,"p":13,"a":12,"s":0.1,"r":0}],"slowSum":0,"slowBytes":0,"slowStart":0,"unusualBefore":0}"#
}

/// Logs that are read again, or late.
@Suite struct FlowOverlapTests {
    private func usual(_ hours: Range<Int>) -> Traffic {
        var traffic = Traffic()
        traffic.usual(hours: hours)
        return traffic
    }

    @Test func logsThatAreReadAgainAreNotLearntAgain() {
        let logs = usual(0..<72)
        let once = logs.report().baseline
        #expect(logs.report(once).baseline == once)
        let both = usual(0..<80).report(once).baseline
        #expect(both == usual(72..<80).report(once).baseline)
    }

    @Test func whatWasFoundIsFoundAgain() {
        var logs = usual(0..<72)
        for part in 0..<4 {
            logs.flow(
                50 * 3_600 + part * 150, "eni-3", from: "10.0.0.13", 50_000, to: "203.0.113.2", 443, bytes: 400_000_000)
        }
        let first = logs.report()
        let transfers = first.alerts.filter { $0.rule == "flow-unusual-transfer" }
        #expect(transfers.count == 1)
        let again = logs.report(first.baseline)
        #expect(again.alerts.filter { $0.rule == "flow-unusual-transfer" } == transfers)
        #expect(again.baseline == first.baseline)
    }

    /// As if the later logs had been read alone, but for what the older ones add.
    @Test func olderLogsTakeNothingAwayFromNewerOnes() {
        let newer = usual(960..<1_032).report().baseline
        let older = usual(0..<72).report(newer).baseline
        #expect(older == newer, "what is older than four weeks is forgotten at once")
        let between = usual(900..<960).report(newer).baseline
        var next = usual(1_032..<1_056)
        #expect(next.report(between).alerts == [])
        next.flow(1_040 * 3_600, "eni-3", from: "10.0.0.13", 50_000, to: "203.0.113.2", 443, bytes: 900_000_000)
        let rules = next.report(newer).alerts.map(\.rule)
        #expect(rules.contains("flow-unusual-transfer"))
        #expect(next.report(between).alerts.map(\.rule) == rules)
    }
}
