import Basics
import FoundationEssentials
import Inventory
import Posture

/// Removes from a report everything that identifies the account.
///
/// Account IDs become numbers in the order of the report. Resources become the name of their type with a number. The
/// same account or resource has the same number throughout the report. Messages can contain any name, so the check's
/// title replaces them. Evidence keeps the names of facts, booleans, numbers and times, but no texts. The report also
/// keeps checks, statuses, severities, Regions, types of resources, the missing permissions, the times of the scan,
/// thresholds that are numbers, and the hashes of files.
private struct Redaction {
    private var accounts: [String: String] = [:]
    private var resources: [Resource: Resource] = [:]
    private var counts: [String: Int] = [:]

    /// Returns the new account ID. It has twelve digits, as AWS account IDs do, so that every format accepts it.
    mutating func account(_ id: String) -> String {
        if let known = accounts[id] { return known }
        let number = String(accounts.count + 1)
        let new = String(repeating: "0", count: max(0, 12 - number.count)) + number
        accounts[id] = new
        return new
    }

    mutating func resource(_ resource: Resource, of account: String, in region: String) -> Resource {
        if let known = resources[resource] { return known }
        let partition = ARN(resource.arn).flatMap { Partition.named(String($0.partition)) } ?? .aws
        let (id, arn): (String, String)
        if resource.type == "AWS::::Account" {
            id = "\(resource.type):\(account)"
            arn = "arn:\(partition.id):iam::\(account):root"
        } else {
            let parts = resource.type.split(separator: ":").map(String.init)
            let kind = parts.last ?? "Resource"
            counts[kind, default: 0] += 1
            id = "\(kind)-\(counts[kind] ?? 0)"
            let service = parts.count > 2 ? parts[parts.count - 2].lowercased() : "aws"
            arn = "arn:\(partition.id):\(service):\(region == "global" ? "" : region):\(account):\(id)"
        }
        let new = Resource(type: resource.type, id: id, arn: arn)
        resources[resource] = new
        return new
    }

    mutating func finding(_ finding: Finding, titled title: String) -> Finding {
        var finding = finding
        finding.account = account(finding.account)
        finding.resource = resource(finding.resource, of: finding.account, in: finding.region)
        finding.message = title
        finding.unknown = finding.unknown.map(Self.unknown)
        if let unknown = finding.unknown { finding.message = unknown.explanation }
        finding.evidence = finding.evidence.map { evidence in
            // The words after the first can be a name, as in `Entries of pl-1`.
            let fact = evidence.fact.split(separator: " ").first.map(String.init) ?? ""
            return Evidence(fact, Self.value(evidence.value), from: evidence.source)
                .because(evidence.unknown.map(Self.unknown))
        }
        return finding
    }

    static let mark = "redacted"

    private static func unknown(_ unknown: Unknown) -> Unknown {
        Unknown(
            unknown.reason, call: unknown.call, permission: unknown.permission,
            isExplicitlyDenied: unknown.isExplicitlyDenied, detail: mark)
    }

    private static func value(_ value: JSON) -> JSON {
        switch value {
        case .null, .bool, .number: value
        case .string(let text): Moment(text) != nil ? value : .string(mark)
        case .array(let elements): .array(elements.map(Self.value))
        case .object(let object): .int(object.members.count)
        }
    }
}

extension ScanReport {
    /// Returns the report without everything that identifies the account, and without commands, which must name it. The
    /// IDs of findings are computed from the redacted findings, because names could be guessed from the original IDs.
    public func redacted() -> ScanReport {
        var redaction = Redaction()
        var report = self
        report.scan.id = Redaction.mark
        report.scan.accounts = scan.accounts.map { redaction.account($0) }
        report.findings = findings.map { redaction.finding($0, titled: checks[$0.check]?.title ?? "") }
        var scope = scope ?? ScanScope()
        scope.isRedacted = true
        scope.caller = nil
        scope.aliases = [:]
        scope.options = []
        scope.files = scope.files.map { .init(role: $0.role, path: Redaction.mark, sha256: $0.sha256) }
        scope.settings.allowedIngress = []
        scope.settings.trailAccess = nil
        scope.settings.trustedAccounts = []
        report.scope = scope
        return report
    }
}
