import Basics
public import Foundation
public import Store

/// Decides which notifier is told what, and when. It sends nothing: its deliveries are stored in the transaction that
/// stores the alert or the finding, and the ``Outbox`` sends them.
public struct NotifierRouting: Sendable {
    public let notifiers: [Notifier]
    private let link: String?

    /// - Parameter link: the address of the dashboard, without a slash at its end; with it, each message says where the
    ///   page of its alert or finding is.
    public init(_ notifiers: [Notifier], link: String? = nil) {
        self.notifiers = notifiers
        self.link = link
    }

    /// The messages about an alert.
    /// - Parameter now: the time from which waiting is counted.
    public func deliveries(for alert: StoredAlert, at now: Date) -> [StoredDelivery] {
        let notice = Notice(alert)
        return notifiers.filter { $0.tells(notice, Self.topic(of: alert)) }
            .map { delivery(of: notice, alert.id, by: $0, at: now) }
    }

    /// The messages that what an alert was about has ended. As for findings, the ``Outbox`` withdraws those that follow
    /// no message about the alert.
    /// - Parameters:
    ///   - message: what has ended it.
    ///   - now: the time from which waiting is counted.
    public func deliveries(forEndOf alert: StoredAlert, _ message: String, at now: Date) -> [StoredDelivery] {
        let notice = Notice(endOf: alert, message, at: now)
        let subject = "\(alert.id)/\(Int(now.timeIntervalSince1970))"
        return notifiers.filter { $0.tells(notice, Self.topic(of: alert)) && $0.tellsResolved }
            .map { delivery(of: notice, subject, by: $0, at: now) }
    }

    private static func topic(of alert: StoredAlert) -> NoticeTopic {
        alert.source == "verify" ? .integrity : .alerts
    }

    /// The messages about a change of a finding: that it fails, or that it no longer does.
    ///
    /// A finding that could not be determined is neither. Whether a notifier was told of the failure is for the
    /// ``Outbox`` to know, which withdraws what resolves nothing.
    /// - Parameter now: the time from which waiting is counted.
    public func deliveries(
        for change: FindingChange, of finding: StoredFinding, at now: Date
    ) -> [StoredDelivery] {
        let isResolved = Self.closed.contains(change.after) && change.before.map { Self.open.contains($0) } == true
        guard change.after == "fail" || isResolved else { return [] }
        let notice = Notice(change, of: finding)
        // A finding can fail again later, which is told again.
        let subject = "\(finding.id)/\(Int(change.time.timeIntervalSince1970))"
        return notifiers.filter { $0.tells(notice, .findings) && (!isResolved || $0.tellsResolved) }
            .map { delivery(of: notice, subject, by: $0, at: now) }
    }

    /// A message to each notifier that shows whether messages arrive. It waits for nothing.
    public func test(at now: Date) -> [StoredDelivery] {
        notifiers.map { notifier in
            var notice = Notice.test(at: now)
            notice.link = link.map { $0 + "/" }
            return StoredDelivery(
                notifier: notifier.name, subject: "test/\(Moment(now))", group: "test", kind: notice.kind.rawValue,
                severity: notice.severity, content: notice.json.description, created: now, due: now)
        }
    }

    /// The statuses in which a finding no longer fails.
    private static let closed: Set = ["pass", "muted", "notApplicable", StoredFinding.gone]
    /// The statuses behind which a failure can be.
    private static let open: Set = ["fail", "unknown", "manual"]

    private func delivery(
        of notice: Notice, _ subject: String, by notifier: Notifier, at now: Date
    ) -> StoredDelivery {
        let grouped = now.addingTimeInterval(TimeInterval(notifier.groupSeconds))
        var notice = notice
        // The identifiers are hexadecimal.
        notice.link = link.map { "\($0)/\(notice.isAboutAlert ? "alerts" : "findings")/\(notice.id)" }
        return StoredDelivery(
            notifier: notifier.name, subject: subject, group: notifier.name, kind: notice.kind.rawValue,
            severity: notice.severity, content: notice.json.description, created: now,
            due: notifier.quietHours?.sendingTime(of: notice.severity, at: grouped) ?? grouped)
    }
}

extension Notifier {
    func tells(_ notice: Notice, _ topic: NoticeTopic) -> Bool {
        notice.severity >= severity && topics.contains(topic)
            && (practices.isEmpty || practices.contains(notice.practice))
            && (accounts.isEmpty || notice.account.map(accounts.contains) == true)
    }
}
