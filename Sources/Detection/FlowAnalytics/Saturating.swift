extension Int {
    /// The nearest whole number: sums of what logs say can be larger than any, and a log must never stop a hunt.
    init(saturating value: Double) {
        if value.isNaN {
            self = 0
        } else {
            self = value >= 0x1p63 ? .max : value < -0x1p63 ? .min : Int(value)
        }
    }
}

extension EvidenceValue {
    /// An amount of bytes or flows.
    static func amount(_ value: Double) -> EvidenceValue { .count(Int(saturating: value)) }
    static func amount(_ value: UInt64) -> EvidenceValue { .count(Int(clamping: value)) }
}
