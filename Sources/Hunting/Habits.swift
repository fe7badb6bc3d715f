internal import Sigma

/// Bulk reads, clean-ups, explorations and denials that a principal repeats at about the same time of other days, as
/// nightly jobs and scanners do. The first one alerts; the next ones are usual, in this hunt and, with a baseline, in
/// later ones.
public struct Habits: Sendable, Hashable, Codable {
    /// The time of the last one, in seconds since 1970, by rule, principal and hour of the day.
    private var last: [String: Int] = [:]

    /// The correlations whose repetitions are usual, by ID.
    private static let rules: Set = [
        // Bulk reads of parameters, of secrets (one by one, by lists, by a filter), of user data and of snapshots.
        "41ddee18-64ed-44b2-acd0-a6e9c1f9982d", "4afde108-e9b1-4794-a8d4-f0c88fe03eb8",
        "944557c5-41ab-46a9-a3d5-824dc0d70cde", "cb01dc60-7ce4-44db-a0fe-d4b085b2dad2",
        "1d4b1292-4083-4999-aa15-8d0331095ea9", "905b429d-3a02-42c4-a387-bc01afd48646",
        // Deleted AMIs, snapshots and backups; instances and volumes.
        "98f612fc-9b6c-48ce-a426-0fd179362d21", "7b1a9f0e-26c5-4a55-8d0e-5a3f0b6f9c42",
        // Reconnaissance: logging, Amazon SES, unused keys, from an instance.
        "378dbe38-90ba-4a9c-9dc2-1b613707bd31", "ea2d9da1-8416-4f68-a0a8-b15d3c2a796d",
        "ca12380e-da13-4f71-a42b-2cf506adf89c", "14c0d06e-fde7-4490-a020-d82725806e7c",
        // Denials: of one call, of one data call, of many calls, of credentials, of decryption, by VPC endpoints.
        "04c717aa-6648-42ed-abec-a14c46d1ac16", "8ecec53e-26e6-4af4-a568-f40902d572c5",
        "11e83b85-b5de-45a1-b589-c5a2d16cdb6f", "333698f1-8d38-4572-a33a-c5dd567478e0",
        "49f230ff-2a92-4a98-8f5c-e22b56353af3", "6ebde863-60a0-4f6f-ba57-749e1070f12c",
    ]
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
