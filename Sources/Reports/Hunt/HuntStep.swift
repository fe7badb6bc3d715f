import Analytics
public import Basics

/// A step of a correlation: one of the events that made it alert.
public struct HuntStep {
    private let record: JSON

    /// - Parameter record: an element of the evidence `steps`.
    public init(_ record: JSON) { self.record = record }

    /// The steps of an alert, in order; none if the alert is not of a correlation.
    static func all(of alert: Alert) -> [HuntStep] {
        (alert.evidence("steps")?.elements ?? []).map(HuntStep.init)
    }

    var action: String? { text("action") }
    var target: String? { text("target") }
    var source: String? { text("source") }
    /// The action with its target.
    var call: String? { action.map { $0 + (target.map { " on \($0)" } ?? "") } }

    /// The time, action, target, actor and source of the step, and the rule that matched it:
    /// `2026-03-01T10:00:00Z DeleteTrail on main by arn:… from 203.0.113.5 (AccessDenied) · Trail deleted (step)`.
    public var words: String {
        let parts = [
            text("time"), action, target.map { "on \($0)" }, text("actor").map { "by \($0)" },
            source.map { "from \($0)" },
            text("error").map { "(\($0))" }, text("rule").map { "· \($0)" },
        ]
        return parts.compactMap(\.self).joined(separator: " ")
    }

    private func text(_ name: String) -> String? {
        guard let text = record[name]?.text, !text.isEmpty, text != "-" else { return nil }
        return text
    }
}
