/// A number as the numeric condition operators compare it: whole or decimal.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators", section "Numeric condition operators".
struct PolicyNumber: Sendable, Hashable, Comparable {
    /// Set if the number is whole and fits, so that large ones compare exactly.
    private let whole: Int?
    private let approximate: Double

    init?(_ text: String) {
        let isNumeric = text.utf8.allSatisfy { byte in
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "+-.eE".utf8.contains(byte)
        }
        guard isNumeric, let number = Double(text), number.isFinite else { return nil }
        whole = Int(text)
        approximate = number
    }

    static func < (one: PolicyNumber, other: PolicyNumber) -> Bool {
        if let one = one.whole, let other = other.whole { return one < other }
        return one.approximate < other.approximate
    }

    static func == (one: PolicyNumber, other: PolicyNumber) -> Bool {
        if let one = one.whole, let other = other.whole { return one == other }
        return one.approximate == other.approximate
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(approximate)
    }
}
