internal import Glibc

/// How much more an interface usually transfers at an hour of the day than over the day: a large amount for one peer
/// at night is a small one at noon. An hour or two of a nightly backup are not part of it.
struct DailyShape {
    private let history: SeriesHistory

    /// The factor beyond which an hour is idle rather than quiet.
    private static let most = log(8.0)
    /// How many hours on each side are about the same time of day: together so many that two of them are no majority.
    private static let around = 2
    private let learningHours: Int

    /// - Parameters:
    ///   - history: the learned history of the interface's bytes to external peers.
    ///   - learningHours: how many hours at the beginning are not judged.
    init(_ history: SeriesHistory, learningHours: Int) {
        self.history = history
        self.learningHours = learningHours
    }

    /// The hour's usual volume in relation to the day's; 1 if it is unknown.
    func factor(of hour: Int) -> Double {
        // The history of the oldest hours of a long run is dropped.
        guard let first = history.hours.first, hour >= first.hour else { return 1 }
        let past = history.hours(before: hour).suffix(168)
        // Hours that are not judged may use later ones.
        let isFirstDay = past.count < learningHours
        let known = isFirstDay ? history.hours.prefix(learningHours) : past
        let level = Robust.median(of: known) { Double($0.total) }
        let usual = Robust.median(of: known) { sample in
            // The hours just before are of this day, not of the days before.
            guard isFirstDay || hour - sample.hour > 12 else { return nil }
            let distance = (((sample.hour - hour) % 24) + 24) % 24
            return min(distance, 24 - distance) <= Self.around ? Double(sample.total) : nil
        }
        guard let level, level > 1, let usual else { return 1 }
        return exp(min(Self.most, max(-Self.most, usual - level)))
    }
}
