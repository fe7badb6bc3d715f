import Basics
import Store

/// What an alert is about, for the search of the finding that it belongs to.
struct AlertSubject: Sendable, Hashable {
    var account: String?
    var region: String?
    var practice: String
    /// ARNs, ids and names that the alert's record contains.
    var names: Set<String>

    /// The number of names that are searched for, and the length of the longest, in bytes: an attacker chooses the
    /// texts of a record.
    private static let mostNames = 300
    private static let lengths = 3...2_048

    init(_ alert: StoredAlert) {
        (account, region, practice) = (alert.account, alert.region, alert.practice)
        var names: Set<String> = []
        let record = try? JSON(parsing: alert.record)
        for part in ["fields", "evidence", "actor", "trail", "object"] { Self.gather(record?[part], into: &names) }
        if let raw = record?["raw"]?.text { Self.gather(try? JSON(parsing: raw), into: &names) }
        if let account { names.insert(Self.accountID(account)) }
        self.names = names
    }

    /// The id of an account as a resource.
    private static func accountID(_ account: String) -> String { "AWS::::Account:\(account)" }

    private static func gather(_ value: JSON?, into names: inout Set<String>) {
        guard names.count < mostNames else { return }
        switch value {
        case .string(let text): names.formUnion(parts(of: text))
        case .array(let elements): for element in elements { gather(element, into: &names) }
        case .object(let object): for member in object.members { gather(member.value, into: &names) }
        case .number, .bool, .null, nil: break
        }
    }

    /// The text, and the bucket of an object: of `arn:aws:s3:::bucket/key`, `s3://bucket/key`, and `bucket/key`.
    private static func parts(of text: String) -> [String] {
        guard lengths.contains(text.utf8.count) else { return [] }
        if text.hasPrefix("arn:") {
            guard let slash = text.firstIndex(of: "/"), text.contains(":s3:::") else { return [text] }
            return [text, String(text[..<slash])]
        }
        let place = text.hasPrefix("s3://") ? text.dropFirst(5) : text[...]
        let bucket = place.prefix { $0 != "/" }
        return lengths.contains(bucket.utf8.count) ? [text, String(bucket)] : [text]
    }

    /// The finding that the alert belongs to: of the same practice, account and Region, and on a resource that the
    /// record names. A resource that the record names by its ARN can be in another Region. Names of buckets are unique among all accounts, so a bucket may be of any account. A finding on
    /// the account as a whole is the last choice, and only if it does not pass.
    func finding(among candidates: [StoredFinding]) -> StoredFinding? {
        candidates.filter(fits).min { rank($0) < rank($1) }
    }

    private func fits(_ finding: StoredFinding) -> Bool {
        guard finding.practice == practice, names.contains(finding.arn) || names.contains(finding.resource) else {
            return false
        }
        if finding.resourceType == "AWS::S3::Bucket" { return true }
        if isAccount(finding), ["pass", "notApplicable", StoredFinding.gone].contains(finding.status) { return false }
        guard account == nil || account == finding.account else { return false }
        if region == nil || region == finding.region || finding.region == "global" { return true }
        // An ARN has its own Region, and an event can be recorded in another one.
        return !isAccount(finding) && names.contains(finding.arn)
    }

    private func isAccount(_ finding: StoredFinding) -> Bool {
        finding.resourceType == "AWS::::Account" || finding.resource == Self.accountID(finding.account)
    }

    private func rank(_ finding: StoredFinding) -> (Int, Int, Int, Int, String) {
        let statuses = ["fail", "unknown", "manual", "muted", "pass", "notApplicable"]
        return (
            isAccount(finding) ? 1 : 0, statuses.firstIndex(of: finding.status) ?? statuses.count,
            names.contains(finding.arn) ? 0 : 1, -(Severity.allCases.firstIndex(of: finding.severity) ?? 0), finding.id
        )
    }
}
