import Basics
import FoundationEssentials
import LogSources
import Reports
import Store

extension StoredAlert {
    /// The source of alerts about the watch itself.
    static let watch = "watch"

    /// An alert that the watch raises by itself, about something that it did not see.
    /// - Parameters:
    ///   - subject: what the alert's identifier is made from, beside the rule.
    private init(
        _ rule: String, _ title: String, _ severity: Severity, subject: [String], account: String? = nil,
        region: String? = nil, source: String = watch, actor: String, fields: [String: String],
        evidence: KeyValuePairs<String, JSON?>,
        from first: Date, at time: Date
    ) {
        let id = StableIdentifier.text([rule] + subject)
        let record = JSON.members([
            "id": .string(id), "rule": .string(rule), "title": .string(title), "severity": .string(severity.rawValue),
            "practice": "audit-trail", "time": .string(first.rfc3339), "lastTime": .string(time.rfc3339),
            "account": JSON(account), "region": JSON(region), "actor": .string(actor),
            "fields": .object(JSON.Object(fields.mapValues { .string($0) })), "evidence": .members(evidence),
        ])
        self.init(
            id: id, rule: rule, title: title, source: source, severity: severity, practice: "audit-trail",
            account: account, region: region, actor: actor, event: nil, time: first, lastTime: time,
            record: record.written(.sorted), stored: time)
    }

    static let failingVerification = "verification-failing"

    /// Verifications of digests that cannot run.
    static func failingVerification(since beginning: Date, why: String, at time: Date) -> StoredAlert {
        StoredAlert(
            failingVerification, "Log verification cannot run", .high, subject: [beginning.rfc3339], source: verify,
            actor: "parapet watch", fields: [:],
            evidence: ["since": .string(beginning.rfc3339), "reason": .string(why)], from: beginning, at: time)
    }

    /// A period that was not verified.
    static func unverified(_ gap: StoredProblem, at time: Date) -> StoredAlert {
        let from = gap.from ?? time
        return StoredAlert(
            "verification-gap", "Logs not verified", .high,
            subject: [gap.trail, gap.account, gap.region, from.rfc3339], account: gap.account, region: gap.region,
            source: verify, actor: gap.trail, fields: ["trail": gap.trail],
            evidence: [
                "not_verified_from": .string(from.rfc3339), "not_verified_to": gap.to.map { .string($0.rfc3339) },
                "reason": .string(gap.message),
            ], from: from, at: time)
    }

    static let unreadObject = "watch-unread-object"

    /// The identifier of the alert about a log object that was given up.
    static func unreadObjectID(_ name: String) -> String { StableIdentifier.text([unreadObject, name]) }

    /// A log object of which a part or all is damaged. Another upload of the same name is an alert of its own.
    static func damagedObject(_ object: WatchedObject, why: String, at time: Date) -> StoredAlert {
        StoredAlert(
            "watch-damaged-object", "Damaged log object", .high, subject: [object.name, object.object.eTag],
            actor: object.name, fields: ["object": object.name], evidence: ["reason": .string(why)],
            from: object.arrived, at: time)
    }

    private static let unreachableLogs = "watch-unreachable-logs"

    /// The identifier of the alert about an outage that began at a time.
    static func unreachableLogsID(_ place: Outages.Place, since beginning: Date) -> String {
        StableIdentifier.text([unreachableLogs, place.name, beginning.rfc3339])
    }

    /// A queue that does not answer, a place that cannot be listed, or a bucket whose objects cannot be read.
    static func unreachableLogs(
        _ place: Outages.Place, since beginning: Date, why: String, at time: Date
    ) -> StoredAlert {
        let fields: [String: String] =
            switch place {
            case .queue(let url): ["queue": url]
            case .listing(let bucket, let prefix): ["bucket": bucket, "prefix": prefix]
            case .bucket(let name): ["bucket": name]
            }
        return StoredAlert(
            unreachableLogs, "Log objects cannot be read", .high, subject: [place.name, beginning.rfc3339],
            actor: place.name, fields: fields,
            evidence: ["since": .string(beginning.rfc3339), "reason": .string(why)], from: beginning, at: time)
    }

    /// A log object that the watch gave up to read.
    static func unreadObject(_ name: String, why: String, attempts: Int, at time: Date) -> StoredAlert {
        StoredAlert(
            unreadObject, "Log object not read", .high, subject: [name], actor: name,
            fields: ["object": name], evidence: ["reason": .string(why), "attempts": .int(attempts)], from: time,
            at: time)
    }

    /// A message that the watch gave up to read.
    static func unreadMessage(
        _ id: String, in queue: String, why: String, attempts: Int, at time: Date
    ) -> StoredAlert {
        StoredAlert(
            "watch-unread-message", "Queue message not read", .medium, subject: [queue, id], actor: queue,
            fields: ["queue": queue, "message": id], evidence: ["reason": .string(why), "attempts": .int(attempts)],
            from: time, at: time)
    }

    static let overdueDigest = "digest-overdue"

    /// A digest that did not come although earlier ones did.
    static func overdueDigest(_ last: StoredCoverage, at time: Date) -> StoredAlert {
        StoredAlert(
            overdueDigest, "Overdue digest file", .high,
            subject: [last.trail, last.account, last.region, last.to.rfc3339], account: last.account,
            region: last.region, source: verify, actor: last.trail, fields: ["trail": last.trail],
            evidence: ["proved_until": .string(last.to.rfc3339)], from: last.to, at: time)
    }
}
