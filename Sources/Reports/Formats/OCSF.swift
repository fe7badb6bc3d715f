import Analytics
import Basics
import FoundationEssentials

extension Report {
    /// Writes an array of events of the Open Cybersecurity Schema Framework, version 1.5.0 with the profile `cloud`: a
    /// Compliance Finding (class 2003) for each finding of a check, a Detection Finding (2004) for everything else.
    func writeOCSF(to sink: Sink) throws {
        try writeArray(items.lazy.map { OCSFEvent(item: $0, rule: rules[$0.rule], report: self).node }, to: sink)
        try sink.line()
    }
}

private struct OCSFEvent {
    let item: any ReportItem
    let rule: Report.Rule
    let report: Report

    var node: JSON {
        let isCompliance = report.kind == .compliance
        let uid = isCompliance ? 2003 : 2004
        let name = isCompliance ? "Compliance Finding" : "Detection Finding"
        var members: [String: JSON?] = [
            "activity_id": 1, "activity_name": "Create", "category_uid": 2, "category_name": "Findings",
            "class_uid": .int(uid), "class_name": .string(name), "type_uid": .int(uid * 100 + 1),
            "type_name": .string("\(name): Create"), "status_id": item.status == .muted ? 3 : 1,
            "status": item.status == .muted ? "Suppressed" : "New", "time": time(item.seen?.lowerBound),
            "start_time": item.seen.map { time($0.lowerBound) }, "end_time": item.seen.map { time($0.upperBound) },
            "severity_id": severity.id, "severity": severity.name, "message": .string(item.sentence),
            "count": .int(item.count), "metadata": metadata, "finding_info": information,
            "cloud": .members([
                "provider": "AWS", "region": item.region.map { .string($0) },
                "account": account,
            ]),
            "unmapped": item.record,
        ]
        if isCompliance {
            members["compliance"] = compliance
            members["remediation"] = rule.remedy.isEmpty ? nil : ["desc": .string(rule.remedy)]
        } else {
            members["is_alert"] = .bool(item.status == .fail)
            members["evidences"] = evidences
        }
        members["resources"] = item.resource.map { [resource($0)] }
        return .members(members)
    }

    private func time(_ seconds: Int?) -> JSON {
        let seconds = seconds ?? Int(report.finished.timeIntervalSince1970)
        let product = seconds.multipliedReportingOverflow(by: 1_000)
        return .int(product.overflow ? seconds : product.partialValue)
    }

    /// A pass is informational, however severe its failure would be.
    private var severity: (id: JSON, name: JSON) {
        switch item.status == .pass ? .informational : item.severity {
        case .informational: (1, "Informational")
        case .low: (2, "Low")
        case .medium: (3, "Medium")
        case .high: (4, "High")
        case .critical: (5, "Critical")
        }
    }

    private var compliance: JSON {
        let (id, status): (JSON, JSON) =
            switch item.status {
            case .pass: (1, "Pass")
            case .manual, .information: (2, "Warning")
            case .fail, .muted: (3, "Fail")
            case .unknown: (0, "Unknown")
            case .notApplicable: (99, "Not applicable")
            }
        return .members([
            "status_id": id, "status": status, "status_detail": .string(item.message), "control": .string(rule.id),
            "requirements": .texts(rule.equivalents),
            // The catalogs that have the control: `cis`, `prowler`.
            "standards": .texts(Set(rule.equivalents.map { String($0.prefix { $0 != ":" }) }).sorted()),
        ])
    }

    private func resource(_ resource: ReportResource) -> JSON {
        .members([
            "uid": .string(resource.arn.isEmpty ? resource.id : resource.arn),
            "name": .string(resource.name ?? resource.id),
            "type": .string(resource.type), "region": item.region.map { .string($0) },
            "cloud_partition": resource.partition.map(JSON.string),
        ])
    }

    private var metadata: JSON {
        let product = JSON.members([
            "name": "Parapet", "vendor_name": "Parapet",
            "version": report.parapet.isEmpty ? nil : .string(report.parapet),
        ])
        return .members([
            "version": "1.5.0", "product": product, "profiles": ["cloud"], "log_name": .string(source),
            "event_code": .string(rule.id),
            "correlation_uid": item.record["event"]?.text.map { .string($0) },
        ])
    }

    /// The log, or the verb that found it.
    private var source: String {
        report.document["hunt"]?["source"]?.text ?? report.verb
    }

    private var information: JSON {
        .members([
            "uid": .string(item.id), "title": .string(rule.title),
            "desc": rule.summary.isEmpty ? nil : .string(rule.summary),
            "first_seen_time": item.seen.map { time($0.lowerBound) },
            "last_seen_time": item.seen.map { time($0.upperBound) }, "created_time": time(nil),
            "analytic": rule.kind == "check" ? nil : analytic,
            "attacks": rule.techniques.isEmpty ? nil : .array(rule.techniques.map(attack)),
            "data_sources": [.string(source)], "types": rule.kind.isEmpty ? nil : [.string(rule.kind)],
            "src_url": rule.references.first(where: WebAddress.isOne).map { .string($0) },
        ])
    }

    private var analytic: JSON {
        let (id, type): (JSON, JSON) = rule.kind == "analytic" ? (2, "Behavioral") : (1, "Rule")
        return [
            "uid": .string(rule.id), "name": .string(rule.title), "type_id": id, "type": type,
            "category": .string(rule.practice),
        ]
    }

    /// `T1562.008` is a part of `T1562`.
    private func attack(_ technique: String) -> JSON {
        let parent = technique.prefix { $0 != "." }
        return .members([
            "technique": ["uid": .string(String(parent))],
            "sub_technique": parent.count < technique.count ? ["uid": .string(technique)] : nil,
        ])
    }

    private var account: JSON? {
        item.account.map { ["uid": .string($0), "type_id": 10, "type": "AWS Account"] }
    }

    /// The actor, the operation and the source, as far as the log has them.
    private var evidences: JSON? {
        guard let activity = item.activity else { return nil }
        return [
            .members([
                "actor": ["user": .members(["uid": .string(activity.actor), "account": account])],
                "api": activity.operation.map { operation in
                    .members([
                        "operation": .string(operation), "service": activity.service.map { ["name": .string($0)] },
                    ])
                },
                "src_endpoint": activity.address.map {
                    // CloudTrail names a service instead of an IP address if the service acted for the user.
                    [IPAddress($0) == nil ? "hostname" : "ip": .string($0)]
                },
                "http_request": activity.userAgent.map { ["user_agent": .string($0)] },
            ])
        ]
    }
}
