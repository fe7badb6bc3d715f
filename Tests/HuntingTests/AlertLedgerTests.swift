import Basics
import Testing
@testable import Analytics
@testable import Hunting

/// What counts as the same alert.
@Suite struct AlertLedgerTests {
    private static func alert(_ event: String, _ actor: String = "a", _ fields: [String: String] = [:]) -> Alert {
        Alert(
            rule: "r", title: "t", event: event, time: 1, severity: .high, actor: actor, practice: "audit-trail",
            fields: fields)
    }

    private static func count(_ alerts: [Alert]) -> Int {
        let ledger = AlertLedger(limit: 100, keys: ["actor"], severity: .informational, passOn: nil)
        for alert in alerts { ledger.add(alert) }
        var result = HuntResult()
        ledger.finish(into: &result)
        return result.statistics.alerts
    }

    @Test func anEventThatComesTwiceAlertsOnce() {
        #expect(Self.count([Self.alert("e-1"), Self.alert("e-1")]) == 1)
        #expect(Self.count([Self.alert("e-1"), Self.alert("e-2")]) == 2)
    }

    /// One event may complete what several groups of a correlation did.
    @Test func twoGroupsThatEndWithTheSameEventAreTwoAlerts() {
        #expect(Self.count([Self.alert("e-1", "a", ["user": "x"]), Self.alert("e-1", "a", ["user": "y"])]) == 2)
        #expect(Self.count([Self.alert("e-1", "a"), Self.alert("e-1", "b")]) == 2)
    }
}
