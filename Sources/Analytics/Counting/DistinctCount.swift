/// Counts distinct values: exactly up to a limit, and by a sketch beyond it.
///
/// A threshold is compared only with the exact count, so that neither chance nor values chosen to collide can decide
/// about an alert. The seed of `value` may therefore differ from run to run, while the seed of `sketched` is always the
/// same.
struct DistinctCount: Sendable, Hashable {
    private var values: [UInt64] = []
    private var sketch = DistinctSketch()
    /// Whether there were more values than the exact count holds.
    private var isBeyond = false

    /// - Parameters:
    ///   - value: the value itself, or its hash with a secret seed.
    ///   - sketched: its hash with a fixed seed.
    ///   - most: the number of values that are counted exactly.
    /// - Returns: whether the value is new. Beyond `most`, a value that was added before can count as new.
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

    /// The number of distinct values among so many additions, which an estimate must not exceed.
    func count(among additions: Int) -> Int { min(count, additions) }

    /// The number of distinct values: exact up to the limit, approximate beyond it.
    var count: Int { isBeyond ? max(values.count + 1, sketch.estimate) : values.count }
}
