public import Analytics
import AWSClient
public import FoundationEssentials
import Hunting
import LogSources

extension HuntReport {
    /// One document of schema `parapet.hunt/1`, with a line feed at its end.
    public func json() throws -> Data {
        var members = HuntRecords.trailer(self)
        members["alerts"] = .list(result.alerts.map { HuntRecords.alert($0, result.rules[$0.rule]) })
        return try RecordWriter.document(JSONNode.object(members))
    }
}

/// One alert a line as it is found, and as the last line everything else.
public enum HuntNDJSON {
    /// One alert with a line feed. It may be called from several threads at once.
    public static func line(_ alert: Alert, rule: AlertRule?) throws -> [UInt8] {
        try RecordWriter.line(HuntRecords.alert(alert, rule))
    }

    /// The last line: which hunt it was, the groups, the figures and the doubts.
    public static func last(_ report: HuntReport) throws -> [UInt8] {
        try RecordWriter.line(JSONNode.object(HuntRecords.trailer(report)))
    }
}

/// Alerts, groups and figures as `parapet.hunt/1` spells them.
enum HuntRecords {
    static func alert(_ alert: Alert, _ rule: AlertRule?) -> JSONNode {
        [
            "rule": .text(alert.rule), "title": .text(alert.title), "event": .optional(alert.event),
            "time": .text(HuntWords.moment(alert.time)), "lastTime": .text(HuntWords.moment(alert.lastTime)),
            "severity": .text(alert.severity.rawValue), "account": .optional(alert.account),
            "region": .optional(alert.region), "actor": .text(alert.actor), "practice": .text(alert.practice),
            "techniques": .texts(rule?.techniques ?? []), "fields": fields(alert), "evidence": evidence(alert),
        ]
    }

    static func fields(_ alert: Alert) -> JSONNode { .object(alert.fields.mapValues { .text($0) }) }

    static func evidence(_ alert: Alert) -> JSONNode { JSONNode(.object(alert.evidence)) }

    /// All but the alerts.
    static func trailer(_ report: HuntReport) -> [String: JSONNode] {
        let result = report.result
        return [
            "schema": "parapet.hunt/1", "hunt": run(report.run), "groups": .list(result.groups.map(group)),
            "rules": .list(result.rules.values.sorted { $0.id < $1.id }.map(rule)),
            "stats": statistics(result.statistics), "doubts": .texts(result.doubts),
            "learning": .texts(result.learning), "losses": .list(result.losses.map(loss)),
        ]
    }

    private static func loss(_ loss: LogLoss) -> JSONNode { ["file": .text(loss.file), "what": .text(loss.what)] }

    private static func run(_ run: HuntReport.Run) -> JSONNode {
        [
            "source": .text(run.source), "logs": .texts(run.logs), "from": .optional(run.from.map(Timestamp.format)),
            "to": .optional(run.to.map(Timestamp.format)), "started": .text(Timestamp.format(run.started)),
            "finished": .text(Timestamp.format(run.finished)), "parapet": .text(run.parapet),
        ]
    }

    private static func group(_ group: AlertGroup) -> JSONNode {
        let keys = Dictionary(group.keys.map { ($0.name, JSONNode.text($0.value)) }) { first, _ in first }
        return [
            "rule": .text(group.rule), "title": .text(group.title), "severity": .text(group.severity.rawValue),
            "practice": .text(group.practice), "keys": .object(keys), "count": .integer(group.count),
            "first": .text(HuntWords.moment(group.first)), "last": .text(HuntWords.moment(group.last)),
        ]
    }

    private static func rule(_ rule: AlertRule) -> JSONNode {
        [
            "id": .text(rule.id), "title": .text(rule.title), "kind": .text(rule.kind.rawValue),
            "severity": .text(rule.severity.rawValue), "practice": .text(rule.practice),
            "summary": .text(rule.summary), "techniques": .texts(rule.techniques),
            "references": .texts(rule.references), "falsePositives": .texts(rule.falsePositives),
        ]
    }

    private static func statistics(_ statistics: HuntStatistics) -> JSONNode {
        [
            "events": .integer(statistics.events), "files": .integer(statistics.files),
            "bytes": .integer(statistics.bytes), "contentBytes": .integer(statistics.contentBytes),
            "skipped": .integer(statistics.skipped), "damagedFiles": .integer(statistics.damagedFiles),
            "alerts": .integer(statistics.alerts), "rules": .integer(statistics.rules),
        ]
    }
}

extension JSONNode {
    init(_ value: EvidenceValue) {
        switch value {
        case .text(let text): self = .text(text)
        case .count(let count): self = .integer(count)
        case .number(let number): self = .number(number)
        case .flag(let flag): self = .flag(flag)
        case .list(let elements): self = .list(elements.map { JSONNode($0) })
        case .object(let members):
            self = .object(Dictionary(members.map { ($0.name, JSONNode($0.value)) }) { first, _ in first })
        }
    }
}
