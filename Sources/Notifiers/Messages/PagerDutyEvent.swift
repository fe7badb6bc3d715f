import Basics
import Foundation

/// An event of PagerDuty's Events API v2, which opens, updates or resolves an incident.
///
/// Source: PagerDuty Developer Documentation, "Events API v2" (summary 1,024 characters, `dedup_key` 255, 512 KB).
enum PagerDutyEvent {
    /// The events that tell a notice. A test opens an incident and resolves it.
    static func events(for item: OutgoingMessage.Item, routingKey: String) -> [JSON] {
        let kinds =
            item.notice.kind == .test
            ? ["trigger", "resolve"] : [item.notice.kind == .resolved ? "resolve" : "trigger"]
        return kinds.map { event($0, item, routingKey) }
    }

    private static func event(_ action: String, _ item: OutgoingMessage.Item, _ routingKey: String) -> JSON {
        let notice = item.notice
        let subject = notice.isAboutAlert ? "alert" : notice.kind == .test ? "test" : "finding"
        return .members([
            "routing_key": .string(routingKey), "event_action": .string(action),
            "dedup_key": .string("parapet/\(subject)/\(notice.id)".shown(atMost: 255) { _ in nil }),
            "payload": action == "resolve" ? nil : payload(item), "client": action == "resolve" ? nil : "Parapet",
            "client_url": action == "resolve" ? nil : notice.link.map(JSON.string),
        ])
    }

    private static func payload(_ item: OutgoingMessage.Item) -> JSON {
        let notice = item.notice
        var details = notice.json.object ?? JSON.Object()
        details["key"] = .string(item.key)
        let source = notice.resource?.arn ?? notice.account ?? "parapet"
        return .members([
            "summary": .string(notice.headline.shown(atMost: 1_024) { _ in nil }),
            "source": .string((source.isEmpty ? "parapet" : source).showingUnsafeCharacters(atMost: 500)),
            "severity": .string(severity(notice.severity)), "timestamp": notice.time.map { JSON(Moment($0)) },
            "component": .string(notice.source ?? notice.resource?.type ?? "parapet"),
            "group": notice.practice.isEmpty ? nil : .string(notice.practice),
            "class": .string(notice.rule.showingUnsafeCharacters(atMost: 200)), "custom_details": .object(details),
        ])
    }

    private static func severity(_ severity: Severity) -> String {
        switch severity {
        case .critical: "critical"
        case .high: "error"
        case .medium: "warning"
        case .low, .informational: "info"
        }
    }
}
