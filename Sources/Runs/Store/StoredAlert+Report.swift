import Analytics
import Hunting
import TrailIntegrity
public import FoundationEssentials
public import Reports
public import Store

extension StoredAlert {
    /// The alerts that a hunt kept, each with the record of the JSON report.
    /// - Parameter time: the time at which they are stored.
    public static func all(of report: HuntReport, at time: Date) -> [StoredAlert] {
        zip(report.result.alerts, report.report.items).map { alert, item in
            StoredAlert(
                id: item.id, rule: alert.rule, title: alert.title, source: report.run.source,
                severity: alert.severity, practice: alert.practice, account: alert.account, region: alert.region,
                actor: alert.actor, event: alert.event, time: alert.hasTime ? date(alert.time) : nil,
                lastTime: alert.hasTime ? date(max(alert.time, alert.lastTime)) : nil, record: item.storedRecord,
                stored: time)
        }
    }

    /// The problems of log integrity that a verification found, except those that only inform.
    /// - Parameter time: the time at which they are stored.
    public static func all(of report: VerifyReport, at time: Date) -> [StoredAlert] {
        let (problems, page) = (report.verification.problems, report.report)
        return zip(problems, page.items).compactMap { problem, item in
            guard !problem.kind.isInformation else { return nil }
            return StoredAlert(
                id: item.id, rule: problem.kind.rawValue, title: page.rules[item.rule].title, source: Self.verify,
                severity: item.severity, practice: page.rules[item.rule].practice, account: item.account,
                region: item.region, actor: problem.trail, event: nil, time: report.finished,
                lastTime: report.finished, record: item.storedRecord, stored: time)
        }
    }

    /// The source of alerts about log integrity.
    public static let verify = "verify"

    private static func date(_ seconds: Int) -> Date { Date(timeIntervalSince1970: Double(seconds)) }
}

extension StoreWriter {
    /// Stores alerts, each with the finding that it belongs to, if one is stored.
    /// - Returns: the ones that were not stored before.
    public func addLinked(_ alerts: [StoredAlert]) throws -> [StoredAlert] {
        try add(
            alerts.map { alert in
                var alert = alert
                alert.finding = try finding(of: alert)?.id
                return alert
            })
    }

    private func finding(of alert: StoredAlert) throws -> StoredFinding? {
        let subject = AlertSubject(alert)
        return subject.finding(among: try findings(of: subject.practice, naming: subject.names))
    }

    /// How long before a scan an alert may be that is linked to a finding that the scan found to fail, in seconds: what
    /// an alert reports usually fails in the next scan.
    private static let linkingTime: TimeInterval = 7 * 86_400

    /// Links recent alerts to findings that fail since this scan.
    func relink(to failing: [StoredFinding], at time: Date) throws {
        for practice in Set(failing.map(\.practice)).sorted() {
            let since = time.addingTimeInterval(-Self.linkingTime)
            for alert in try alertsWithoutFailure(of: practice, since: since) {
                guard let finding = try finding(of: alert), finding.status == "fail" else { continue }
                try link(alert: alert.id, to: finding.id)
            }
        }
    }
}
