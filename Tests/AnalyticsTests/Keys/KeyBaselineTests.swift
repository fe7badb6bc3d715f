import Basics
import Analytics
import Foundation
import Testing

@Suite struct KeyBaselineTests {
    /// What a run learns, through a file.
    private func learned(_ events: KeyEvents, _ before: KeyBaseline = KeyBaseline()) throws -> KeyBaseline {
        let baseline = try events.report(before).baseline
        let stored = try JSONDecoder().decode(KeyBaseline.self, from: JSONEncoder().encode(baseline))
        #expect(stored == baseline)
        return stored
    }

    /// Logs of some days in which a session does something.
    private func days(_ days: ClosedRange<Int>) -> KeyEvents {
        var events = KeyEvents()
        for day in days { events.other(Double(day)) }
        return events
    }

    @Test func silenceIsCountedFromTheLastUseThatAnEarlierRunSaw() throws {
        var first = days(0...60)
        first.create(0)
        first.use(1)
        let baseline = try learned(first)
        var second = days(60...100)
        second.use(95)
        #expect(try second.rules() == [])
        let alerts = try second.report(baseline).alerts
        #expect(alerts.map(\.rule) == ["key-used-after-silence", "old-key-used"])
        #expect(alerts.first?.evidence("days_without_use") == 94)
        #expect(alerts.first?.evidence("created_by") == "arn:aws:sts::123456789012:assumed-role/admin/bob")
    }

    @Test func daysThatNoRunSawAreNoSilence() throws {
        var first = days(0...5)
        first.use(1)
        let baseline = try learned(first)
        var second = days(100...110)
        second.use(105)
        #expect(try !second.rules(baseline).contains("key-used-after-silence"))
        var third = days(110...200)
        third.use(198)
        let alerts = try third.report(try learned(second, baseline)).alerts
        #expect(alerts.contains { $0.rule == "key-used-after-silence" })
    }

    @Test func whatTheLogsCoverOfALongSilenceIsToldBeside() throws {
        var first = days(0...5)
        first.use(1)
        var second = days(100...200)
        second.use(200)
        let alert = try #require(try second.report(try learned(first)).alerts.first)
        #expect(alert.rule == "key-used-after-silence")
        #expect(alert.evidence("days_without_use") == 199)
        #expect(alert.evidence("days_covered_by_logs") == 100)
    }

    @Test func aKeyThatWasSwitchedOnInAnEarlierRunIsFoundAtItsFirstUse() throws {
        var first = days(0...5)
        first.update(1, "Inactive")
        first.update(4, "Active")
        var baseline = try learned(first)
        baseline = try learned(days(5...8), baseline)
        var third = days(8...10)
        third.use(9)
        let alerts = try third.report(baseline).alerts
        #expect(alerts.map(\.rule) == ["reactivated-key-used"])
        #expect(alerts.first?.evidence("reactivated_by") == "arn:aws:sts::123456789012:assumed-role/admin/bob")
        baseline = try learned(third, baseline)
        var fourth = days(10...11)
        fourth.use(11)
        #expect(try fourth.rules(baseline) == [])
    }

    @Test func aKeyThatWasActiveBeforeIsNotSwitchedOn() throws {
        var first = days(0...5)
        first.create(1)
        var second = days(5...8)
        second.update(6, "Active")
        second.use(7)
        #expect(try second.rules(try learned(first)) == [])
    }

    @Test func theSameLogsTwiceSayNoMore() throws {
        var events = days(0...120)
        events.use(1)
        events.use(110)
        let once = try events.report()
        #expect(once.alerts.map(\.rule) == ["key-used-after-silence", "old-key-used"])
        let twice = try events.report(once.baseline)
        #expect(twice.alerts.map(\.rule) == ["key-used-after-silence"])
        #expect(twice.baseline == once.baseline)
    }

    @Test func whatIsOldIsDropped() throws {
        var events = days(0...1)
        events.use(1)
        events.login(1)
        let baseline = try learned(events)
        var later = days(300...301)
        #expect(try String(decoding: JSONEncoder().encode(learned(later, baseline)), as: UTF8.self).contains("AKIA"))
        later = days(500...501)
        let text = try String(decoding: JSONEncoder().encode(learned(later, baseline)), as: UTF8.self)
        #expect(!text.contains("AKIA") && !text.contains("ann"))
    }

    @Test func aBaselineOfAnotherVersionIsNotRead() throws {
        var first = days(0...60)
        first.use(1)
        var baseline = try learned(first)
        #expect(baseline.isReadable)
        baseline.version += 1
        #expect(!baseline.isReadable)
        var second = days(60...100)
        second.use(95)
        let report = try second.report(baseline)
        #expect(report.alerts == [])
        #expect(report.baseline.isReadable)
    }

    @Test func nothingReadIsNothingLearned() throws {
        var events = days(0...3)
        events.use(1)
        let baseline = try learned(events)
        #expect(try KeyEvents().report(baseline).baseline == baseline)
    }

    /// A single record with a wrong clock must not make everything else old.
    @Test func whatIsLaterThanNowIsNotBelieved() throws {
        var first = days(0...60)
        first.use(1)
        var poisoned = first
        poisoned.use(26_000)
        let now = KeyEvents.start + 61 * 86_400
        let tally = try KeyEvents.tally(poisoned.records, now: now)
        #expect(tally.ofTheFuture == 1)
        #expect(
            KeyHistory(tally).report().baseline
                == KeyHistory(try KeyEvents.tally(first.records, now: now)).report().baseline)
        // One that an earlier run learned is bounded when it is read.
        let learned = KeyHistory(try KeyEvents.tally(poisoned.records, now: .max)).report().baseline
        var second = days(60...100)
        second.use(95)
        let report = KeyHistory(
            try KeyEvents.tally(second.records, now: KeyEvents.start + 100 * 86_400), baseline: learned
        ).report()
        let text = try String(decoding: JSONEncoder().encode(report.baseline), as: UTF8.self)
        #expect(text.contains("AKIA"), "\(text)")
        #expect(!text.contains("\(KeyEvents.start + 26_000 * 86_400)"))
    }

    @Test(arguments: [
        #""from":0,"until":9223372036854775807,"seesCreation":true,"keys":{},"users":{}"#,
        #""from":-9223372036854775808,"until":1,"seesCreation":true,"keys":{},"users":{}"#,
        #""from":0,"until":1,"seesCreation":true,"keys":{"AKIA":{"last":9223372036854775807}},"users":{}"#,
        #""from":0,"until":1,"seesCreation":true,"keys":{},"users":{"1/a":{"created":-1}}"#,
        #""from":0,"until":1,"seesCreation":true,"keys":{},"users":{"1/a":{"reactivated":1e18}}"#,
        #""from":1e30,"until":1,"seesCreation":true,"keys":{},"users":{}"#, #""from":0"#,
    ])
    func aDamagedBaselineIsRefused(members: String) {
        let read = try? JSONDecoder().decode(KeyBaseline.self, from: Data("{\"version\":1,\(members)}".utf8))
        #expect(read?.isPossible != true)
    }

    @Test func ofAnotherVersionNothingButThatIsRead() throws {
        let other = try JSONDecoder().decode(KeyBaseline.self, from: Data(#"{"version":2,"keys":[1]}"#.utf8))
        #expect(!other.isReadable)
    }
}
