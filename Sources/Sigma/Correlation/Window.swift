/// A match of a correlation's step, in one group.
struct Sample: Sendable, Hashable {
    /// In milliseconds since 1970.
    var time: Int64
    /// The number of the event. Samples of one event have the same.
    var event: Int64
    var step: Int
    /// The values that are counted, as numbers of texts.
    var values: [Int32] = []
    var figure: Double = 0
    /// The places of its observations, for alerts.
    var observations: [Int32] = []
}

/// A range of a group's samples over which a correlation's condition holds.
struct Episode: Sendable, Hashable {
    /// The samples that are part of it.
    var samples: Range<Int>
    /// The time at which the condition began to hold, and each later sample's time at which it still held.
    var instants: [Int64]
    var measure: Double
}

/// Finds the episodes: a pure function of the samples of one group, which are sorted by time, event and step.
///
/// A window reaches from a sample back over the timespan, including both ends, so that it is not bound to full hours. A
/// condition with an upper bound or a `not` may hold now and no longer at the window's end. Its windows therefore do
/// not overlap: each begins with the first sample after the previous window, and is evaluated at its end.
struct WindowSearch {
    let kind: CorrelationKind
    /// In milliseconds.
    let timespan: Int64
    let stepCount: Int

    func episodes(in samples: [Sample]) -> [Episode] {
        switch kind {
        case .eventCount(let bounds): search(samples, EventTally(), bounds)
        case .valueCount(_, let bounds): search(samples, ValueTally(), bounds)
        case .valueFigure(let figure, _, let bounds):
            switch figure {
            case .sum, .average: search(samples, SumTally(isAverage: figure == .average), bounds)
            default: search(samples, RankTally(figure: figure), bounds)
            }
        case .temporal(let condition): search(samples, StepTally(condition: condition, stepCount: stepCount))
        case .temporalOrdered(let least):
            OrderedSearch(timespan: timespan, stepCount: stepCount, least: least).episodes(in: samples)
        case .near(let condition): near(samples, condition)
        }
    }

    private func search(_ samples: [Sample], _ tally: some CorrelationTally, _ bounds: [Bound]) -> [Episode] {
        if bounds.contains(where: \.comparison.boundsAbove) {
            return closed(samples, tally) { value in bounds.allSatisfy { $0.comparison.holds(value, $0.value) } }
        }
        return sliding(samples, tally) { value in bounds.allSatisfy { $0.comparison.holds(value, $0.value) } }
    }

    private func search(_ samples: [Sample], _ tally: StepTally) -> [Episode] {
        tally.condition.canBeUndone ? closed(samples, tally) { $0 > 0 } : sliding(samples, tally) { $0 > 0 }
    }

    private func sliding<Counter: CorrelationTally>(
        _ samples: [Sample], _ empty: Counter, _ holds: (Double) -> Bool
    ) -> [Episode] {
        var episodes: [Episode] = []
        var isOpen = false
        var tally = empty
        var start = 0
        for (index, sample) in samples.enumerated() {
            tally.add(sample)
            while sample.time - samples[start].time > timespan {
                tally.remove(samples[start])
                start += 1
            }
            // Samples with the same time are evaluated together.
            if index + 1 < samples.count, samples[index + 1].time == sample.time { continue }
            guard tally.isCounting, holds(tally.measure) else {
                isOpen = false
                continue
            }
            let last = episodes.count - 1
            // If one sample is enough, no window between two samples fails. Only a gap that is longer than the timespan
            // ends the episode.
            if isOpen, let before = episodes[last].instants.last, sample.time - before <= timespan {
                episodes[last].samples = episodes[last].samples.lowerBound..<index + 1
                episodes[last].instants.append(sample.time)
                episodes[last].measure = max(episodes[last].measure, tally.measure)
            } else {
                isOpen = true
                episodes.append(Episode(samples: start..<index + 1, instants: [sample.time], measure: tally.measure))
            }
        }
        return episodes
    }

    private func closed<Counter: CorrelationTally>(
        _ samples: [Sample], _ empty: Counter, _ holds: (Double) -> Bool
    ) -> [Episode] {
        var episodes: [Episode] = []
        var start = 0
        while start < samples.count {
            var tally = empty
            var end = start
            while end < samples.count, samples[end].time - samples[start].time <= timespan {
                tally.add(samples[end])
                end += 1
            }
            if tally.isCounting, holds(tally.measure) {
                episodes.append(
                    Episode(samples: start..<end, instants: [samples[end - 1].time], measure: tally.measure))
            }
            start = end
        }
        return episodes
    }

    /// Finds the samples of the first step for which the condition holds in the timespan before and after them.
    private func near(_ samples: [Sample], _ condition: StepCondition) -> [Episode] {
        var episodes: [Episode] = []
        var tally = StepTally(condition: condition, stepCount: stepCount)
        var (start, end) = (0, 0)
        for sample in samples where sample.step == 0 {
            while end < samples.count, samples[end].time - sample.time <= timespan {
                tally.add(samples[end])
                end += 1
            }
            while sample.time - samples[start].time > timespan {
                tally.remove(samples[start])
                start += 1
            }
            if tally.measure > 0 {
                episodes.append(Episode(samples: start..<end, instants: [sample.time], measure: tally.measure))
            }
        }
        return episodes
    }
}

extension CorrelationKind {
    /// Whether the condition can hold now and no longer at the end of its window, so that it must be judged then.
    var waitsForEnd: Bool {
        switch self {
        case .eventCount(let bounds), .valueCount(_, let bounds), .valueFigure(_, _, let bounds):
            bounds.contains(where: \.comparison.boundsAbove)
        case .temporal(let condition), .near(let condition): condition.canBeUndone
        case .temporalOrdered: false
        }
    }
}

extension StepCondition {
    /// Whether more samples can make the condition false.
    fileprivate var canBeUndone: Bool {
        switch self {
        case .count(let bounds): bounds.contains(where: \.comparison.boundsAbove)
        case .step: false
        case .all(let parts), .any(let parts): parts.contains(where: \.canBeUndone)
        case .not: true
        }
    }
}
