internal import Glibc

/// How much more an interface usually moves at an hour of the day than over the day: what is much for one peer at night
/// is little at noon. An hour or two of a nightly backup are no part of it.
struct DailyShape {
    private let history: SeriesHistory

    /// A factor beyond which an hour is idle rather than quiet.
    private static let most = log(8.0)
    /// Hours on each side that are about the same time of the day: together so many that two of them are no majority.
    private static let around = 2
    private let learningHours: Int

    /// - Parameters:
    ///   - history: of the interface's bytes to external peers, as they were learned.
    ///   - learningHours: so many hours at the beginning are not judged.
    init(_ history: SeriesHistory, learningHours: Int) {
        self.history = history
        self.learningHours = learningHours
    }

    /// The hour's usual volume as a share of the day's: 1 where nothing is known.
    func factor(of hour: Int) -> Double {
        // Of the oldest hours of a long run the history is gone.
        guard let first = history.hours.first, hour >= first.hour else { return 1 }
        let past = history.hours(before: hour).suffix(168)
        // What is not judged may be looked at as a whole.
        let isFirstDay = past.count < learningHours
        let known = isFirstDay ? history.hours.prefix(learningHours) : past
        let level = Robust.median(of: known) { Double($0.total) }
        let usual = Robust.median(of: known) { sample in
            // The hours just before are this day's, not the days' before.
            guard isFirstDay || hour - sample.hour > 12 else { return nil }
            let distance = (((sample.hour - hour) % 24) + 24) % 24
            return min(distance, 24 - distance) <= Self.around ? Double(sample.total) : nil
        }
        guard let level, level > 1, let usual else { return 1 }
        return exp(min(Self.most, max(-Self.most, usual - level)))
    }
}
