import AWSClient
import Analytics
import Basics
import FoundationEssentials

extension Report {
    /// An array of findings in the AWS Security Finding Format 2018-10-08, as `BatchImportFindings` accepts them (100
    /// per call). The product is the default product that every account has for its own findings.
    func writeASFF(to sink: Sink) throws {
        try writeArray(items.lazy.map { ASFFFinding(item: $0, rule: rules[$0.rule], report: self).node }, to: sink)
        try sink.line()
    }
}

/// Limits are those of the AWS Security Hub User Guide, "AWS Security Finding Format (ASFF)".
private struct ASFFFinding {
    let item: any ReportItem
    let rule: Report.Rule
    let report: Report

    var node: JSON {
        let severity: JSON = ["Label": .string(label)]
        let types: JSON =
            report.kind == .compliance
            ? ["Software and Configuration Checks/AWS Security Best Practices"] : ["TTPs", "Unusual Behaviors"]
        return .members([
            "SchemaVersion": "2018-10-08", "Id": cut("parapet/\(item.id)", 512), "ProductArn": .string(product),
            "ProductName": "Parapet", "CompanyName": "Parapet", "GeneratorId": cut("parapet/\(rule.id)", 512),
            "AwsAccountId": .string(account), "Region": .string(region),
            "Title": cut(rule.title.isEmpty ? rule.id : rule.title, 256),
            "Description": cut(item.message.isEmpty ? item.sentence : item.message, 1_024),
            "CreatedAt": .string(moment), "UpdatedAt": .string(moment),
            "FirstObservedAt": item.seen.map { .string(Figures.moment($0.lowerBound)) },
            "LastObservedAt": item.seen.map { .string(Figures.moment($0.upperBound)) },
            "Severity": severity, "Types": types, "FindingProviderFields": ["Severity": severity, "Types": types],
            "Compliance": report.kind == .compliance ? compliance : nil, "RecordState": "ACTIVE",
            "Workflow": item.status == .muted ? ["Status": "SUPPRESSED"] : nil, "Resources": [resource],
            "Remediation": rule.remedy.isEmpty ? nil : ["Recommendation": ["Text": cut(rule.remedy, 512)]],
            "ProductFields": .members(fields),
        ])
    }

    /// A pass is informational, however severe its failure would be.
    private var label: String { item.status == .pass ? "INFORMATIONAL" : item.severity.rawValue.uppercased() }

    private var moment: String { report.finished.rfc3339 }
    /// The format requires an account ID, so zeros stand for an account that the logs do not name.
    private var account: String { item.account.flatMap { $0.isEmpty ? nil : $0 } ?? "000000000000" }

    /// Security Hub has no global Region. It accepts global findings in the Region of IAM itself.
    private var region: String {
        if let region = item.region, !region.isEmpty, region != "global" { return region }
        return switch partition {
        case "aws-cn": "cn-north-1"
        case "aws-us-gov": "us-gov-west-1"
        default: "us-east-1"
        }
    }

    private var partition: String {
        (item.resource?.partition ?? ReportResource.partition(of: item.subject)) ?? "aws"
    }

    private var product: String { "arn:\(partition):securityhub:\(region):\(account):product/\(account)/default" }

    private var compliance: JSON {
        let status: JSON =
            switch item.status {
            case .pass: "PASSED"
            case .fail, .muted: "FAILED"
            case .manual, .information: "WARNING"
            case .unknown, .notApplicable: "NOT_AVAILABLE"
            }
        return .members([
            "Status": status,
            "RelatedRequirements": rule.equivalents.isEmpty
                ? nil : .array(rule.equivalents.prefix(32).map { cut($0, 64) }),
        ])
    }

    private var resource: JSON {
        let resource = item.resource ?? ReportResource(type: "", id: item.subject, arn: item.subject)
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
        var fields: [String: JSON] = ["parapet/status": .string(item.status.rawValue)]
        if !rule.practice.isEmpty { fields["parapet/practice"] = cut(rule.practice, 2_048) }
        for detail in item.details where fields.count < 50 && !detail.value.text.isEmpty {
            fields[Self.cut("parapet/evidence/\(detail.name)", 128)] = cut(detail.value.text, 2_048)
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
