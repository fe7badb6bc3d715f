import Analytics
import Basics

/// A filter for the alerts that a hunt report lists, with their order. The sums and the exit status count all alerts.
public struct AlertFilter: Sendable, Hashable {
    public enum Order: String, Sendable, Hashable, CaseIterable {
        case severity, time
    }

    /// A condition on the value of a field of the alert, or on its `actor`, `account`, `region`, `rule`, `title` or
    /// `severity`.
    public struct Condition: Sendable, Hashable {
        var name: String
        /// With the wildcards `*` and `?`; case does not matter.
        var value: String

        /// - Parameter text: `FIELD=VALUE`.
        public init?(_ text: String) {
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else { return nil }
            name = String(text[..<sign])
            value = String(text[text.index(after: sign)...])
        }
    }

    /// Patterns, one of which the actor must match; empty for all actors.
    public var actors: [String] = []
    /// All must hold.
    public var conditions: [Condition] = []
    public var order = Order.severity

    public init() {}

    /// Whether all alerts are listed in the usual order.
    public var isEmpty: Bool { self == AlertFilter() }

    /// The name in the first condition on a field that none of the alerts has; `nil` if there is none.
    func unknownField(in alerts: [Alert]) -> String? {
        conditions.map(\.name).first { name in alerts.allSatisfy { $0.value(of: name) == nil } }
    }

    func lists(_ alert: Alert) -> Bool {
        (actors.isEmpty || actors.contains { WildcardPattern($0, ignoringCase: true).matches(alert.actor) })
            && conditions.allSatisfy {
                WildcardPattern($0.value, ignoringCase: true).matches(alert.value(of: $0.name) ?? "")
            }
    }
}

extension Alert {
    /// `nil` if the alert has no field of that name.
    fileprivate func value(of name: String) -> String? {
        switch name {
        case "actor": actor
        case "account": account ?? ""
        case "region": region ?? ""
        case "rule": rule
        case "title": title
        case "severity": severity.rawValue
        default: fields[name]
        }
    }
}
