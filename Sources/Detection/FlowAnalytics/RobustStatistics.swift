internal import Glibc

/// Medians, and what is built on them.
enum Robust {
    /// The median; nil of nothing.
    static func median(_ values: consuming [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let middle = values.count / 2
        let isEven = values.count.isMultiple(of: 2)
        return values.withUnsafeMutableBufferPointer { values in
            select(middle, in: values)
            guard isEven, let below = values[..<middle].max() else { return values[middle] }
            return (below + values[middle]) / 2
        }
    }

    /// Puts the value that would stand there in order at its place, what is smaller before it and what is larger behind.
    ///
    /// Source: C. A. R. Hoare, "Algorithm 65: find", Communications of the ACM 4 (1961).
    private static func select(_ place: Int, in values: UnsafeMutableBufferPointer<Double>) {
        var (low, high) = (0, values.count - 1)
        while low < high {
            let pivot = values[place]
            var (left, right) = (low, high)
            repeat {
                while values[left] < pivot { left += 1 }
                while pivot < values[right] { right -= 1 }
                if left <= right {
                    values.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            } while left <= right
            if right < place { low = left }
            if place < left { high = right }
        }
    }

    /// 1.4826·MAD, which is the standard deviation of what is normally distributed.
    static func spread(_ values: [Double], around center: Double) -> Double? {
        median(values.map { abs($0 - center) }).map { 1.4826 * $0 }
    }

    /// The median of values with weights: the first one at which half of the weight is reached.
    static func weightedMedian(_ values: [(value: Double, weight: Double)]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted { $0.value < $1.value }
        let half = sorted.reduce(0) { $0 + $1.weight } / 2
        var sum = 0.0
        for (value, weight) in sorted {
            sum += weight
            if sum >= half { return value }
        }
        return sorted.last?.value
    }

    static func log(_ bytes: Double) -> Double { log1p(max(0, bytes)) }
    static func bytes(_ log: Double) -> Double { expm1(log) }
}
