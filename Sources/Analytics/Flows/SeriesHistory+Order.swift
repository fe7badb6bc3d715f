internal import Algorithms

extension SeriesHistory {
    /// The index of an hour, or the index at which it would be inserted.
    private func place(of hour: Int) -> Int {
        // Logs are usually read in order of time.
        guard let last = hours.last, last.hour >= hour else { return hours.count }
        return hours.partitioningIndex { $0.hour >= hour }
    }

    /// Whether the hour was learned.
    func has(_ hour: Int) -> Bool {
        let place = place(of: hour)
        return place < hours.count && hours[place].hour == hour
    }

    /// The number of known hours before the given one.
    func count(before hour: Int) -> Int { place(of: hour) }

    /// The known hours before the given one.
    func hours(before hour: Int) -> ArraySlice<Hour> { hours[..<place(of: hour)] }

    /// The history before an hour, so that logs that are read again are evaluated as they were the first time.
    func before(_ hour: Int) -> SeriesHistory {
        let place = place(of: hour)
        guard place < hours.count else { return self }
        var past = self
        past.hours.removeSubrange(place...)
        return past
    }

    /// Inserts an hour in order, because older logs may be read after newer ones.
    mutating func insert(_ hour: Hour) { hours.insert(hour, at: place(of: hour.hour)) }

    /// Sorts the hours and removes duplicates.
    mutating func putInOrder() {
        guard zip(hours, hours.dropFirst()).contains(where: { $0.hour >= $1.hour }) else { return }
        var last: [Int: Hour] = [:]
        for hour in hours { last[hour.hour] = hour }
        hours = last.values.sorted { $0.hour < $1.hour }
    }

    /// The history of a series without traffic in these hours.
    static func idle(_ hours: some Sequence<Int>) -> SeriesHistory {
        var history = SeriesHistory()
        history.hours = hours.map {
            Hour(hour: $0, total: 0, bin: 0, peak: 0, active: 0, spread: 0, residual: 0)
        }
        return history
    }

    /// Resets the state that is carried from bin to bin and from hour to hour.
    mutating func beginAnew() {
        (slowSum, slowBytes, slowStart, unusualBefore) = (0, 0, 0, 0)
    }

    /// Copies the carried state of another history.
    mutating func carry(_ other: SeriesHistory) {
        (slowSum, slowBytes) = (other.slowSum, other.slowBytes)
        (slowStart, unusualBefore) = (other.slowStart, other.unusualBefore)
    }
}
