import Basics
import Foundation
import Notifiers
import Store
import Testing

/// Who is told what, and when.
@Suite struct NotifierRoutingTests {
    private func notifier(_ name: String = "a", _ change: (inout Notifier) -> Void = { _ in }) -> Notifier {
        var notifier = Notifier(name, .stdout)
        change(&notifier)
        return notifier
    }

    private func told(_ notifier: Notifier, _ alert: StoredAlert) -> Bool {
        !NotifierRouting([notifier]).deliveries(for: alert, at: Sample.now).isEmpty
    }

    @Test func alertsGoWhereSeverityPracticeAccountAndKindSay() {
        #expect(told(notifier { $0.severity = .high }, Sample.alert("1")))
        #expect(!told(notifier { $0.severity = .critical }, Sample.alert("1")))
        #expect(told(notifier { $0.practices = ["audit-trail"] }, Sample.alert("1")))
        #expect(!told(notifier { $0.practices = ["flow-logs"] }, Sample.alert("1")))
        #expect(told(notifier { $0.accounts = ["123456789012"] }, Sample.alert("1")))
        #expect(!told(notifier { $0.accounts = ["210987654321"] }, Sample.alert("1")))
        #expect(!told(notifier { $0.accounts = ["210987654321"] }, Sample.alert("1", account: nil)))
        #expect(!told(notifier { $0.topics = [.integrity, .findings] }, Sample.alert("1")))
        #expect(told(notifier { $0.topics = [.integrity] }, Sample.alert("1", source: "verify")))
        #expect(!told(notifier { $0.topics = [.alerts] }, Sample.alert("1", source: "verify")))
    }

    @Test(
        arguments: [
            (nil, "fail", "finding"), ("pass", "fail", "finding"), ("unknown", "fail", "finding"),
            ("fail", "pass", "resolved"), ("fail", "gone", "resolved"), ("fail", "muted", "resolved"),
            ("unknown", "pass", "resolved"), ("fail", "unknown", nil), (nil, "pass", nil), ("muted", "pass", nil),
            (nil, "unknown", nil), ("pass", "gone", nil), ("unknown", "manual", nil),
        ] as [(String?, String, String?)])
    func findingsAreToldWhenTheyFailAndWhenTheyNoLongerDo(before: String?, after: String, kind: String?) {
        let finding = Sample.finding("f", after)
        let change = Sample.change(finding, from: before, to: after)
        let deliveries = NotifierRouting([notifier()]).deliveries(for: change, of: finding, at: Sample.now)
        #expect(deliveries.map(\.kind) == [kind].compactMap(\.self))
    }

    @Test func aNotifierCanDoWithoutResolveMessages() {
        let finding = Sample.finding("f", "pass")
        let change = Sample.change(finding, from: "fail", to: "pass")
        let routing = NotifierRouting([notifier { $0.tellsResolved = false }, notifier("b")])
        #expect(routing.deliveries(for: change, of: finding, at: Sample.now).map(\.notifier) == ["b"])
    }

    @Test func aMessageWaitsForItsGroupAndForTheEndOfTheNight() throws {
        let nights = QuietHours(from: 0, to: 6 * 60, in: try #require(TimeZone(secondsFromGMT: 0)))
        let routing = NotifierRouting([
            notifier { $0.groupSeconds = 30 },
            notifier("b") { ($0.groupSeconds, $0.quietHours) = (30, nights) },
        ])
        let due = routing.deliveries(for: Sample.alert("1"), at: Sample.now).map {
            $0.due.timeIntervalSince(Sample.now)
        }
        #expect(due == [30, 6 * 3_600])
        let critical = routing.deliveries(for: Sample.alert("1", .critical), at: Sample.now)
        #expect(critical.map { $0.due.timeIntervalSince(Sample.now) } == [30, 30])
    }

    @Test func theStoreKeepsOneMessageOfEachAlertAndOneOfEachChange() throws {
        let folder = TemporaryFolder()
        let store = try Store(folder.file("a.db"))
        let routing = NotifierRouting([notifier(), notifier("b")])
        let finding = Sample.finding("f")
        let change = Sample.change(finding, from: "pass", to: "fail")
        let again = Sample.change(finding, from: "pass", to: "fail", at: Sample.now.addingTimeInterval(60))
        for _ in 0..<2 {
            try store.change("the messages") { writer in
                try writer.add(routing.deliveries(for: Sample.alert("1"), at: Sample.now))
                try writer.add(routing.deliveries(for: change, of: finding, at: Sample.now))
                try writer.add(routing.deliveries(for: again, of: finding, at: Sample.now))
            }
        }
        let stored = try store.dueDeliveries(at: Sample.now)
        #expect(stored.count == 6)
        #expect(Set(stored.map { "\($0.notifier) \($0.subject) \($0.kind)" }).count == 6)
    }

    @Test func aNoticeIsReadAsItWasWritten() throws {
        let finding = Sample.finding("f")
        for notice in [
            Notice(Sample.alert("1")), Notice(Sample.change(finding, from: nil, to: "fail"), of: finding),
            Notice.test(at: Sample.now),
        ] { #expect(try Notice(parsing: notice.json.description) == notice) }
    }

    @Test func everyMessageSaysWhereItsPageIs() {
        let routing = NotifierRouting([notifier()], link: "https://page.example/soc")
        let finding = Sample.finding("0f")
        let change = Sample.change(finding, from: nil, to: "fail")
        let deliveries =
            routing.deliveries(for: Sample.alert("0a"), at: Sample.now)
            + routing.deliveries(for: change, of: finding, at: Sample.now) + routing.test(at: Sample.now)
        let links = deliveries.map { try? Notice(parsing: $0.content).link }
        #expect(
            links == [
                "https://page.example/soc/alerts/0a", "https://page.example/soc/findings/0f",
                "https://page.example/soc/",
            ])
    }

    @Test func theEndOfAProblemOfIntegrityGoesWhereTheProblemWent() {
        let alert = Sample.alert("0a", source: "verify")
        let routing = NotifierRouting([
            notifier { $0.topics = [.integrity] }, notifier("b") { $0.topics = [.alerts, .findings] },
            notifier("c") { $0.tellsResolved = false },
        ])
        let deliveries = routing.deliveries(forEndOf: alert, "it came", at: Sample.now)
        #expect(deliveries.map(\.notifier) == ["a"])
        #expect(deliveries.map(\.kind) == ["resolved"])
    }

    @Test func aRecordThatIsTooLargeForMessagesIsLeftOut() {
        let record = #"{"raw":"\#(String(repeating: "x", count: Notice.maximumRecordBytes))"}"#
        #expect(Notice(Sample.alert("1", record: record)).record == nil)
        #expect(Notice(Sample.alert("1", record: "no JSON")).record == nil)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", #"{"kind":"alert"}"#, #"{"kind":"x","id":"1","severity":"high"}"#, "\u{0}",
    ])
    func whatIsNoNoticeIsAnError(text: String) {
        #expect(throws: Failure.self) { try Notice(parsing: text) }
    }
}
