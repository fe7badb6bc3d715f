import AWSClient
import Basics

extension Evidence {
    /// The AWS CLI command that reads the evidence again, for a POSIX shell. Its output as JSON is the value, unless
    /// ``path`` is empty: then the value only states what the output shows.
    ///
    /// It is `nil` for evidence that no call shows, for counts over a whole account, and for names that AWS does not
    /// allow, because a shell might misread them.
    public func command(in finding: Finding) -> String? {
        guard case .call(let call) = source, finding.status != .notApplicable, let form = Reread.forms[call] else {
            return nil
        }
        return form(Reread(evidence: self, finding: finding))?.text
    }
}

/// The evidence that a command reads again, with the parts of the command.
private struct Reread {
    let evidence: Evidence
    let finding: Finding

    private var type: String { finding.resource.type }
    private var name: String { evidence.subject ?? finding.resource.id }
    private var arn: String { evidence.subject ?? finding.resource.arn }

    /// The region of the finding; for a global resource, the region in which its partition keeps global resources.
    private var region: String {
        guard finding.region == "global" else { return finding.region }
        let partition = ARN(finding.resource.arn).flatMap { Partition.named(String($0.partition)) }
        return (partition ?? .aws).globalRegion
    }

    /// The region that the ARN names.
    private var regionOfARN: String {
        guard let region = ARN(arn)?.region, !region.isEmpty else { return self.region }
        return String(region)
    }

    /// The path of the fact in the answer, if it is in `element` of the answer.
    private func query(in element: String = "") -> String {
        if let path = evidence.path { return path.isEmpty || element.isEmpty ? path : "\(element).\(path)" }
        if element.isEmpty || element == evidence.fact { return evidence.fact }
        return "\(element).\(evidence.fact)"
    }

    private func command(
        _ verb: String, _ options: KeyValuePairs<String, String> = [:], in region: String? = nil, query: String
    ) -> Command? {
        Command(verb, options.map { ($0.key, [$0.value]) }, region: region ?? self.region, query: query)
    }

    private typealias Form = @Sendable (Reread) -> Command?

    /// The form of the command for each call, by the call's name.
    static let forms: [String: @Sendable (Reread) -> Command?] = {
        let forms: KeyValuePairs<AWSClient.Operation, Form> = [
            .describeTrails: \.trails,
            .getTrailStatus: { $0.ofTrail("cloudtrail get-trail-status", "--name") },
            .getEventSelectors: { $0.ofTrail("cloudtrail get-event-selectors", "--trail-name") },
            .describeFlowLogs: \.flowLogs,
            .describeSecurityGroups: {
                $0.command(
                    "ec2 describe-security-groups", ["--group-ids": $0.name], query: $0.query(in: "SecurityGroups[0]"))
            },
            .describeSecurityGroupRules: \.securityGroupRules,
            .describeNetworkACLs: \.networkACL,
            .describeNetworkInterfaces: {
                $0.command(
                    "ec2 describe-network-interfaces", ["--filters": "Name=group-id,Values=\($0.name)"],
                    query: "NetworkInterfaces[].NetworkInterfaceId")
            },
            .describeInstances: {
                $0.command(
                    "ec2 describe-instances", ["--instance-ids": $0.name],
                    query: $0.query(in: "Reservations[0].Instances[0].MetadataOptions"))
            },
            .getManagedPrefixListEntries: {
                $0.command(
                    "ec2 get-managed-prefix-list-entries", ["--prefix-list-id": $0.name], query: "Entries[].Cidr")
            },
            .describeDBInstances: {
                $0.command(
                    "rds describe-db-instances", ["--db-instance-identifier": $0.name],
                    query: $0.query(in: "DBInstances[0]"))
            },
            .getCredentialReport: \.credentialReport,
            .getAccountAuthorizationDetails: \.identity,
            .listAccessKeys: \.accessKeys,
            .getAccountSummary: {
                $0.command("iam get-account-summary", query: $0.query(in: "SummaryMap") + " > `0`")
            },
            .getAccountPasswordPolicy: {
                $0.command("iam get-account-password-policy", query: $0.query(in: "PasswordPolicy"))
            },
            .listVirtualMFADevices: \.virtualMFADevice,
            .describeKey: { $0.ofKey("kms describe-key", query: $0.query(in: "KeyMetadata")) },
            .getKeyRotationStatus: { $0.ofKey("kms get-key-rotation-status", query: $0.query()) },
            .getKeyPolicy: { $0.ofKey("kms get-key-policy --policy-name default", query: $0.query()) },
            .describeLogGroups: {
                $0.command(
                    "logs describe-log-groups", ["--log-group-name-prefix": $0.name],
                    query: $0.query(in: "logGroups[?logGroupName=='\($0.name)'] | [0]"))
            },
            .getBucketLocation: { $0.ofBucket("location", query: "LocationConstraint || 'us-east-1'") },
            .getBucketPolicy: { $0.ofBucket("policy", query: $0.query()) },
            .getBucketACL: {
                let grants = "Grants[].{Grantee: Grantee.URI || Grantee.ID, Permission: Permission}"
                return $0.ofBucket("acl", query: $0.evidence.path ?? grants)
            },
            .getBucketVersioning: { $0.ofBucket("versioning", query: $0.query()) },
            .getBucketLogging: { $0.ofBucket("logging", query: $0.query(in: "LoggingEnabled")) },
            .getBucketEncryption: {
                let rule = "ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault"
                return $0.ofBucket("encryption", query: $0.query(in: rule))
            },
            .getBucketRequestPayment: { $0.ofBucket("request-payment", query: $0.query()) },
            .getObjectLockConfiguration: {
                let retention = "Rule.DefaultRetention"
                return $0.ofBucket(
                    "object-lock-configuration", of: "",
                    query: "ObjectLockConfiguration.{ObjectLockEnabled: ObjectLockEnabled, Mode: \(retention).Mode, "
                        + "Days: \(retention).Days}")
            },
            .getPublicAccessBlock: { $0.ofBucket("public-access-block", of: "", query: $0.query()) },
            .getAccountPublicAccessBlock: {
                $0.command(
                    "s3control get-public-access-block", ["--account-id": $0.finding.account], query: $0.query())
            },
        ]
        return Dictionary(forms.map { ($0.key.description, $0.value) }) { first, _ in first }
    }()

    // MARK: AWS CloudTrail

    private var trails: Command? {
        let verb = "cloudtrail describe-trails"
        if evidence.subject != nil || type == "AWS::CloudTrail::Trail" {
            return command(verb, ["--trail-name-list": arn], in: regionOfARN, query: query(in: "trailList[0]"))
        }
        if type == "AWS::S3::Bucket" {
            let deliveries = "trailList[?S3BucketName=='\(name)']"
            if case .array = evidence.value { return command(verb, query: query(in: deliveries)) }
            return command(verb, query: query(in: "\(deliveries) | [0]"))
        }
        // Of a key or a log group: the trails that use it.
        let arn = finding.resource.arn
        let isMeant =
            switch type {
            case "AWS::KMS::Key": "?KmsKeyId=='\(arn)'"
            case "AWS::Logs::LogGroup":
                "?CloudWatchLogsLogGroupArn && starts_with(CloudWatchLogsLogGroupArn, '\(arn)')"
            default: ""
            }
        return command(verb, query: evidence.path ?? "trailList[\(isMeant)].TrailARN")
    }

    private func ofTrail(_ verb: String, _ option: String) -> Command? {
        guard evidence.subject != nil || type == "AWS::CloudTrail::Trail" else { return nil }
        return Command(verb, [(option, [arn])], region: regionOfARN, query: query())
    }

    // MARK: Amazon EC2

    private var flowLogs: Command? {
        command(
            "ec2 describe-flow-logs", ["--filter": "Name=resource-id,Values=\(name)"],
            query: "FlowLogs[].{" + members(besides: ["LogDestination": "LogDestination || LogGroupName"]) + "}")
    }

    private var securityGroupRules: Command? {
        let verb = "ec2 describe-security-group-rules"
        let ids = values.compactMap { $0["SecurityGroupRuleId"]?.text }
        guard !ids.isEmpty else {
            return command(
                verb, ["--filters": "Name=group-id,Values=\(name)"], query: "SecurityGroupRules[].SecurityGroupRuleId")
        }
        return Command(
            verb, [("--security-group-rule-ids", ids)], region: region,
            query: "SecurityGroupRules[].{" + members() + "}")
    }

    private var networkACL: Command? {
        let numbers = values.compactMap { $0["RuleNumber"]?.integer }.map { "RuleNumber==`\($0)`" }
        let isMeant = numbers.isEmpty ? "" : " && (\(numbers.joined(separator: " || ")))"
        let members = members(besides: [
            "CidrBlock": "CidrBlock || Ipv6CidrBlock", "From": "PortRange.From", "To": "PortRange.To",
        ])
        return command(
            "ec2 describe-network-acls", ["--network-acl-ids": name],
            query: "NetworkAcls[0].Entries[?Egress==`false`\(isMeant)]" + (members.isEmpty ? "" : ".{\(members)}"))
    }

    private var values: [JSON] { evidence.value.elements ?? [] }

    /// The members of the value's objects, each with its path in the answer.
    private func members(besides others: [String: String] = [:]) -> String {
        var names: [String] = []
        for value in values {
            guard case .object(let object) = value else { continue }
            for member in object.members where !names.contains(member.name) { names.append(member.name) }
        }
        if names.isEmpty { names = others.keys.sorted() }
        return names.map { "\($0): \(others[$0] ?? $0)" }.joined(separator: ", ")
    }

    // MARK: AWS IAM

    /// The command that shows the report's header and the user's row.
    private var credentialReport: Command? {
        let verb = "iam get-credential-report"
        if evidence.fact == "GeneratedTime" { return command(verb, query: query()) }
        let user = type == "AWS::IAM::User" ? name : "<root_account>"
        var command = command(verb, query: "Content")
        command?.isText = true
        guard Command.isPlain(user.filter { $0 != "<" && $0 != ">" }) else { return nil }
        let pattern = user.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "\\.")
        command?.rest = " | base64 --decode | grep -e '^user,' -e '^\(pattern),'"
        return command
    }

    private var accessKeys: Command? {
        let ids = values.compactMap { $0["AccessKeyId"]?.text }.map { "AccessKeyId=='\($0)'" }
        let isMeant = ids.isEmpty ? "" : "?\(ids.joined(separator: " || "))"
        let members = members()
        return command(
            "iam list-access-keys", ["--user-name": name],
            query: evidence.path ?? "AccessKeyMetadata[\(isMeant)]" + (members.isEmpty ? "" : ".{\(members)}"))
    }

    private var identity: Command? {
        let verb = "iam get-account-authorization-details"
        if evidence.fact == "AttachedTo" {
            return Command(
                verb, [("--filter", ["User", "Group", "Role"])], region: region,
                query: "[UserDetailList, GroupDetailList, RoleDetailList][] | "
                    + "[?AttachedManagedPolicies[?PolicyArn=='\(finding.resource.arn)']].Arn")
        }
        guard evidence.path != "" else { return command(verb, query: "") }
        switch type {
        case "AWS::IAM::User": return holder("User")
        case "AWS::IAM::Group": return holder("Group")
        case "AWS::IAM::Role": return holder("Role")
        case "AWS::IAM::ManagedPolicy":
            let arn = finding.resource.arn
            let isOfAWS = ARN(arn)?.account == "aws"
            let policy = "Policies[?Arn=='\(arn)'] | [0]"
            let version = "\(policy).PolicyVersionList[?IsDefaultVersion] | [0].Document"
            return command(
                verb, ["--filter": isOfAWS ? "AWSManagedPolicy" : "LocalManagedPolicy"],
                query: evidence.fact == "PolicyDocument"
                    ? version : evidence.fact == "Statement" ? query(in: version) : query(in: policy))
        default: return command(verb, query: "")
        }
    }

    /// The command for a user, group or role. The subject, if there is one, is one of its inline policies.
    private func holder(_ kind: String) -> Command? {
        var element = "\(kind)DetailList[?\(kind)Name=='\(finding.resource.id)'] | [0]"
        if let policy = evidence.subject {
            element += ".\(kind)PolicyList[?PolicyName=='\(policy)'] | [0]"
            if evidence.fact == "Statement" { element += ".PolicyDocument" }
        }
        return command(
            "iam get-account-authorization-details", ["--filter": kind], query: query(in: element))
    }

    private var virtualMFADevice: Command? {
        let verb = "iam list-virtual-mfa-devices"
        guard let serial = evidence.subject else { return command(verb, query: "VirtualMFADevices[].SerialNumber") }
        return command(verb, query: query(in: "VirtualMFADevices[?SerialNumber=='\(serial)'] | [0]"))
    }

    // MARK: AWS KMS and Amazon S3

    private func ofKey(_ verb: String, query: String) -> Command? {
        guard evidence.subject != nil || type == "AWS::KMS::Key" else { return nil }
        return command(verb, ["--key-id": arn], in: regionOfARN, query: query)
    }

    /// - Parameter kind: `bucket-` for most; Amazon S3 leaves it out of some names.
    private func ofBucket(_ what: String, of kind: String = "bucket-", query: String) -> Command? {
        guard evidence.subject != nil || type == "AWS::S3::Bucket" else { return nil }
        return command("s3api get-\(kind)\(what)", ["--bucket": name], query: query)
    }
}

/// A command of the AWS CLI, version 1 or 2.
private struct Command {
    /// Service, command and fixed options, which need no quotation marks.
    private let verb: String
    private let options: [(name: String, values: [String])]
    private let region: String
    /// The query in JMESPath; empty for the whole answer.
    private let query: String
    var isText = false
    /// The rest of the command line, which processes the output.
    var rest = ""

    /// Makes a command; `nil` if a value has characters that AWS's names do not have, because a shell or JMESPath might
    /// not take them literally.
    init?(_ verb: String, _ options: [(name: String, values: [String])], region: String, query: String) {
        let isHarmless = options.allSatisfy { $0.values.allSatisfy(Self.isPlain) }
        guard isHarmless, Self.hasPlainNames(query), Self.isPlain(region) else { return nil }
        self.verb = verb
        self.options = options
        self.region = region
        self.query = query
    }

    static func isPlain(_ text: String) -> Bool { isPlain(text.utf8) }

    /// Written without a generic search, for speed: every finding of a report may have several commands.
    private static func isPlain(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first, first != UInt8(ascii: "-") else { return false }
        var last = (UInt8(0), UInt8(0))
        for byte in text {
            // The CLI takes a value with `://` as a file or URL to read.
            guard isOfNames(byte), byte != UInt8(ascii: "/") || last != (UInt8(ascii: ":"), byte) else { return false }
            last = (last.1, byte)
        }
        return true
    }

    /// Whether AWS's names can contain the byte.
    private static func isOfNames(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            // `-`, `.`, `/`, digits, `:`
            UInt8(ascii: "-")...UInt8(ascii: ":"),
            UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "@"), UInt8(ascii: "_"),
            UInt8(ascii: "#"):
            true
        default: false
        }
    }

    /// Whether the names in a query, which are in single quotation marks there, are plain.
    private static func hasPlainNames(_ query: String) -> Bool {
        guard query.utf8.contains(UInt8(ascii: "'")) else { return true }
        let parts = query.utf8.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
        return parts.count % 2 == 1 && stride(from: 1, to: parts.count, by: 2).allSatisfy { isPlain(parts[$0]) }
    }

    var text: String {
        var text = ""
        text.reserveCapacity(256)
        text += "aws \(verb) --region \(region)"
        for option in options {
            text += " \(option.name)"
            for value in option.values { text += value.utf8.contains(UInt8(ascii: "#")) ? " '\(value)'" : " \(value)" }
        }
        if !query.isEmpty {
            // JMESPath literals are in backticks, which a shell would read as a command.
            let mark = query.utf8.contains(UInt8(ascii: "`")) ? "'" : Self.isPlain(query) ? "" : "\""
            text += " --query \(mark)\(query)\(mark)"
        }
        text += isText ? " --output text" : " --output json"
        return text + rest
    }
}
