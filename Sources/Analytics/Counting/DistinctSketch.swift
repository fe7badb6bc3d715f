/// Estimates the number of distinct values in 64 bits (linear counting: Whang, Vander-Zanden, Taylor 1990). The
/// estimate is good up to about 200.
struct DistinctSketch: Sendable, Hashable {
    var bits: UInt64 = 0

    /// - Returns: whether the value is new; false also for a new value that collides with a known one.
    @inline(__always)
    mutating func add(_ hash: UInt64) -> Bool {
        let bit: UInt64 = 1 << (hash >> 58)
        defer { bits |= bit }
        return bits & bit == 0
    }

    mutating func merge(_ other: DistinctSketch) { bits |= other.bits }

    /// The approximate number of distinct values.
    var estimate: Int { Self.estimates[bits.nonzeroBitCount] }

    /// 64·ln(64/unset).
    private static let estimates: [Int] = (0...64).map { set in
        var harmonic = 0.0
        // ln(64/unset) ≈ H(64) − H(unset): exact enough, and the mathematics library is not needed.
        var unset = 64
        while unset > max(64 - set, 1) {
            harmonic += 1.0 / (Double(unset) - 0.5)
            unset -= 1
        }
        return Int((64 * harmonic).rounded())
    }
}
