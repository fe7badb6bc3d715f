internal import Sigma

/// Bulk reads that a principal repeats at about the same time of other days, as a nightly plan of Terraform does. The
/// first one alerts; the next ones are usual, in this hunt and, with a baseline, in later ones.
public struct Habits: Sendable, Hashable, Codable {
    /// The time of the last one, in seconds since 1970, by rule, principal and hour of the day.
    private var last: [String: Int] = [:]

    /// The correlations whose repetitions are usual, by ID: "Bulk parameter decryption".
    private static let rules: Set = ["41ddee18-64ed-44b2-acd0-a6e9c1f9982d"]
    private static let kept = 1_000
    /// The distance of two that make a habit, in seconds: from the next day to the next week.
    private static let distance = 20 * 3_600...8 * 86_400
    /// Seconds since 1970, up to the year 2100.
    private static let moments = 0...4_102_444_800

    var isEmpty: Bool { last.isEmpty }
    var isPossible: Bool { last.values.allSatisfy(Self.moments.contains) }

    /// Whether an alert repeats an earlier one. It is remembered. Alerts must come in the order of time.
    mutating func isUsual(_ found: CorrelationAlert, of rule: RuleMetadata) -> Bool {
        let time = Int(found.first / 1_000)
        guard Self.rules.contains(rule.identifier), let caller = found.group["userIdentity.arn"],
            Self.moments.contains(time)
        else { return false }
        // Each session of a role has another name.
        let principal = caller.split(separator: "/").prefix(2).joined(separator: "/")
        func key(_ hour: Int) -> String { "\(rule.identifier) \(principal) \((hour + 24) % 24)" }
        let hour = time / 3_600 % 24
        let isUsual = (hour - 1...hour + 1).contains { hour in
            last[key(hour)].map { Self.distance.contains(abs(time - $0)) } ?? false
        }
        last[key(hour)] = max(time, last[key(hour)] ?? 0)
        if last.count > Self.kept, let oldest = last.min(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key {
            last[oldest] = nil
        }
        return isUsual
    }
}
