public import Basics

/// The description of a source of alerts: a Sigma rule, a correlation, or a built-in analytic. Reports show it once.
public struct AlertRule: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case rule, correlation, analytic
    }

    /// The value of ``Alert/rule``.
    public var id: String
    public var title: String
    public var kind: Kind
    /// The severity of its alerts; the highest if it varies.
    public var severity: Severity
    /// The identifier of the guarded practice; empty if the rule names none.
    public var practice: String
    public var summary: String
    /// MITRE ATT&CK techniques, as `T1562.008`.
    public var techniques: [String]
    /// URLs.
    public var references: [String]
    /// Harmless causes of its alerts.
    public var falsePositives: [String]
    /// The recommended response to its alerts; empty if the rule has none.
    public var response: String

    public init(
        id: String, title: String, kind: Kind, severity: Severity, practice: String, summary: String = "",
        techniques: [String] = [], references: [String] = [], falsePositives: [String] = [],
        response: String = ""
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
        self.response = response
    }
}
