import AWSClient
import Basics
public import FoundationEssentials
import Inventory
import Posture

extension ScanReport {
    /// One document of schema `parapet.scan/1`, with a line feed at its end.
    public func json() throws -> Data {
        let document = Document(
            schema: "parapet.scan/1", scan: scan, findings: findings.map(FindingRecord.init),
            summary: SummaryRecord(self))
        return try RecordWriter.document(document)
    }

    /// One finding a line, and as the last line the scan with its summary.
    public func ndjson() throws -> Data {
        let last = Trailer(schema: "parapet.scan/1", scan: scan, summary: SummaryRecord(self))
        return try RecordWriter.lines(findings.map(FindingRecord.init), last: last)
    }

    private struct Document: Encodable {
        var schema: String
        var scan: Scan
        var findings: [FindingRecord]
        var summary: SummaryRecord
    }

    private struct Trailer: Encodable {
        var schema: String
        var scan: Scan
        var summary: SummaryRecord
    }
}

/// A finding as `parapet.scan/1` spells it.
private struct FindingRecord: Encodable {
    var check: String
    var practice: String
    var status: String
    var severity: String
    var account: String
    var region: String
    var resource: ResourceRecord
    var message: String
    var reason: String?
    var permission: String?
    var evidence: [Evidence]
    var fix: Bool

    struct ResourceRecord: Encodable {
        var type: String
        var id: String
        var arn: String
        var name: String?
    }

    init(_ finding: Finding) {
        check = finding.check
        practice = finding.practice.id
        status = finding.status.rawValue
        severity = finding.severity.rawValue
        account = finding.account
        region = finding.region
        resource = ResourceRecord(
            type: finding.resource.type, id: finding.resource.id, arn: finding.resource.arn,
            name: finding.resource.name)
        message = finding.message
        reason = finding.unknown?.explanation
        permission = finding.unknown?.permission
        evidence = finding.evidence
        fix = false
    }
}

private struct SummaryRecord: Encodable {
    var pass: Int
    var fail: Int
    var unknown: Int
    var manual: Int
    var muted: Int

    init(_ report: ScanReport) {
        let counts = report.summary
        pass = counts[.pass] ?? 0
        fail = counts[.fail] ?? 0
        unknown = counts[.unknown] ?? 0
        manual = counts[.manual] ?? 0
        muted = counts[.muted] ?? 0
    }
}
