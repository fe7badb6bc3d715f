internal import Glibc

/// The expectation for an hour, in log1p of bytes (or flows).
struct Expectation {
    /// The hour's total.
    var total: Double
    /// The standard deviation of the hour's total.
    var totalScale: Double
    /// An active bin of five minutes.
    var bin: Double
    /// The fullest bin of five minutes.
    var peak: Double
    /// The standard deviation of the fullest bin.
    var binScale: Double
    /// Whether there is usually no traffic at this hour.
    var isIdle: Bool

    /// The most that is learned from an hour.
    var limit: Double { total + 3 * totalScale }

    /// An hour's bins as they are learned. A few unusual bins are reduced to the usual peak, so that a recurring burst
    /// stays unusual. If more than three bins are unusual, the level may be a lasting new one: each of these bins is
    /// clipped, so that the level is learned gradually.
    func without(_ unusual: [Int], _ bins: [Double]) -> [Double] {
        var bins = bins
        let most = Robust.bytes(unusual.count > 3 ? peak + 3 * binScale : peak)
        for bin in unusual { bins[bin] = min(bins[bin], most) }
        return bins
    }
}

/// Predicts an hour from the ones before. The prediction is a median of the same hours of the day, in which the same
/// hours of the week have more weight. While history is short, it is shrunk to the series' own level plus the group's
/// daily shape.
struct SeriesModel {
    /// Properties that the series of a group have in common.
    struct Group {
        /// For each hour of the day, the members' usual difference from their own level.
        var shape: [Double] = Array(repeating: 0, count: 24)
        /// The usual spread of hourly residuals.
        var scale = 0.35
    }

    let history: SeriesHistory
    let group: Group

    private static let totalFloor = 0.22
    private static let binFloor = 0.3

    /// The number of hours of history.
    var length: Int { history.hours.count }

    /// - Parameter hasTraffic: whether the hour has traffic. If it has none, its bins are not predicted.
    func expect(_ hour: Int, hasTraffic: Bool = true) -> Expectation? {
        guard !history.hours.isEmpty else { return nil }
        let around = samples(around: hour)
        let own = around[1]
        let level = recentLevel { Double($0.total) }
        guard let total = expect(hour, around, level, active: false, { $0.total }) else { return nil }
        var (bin, peak): (Double?, Double?)
        if hasTraffic {
            bin = expect(hour, around, recentLevel { $0.active > 0 ? Double($0.bin) : nil }, active: true) { $0.bin }
            peak = expect(hour, around, recentLevel { $0.active > 0 ? Double($0.peak) : nil }, active: true) { $0.peak }
        }
        let count = Double(max(1, own.count))
        let between = betweenDays()
        let within = withinHour()
        let uncertain = 1 + 1 / count
        return Expectation(
            total: total,
            totalScale: max(Self.totalFloor, (between * between * uncertain + within * within / 12).squareRoot()),
            bin: bin ?? 0, peak: peak ?? 0,
            binScale: max(Self.binFloor, (between * between * uncertain + within * within / 4).squareRoot()),
            isIdle: around.allSatisfy { $0.allSatisfy { $0.active == 0 } })
    }

    /// Predicts one value of an hour from the hours around the same time of earlier days.
    @inline(__always)
    private func expect(
        _ hour: Int, _ around: [[SeriesHistory.Hour]], _ level: Double, active: Bool,
        _ value: (SeriesHistory.Hour) -> Float
    ) -> Double? {
        tolerant(
            center(around[0], hour - 1, level, active: active, value),
            center(around[1], hour, level, active: active, value),
            center(around[2], hour + 1, level, active: active, value), around, hour, value)
    }

    /// Tolerates a backup or batch job that starts a little earlier or later. If these hours had a value on two days of
    /// the last week that is far above the hour's own, that value is usual (one day is enough while there is only one).
    /// For a weekly job, the same holds for two weeks on the same day (one is enough while there is only one).
    private func tolerant(
        _ before: Double?, _ same: Double?, _ after: Double?, _ around: [[SeriesHistory.Hour]], _ hour: Int,
        _ value: (SeriesHistory.Hour) -> Float
    ) -> Double? {
        guard let own = same ?? before ?? after else { return nil }
        var most: Double?
        if history.hours[0].hour >= hour - 168 {
            most = Self.usualMost(around, value)
        } else {
            // The highest values of the days before this hour, and of the same day of earlier weeks.
            var days: [Int: Double] = [:]
            var weeks: [Int: Double] = [:]
            for sample in around.joined() {
                let (day, seen) = ((hour + 1 - sample.hour) / 24, Double(value(sample)))
                if day < 7 { days[day] = max(days[day] ?? 0, seen) }
                if day.isMultiple(of: 7), day > 0 { weeks[day / 7] = max(weeks[day / 7] ?? 0, seen) }
            }
            most = [Self.second(days), Self.second(weeks)].compactMap { $0 }.max()
        }
        guard let most else { return own }
        return most > own + 1 ? most : own
    }

    /// The second largest of more than three values; otherwise the largest.
    private static func usualMost(
        _ around: [[SeriesHistory.Hour]], _ value: (SeriesHistory.Hour) -> Float
    ) -> Double? {
        var (count, largest, second) = (0, -Float.infinity, -Float.infinity)
        for hours in around {
            for sample in hours {
                let seen = value(sample)
                second = max(second, min(largest, seen))
                largest = max(largest, seen)
                count += 1
            }
        }
        return count == 0 ? nil : Double(count > 3 ? second : largest)
    }

    /// The second largest value; the largest if there is only one.
    private static func second(_ seen: [Int: Double]) -> Double? {
        let sorted = seen.values.sorted()
        return sorted.count > 1 ? sorted[sorted.count - 2] : sorted.last
    }

    /// The samples of earlier days at three hours of the day: one hour earlier, the same hour, and one hour later.
    private func samples(around hour: Int) -> [[SeriesHistory.Hour]] {
        var around: [[SeriesHistory.Hour]] = [[], [], []]
        for sample in history.hours {
            let distance = hour + 1 - sample.hour
            // The hour itself and later ones are unknown.
            let place = 2 - distance % 24
            if place >= 0, distance > 2 - place { around[place].append(sample) }
        }
        return around
    }

    /// The weighted median of the same hours of earlier days. The same hours of the week weigh more.
    private func center(
        _ hours: [SeriesHistory.Hour], _ hour: Int, _ level: Double, active: Bool,
        _ value: (SeriesHistory.Hour) -> Float
    ) -> Double? {
        let prior = level + group.shape[((hour % 24) + 24) % 24]
        guard !hours.isEmpty else { return prior }
        var count = 0.0
        let center = Robust.weightedMedian(upTo: hours.count) { add in
            for sample in hours where !active || sample.active > 0 {
                let weight = (sample.hour - hour).isMultiple(of: 168) ? 4.0 : 1.0
                count += weight
                add(Double(value(sample)), weight)
            }
        }
        guard let median = center else { return nil }
        // One day is little evidence, so the prior weighs as much as half a day. If the two differ widely, the hour is
        // idle or has a backup, and the prior is ignored.
        guard abs(median - prior) < 2 else { return median }
        return (median * count + prior * 0.5) / (count + 0.5)
    }

    /// The level of a value over the last day, without the group's daily shape.
    @inline(__always)
    private func recentLevel(_ value: (SeriesHistory.Hour) -> Double?) -> Double {
        group.shape.withUnsafeBufferPointer { shape in
            Robust.median(of: history.hours.suffix(24)) { hour in value(hour).map { $0 - shape[hour.hour % 24] } } ?? 0
        }
    }

    /// The usual deviation of an hour from its expectation over the last week: the series' own deviation, shrunk to the
    /// group's.
    private func betweenDays() -> Double {
        var count = 0.0
        let median = Robust.median(of: history.hours.suffix(168)) { hour in
            guard hour.residual != 0 else { return nil }
            count += 1
            return abs(Double(hour.residual))
        }
        let own = Robust.spread(of: median ?? 0)
        return (own * count + group.scale * 12) / (count + 12)
    }

    /// The usual spread of the bins within an hour.
    private func withinHour() -> Double {
        Robust.median(of: history.hours.suffix(48)) { $0.active > 2 ? Double($0.spread) : nil } ?? 0.5
    }
}
