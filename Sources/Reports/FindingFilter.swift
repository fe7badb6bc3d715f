import Basics
public import Posture

/// A filter for the findings that a scan report lists, with their order. The sums and the exit status count all
/// findings.
public struct FindingFilter: Sendable, Hashable {
    public enum Order: String, Sendable, Hashable, CaseIterable {
        case practice, severity, resource, region
    }

    /// Empty for all.
    public var statuses: Set<Finding.Status> = []
    /// Ids, names or ARNs of resources, with the wildcards `*` and `?`; empty for all.
    public var resources: [String] = []
    /// `nil` for the order of the checks.
    public var order: Order?
    /// Whether only sums are shown.
    public var isSummary = false

    public init() {}

    /// The findings that are listed, in order.
    func applied(to findings: [Finding]) -> [Finding] {
        let patterns = resources.map { WildcardPattern($0) }
        var shown = findings
        if !statuses.isEmpty || !patterns.isEmpty {
            shown.removeAll { finding in
                let resource = finding.resource
                let names = [resource.id, resource.arn, resource.name ?? resource.id]
                return !statuses.isEmpty && !statuses.contains(finding.status)
                    || !patterns.isEmpty && !patterns.contains { names.contains(where: $0.matches) }
            }
        }
        switch order {
        case nil: break
        case .practice: shown.sort { ($0.practice, $0.check) < ($1.practice, $1.check) }
        case .severity: shown.sort { ($1.severity, $0.check) < ($0.severity, $1.check) }
        case .resource: shown.sort { ($0.resource.arn, $0.check) < ($1.resource.arn, $1.check) }
        case .region: shown.sort { ($0.region, $0.check) < ($1.region, $1.check) }
        }
        return shown
    }
}

extension Finding.Status {
    /// Returns the status that a user typed: its value in JSON, or its words in tables with hyphens.
    public static func named(_ text: String) -> Finding.Status? {
        allCases.first { $0.rawValue == text || $0.typed == text }
    }

    /// The names that users can type, such as `not-determined`.
    public static let typedNames = inOrder.map(\.typed)

    private var typed: String { words.replacing(" ", with: "-") }
}
