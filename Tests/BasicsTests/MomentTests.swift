import Basics
import Foundation
import Testing

@Suite struct MomentTests {
    @Test func timesAreReadAsPythonDoes() async throws {
        for row in try await SecondOpinion.rows("moments") {
            let text = try #require(row[0].text)
            // Python's calendar has no leap seconds.
            if text.firstMatch(of: #/\d\d:\d\d:60/#) != nil { continue }
            #expect(Moment(text).map { Int($0.milliseconds) } == row[1].integer, "\(text)")
            if let moment = Moment(text) { #expect(Moment(moment.description) == moment, "\(text)") }
        }
    }

    @Test func daysHaveTheDatesAndWeeksOfPython() async throws {
        for row in try await SecondOpinion.rows("days") {
            let numbers = row.compactMap(\.integer)
            let parts = try #require(Moment(seconds: numbers[0] * 86_400 + 86_399)).civil
            #expect([parts.year, parts.month, parts.day, parts.week] == Array(numbers[1...]))
            #expect(CivilCalendar.days(year: numbers[1], month: numbers[2], day: numbers[3]) == numbers[0])
            #expect((parts.hour, parts.minute, parts.second) == (23, 59, 59))
        }
    }

    @Test(arguments: [
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"), ("2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.100Z"),
        ("2026-01-01T00:00:00.0009Z", "2026-01-01T00:00:00Z"), ("2026-01-01T01:30:00+01:30", "2026-01-01T00:00:00Z"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
    ])
    func momentsAreWrittenInUTC(text: String, written: String) throws {
        let moment = try #require(Moment(text))
        #expect(moment.description == written)
        let encoded = try JSONEncoder().encode([moment])
        #expect(String(decoding: encoded, as: UTF8.self) == "[\"\(written)\"]")
        #expect(try JSONDecoder().decode([Moment].self, from: encoded) == [moment])
    }

    @Test(
        arguments: [
            ("2026-01-01", 1_767_225_600), ("2026-01-01T00:00:00", 1_767_225_600),
            ("2026-01-01T01:00:00+01:00", 1_767_225_600),
            ("2026-02-29", nil), ("2026-1-1", nil), ("2026", nil), ("2026-01-01 00:00:00Z", nil), ("yesterday", nil),
            ("", nil),
            ("1767225600", nil), ("2026-01-01T00:00Z", nil), ("2026-01-01T23:59:60Z", nil), ("２０２６-01-01", nil),
        ] as [(String, Int?)])
    func usersTypeDaysAndTimes(text: String, seconds: Int?) {
        #expect(Moment(typed: text)?.seconds == seconds)
    }

    @Test(
        arguments: [
            ("2026", 1_767_225_600), ("2026-01", 1_767_225_600), ("2026-01-01", 1_767_225_600),
            ("2026-01-01T00:00Z", 1_767_225_600), ("2026-01-01T00:00:00.5Z", 1_767_225_600.5),
            ("2026-01-01T00:00:00", 1_767_225_600), ("2026-01-01T00:00+02:00", 1_767_218_400),
            ("1767225600", 1_767_225_600),
            ("1767225600.25", 1_767_225_600.25), ("-1", -1), ("99999999999999", 253_402_300_799.999), ("20260", 20_260),
            ("2026-13", nil), ("2026-02-30", nil), ("1e9", nil), ("-", nil), ("", nil), (".", nil), ("0x10", nil),
        ] as [(String, Double?)])
    func policiesHaveDatesOrSeconds(text: String, seconds: Double?) {
        #expect((Moment(policy: text)?.milliseconds).map { Double($0) / 1000 } == seconds)
    }

    @Test(
        arguments: [
            ("[06/Feb/2019:00:00:38 +0000]", 1_549_411_238), ("06/Feb/2019:00:00:38 +0000", 1_549_411_238),
            ("06/feb/2019:01:00:38 +0100", 1_549_411_238), ("2019-02-06T00:00:38Z", 1_549_411_238),
            ("2019-02-06 00:00:38", 1_549_411_238), ("2019-02-06T00:00:38+0000", 1_549_411_238),
            ("1549411238", 1_549_411_238),
            ("1549411238000", 1_549_411_238), ("30/Feb/2019:00:00:38 +0000", nil), ("06/Foo/2019:00:00:38 +0000", nil),
            ("[06/Feb/2019:00:00:38 +0000", nil), ("06/Feb/2019:00:00:38", nil), ("154941123", 154_941_123),
            ("15494", nil),
            ("[", nil), ("", nil), ("-", nil), ("06/", nil),
        ] as [(String, Int?)])
    func logsHaveTimesOfManyForms(text: String, seconds: Int?) {
        #expect(text.withUTF8Bytes { Moment(log: $0) }?.seconds == seconds)
    }

    /// Times in the form of CloudTrail's records are read in a shorter way.
    @Test func theUsualFormOfLogsIsReadLikeAnyOther() {
        for text in [
            "2024-02-28T23:59:59Z", "2024-02-29T00:00:00Z", "2023-02-29T00:00:00Z", "0001-01-01T00:00:00Z",
            "0000-01-01T00:00:00Z", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z", "2024-01-00T00:00:00Z",
            "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-01-0:T00:00:00Z",
            "2024-01-01T00:00:00z", "2024-01-01 00:00:00Z", "9999-12-28T23:59:59Z",
        ] {
            #expect(text.withUTF8Bytes { Moment(log: $0) == CivilTime(log: $0)?.moment }, "\(text)")
        }
    }

    @Test func partsAreThoseThatAreWritten() throws {
        let parts = try #require("2020-12-31T23:30:00-05:00".withUTF8Bytes { CivilTime(log: $0) })
        #expect((parts.year, parts.month, parts.day, parts.hour, parts.week) == (2020, 12, 31, 23, 53))
        #expect(parts.moment?.description == "2021-01-01T04:30:00Z")
    }

    @Test func arithmeticStaysInTheCalendar() throws {
        let moment = try #require(Moment("2024-02-28T12:00:00Z"))
        #expect((moment + .days(1)).description == "2024-02-29T12:00:00Z")
        #expect((moment - .hours(36)).description == "2024-02-27T00:00:00Z")
        #expect(moment - (moment - .minutes(1)) == .seconds(60))
        #expect((moment + .days(90)).days(since: moment) == 90)
        #expect((moment - .seconds(1)).days(since: moment) == -1)
        #expect(Moment.latest + .seconds(Int64.max) == .latest)
        #expect(Moment.earliest - .seconds(Int64.max) == .earliest)
        #expect(Moment(milliseconds: .max) == nil)
        #expect(Moment(seconds: Int.min) == nil)
        #expect(Moment(seconds: UInt64.max) == nil)
        #expect(Moment(seconds: Double.nan) == nil)
        #expect(Moment(Date.distantPast) <= moment)
        #expect(Moment(Date(timeIntervalSince1970: .infinity)) == .latest)
        #expect(Moment(moment.date) == moment)
        #expect(abs(Moment.now.date.timeIntervalSinceNow) < 60)
    }
}
