/// The harm that a failing condition or a detected event can cause.
public enum Severity: String, Sendable, Hashable, CaseIterable, Codable, Comparable {
    case informational, low, medium, high, critical

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}
