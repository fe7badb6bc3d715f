import CoreMetrics
import Synchronization

/// The value of a metric with one combination of labels.
final class MetricSeries: Sendable {
    struct State {
        /// The value; the sum of a histogram's observations.
        var value = 0.0
        /// The number of observations in each bucket, the last one without an upper bound.
        var buckets: [Int] = []
    }

    /// The upper bounds of the buckets of histograms, in seconds: from a page's time to the lag of a watch.
    static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]

    private let guarded: Mutex<State>
    private let kind: MetricFamily.Kind

    init(_ kind: MetricFamily.Kind) {
        self.kind = kind
        guarded = Mutex(State(buckets: kind.isHistogram ? Array(repeating: 0, count: Self.bounds.count + 1) : []))
    }

    var state: State { guarded.withLock { $0 } }

    private func add(_ amount: Double) {
        guard amount.isFinite else { return }
        guarded.withLock { $0.value += amount }
    }

    private func set(to value: Double) {
        guard value.isFinite else { return }
        guarded.withLock { $0.value = value }
    }

    private func observe(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        guarded.withLock {
            $0.value += value
            $0.buckets[bucket] += 1
        }
    }

    /// Whole numbers without a fraction, which both formats allow, and which people read more easily.
    static func text(_ value: Double) -> String {
        value == .infinity ? "+Inf" : "\(value)"
    }
}

extension MetricSeries: CounterHandler, FloatingPointCounterHandler {
    func increment(by amount: Int64) { increment(by: Double(amount)) }

    /// Adds to a counter, which never falls, or to a gauge.
    func increment(by amount: Double) {
        guard kind != .counter || amount >= 0 else { return }
        add(amount)
    }

    func reset() { set(to: 0) }
}

extension MetricSeries: MeterHandler {
    func set(_ value: Int64) { set(to: Double(value)) }
    func set(_ value: Double) { set(to: value) }
    func decrement(by amount: Double) { add(-amount) }
}

extension MetricSeries: RecorderHandler {
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        if kind.isHistogram { observe(value) } else { set(to: value) }
    }
}

extension MetricSeries: TimerHandler {
    func recordNanoseconds(_ duration: Int64) { observe(Double(max(0, duration)) / 1e9) }
}
