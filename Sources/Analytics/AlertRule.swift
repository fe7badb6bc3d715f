public import Basics

/// What can alert: a Sigma rule, a correlation of several, or a built-in analytic; what reports say of it once.
public struct AlertRule: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case rule, correlation, analytic
    }

    /// What ``Alert/rule`` carries.
    public var id: String
    public var title: String
    public var kind: Kind
    /// That of its alerts; the worst one where it varies.
    public var severity: Severity
    /// The identifier of the practice that it guards; empty if nobody has said.
    public var practice: String
    public var summary: String
    /// MITRE ATT&CK techniques, as `T1562.008`.
    public var techniques: [String]
    /// Addresses of pages.
    public var references: [String]
    /// What gives the same picture and is none.
    public var falsePositives: [String]

    public init(
        id: String, title: String, kind: Kind, severity: Severity, practice: String, summary: String = "",
        techniques: [String] = [], references: [String] = [], falsePositives: [String] = []
    ) {
        self.id = id
        self.title = title
        self.kind = kind
        self.severity = severity
        self.practice = practice
        self.summary = summary
        self.techniques = techniques
        self.references = references
        self.falsePositives = falsePositives
    }
}
