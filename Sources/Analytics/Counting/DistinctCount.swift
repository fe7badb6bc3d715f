/// Counts distinct values: exactly up to a number, beyond it by a sketch.
///
/// A threshold is compared only with the exact count, so that neither a hash's luck nor values that were chosen to
/// collide decide about an alert. The seed of `value` may therefore differ from run to run, while that of `sketched` is
/// always the same.
struct DistinctCount: Sendable, Hashable {
    private var values: [UInt64] = []
    private var sketch = DistinctSketch()
    /// Whether there were more values than are counted exactly.
    private var isBeyond = false

    /// - Parameters:
    ///   - value: the value itself, or its hash with a seed that nobody knows.
    ///   - sketched: its hash with a fixed seed.
    ///   - most: up to how many values are counted exactly.
    /// - Returns: whether the value is new, as far as that is known: beyond `most` it may be.
    @discardableResult
    mutating func add(_ value: UInt64, sketched: UInt64, exactlyUpTo most: Int) -> Bool {
        guard !values.contains(value) else { return false }
        if values.count < most { values.append(value) } else { isBeyond = true }
        _ = sketch.add(sketched)
        return true
    }

    mutating func merge(_ other: DistinctCount, exactlyUpTo most: Int) {
        sketch.merge(other.sketch)
        isBeyond = isBeyond || other.isBeyond
        for value in other.values where !values.contains(value) {
            if values.count < most { values.append(value) } else { isBeyond = true }
        }
    }

    /// How many distinct values were added: exact up to the number that is counted exactly, beyond it about that many.
    var count: Int { isBeyond ? max(values.count + 1, sketch.estimate) : values.count }
}
