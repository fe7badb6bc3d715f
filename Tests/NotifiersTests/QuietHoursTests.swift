import Basics
import Foundation
import Notifiers
import Testing

/// Quiet hours, also over changes of the clock.
@Suite struct QuietHoursTests {
    private let berlin = TimeZone(identifier: "Europe/Berlin")!
    private let lordHowe = TimeZone(identifier: "Australia/Lord_Howe")!

    private func sent(_ hours: QuietHours, _ severity: Severity = .high, at time: String) throws -> String {
        Moment(hours.sendingTime(of: severity, at: try #require(Moment(time)).date)).description
    }

    @Test func aMessageWaitsForTheEndOfTheNight() throws {
        let nights = QuietHours(from: 22 * 60, to: 7 * 60, in: berlin)
        // In winter Berlin is an hour ahead of UTC.
        #expect(try sent(nights, at: "2026-01-10T20:59:59Z") == "2026-01-10T20:59:59Z")
        #expect(try sent(nights, at: "2026-01-10T21:00:00Z") == "2026-01-11T06:00:00Z")
        #expect(try sent(nights, at: "2026-01-11T02:00:00Z") == "2026-01-11T06:00:00Z")
        #expect(try sent(nights, at: "2026-01-11T06:00:00Z") == "2026-01-11T06:00:00Z")
    }

    @Test func criticalMessagesDoNotWait() throws {
        var nights = QuietHours(from: 22 * 60, to: 7 * 60, in: berlin)
        #expect(try sent(nights, .critical, at: "2026-01-10T23:00:00Z") == "2026-01-10T23:00:00Z")
        nights.exception = .medium
        #expect(try sent(nights, .medium, at: "2026-01-10T23:00:00Z") == "2026-01-10T23:00:00Z")
        #expect(try sent(nights, .low, at: "2026-01-10T23:00:00Z") == "2026-01-11T06:00:00Z")
        nights.exception = nil
        #expect(try sent(nights, .critical, at: "2026-01-10T23:00:00Z") == "2026-01-11T06:00:00Z")
    }

    @Test func quietDaysFollowOneAnother() throws {
        let weekend = QuietHours(from: 0, to: 1_440, days: [.saturday, .sunday], in: berlin)
        // 2026-01-10 is a Saturday.
        #expect(try sent(weekend, at: "2026-01-09T22:59:59Z") == "2026-01-09T22:59:59Z")
        #expect(try sent(weekend, at: "2026-01-09T23:00:00Z") == "2026-01-11T23:00:00Z")
        let nights = QuietHours(from: 22 * 60, to: 7 * 60, days: [.friday], in: berlin)
        #expect(try sent(nights, at: "2026-01-10T03:00:00Z") == "2026-01-10T06:00:00Z")
        #expect(try sent(nights, at: "2026-01-11T03:00:00Z") == "2026-01-11T03:00:00Z")
    }

    /// On 2026-03-29 Berlin goes from 02:00 to 03:00, on 2026-10-25 from 03:00 to 02:00.
    @Test func theNightIsShorterOrLongerWhenTheClockChanges() throws {
        let nights = QuietHours(from: 22 * 60, to: 7 * 60, in: berlin)
        #expect(try sent(nights, at: "2026-03-28T21:00:00Z") == "2026-03-29T05:00:00Z")
        #expect(try sent(nights, at: "2026-10-24T20:00:00Z") == "2026-10-25T06:00:00Z")
    }

    @Test func aTimeThatTheClockSkipsIsTheMomentOfTheChange() throws {
        let hours = QuietHours(from: 60, to: 2 * 60 + 30, in: berlin)
        #expect(try sent(hours, at: "2026-03-29T00:30:00Z") == "2026-03-29T01:00:00Z")
        let from = QuietHours(from: 2 * 60 + 30, to: 4 * 60, in: berlin)
        #expect(try sent(from, at: "2026-03-29T00:59:59Z") == "2026-03-29T00:59:59Z")
        #expect(try sent(from, at: "2026-03-29T01:00:00Z") == "2026-03-29T02:00:00Z")
    }

    @Test func ofATimeThatComesTwiceTheFirstCounts() throws {
        let hours = QuietHours(from: 60, to: 2 * 60 + 30, in: berlin)
        #expect(try sent(hours, at: "2026-10-25T00:00:00Z") == "2026-10-25T00:30:00Z")
        #expect(try sent(hours, at: "2026-10-25T00:45:00Z") == "2026-10-25T00:45:00Z")
    }

    @Test func aChangeOfHalfAnHourIsHeeded() throws {
        // On 2026-10-04 Lord Howe Island goes from 02:00 (UTC+10:30) to 02:30 (UTC+11).
        let hours = QuietHours(from: 60, to: 5 * 60, in: lordHowe)
        #expect(try sent(hours, at: "2026-10-03T15:00:00Z") == "2026-10-03T18:00:00Z")
    }

    @Test func everyMinuteOfAYearIsToldAtTheEndOrAtOnce() throws {
        let hours = QuietHours(from: 22 * 60, to: 6 * 60 + 15, in: berlin)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = berlin
        let start = try #require(Moment("2026-03-27T00:00:00Z")).date
        for minute in stride(from: 0, to: 4 * 1_440, by: 7) {
            let time = start.addingTimeInterval(Double(minute * 60))
            let parts = calendar.dateComponents([.hour, .minute], from: time)
            let local = (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
            let isQuiet = local >= 22 * 60 || local < 6 * 60 + 15
            let sent = hours.sendingTime(of: .high, at: time)
            #expect((sent != time) == isQuiet)
            if isQuiet {
                let end = calendar.dateComponents([.hour, .minute], from: sent)
                #expect((end.hour, end.minute) == (6, 15))
                #expect(sent.timeIntervalSince(time) < 10 * 3_600)
            }
        }
    }
}
