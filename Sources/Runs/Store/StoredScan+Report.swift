public import Basics
import FoundationEssentials
import Posture
public import Reports
public import Store

extension StoredScan {
    /// - Parameter isPartial: whether the scan evaluated some resources only, so that a finding that it lacks says
    ///   nothing.
    public init(_ report: ScanReport, isPartial: Bool = false) {
        let scan = report.scan
        // Findings of a Region that was not read are neither gone nor fixed.
        let unread = Set(report.scope?.unreadRegions ?? [])
        self.init(
            id: scan.id, started: scan.started, finished: scan.finished, parapet: scan.parapet,
            accounts: scan.accounts, regions: scan.regions.filter { !unread.contains($0) },
            checks: report.checks.keys.sorted(), isPartial: isPartial)
    }
}

extension StoredFinding {
    /// All findings of a scan, also those that the report does not list, each with the record of the JSON report.
    public static func all(of report: ScanReport) -> [StoredFinding] {
        let report = report.filtered(by: FindingFilter())
        let (findings, seen) = (report.findings, report.scan.finished)
        return zip(findings, report.report.items).map { finding, item in
            StoredFinding(
                id: item.id, check: finding.check, practice: finding.practice.id, severity: finding.severity,
                status: finding.status.rawValue, account: finding.account, region: finding.region,
                resourceType: finding.resource.type, resource: finding.resource.id, arn: finding.resource.arn,
                name: finding.resource.name, title: report.checks[finding.check]?.title ?? finding.check,
                message: finding.message,
                hasFix: finding.status == .fail && report.fixable.contains(finding.check),
                record: item.storedRecord, seen: seen)
        }
    }
}

extension Store {
    /// Stores a scan with all its findings.
    /// - Parameters:
    ///   - isPartial: whether the scan evaluated some resources only, so that a finding that it lacks says nothing.
    ///   - alsoWrite: writes more in the same transaction, such as the messages about what changed.
    /// - Returns: what changed since earlier scans.
    @discardableResult
    public func record(
        _ report: ScanReport, isPartial: Bool = false,
        alsoWrite: ((StoreWriter, [FindingChange]) throws -> Void)? = nil
    ) throws(Failure) -> [FindingChange] {
        let findings = StoredFinding.all(of: report)
        return try record(StoredScan(report, isPartial: isPartial), findings) { writer, changes in
            let failing = Set(changes.filter { $0.after == "fail" }.map(\.finding))
            try writer.relink(to: findings.filter { failing.contains($0.id) }, at: report.scan.finished)
            try alsoWrite?(writer, changes)
        }
    }
}

extension ReportItem {
    /// The record of the JSON report on one line, its members in alphabetical order.
    var storedRecord: String {
        var bytes: [UInt8] = []
        JSONWriter.append(to: &bytes, .sorted) { write(to: &$0, type: nil) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
