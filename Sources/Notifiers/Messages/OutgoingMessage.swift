import Basics
import Foundation
import Store

/// A message as it leaves: one or more notices for one notifier.
struct OutgoingMessage: Sendable, Hashable {
    struct Item: Sendable, Hashable {
        /// The same each time that this notice is sent to this notifier.
        var key: String
        var notice: Notice
    }

    var notifier: String
    /// The same each time that this message is sent.
    var key: String
    /// At least one.
    var items: [Item]
    /// The time of this attempt.
    var time: Date

    var severity: Severity { items.map(\.notice.severity).max() ?? .informational }

    /// The content in one line, such as `2 alerts, 1 finding resolved (highest severity: high)`. The texts in it are
    /// made safe to show.
    var headline: String {
        if items.count == 1 { return items[0].notice.headline }
        let counts: [String] = Notice.Kind.allCases.compactMap { kind in
            let count = items.count { $0.notice.kind == kind }
            guard count > 0 else { return nil }
            return switch kind {
            case .alert: "\(count) alert\(count == 1 ? "" : "s")"
            case .finding: "\(count) finding\(count == 1 ? "" : "s")"
            case .resolved:
                items.contains { $0.notice.kind == kind && $0.notice.isAboutAlert }
                    ? "\(count) resolved" : "\(count) finding\(count == 1 ? "" : "s") resolved"
            case .test: "\(count) test message\(count == 1 ? "" : "s")"
            }
        }
        return "Parapet: " + counts.joined(separator: ", ") + " (highest severity: \(severity.rawValue))"
    }
}

extension Notice {
    /// Severity, kind and title in one line that is safe to show.
    var headline: String {
        switch kind {
        case .test: shown(title)
        case .resolved: "Resolved: \(shown(title))"
        case .alert, .finding: "\(severity.rawValue.uppercased()): \(shown(title))"
        }
    }

    /// What people need to know, as names with values that are safe to show, the most telling first.
    var details: [(name: String, value: String)] {
        var details: [(String, String?)] = []
        if kind == .resolved {
            details.append(("Status", status.map { $0 == StoredFinding.gone ? "the resource no longer exists" : $0 }))
        }
        details += [
            ("What", message.isEmpty ? nil : message),
            ("Resource", resource.map { $0.arn.isEmpty ? $0.id : $0.arn }),
            ("Name", resource?.name), ("Actor", actor), ("Account", account), ("Region", region),
            ("Time", time.map { $0.rfc3339 }),
        ]
        for member in (record?["fields"]?.object?.members ?? []).prefix(8) {
            details.append((member.name, member.value.text ?? member.value.description))
        }
        details += [
            ("Practice", Practice(id: practice)?.title), (isAboutAlert ? "Rule" : "Check", rule), ("ID", id),
        ]
        return details.compactMap { name, value in
            value.flatMap { $0.isEmpty ? nil : (name: shown(name), value: shown($0)) }
        }
    }

    /// Untrusted text in a line of a message.
    private func shown(_ text: String) -> String { text.showingUnsafeCharacters(atMost: 600) }
}
