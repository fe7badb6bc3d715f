internal import Glibc

/// The ratio of an interface's usual volume at an hour of the day to its usual volume over the day. An amount for one
/// peer that is large at night may be small at noon. A nightly backup of an hour or two does not affect the shape.
struct DailyShape {
    private let history: SeriesHistory

    /// The logarithm of the largest factor. An hour beyond it is idle rather than quiet.
    private static let most = log(8.0)
    /// The number of hours on each side that count as the same time of day. There must be enough that two of them are
    /// no majority.
    private static let around = 2
    private let learningHours: Int

    /// - Parameters:
    ///   - history: the learned history of the interface's bytes to external peers.
    ///   - learningHours: the number of hours at the beginning that are not evaluated.
    init(_ history: SeriesHistory, learningHours: Int) {
        self.history = history
        self.learningHours = learningHours
    }

    /// The ratio of the hour's usual volume to the day's; 1 if it is unknown.
    func factor(of hour: Int) -> Double {
        // In a long run, the history of the oldest hours has been dropped.
        guard let first = history.hours.first, hour >= first.hour else { return 1 }
        let past = history.hours(before: hour).suffix(168)
        // The first hours are not evaluated, so they can use later ones.
        let isFirstDay = past.count < learningHours
        let known = isFirstDay ? history.hours.prefix(learningHours) : past
        let level = Robust.median(of: known) { Double($0.total) }
        let usual = Robust.median(of: known) { sample in
            // The hours just before belong to the same day, not to an earlier one.
            guard isFirstDay || hour - sample.hour > 12 else { return nil }
            let distance = (((sample.hour - hour) % 24) + 24) % 24
            return min(distance, 24 - distance) <= Self.around ? Double(sample.total) : nil
        }
        guard let level, level > 1, let usual else { return 1 }
        return exp(min(Self.most, max(-Self.most, usual - level)))
    }
}
