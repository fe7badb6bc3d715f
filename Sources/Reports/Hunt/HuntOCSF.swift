internal import Analytics
public import FoundationEssentials
import Hunting

extension HuntReport {
    /// An array of Detection Finding events of the Open Cybersecurity Schema Framework, version 1.5.0 (class 2004,
    /// with the profile `cloud`): one for each alert, with a line feed at its end.
    public func ocsf() throws -> Data {
        let events = result.alerts.map { alert in
            OCSFFinding(alert: alert, rule: result.rules[alert.rule], run: run).node
        }
        return try RecordWriter.document(JSONNode.list(events))
    }
}

/// One alert as an OCSF Detection Finding.
private struct OCSFFinding {
    let alert: Alert
    let rule: AlertRule?
    let run: HuntReport.Run

    var node: JSONNode {
        [
            "activity_id": 1, "activity_name": "Create", "category_uid": 2, "category_name": "Findings",
            "class_uid": 2004, "class_name": "Detection Finding", "type_uid": 200_401,
            "type_name": "Detection Finding: Create", "status_id": 1, "status": "New",
            "time": milliseconds(alert.time), "start_time": milliseconds(alert.time),
            "end_time": milliseconds(alert.lastTime), "severity_id": severity.id, "severity": severity.name,
            "message": .text("\(alert.title): \(alert.actor)"), "count": .integer(count), "is_alert": .flag(true),
            "metadata": metadata, "finding_info": information, "cloud": cloud, "evidences": [evidence],
            "unmapped": [
                "fields": HuntRecords.fields(alert), "evidence": HuntRecords.evidence(alert),
                "practice": .text(alert.practice), "actor": .text(alert.actor), "event": .optional(alert.event),
            ],
        ]
    }

    private func milliseconds(_ seconds: Int) -> JSONNode {
        let product = seconds.multipliedReportingOverflow(by: 1_000)
        return .integer(product.overflow ? seconds : product.partialValue)
    }

    private var severity: (id: JSONNode, name: JSONNode) {
        switch alert.severity {
        case .informational: (1, "Informational")
        case .low: (2, "Low")
        case .medium: (3, "Medium")
        case .high: (4, "High")
        case .critical: (5, "Critical")
        }
    }

    /// How often it was seen, where the evidence says so.
    private var count: Int {
        for name in ["requests", "events", "refused in all", "count"] {
            if case .count(let count) = alert.evidence(name), count > 0 { return count }
        }
        return 1
    }

    private var metadata: JSONNode {
        let product: JSONNode = ["name": "Parapet", "vendor_name": "Parapet", "version": .text(run.parapet)]
        return .members([
            "version": "1.5.0", "product": product, "profiles": ["cloud"], "log_name": .text(run.source),
            "event_code": .text(alert.rule), "correlation_uid": alert.event.map { .text($0) },
        ])
    }

    private var information: JSONNode {
        .members([
            "uid": .text(alert.stableIdentifier), "title": .text(alert.title),
            "desc": rule.flatMap { $0.summary.isEmpty ? nil : .text($0.summary) },
            "first_seen_time": milliseconds(alert.time), "last_seen_time": milliseconds(alert.lastTime),
            "created_time": milliseconds(Int(run.finished.timeIntervalSince1970)), "analytic": analytic,
            "attacks": rule.flatMap { $0.techniques.isEmpty ? nil : .list($0.techniques.map(attack)) },
            "data_sources": [.text(run.source)], "types": rule.map { [.text($0.kind.rawValue)] },
            "src_url": rule.flatMap { $0.references.first(where: WebAddress.isOne).map { .text($0) } },
        ])
    }

    private var analytic: JSONNode {
        let (id, type): (JSONNode, JSONNode) = rule?.kind == .analytic ? (2, "Behavioral") : (1, "Rule")
        return [
            "uid": .text(alert.rule), "name": .text(rule?.title ?? alert.title), "type_id": id, "type": type,
            "category": .text(alert.practice),
        ]
    }

    /// `T1562.008` is a part of `T1562`.
    private func attack(_ technique: String) -> JSONNode {
        let parent = technique.prefix { $0 != "." }
        return .members([
            "technique": ["uid": .text(String(parent))],
            "sub_technique": parent.count < technique.count ? ["uid": .text(technique)] : nil,
        ])
    }

    private var cloud: JSONNode {
        .members([
            "provider": "AWS", "region": alert.region.map { .text($0) },
            "account": account,
        ])
    }

    /// Who did what from where, as far as the fields say.
    private var evidence: JSONNode {
        let address = field("sourceIPAddress", "address", "source", "srcaddr", "remote_ip")
        return .members([
            "actor": ["user": .members(["uid": .text(alert.actor), "account": account])],
            "api": field("eventName").map { operation in
                .members([
                    "operation": .text(operation), "service": field("eventSource").map { ["name": .text($0)] },
                ])
            },
            "src_endpoint": address.map(Self.isAddress) == true
                ? address.map { ["ip": .text($0)] } : address.map { ["hostname": .text($0)] },
            "http_request": field("userAgent", "user_agent").map { ["user_agent": .text($0)] },
        ])
    }

    private var account: JSONNode? { alert.account.map { ["uid": .text($0), "type_id": 10, "type": "AWS Account"] } }

    private func field(_ names: String...) -> String? {
        for name in names { if let value = alert.fields[name], !value.isEmpty { return value } }
        return nil
    }

    /// CloudTrail names a service where it acted for the user.
    private static func isAddress(_ text: String) -> Bool {
        let isFour = text.allSatisfy { $0.isASCII && $0.isNumber || $0 == "." } && text.split(separator: ".").count == 4
        return isFour || text.contains(":") && text.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    }
}

extension Alert {
    /// The same for the same alert in every run: made from what it is about, and not from how much of it was seen.
    var stableIdentifier: String {
        let about = [rule, event ?? "", "\(time)", account ?? "", region ?? "", actor]
        return StableIdentifier.text(about + fields.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    }
}
