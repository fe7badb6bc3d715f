internal import Glibc

/// Medians, and what is built on them.
enum Robust {
    /// The median; nil of nothing.
    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
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
