internal import Glibc

/// Medians, and statistics based on them.
enum Robust {
    /// The median; `nil` if there are no values.
    static func median(_ values: consuming [Double]) -> Double? {
        values.withUnsafeMutableBufferPointer { median(in: $0) }
    }

    /// The median of the elements' values, ignoring `nil`. It is computed for each hour of each series, so it allocates
    /// nothing.
    @inline(__always)
    static func median<Element>(of elements: ArraySlice<Element>, _ value: (Element) -> Double?) -> Double? {
        elements.withUnsafeBufferPointer { elements in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: elements.count) { values in
                var count = 0
                for element in elements {
                    guard let value = value(element) else { continue }
                    values.initializeElement(at: count, to: value)
                    count += 1
                }
                return median(in: UnsafeMutableBufferPointer(rebasing: values[..<count]))
            }
        }
    }

    private static func median(in values: UnsafeMutableBufferPointer<Double>) -> Double? {
        guard !values.isEmpty else { return nil }
        let middle = values.count / 2
        select(middle, in: values)
        guard values.count.isMultiple(of: 2), let below = values[..<middle].max() else { return values[middle] }
        return (below + values[middle]) / 2
    }

    /// Moves the value that sorting would put at a place to that place, with smaller values before it and larger ones
    /// after.
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

    /// 1.4826·MAD, which is the standard deviation of a normal distribution.
    static func spread(_ values: [Double], around center: Double) -> Double? {
        median(values.map { abs($0 - center) }).map { spread(of: $0) }
    }

    /// - Parameter median: the median of the distances from the center.
    static func spread(of median: Double) -> Double { 1.4826 * median }

    /// The weighted median: the first value at which half of the total weight is reached; `nil` if there are no values.
    /// - Parameter fill: receives a function that adds a value. It can be called at most `capacity` times.
    @inline(__always)
    static func weightedMedian(
        upTo capacity: Int, _ fill: ((_ value: Double, _ weight: Double) -> Void) -> Void
    ) -> Double? {
        withUnsafeTemporaryAllocation(of: (value: Double, weight: Double).self, capacity: capacity) { values in
            var (count, weight) = (0, 0.0)
            // There are only one or two values for each day, so insertion sort is fast.
            fill { value, itsWeight in
                var place = count
                while place > 0, values[place - 1].value > value {
                    values.initializeElement(at: place, to: values[place - 1])
                    place -= 1
                }
                values.initializeElement(at: place, to: (value, itsWeight))
                count += 1
                weight += itsWeight
            }
            var sum = 0.0
            for place in 0..<count {
                sum += values[place].weight
                if sum >= weight / 2 { return values[place].value }
            }
            return nil
        }
    }

    static func log(_ bytes: Double) -> Double { log1p(max(0, bytes)) }
    static func bytes(_ log: Double) -> Double { expm1(log) }
}
