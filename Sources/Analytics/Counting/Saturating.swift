import Basics

// A log can contain any number any number of times. An overflow must never stop a hunt.

extension FixedWidthInteger {
    /// The sum, or the nearest number that fits.
    @inline(__always)
    func addingSaturating(_ other: Self) -> Self {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other < 0 ? .min : .max) : sum
    }
}

extension Int {
    /// The nearest whole number towards zero; 0 for NaN.
    init(saturating value: Double) {
        self = Int(exactly: value.rounded(.towardZero)) ?? (value > 0 ? .max : value < 0 ? .min : 0)
    }
}

extension JSON {
    /// An amount of bytes or flows.
    static func amount(_ value: Double) -> JSON { .int(Int(saturating: value)) }
    static func amount(_ value: UInt64) -> JSON { .int(Int(clamping: value)) }
}
