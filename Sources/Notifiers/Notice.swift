public import Basics
import Crypto
public import Foundation
public import Store

/// What a message tells: one alert, one finding, or the end of a finding. All texts but ``id`` and ``kind`` come from
/// an account or a log, so they are untrusted. It is stored as JSON with the delivery.
public struct Notice: Sendable, Hashable {
    /// The raw values are those of ``StoredDelivery/kind``.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case alert, finding, resolved, test

        var isAboutFinding: Bool { self == .finding || self == .resolved }
    }

    public var kind: Kind
    /// The identifier of the alert or finding.
    public var id: String
    public var title: String
    public var message: String
    public var severity: Severity
    public var practice: String
    public var account: String?
    public var region: String?
    /// The detection rule or check.
    public var rule: String
    /// The log of an alert: see ``StoredAlert/source``.
    public var source: String?
    public var actor: String?
    public var event: String?
    public var resource: Resource?
    /// The status of a finding: see ``StoredFinding/status``.
    public var status: String?
    /// The time of an alert's first event, or of the change of a finding.
    public var time: Date?
    public var lastTime: Date?
    /// The time at which the finding was first seen, or the alert was stored.
    public var created: Date
    /// The address of its page on the dashboard; `nil` if the configuration names none.
    public var link: String?
    /// The alert or finding as the JSON report has it; `nil` if it is larger than ``maximumRecordBytes``.
    public var record: JSON?

    public struct Resource: Sendable, Hashable {
        /// CloudFormation's name of the type.
        public var type: String
        public var id: String
        public var arn: String
        public var name: String?
    }

    /// Whether it is about an alert, or the end of one, and not about a finding.
    public var isAboutAlert: Bool { kind == .alert || kind == .resolved && resource == nil }

    /// The longest record that a message carries. Amazon SNS and AWS Security Hub admit about 240 kB for all.
    public static let maximumRecordBytes = 64 << 10

    /// The identifier by which receivers recognize a repeated message: the same for the same notice of a notifier.
    public static func key(_ notifier: String, _ kind: String, _ subject: String) -> String {
        var hash = SHA256()
        for part in [notifier, kind, subject] { hash.update(data: Data(part.utf8) + [0xFF]) }
        return Hexadecimal.text(hash.finalize().prefix(16))
    }
}

extension Notice {
    public init(_ alert: StoredAlert) {
        let record = try? JSON(parsing: alert.record)
        self.init(
            kind: .alert, id: alert.id, title: alert.title.cut(1_000),
            message: (record?["message"]?.text ?? "").cut(4_000),
            severity: alert.severity, practice: alert.practice, account: alert.account, region: alert.region,
            rule: alert.rule, source: alert.source, actor: alert.actor.isEmpty ? nil : alert.actor.cut(2_000),
            event: alert.event,
            time: alert.time, lastTime: alert.lastTime, created: alert.stored,
            record: alert.record.utf8.count > Self.maximumRecordBytes ? nil : record)
    }

    public init(_ change: FindingChange, of finding: StoredFinding) {
        let isOpen = change.after == "fail"
        self.init(
            kind: isOpen ? .finding : .resolved, id: finding.id, title: finding.title.cut(1_000),
            message: change.message.cut(4_000),
            severity: finding.severity, practice: finding.practice, account: finding.account, region: finding.region,
            rule: finding.check,
            resource: Resource(
                type: finding.resourceType, id: finding.resource, arn: finding.arn, name: finding.name),
            status: change.after, time: change.time, created: finding.firstSeen,
            record: finding.record.utf8.count > Self.maximumRecordBytes ? nil : try? JSON(parsing: finding.record))
    }

    /// The end of what an alert was about.
    /// - Parameters:
    ///   - message: what has ended it.
    ///   - time: when that was noticed.
    public init(endOf alert: StoredAlert, _ message: String, at time: Date) {
        self.init(alert)
        (kind, self.message, self.time, lastTime) = (.resolved, message, time, nil)
    }

    /// A message that only shows that messages arrive.
    public static func test(at time: Date) -> Notice {
        Notice(
            kind: .test, id: "test", title: "Test message from Parapet",
            message: "Alerts and findings of this notifier arrive here.", severity: .informational, practice: "",
            rule: "parapet-notify-test", time: time, created: time)
    }
}

extension Notice {
    /// The notice as messages and the store have it: `nil` members are left out.
    public var json: JSON {
        .members([
            "kind": .string(kind.rawValue), "id": .string(id), "title": .string(title), "message": .string(message),
            "severity": .string(severity.rawValue), "practice": .string(practice), "rule": .string(rule),
            "account": account.map(JSON.string), "region": region.map(JSON.string), "source": source.map(JSON.string),
            "actor": actor.map(JSON.string), "event": event.map(JSON.string),
            "resource": resource.map { resource in
                .members([
                    "type": .string(resource.type), "id": .string(resource.id), "arn": .string(resource.arn),
                    "name": resource.name.map(JSON.string),
                ])
            },
            "status": status.map(JSON.string), "time": time.map { JSON(Moment($0)) },
            "lastTime": lastTime.map { JSON(Moment($0)) }, "created": JSON(Moment(created)),
            "link": link.map(JSON.string), "record": record,
        ])
    }

    /// - Throws: ``Failure`` if the text is no notice.
    public init(parsing text: String) throws(Failure) {
        func time(_ json: JSON?) -> Date? { json?.text.flatMap { Moment($0)?.date } }
        guard let json = try? JSON(parsing: text), let kind = json["kind"]?.text.flatMap(Kind.init),
            let id = json["id"]?.text, let severity = json["severity"]?.text.flatMap(Severity.init),
            let created = time(json["created"])
        else {
            throw Failure(
                "a message cannot be sent", why: "its content in the store is no notice", advice: "run parapet db check"
            )
        }
        self.init(
            kind: kind, id: id, title: json["title"]?.text ?? "", message: json["message"]?.text ?? "",
            severity: severity, practice: json["practice"]?.text ?? "", account: json["account"]?.text,
            region: json["region"]?.text, rule: json["rule"]?.text ?? "", source: json["source"]?.text,
            actor: json["actor"]?.text, event: json["event"]?.text,
            resource: json["resource"].map { resource in
                Resource(
                    type: resource["type"]?.text ?? "", id: resource["id"]?.text ?? "",
                    arn: resource["arn"]?.text ?? "", name: resource["name"]?.text)
            },
            status: json["status"]?.text, time: time(json["time"]), lastTime: time(json["lastTime"]), created: created,
            link: json["link"]?.text, record: json["record"])
    }
}

extension Notice {
    /// Removes the record, and cuts texts that can be long.
    /// - Parameter limit: in UTF-16 units.
    mutating func shorten(to limit: Int) {
        record = nil
        (title, message, actor) = (title.cut(limit), message.cut(limit), actor?.cut(limit))
    }
}

extension String {
    /// - Parameter limit: in UTF-16 units.
    fileprivate func cut(_ limit: Int) -> String { shown(atMost: limit) { _ in nil } }
}
