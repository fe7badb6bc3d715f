import Basics
import Foundation
import Notifiers
import Posture
import Practices
import Reports
import Store

/// The finding of AWS Security Hub that tells a notice.
enum NoticeFinding {
    /// - Parameters:
    ///   - account: the caller's account, for what names no account.
    ///   - home: the Region that collects all findings; `nil` for the Region of each.
    @Sendable static func make(
        _ notice: Notice, _ time: Date, _ account: String, _ home: String?
    ) -> (json: JSON, region: String) {
        let resource = notice.resource
        var finding = ASFFFinding(
            id: notice.kind == .test ? "test/\(account)" : notice.id,
            kind: notice.isAboutAlert ? .detection : .compliance, rule: notice.rule, title: notice.title,
            description: notice.message.isEmpty
                ? [notice.title, notice.actor].compactMap(\.self).joined(separator: ": ") : notice.message,
            severity: notice.severity, status: status(of: notice),
            account: notice.account ?? account, region: notice.region, created: notice.created,
            // Security Hub ignores an update that is not later than the last one.
            updated: max(notice.time ?? time, notice.created),
            resource: resource.map { ReportResource(type: $0.type, id: $0.id, arn: $0.arn, name: $0.name) }
                ?? ReportResource(
                    type: notice.actor == nil ? "AWS::::Account" : "",
                    id: notice.actor ?? "AWS::::Account:\(notice.account ?? account)", arn: ""))
        finding.practice = notice.practice
        finding.productRegion = home
        finding.link = notice.link
        finding.isArchived = notice.kind == .resolved || notice.kind == .test
        if notice.isAboutAlert { (finding.firstObserved, finding.lastObserved) = (notice.time, notice.lastTime) }
        if let check = Catalogue.checks.first(where: { $0.about.id == notice.rule })?.about {
            finding.remedy = check.remedy
            finding.equivalents = check.controls.map(\.description)
        }
        for member in notice.record?["fields"]?.object?.members ?? [] {
            finding.evidence.append((member.name, member.value.text ?? member.value.description))
        }
        switch notice.record?["evidence"] {
        case .object(let object)?:
            finding.evidence += object.members.map { ($0.name, $0.value.text ?? $0.value.description) }
        case .array(let entries)?:
            finding.evidence += entries.map { ($0["fact"]?.text ?? "fact", $0["value"].map(\.description) ?? "") }
        default: break
        }
        return (finding.json, finding.region)
    }

    private static func status(of notice: Notice) -> Report.Status {
        switch notice.kind {
        case .alert: .information
        case .resolved where notice.isAboutAlert: .information
        case .finding: .fail
        case .resolved where notice.status == "muted": .muted
        case .resolved where notice.status != "pass": .notApplicable
        case .resolved, .test: .pass
        }
    }
}
