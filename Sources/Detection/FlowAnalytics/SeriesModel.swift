internal import Glibc

/// What is expected of an hour, in log1p of bytes (or flows).
struct Expectation {
    /// Of the hour's total.
    var total: Double
    /// Standard deviation of the hour's total around it.
    var totalScale: Double
    /// Of an active bin of five minutes.
    var bin: Double
    /// Of the fullest bin of five minutes.
    var peak: Double
    /// Of a bin around the fullest one.
    var binScale: Double
    /// Nothing is usually there at this hour.
    var isIdle: Bool

    /// More than this is not learnt of an hour.
    var limit: Double { total + 3 * totalScale }

    /// An hour's bins as they are learnt: what is unusual in a few of them is taken off, so that a burst that comes again
    /// and again stays unusual. Where it is more than a few, the level may be a new one that is here to stay: each bin is
    /// clipped, and the level learnt bit by bit.
    func without(_ unusual: [Int], _ bins: [Double]) -> [Double] {
        var bins = bins
        let most = Robust.bytes(unusual.count > 3 ? peak + 3 * binScale : peak)
        for bin in unusual { bins[bin] = min(bins[bin], most) }
        return bins
    }
}

/// Expects an hour from the ones before: the median of the same hours of the week, shrunk to that of the same hours of
/// the day, and this to the series' own level plus the daily shape of its peers while history is short.
struct SeriesModel {
    /// What the peer group knows.
    struct Group {
        /// For each hour of the day, how far above their own level the members usually are.
        var shape: [Double] = Array(repeating: 0, count: 24)
        /// The usual spread of hourly residuals.
        var scale = 0.35
    }

    let history: SeriesHistory
    let group: Group

    private static let totalFloor = 0.22
    private static let binFloor = 0.3

    /// Hours of history.
    var length: Int { history.hours.count }

    func expect(_ hour: Int) -> Expectation? {
        guard !history.hours.isEmpty else { return nil }
        let around = [hour - 1, hour, hour + 1].map(samples)
        let own = around[1]
        let level = recentLevel(before: hour)
        let totals = around.enumerated().map { index, hours in
            center(hours, hour - 1 + index, level.total, \.total, active: false)
        }
        let bins = around.enumerated().map { index, hours in
            center(hours, hour - 1 + index, level.bin, \.bin, active: true)
        }
        let peaks = around.enumerated().map { index, hours in
            center(hours, hour - 1 + index, level.peak, \.peak, active: true)
        }
        guard let total = tolerant(totals, around, hour, \.total) else { return nil }
        let count = Double(max(1, own.count))
        let between = betweenDays(before: hour)
        let within = withinHour(before: hour)
        let uncertain = 1 + 1 / count
        return Expectation(
            total: total,
            totalScale: max(Self.totalFloor, (between * between * uncertain + within * within / 12).squareRoot()),
            bin: tolerant(bins, around, hour, \.bin) ?? 0, peak: tolerant(peaks, around, hour, \.peak) ?? 0,
            binScale: max(Self.binFloor, (between * between * uncertain + within * within / 4).squareRoot()),
            isIdle: around.allSatisfy { $0.allSatisfy { $0.active == 0 } })
    }

    /// A backup or a batch job that starts a little earlier or later is the same one: what was seen at these hours of two
    /// days of the last week (of one, while there is only one) is usual where it is far more than the hour's own. What
    /// comes once a week was seen at these hours of the same day of two weeks (of one, while there is only one).
    private func tolerant(
        _ centers: [Double?], _ around: [[SeriesHistory.Hour]], _ hour: Int,
        _ value: KeyPath<SeriesHistory.Hour, Float>
    ) -> Double? {
        guard let own = centers[1] ?? centers[0] ?? centers[2] else { return nil }
        var most: Double?
        if history.hours[0].hour >= hour - 168 {
            let seen = around.joined().map { Double($0[keyPath: value]) }.sorted()
            most = seen.count > 3 ? seen.dropLast().last : seen.last
        } else {
            // The days before this hour, and the weeks.
            var days: [Int: Double] = [:]
            var weeks: [Int: Double] = [:]
            for sample in around.joined() {
                let (day, seen) = ((hour + 1 - sample.hour) / 24, Double(sample[keyPath: value]))
                if day < 7 { days[day] = max(days[day] ?? 0, seen) }
                if day.isMultiple(of: 7), day > 0 { weeks[day / 7] = max(weeks[day / 7] ?? 0, seen) }
            }
            most = [Self.second(days), Self.second(weeks)].compactMap { $0 }.max()
        }
        guard let most else { return own }
        return most > own + 1 ? most : own
    }

    /// The second largest; the largest where there is only one.
    private static func second(_ seen: [Int: Double]) -> Double? {
        let sorted = seen.values.sorted()
        return sorted.count > 1 ? sorted[sorted.count - 2] : sorted.last
    }

    /// The same hours of the day before, with the same hours of the week counting more.
    private func samples(_ hour: Int) -> [SeriesHistory.Hour] {
        history.hours.filter { ($0.hour - hour).isMultiple(of: 24) && $0.hour < hour }
    }

    private func center(
        _ hours: [SeriesHistory.Hour], _ hour: Int, _ level: Double, _ value: KeyPath<SeriesHistory.Hour, Float>,
        active: Bool
    ) -> Double? {
        let used = active ? hours.filter { $0.active > 0 } : hours
        let prior = level + group.shape[((hour % 24) + 24) % 24]
        guard !used.isEmpty else { return hours.isEmpty ? prior : nil }
        let weighted = used.map { sample in
            let isSameWeekHour = (sample.hour - hour).isMultiple(of: 168)
            return (value: Double(sample[keyPath: value]), weight: isSameWeekHour ? 4.0 : 1.0)
        }
        guard let median = Robust.weightedMedian(weighted) else { return nil }
        // One day says little; the prior counts as much as half a day. An hour that is idle or a backup is what it is.
        let count = weighted.reduce(0) { $0 + $1.weight }
        guard abs(median - prior) < 2 else { return median }
        return (median * count + prior * 0.5) / (count + 0.5)
    }

    /// The level of the last day, without its shape.
    private func recentLevel(before hour: Int) -> (total: Double, bin: Double, peak: Double) {
        let recent = history.hours.suffix(24)
        let active = recent.filter { $0.active > 0 }
        return (
            Robust.median(recent.map { Double($0.total) - group.shape[$0.hour % 24] }) ?? 0,
            Robust.median(active.map { Double($0.bin) - group.shape[$0.hour % 24] }) ?? 0,
            Robust.median(active.map { Double($0.peak) - group.shape[$0.hour % 24] }) ?? 0
        )
    }

    /// How much an hour differs from what was expected, over the last week: the series' own, shrunk to the group's.
    private func betweenDays(before hour: Int) -> Double {
        let residuals = history.hours.suffix(168).filter { $0.residual != 0 }.map { Double($0.residual) }
        let own = Robust.spread(residuals, around: 0) ?? 0
        let count = Double(residuals.count)
        return (own * count + group.scale * 12) / (count + 12)
    }

    /// How much bins differ from each other within an hour.
    private func withinHour(before hour: Int) -> Double {
        Robust.median(history.hours.suffix(48).filter { $0.active > 2 }.map { Double($0.spread) }) ?? 0.5
    }
}
