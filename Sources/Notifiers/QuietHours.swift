public import Basics
public import Foundation

/// Hours in which a notifier is silent, such as nights. What happens in them is told when they end.
public struct QuietHours: Sendable, Hashable {
    /// Minutes after midnight at which they begin: 0 to 1,439.
    public var start: Int
    /// Minutes after midnight at which they end: 1 to 1,440. They end on the next day if this is not after ``start``.
    public var end: Int
    /// The days on which they begin.
    public var days: Set<Weekday>
    public var timeZone: TimeZone
    /// The least severity that is told in them all the same; `nil` if nothing is.
    public var exception: Severity?

    /// The names of the configuration.
    public enum Weekday: String, Sendable, Hashable, CaseIterable {
        case monday = "mon"
        case tuesday = "tue"
        case wednesday = "wed"
        case thursday = "thu"
        case friday = "fri"
        case saturday = "sat"
        case sunday = "sun"
    }

    public init(
        from start: Int, to end: Int, days: Set<Weekday> = Set(Weekday.allCases), in timeZone: TimeZone,
        except exception: Severity? = .critical
    ) {
        self.start = start
        self.end = end
        self.days = days
        self.timeZone = timeZone
        self.exception = exception
    }

    /// Whether they never end, because each day's begin when the last ones end.
    public var isEndless: Bool { days.count == Weekday.allCases.count && (start == end || end - start == 1_440) }

    /// The time from which a message may be sent.
    public func sendingTime(of severity: Severity, at time: Date) -> Date {
        if let exception, severity >= exception { return time }
        var time = time
        // A weekend can be two quiet days, one after the other; more than seven are endless.
        for _ in 0..<8 {
            guard let end = end(at: time) else { break }
            time = end
        }
        return time
    }

    /// The time at which the quiet hours around a time end; `nil` if the time is in none.
    private func end(at time: Date) -> Date? {
        let local = Moment(time.addingTimeInterval(Double(timeZone.secondsFromGMT(for: time))))
        let today = local.days(since: Moment(Date(timeIntervalSince1970: 0)))
        for day in [today - 1, today] where days.contains(Self.weekday(ofDay: day)) {
            let lastDay = end > start ? day : day + 1
            let (begins, ends) = (instant(day: day, minute: start), instant(day: lastDay, minute: end))
            if begins <= time, time < ends { return ends }
        }
        return nil
    }

    /// The moment of a local time. A time that the clock skips is the moment of the change; of a time that comes twice
    /// it is the first.
    private func instant(day: Int, minute: Int) -> Date {
        let local = TimeInterval(day * 86_400 + minute * 60)
        // No zone is a day or more away from UTC, and none changes twice in two days.
        let before = TimeInterval(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: local - 86_400)))
        let after = TimeInterval(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: local + 86_400)))
        let first = Date(timeIntervalSince1970: local - before)
        guard before != after else { return first }
        let isBeforeChange = TimeInterval(timeZone.secondsFromGMT(for: first)) == before
        if isBeforeChange { return first }
        let second = Date(timeIntervalSince1970: local - after)
        if TimeInterval(timeZone.secondsFromGMT(for: second)) == after { return second }
        // The clock skips this time.
        return timeZone.nextDaylightSavingTimeTransition(after: second) ?? first
    }

    /// 1970-01-01 was a Thursday.
    private static func weekday(ofDay day: Int) -> Weekday {
        Weekday.allCases[((day + 3) % 7 + 7) % 7]
    }
}
