import Analytics
import Basics
import Hunting
import Testing

@testable import Reports

/// A filtered hunt lists less and counts all.
@Suite struct AlertFilterTests {
    private static let alert = Alert(
        rule: "r", title: "Trail stopped", time: 0, severity: .high, account: "123456789012", region: "us-east-1",
        actor: "arn:aws:iam::123456789012:user/kim", practice: "",
        fields: ["eventName": "StopLogging", "sourceIPAddress": "203.0.113.5"])

    @Test(arguments: [
        ("eventName=StopLogging", true), ("eventName=stop*", true), ("eventName=Delete*", false), ("x=", true),
        ("x=1", false), ("severity=high", true), ("account=12345678901?", true), ("region=", false), ("rule=r", true),
        ("sourceIPAddress=203.0.113.*", true), ("title=*stopped", true), ("eventName=a=b", false),
    ])
    func aConditionNamesAFieldAndItsValue(text: String, lists: Bool) throws {
        var filter = AlertFilter()
        filter.conditions = [try #require(AlertFilter.Condition(text))]
        #expect(filter.lists(Self.alert) == lists)
    }

    @Test(arguments: ["", "=", "=x", "eventName"])
    func whatIsNoConditionIsNone(text: String) { #expect(AlertFilter.Condition(text) == nil) }

    @Test func anActorIsAPattern() {
        var filter = AlertFilter()
        filter.actors = ["*:user/lee", "*:user/kim"]
        #expect(filter.lists(Self.alert))
        filter.actors = ["kim"]
        #expect(!filter.lists(Self.alert))
    }

    @Test func aReportListsWhatMatchesAndCountsAll() throws {
        let all = HuntSamples.usual
        let actor = try #require(all.result.alerts.first?.actor)
        var filter = AlertFilter()
        filter.actors = [actor]
        let report = all.filtered(by: filter)
        let expected = all.result.alerts.filter { $0.actor == actor }
        #expect(report.result.alerts == expected && expected.count < all.result.alerts.count)
        #expect(report.omission?.contains("sums count all") == true)
        #expect(report.result.statistics == all.result.statistics)
        #expect(report.report.notes.contains { $0.title == "Filtered" })
    }

    /// Alerts that a filter hides are not alerts that do not exist.
    @Test(arguments: Format.allCases) func aReportThatListsNothingSaysHowManyAlertsThereAre(format: Format) throws {
        var filter = AlertFilter()
        filter.conditions = [try #require(AlertFilter.Condition("eventNam=Delete*"))]
        let all = HuntSamples.usual
        let report = all.filtered(by: filter)
        #expect(report.omission?.hasSuffix("; no alert has a field eventNam") == true)
        let text = String(decoding: try report.report.bytes(format), as: UTF8.self)
        #expect(!text.contains("No alert in"))
        switch format {
        case .junit: #expect(text.contains("<error") && !text.contains(#"errors="0""#))
        case .table, .html, .markdown:
            #expect(text.contains("0 of \(all.result.statistics.alerts) alerts listed"))
            #expect(text.contains(all.sum))
        default: break
        }
        #expect(report.matchedRules == Set(all.result.groups.map(\.rule)).count)
    }

    @Test func inTheOrderOfTimeEachAlertIsALine() {
        var filter = AlertFilter()
        filter.order = .time
        let report = HuntSamples.usual.filtered(by: filter)
        let table = HuntTable(report, text: TerminalText(), isVerbose: false).rendered()
        for alert in report.result.alerts { #expect(table.contains(alert.title)) }
        #expect(report.omission == nil)
    }
}
