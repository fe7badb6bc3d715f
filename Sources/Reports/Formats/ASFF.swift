import AWSClient
import Analytics
public import Basics
public import FoundationEssentials

extension Report {
    /// An array of findings in the AWS Security Finding Format 2018-10-08, as `BatchImportFindings` accepts them (100
    /// per call). The product is the default product that every account has for its own findings.
    func writeASFF(to sink: Sink) throws {
        try writeArray(
            items.lazy.map { ASFFFinding(item: $0, rule: rules[$0.rule], report: self).json }, to: sink)
        try sink.line()
    }
}

/// A finding in the AWS Security Finding Format.
///
/// Limits are those of the AWS Security Hub User Guide, "AWS Security Finding Format (ASFF)".
public struct ASFFFinding: Sendable {
    public var id: String
    public var kind: Report.Kind
    /// The identifier of the check or detection rule.
    public var rule: String
    public var title: String
    public var description: String
    public var severity: Severity
    public var status: Report.Status
    /// `nil` if it is not known; the format requires an account ID, so zeros stand for it.
    public var account: String?
    /// Empty or `global` for what belongs to no Region.
    public var itemRegion: String?
    public var created: Date
    public var updated: Date
    public var firstObserved: Date?
    public var lastObserved: Date?
    public var resource: ReportResource
    public var remedy = ""
    /// The same condition in other catalogs.
    public var equivalents: [String] = []
    public var practice = ""
    /// Evidence, by name, as far as it fits.
    public var evidence: [(name: String, value: String)] = []
    /// Whether it needs no attention any more, as after a fix.
    public var isArchived = false
    /// The Region to import it into; `nil` for the finding's own.
    public var productRegion: String?
    /// The address of a page about it.
    public var link: String?

    public init(
        id: String, kind: Report.Kind, rule: String, title: String, description: String, severity: Severity,
        status: Report.Status, account: String?, region: String?, created: Date, updated: Date,
        resource: ReportResource
    ) {
        self.id = id
        self.kind = kind
        self.rule = rule
        self.title = title
        self.description = description
        self.severity = severity
        self.status = status
        self.account = account
        itemRegion = region
        self.created = created
        self.updated = updated
        self.resource = resource
    }

    fileprivate init(item: any ReportItem, rule: Report.Rule, report: Report) {
        self.init(
            id: item.id, kind: report.kind, rule: rule.id, title: rule.title,
            description: item.message.isEmpty ? item.sentence : item.message, severity: item.severity,
            status: item.status, account: item.account, region: item.region, created: report.finished,
            updated: report.finished,
            resource: item.resource ?? ReportResource(type: "", id: item.subject, arn: item.subject))
        (firstObserved, lastObserved) = (
            item.seen.map { Date(timeIntervalSince1970: Double($0.lowerBound)) },
            item.seen.map { Date(timeIntervalSince1970: Double($0.upperBound)) }
        )
        (remedy, equivalents, practice) = (rule.remedy, rule.equivalents, rule.practice)
        evidence = item.details.map { ($0.name, $0.value.text) }
    }

    public var json: JSON {
        let severity: JSON = ["Label": .string(label)]
        let types: JSON =
            kind == .compliance
            ? ["Software and Configuration Checks/AWS Security Best Practices"] : ["TTPs", "Unusual Behaviors"]
        return .members([
            "SchemaVersion": "2018-10-08", "Id": cut("parapet/\(id)", 512), "ProductArn": .string(product),
            "ProductName": "Parapet", "CompanyName": "Parapet", "GeneratorId": cut("parapet/\(rule)", 512),
            "AwsAccountId": .string(accountID), "Region": .string(region),
            "Title": cut(title.isEmpty ? rule : title, 256),
            "Description": cut(description.isEmpty ? title : description, 1_024),
            "CreatedAt": .string(created.rfc3339), "UpdatedAt": .string(updated.rfc3339),
            "FirstObservedAt": firstObserved.map { .string($0.rfc3339) },
            "LastObservedAt": lastObserved.map { .string($0.rfc3339) },
            "Severity": severity, "Types": types, "FindingProviderFields": ["Severity": severity, "Types": types],
            "Compliance": kind == .compliance ? compliance : nil,
            "RecordState": isArchived ? "ARCHIVED" : "ACTIVE",
            "Workflow": status == .muted ? ["Status": "SUPPRESSED"] : nil, "Resources": [resourceJSON],
            "Remediation": remedy.isEmpty ? nil : ["Recommendation": ["Text": cut(remedy, 512)]],
            "SourceUrl": link.map { cut($0, 512) }, "ProductFields": .members(fields),
        ])
    }

    /// A pass is informational, however severe its failure would be.
    private var label: String { status == .pass ? "INFORMATIONAL" : severity.rawValue.uppercased() }

    private var accountID: String { account.flatMap { $0.isEmpty ? nil : $0 } ?? "000000000000" }

    /// Security Hub has no global Region. It accepts global findings in the Region of IAM itself.
    public var region: String {
        if let region = productRegion ?? itemRegion, !region.isEmpty, region != "global" { return region }
        return switch partition {
        case "aws-cn": "cn-north-1"
        case "aws-us-gov": "us-gov-west-1"
        default: "us-east-1"
        }
    }

    private var partition: String {
        resource.partition ?? ReportResource.partition(of: resource.id) ?? "aws"
    }

    private var product: String { "arn:\(partition):securityhub:\(region):\(accountID):product/\(accountID)/default" }

    private var compliance: JSON {
        let status: JSON =
            switch status {
            case .pass: "PASSED"
            case .fail, .muted: "FAILED"
            case .manual, .information: "WARNING"
            case .unknown, .notApplicable: "NOT_AVAILABLE"
            }
        return .members([
            "Status": status,
            "RelatedRequirements": equivalents.isEmpty
                ? nil : .array(equivalents.prefix(32).map { cut($0, 64) }),
        ])
    }

    private var resourceJSON: JSON {
        let id = resource.arn.isEmpty ? resource.id : resource.arn
        return [
            "Type": .string(Self.types[resource.type] ?? "Other"), "Id": cut(id.isEmpty ? "unknown" : id, 512),
            "Partition": .string(partition), "Region": .string(region),
        ]
    }

    /// Security Hub's names for CloudFormation's types. It accepts no other types.
    private static let types = [
        "AWS::::Account": "AwsAccount", "AWS::CloudTrail::Trail": "AwsCloudTrailTrail",
        "AWS::S3::Bucket": "AwsS3Bucket", "AWS::KMS::Key": "AwsKmsKey", "AWS::IAM::User": "AwsIamUser",
        "AWS::IAM::Role": "AwsIamRole", "AWS::IAM::Group": "AwsIamGroup", "AWS::IAM::ManagedPolicy": "AwsIamPolicy",
        "AWS::EC2::SecurityGroup": "AwsEc2SecurityGroup", "AWS::EC2::NetworkAcl": "AwsEc2NetworkAcl",
        "AWS::EC2::VPC": "AwsEc2Vpc", "AWS::EC2::Instance": "AwsEc2Instance", "AWS::EC2::Volume": "AwsEc2Volume",
        "AWS::EC2::Subnet": "AwsEc2Subnet", "AWS::Lambda::Function": "AwsLambdaFunction",
    ]

    /// The status and the evidence, as far as they fit.
    private var fields: [String: JSON] {
        var fields: [String: JSON] = ["parapet/status": .string(status.rawValue)]
        if !practice.isEmpty { fields["parapet/practice"] = cut(practice, 2_048) }
        for (name, value) in evidence where fields.count < 50 && !value.isEmpty {
            fields[Self.cut("parapet/evidence/\(name)", 128)] = cut(value, 2_048)
        }
        return fields
    }

    private func cut(_ text: String, _ limit: Int) -> JSON { .string(Self.cut(text, limit)) }

    /// AWS does not document where it counts UTF-16 units and where bytes. Counting bytes is safe for both.
    private static func cut(_ text: String, _ limit: Int) -> String {
        let text = TerminalText.escaped(text)
        if text.utf8.count <= limit { return text }
        var cut = ""
        var count = 3
        for character in text {
            count += character.utf8.count
            if count > limit { break }
            cut.append(character)
        }
        return cut + "…"
    }
}
