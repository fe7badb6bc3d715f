import Basics
import Synchronization
import TestSupport
import Testing
@testable import Analytics
@testable import Hunting

/// What counts as the same alert, and which alerts are kept.
@Suite struct AlertLedgerTests {
    private static func alert(
        _ event: String?, _ actor: String = "a", _ fields: [String: String] = [:], rule: String = "r", time: Int = 1,
        severity: Severity = .high, file: String = "f"
    ) -> Alert {
        Alert(
            rule: rule, title: "t", event: event, time: time, severity: severity, actor: actor, practice: "audit-trail",
            fields: fields, evidence: [.init("file", .string(file))])
    }

    private static func result(_ alerts: [Alert], limit: Int = 100) -> HuntResult {
        let ledger = AlertLedger(limit: limit, keys: ["actor"], severity: .informational, passOn: nil)
        for alert in alerts { ledger.add(alert) }
        var result = HuntResult()
        ledger.finish(into: &result)
        return result
    }

    private static func count(_ alerts: [Alert]) -> Int { result(alerts).statistics.alerts }

    @Test func anEventThatComesTwiceAlertsOnce() {
        #expect(Self.count([Self.alert("e-1"), Self.alert("e-1")]) == 1)
        #expect(Self.count([Self.alert("e-1"), Self.alert("e-2")]) == 2)
    }

    /// One event may complete what several groups of a correlation did.
    @Test func twoGroupsThatEndWithTheSameEventAreTwoAlerts() {
        #expect(Self.count([Self.alert("e-1", "a", ["user": "x"]), Self.alert("e-1", "a", ["user": "y"])]) == 2)
        #expect(Self.count([Self.alert("e-1", "a"), Self.alert("e-1", "b")]) == 2)
    }

    /// A flood by one actor does not hide what another one did once, however late.
    @Test func oneAlertOfEachGroupIsKeptBeforeASecondOfAny() {
        let noise = (0..<5_000).map { Self.alert("n-\($0)", "scanner", time: $0) }
        let few = (0..<30).map { Self.alert("f-\($0)", "batch", time: 6_000 + $0) }
        let planted = Self.alert("e", "mallory", time: 9_000)
        let kept = Self.result(noise + few + [planted], limit: 10).alerts
        #expect(
            kept.map(\.actor) == Array(repeating: "scanner", count: 4) + Array(repeating: "batch", count: 5) + [
                "mallory"
            ])
        #expect(kept.first?.time == 0)
        #expect(Self.result(noise + few + [planted], limit: 1).alerts.map(\.actor) == ["mallory"])
    }

    private static func session(_ role: String, _ name: String) -> String {
        "arn:aws:sts::123456789012:assumed-role/\(role)/\(name)"
    }

    /// The names of sessions are the caller's choice.
    @Test(arguments: ["assumed-role/ci", "federated-user"])
    func newNamesOfSessionsDisplaceNobody(_ kind: String) {
        let noise = (0..<5_000).map {
            Self.alert("n-\($0)", "arn:aws:sts::123456789012:\(kind)/run-\($0)", time: $0)
        }
        let planted = Self.alert("e", "arn:aws:iam::123456789012:user/mallory", time: 9_000)
        let others = (0..<3).map { Self.alert("o-\($0)", Self.session("deploy", "job-\($0)"), time: 9_001 + $0) }
        let found = Self.result(noise + [planted] + others, limit: 5)
        #expect(found.alerts.map(\.event) == ["n-0", "n-1", "e", "o-0", "o-1"])
        #expect(found.groups.count == 5_004 && found.groups.prefix(3).contains { $0.keys[0].value == planted.actor })
    }

    /// IAM Identity Center names the sessions of its roles by their users.
    @Test func usersOfIdentityCenterStayApart() {
        let role = "AWSReservedSSO_Admin_0123456789abcdef"
        let users = (0..<4).flatMap { user in
            (0..<9).map { Self.alert("\(user)-\($0)", Self.session(role, "user-\(user)@example.org"), time: $0) }
        }
        let noise = (0..<9).map { Self.alert("n-\($0)", "batch", time: $0) }
        #expect(Set(Self.result(users + noise, limit: 5).alerts.map(\.actor)).count == 5)
    }

    /// More sessions than there is room for groups: in any order, each other party keeps its group.
    @Test func sessionsBeyondTheBoundOfGroupsDisplaceNobody() {
        var alerts = (0..<AlertLedger.groupLimit * 5 / 2).map { Self.alert("n-\($0)", Self.session("ci", "run-\($0)")) }
        alerts += (0..<300).map { Self.alert("e-\($0)", "actor-\($0)") }
        alerts += (0..<300).map { Self.alert("s-\($0)", Self.session("role-\($0 % 100)", "session-\($0)")) }
        let first = Self.result(alerts)
        #expect(first.groups.count { $0.keys[0].value.hasPrefix("actor-") } == 300)
        #expect(first.groups.count { $0.keys[0].value.contains("/role-") } == 300)
        #expect(first.groups.reduce(0) { $0 + $1.count } == alerts.count)
        #expect(first.alerts.count { $0.actor.contains(":assumed-role/ci/") } <= 1)
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2 {
            alerts.shuffle(using: &generator)
            let again = Self.result(alerts)
            #expect(again.groups == first.groups && again.alerts == first.alerts)
        }
    }

    @Test func theMostSevereAlertsAreKeptFirst() {
        let alerts = (0..<50).map { Self.alert("e-\($0)", "a-\($0)", time: $0, severity: $0 == 33 ? .critical : .low) }
        let found = Self.result(alerts, limit: 3)
        #expect(found.alerts.map(\.severity).contains(.critical) && found.alerts.count == 3)
        #expect(found.groups.first?.severity == .critical && found.groups.count == 50)
    }

    /// Many groups, many alerts, events in two files, alerts without a time: any order gives the same.
    @Test(arguments: [0, 1, 7, 100, Int.max])
    func theOrderOfAlertsChangesNothing(_ limit: Int) {
        var generator = SeededGenerator(seed: 17)
        var alerts: [Alert] = []
        for number in 0..<6_000 {
            let actor = "actor-\(Int.random(in: 0..<40, using: &generator) * Int.random(in: 0..<40, using: &generator))"
            let time = Int.random(in: 0..<900, using: &generator)
            var alert = Self.alert(
                number % 9 == 0 ? nil : "e-\(number)", actor, ["n": "\(number)"], rule: "r-\(number % 3)", time: time,
                severity: number % 5 == 0 ? .critical : .medium, file: "b")
            alert.hasTime = number % 11 != 0
            alerts.append(alert)
            if number % 4 == 1 {
                alert.evidence = [.init("file", .string(number % 8 == 1 ? "a" : "c"))]
                alerts.append(alert)
            }
        }
        let first = Self.result(alerts, limit: limit)
        #expect(first.statistics.alerts > 5_000 && first.groups.count > 500)
        for _ in 0..<4 {
            alerts.shuffle(using: &generator)
            let again = Self.result(alerts, limit: limit)
            #expect(again.alerts == first.alerts)
            #expect(again.groups == first.groups)
            #expect(again.doubts == first.doubts && again.statistics == first.statistics)
        }
    }

    /// More groups than there is room for: the rule with few keeps all of them.
    @Test func groupsBeyondTheBoundCountTogetherWhateverTheOrder() {
        var alerts = (0..<AlertLedger.groupLimit * 5 / 2).map { Self.alert("n-\($0)", "noise-\($0)", rule: "noisy") }
        alerts += (0..<40).map { Self.alert("e-\($0)", "actor-\($0)", rule: "quiet") }
        let first = Self.result(alerts)
        #expect(first.statistics.alerts == alerts.count)
        #expect(first.groups.count <= AlertLedger.groupLimit + 41)
        #expect(first.groups.count { $0.rule == "quiet" } == 40)
        #expect(first.groups.reduce(0) { $0 + $1.count } == alerts.count)
        #expect(first.groups.contains { $0.keys.first?.value == "(others)" && $0.rule == "noisy" })
        alerts.reverse()
        let again = Self.result(alerts)
        #expect(again.groups == first.groups)
        #expect(again.alerts == first.alerts)
    }

    @Test func whatMemoryDoesNotAllowIsSaid() {
        let alerts = (0..<AlertLedger.alertLimit + 10).map { Self.alert("e-\($0)", "a-\($0 % 3)", time: $0) }
        let found = Self.result(alerts, limit: .max)
        #expect(found.alerts.count >= AlertLedger.alertLimit / 2 && found.alerts.count <= AlertLedger.alertLimit)
        #expect(found.doubts.contains { $0.contains("because of the memory limit") })
        #expect(Self.result(Array(alerts.prefix(2_000)), limit: .max).alerts.count == 2_000)
    }

    @Test func aRecordWithoutATimeIsADoubtAndNotOf1970() {
        var alert = Self.alert("e")
        alert.hasTime = false
        let found = Self.result([alert])
        #expect(found.groups.first?.first == nil && found.alerts.first?.hasTime == false)
        #expect(found.doubts == ["1 alert is about records without a time that can be read"])
        #expect(Self.result([alert, Self.alert("f", time: 5)]).groups.first?.first == 5)
    }

    /// Without a bound each is passed on as it comes; with one those that are kept, at the end.
    @Test func alertsArePassedOn() {
        for passesAll in [true, false] {
            let events = Mutex<[String?]>([])
            let ledger = AlertLedger(limit: 2, keys: ["actor"], severity: .informational, passesAll: passesAll) {
                alert in
                events.withLock { $0.append(alert.event) }
            }
            for number in [3, 1, 2, 2] { ledger.add(Self.alert("e-\(number)", time: number)) }
            #expect(events.withLock { $0 } == (passesAll ? ["e-3", "e-1", "e-2"] : []))
            var result = HuntResult()
            ledger.finish(into: &result)
            #expect(events.withLock { $0 } == (passesAll ? ["e-3", "e-1", "e-2"] : ["e-1", "e-2"]))
            #expect(result.alerts.map(\.event) == ["e-1", "e-2"])
        }
    }

    /// However large the records of an attacker are.
    @Test func originalRecordsHaveABoundInMemory() {
        var alerts = (0..<4).map { Self.alert("e-\($0)") }
        for place in [0, 1, 3] { alerts[place].raw = String(repeating: "x", count: 40) }
        #expect(AlertLedger.limitRaw(&alerts, to: 100) == 1)
        #expect(alerts.map { $0.raw?.count } == [40, 40, nil, nil])
    }

    @Test func secretsOfAnalyticsAreNotKept() {
        var alert = Self.alert("e", "https://user:hunter2secret@example.org/", ["agent": "x --password hunter2secret"])
        alert.evidence = [.init("requests", .array([.string("/k?X-Amz-Signature=hunter2secret"), .int(1)]))]
        let found = Self.result([alert])
        #expect(found.alerts.count == 1)
        #expect(!"\(found)".contains("hunter2secret"), "\(found)")
    }
}
