internal import LogReaders

extension Timestamp {
    /// As written: the time zone is not looked at.
    func value(of part: TimePart) -> Int {
        switch part {
        case .minute: minute
        case .hour: hour
        case .day: day
        case .month: month
        case .year: year
        case .week: week
        }
    }

    /// The week of ISO 8601: the one that holds the year's first Thursday is the first.
    private var week: Int {
        let thisDay = daysSince1970
        // 1 January 1970 was a Thursday; Monday is 0.
        let weekday = ((thisDay + 3) % 7 + 7) % 7
        let thursday = thisDay - weekday + 3
        var year = self.year
        if thursday < Timestamp.days(year, 1, 1) { year -= 1 }
        if thursday >= Timestamp.days(year + 1, 1, 1) { year += 1 }
        return (thursday - Timestamp.days(year, 1, 1)) / 7 + 1
    }
}
