import Basics
import Analytics
import Testing

/// Series that begin, on interfaces that the baseline knows and on new ones.
@Suite struct FlowKnownInterfaceTests {
    /// Beside the usual traffic, a database that talks inside alone.
    private func withDatabase(hours: Range<Int>) -> Traffic {
        var traffic = Traffic()
        traffic.usual(hours: hours)
        database(&traffic, hours: hours)
        return traffic
    }

    private func database(_ traffic: inout Traffic, hours: Range<Int>) {
        for bin in hours.lowerBound * 12..<hours.upperBound * 12 {
            traffic.flow(
                bin * 300, "eni-db", from: "10.0.0.99", 40_000 + bin % 9_000, to: "10.0.1.\(5 + bin % 3)", 5_432,
                bytes: 800_000 + bin * 7_919 % 400 * 1_000)
        }
    }

    private func leak(_ traffic: inout Traffic, from hour: Int) {
        for part in 0..<12 {
            traffic.flow(
                hour * 3_600 + part * 300, "eni-db", from: "10.0.0.99", 50_000, to: "198.51.100.9", 443,
                bytes: 400_000_000)
        }
    }

    @Test func whatNeverWentOutOfAKnownInterfaceIsUnusual() throws {
        let learned = withDatabase(hours: 0..<72).report().baseline
        var next = withDatabase(hours: 72..<96)
        #expect(next.report(learned).alerts == [])
        leak(&next, from: 82)
        let report = next.report(learned)
        let alert = try #require(report.alerts.first { $0.rule == "flow-unusual-transfer" })
        #expect(alert.actor == "eni-db")
        #expect(alert.fields["series"] == "to external peers")
        #expect(alert.evidence("expected") == .int(0))
        #expect(report.learning == [])
    }

    /// Nothing went out for the whole of a day: that day counts.
    @Test func aSeriesThatIsIdleForAWholeRunKeepsItsHistory() {
        var first = withDatabase(hours: 0..<48)
        first.flow(3_600, "eni-db", from: "10.0.0.99", 50_000, to: "203.0.113.77", 443, bytes: 900)
        let learned = withDatabase(hours: 48..<72).report(first.report().baseline).baseline
        var next = withDatabase(hours: 72..<96)
        leak(&next, from: 82)
        let alert = next.report(learned).alerts.first { $0.rule == "flow-unusual-transfer" }
        #expect(alert?.actor == "eni-db")
        guard let history = alert?.evidence("history")?.elements else {
            Issue.record("there is no history")
            return
        }
        #expect(history.count == 48, "two days without a hole")
        // What was observed, not the little that is learned of it.
        let (observed, most) = (
            alert?.evidence("observed")?.double ?? .infinity, history.compactMap(\.double).max() ?? 0
        )
        #expect(most * 48 > observed)
    }

    @Test func aNewInterfaceIsLearntAndNotAlertedAbout() {
        let learned = withDatabase(hours: 0..<72).report().baseline
        var next = withDatabase(hours: 72..<96)
        for bin in 80 * 12..<96 * 12 {
            next.flow(
                bin * 300, "eni-new", from: "10.0.0.55", 40_000 + bin % 9_000, to: "203.0.113.\(1 + bin % 4)", 443,
                bytes: 9_000_000)
        }
        let report = next.report(learned)
        #expect(report.alerts.filter { $0.actor == "eni-new" } == [])
        #expect(report.learning == ["eni-new"])
    }
}
