/// The counts of a window, which samples enter and leave.
protocol CorrelationTally {
    mutating func add(_ sample: Sample)
    mutating func remove(_ sample: Sample)
    /// The value that the condition compares.
    var measure: Double { get }
    /// Whether the window has any samples.
    var isCounting: Bool { get }
}

/// Counts events. An event that several rules match counts once.
struct EventTally: CorrelationTally {
    private var counts: [Int64: Int] = [:]

    mutating func add(_ sample: Sample) { counts[sample.event, default: 0] += 1 }
    mutating func remove(_ sample: Sample) { counts.reduce(sample.event) }
    var measure: Double { Double(counts.count) }
    var isCounting: Bool { !counts.isEmpty }
}

/// Counts distinct values.
struct ValueTally: CorrelationTally {
    private var counts: [Int32: Int] = [:]

    mutating func add(_ sample: Sample) { for value in sample.values { counts[value, default: 0] += 1 } }
    mutating func remove(_ sample: Sample) { for value in sample.values { counts.reduce(value) } }
    var measure: Double { Double(counts.count) }
    var isCounting: Bool { !counts.isEmpty }
}

/// The sum or the average of numbers.
struct SumTally: CorrelationTally {
    let isAverage: Bool
    private var sum = 0.0
    private var count = 0

    init(isAverage: Bool) { self.isAverage = isAverage }

    mutating func add(_ sample: Sample) {
        sum += sample.figure
        count += 1
    }

    mutating func remove(_ sample: Sample) {
        count -= 1
        // The sum of an empty window is set to 0, which drops rounding errors.
        sum = count == 0 ? 0 : sum - sample.figure
    }

    var measure: Double { isAverage ? sum / Double(count) : sum }
    var isCounting: Bool { count > 0 }
}

/// The minimum, the maximum, the median or a percentile of numbers.
struct RankTally: CorrelationTally {
    let figure: CorrelationKind.Figure
    private var sorted: [Double] = []

    init(figure: CorrelationKind.Figure) { self.figure = figure }

    mutating func add(_ sample: Sample) { sorted.insert(sample.figure, at: place(of: sample.figure)) }

    mutating func remove(_ sample: Sample) {
        let place = place(of: sample.figure)
        if place < sorted.count, sorted[place] == sample.figure { sorted.remove(at: place) }
    }

    /// The place of the first number that is not smaller than `number`.
    private func place(of number: Double) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    var measure: Double {
        switch figure {
        case .minimum: sorted.first ?? 0
        case .maximum: sorted.last ?? 0
        case .median: percentile(50)
        case .percentile(let percentile): self.percentile(percentile)
        case .sum, .average: 0
        }
    }

    /// Interpolates between two numbers.
    private func percentile(_ percentile: Double) -> Double {
        guard let last = sorted.indices.last else { return 0 }
        let place = percentile / 100 * Double(last)
        let below = Int(place)
        let above = min(below + 1, last)
        return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }

    var isCounting: Bool { !sorted.isEmpty }
}

/// Counts the steps with samples.
struct StepTally: CorrelationTally {
    let condition: StepCondition
    private var counts: [Int]

    init(condition: StepCondition, stepCount: Int) {
        self.condition = condition
        counts = Array(repeating: 0, count: stepCount)
    }

    mutating func add(_ sample: Sample) { counts[sample.step] += 1 }
    mutating func remove(_ sample: Sample) { counts[sample.step] -= 1 }

    /// The number of steps if the condition holds; otherwise 0.
    var measure: Double {
        guard holds(condition) else { return 0 }
        return Double(max(1, seen))
    }

    var isCounting: Bool { seen > 0 }
    private var seen: Int { counts.count { $0 > 0 } }

    private func holds(_ condition: StepCondition) -> Bool {
        switch condition {
        case .count(let bounds): bounds.allSatisfy { $0.comparison.holds(Double(seen), $0.value) }
        case .step(let step): counts[step] > 0
        case .all(let parts): parts.allSatisfy(holds)
        case .any(let parts): parts.contains(where: holds)
        case .not(let part): !holds(part)
        }
    }
}

extension Dictionary where Value == Int {
    fileprivate mutating func reduce(_ key: Key) {
        guard let count = self[key] else { return }
        self[key] = count > 1 ? count - 1 : nil
    }
}
