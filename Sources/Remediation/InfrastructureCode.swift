public import AWSClient
import Basics
import Posture

/// The result of a plan's steps in the language of the tool that owns the resources: a template or snippet for the user
/// to merge into their own. It contains only the attributes that the plan changes.
///
/// Each resource belongs to the Region of its call. IAM has none, so its resources go with the first Region.
///
/// Source of the names: AWS CloudFormation Template Reference; documentation of the Terraform AWS provider.
public struct InfrastructureCode: Sendable {
    public enum Language: String, Sendable, CaseIterable {
        case cloudformation, terraform
    }

    /// The declared resources, each with the attributes from all steps that change it.
    private var resources: [Form] = []
    /// The manual work that remains: removals, and steps that the language has no resource for.
    public private(set) var rest: [String] = []
    /// The Regions of the resources, sorted; never empty.
    public let regions: [String]
    private let language: Language

    public init(_ steps: [(title: String, call: APICall)], in language: Language) {
        self.language = language
        var resources: [Form] = []
        for step in steps {
            var forms = language == .cloudformation ? step.call.cloudFormation : step.call.terraform
            if language == .cloudformation, let attached = step.call.cloudFormationAttachment,
                resources.contains(where: { $0.isSame(as: attached) })
            {
                // The list of a group that exists already would have to name its other policies.
                forms = [attached]
            }
            if forms.isEmpty {
                let declaration = step.call.removedDeclaration(in: language).map { ": remove \($0)" }
                rest.append("\(step.title) (\(step.call.name))" + (declaration ?? ""))
            }
            for var form in forms {
                form.region = step.call.service == "iam" ? nil : step.call.region
                if let place = resources.firstIndex(where: { $0.isSame(as: form) }) {
                    resources[place].merge(form)
                } else {
                    resources.append(form)
                }
            }
        }
        let regions = Set(resources.compactMap(\.region)).sorted()
        self.regions = regions.isEmpty ? [steps.first?.call.region ?? ""] : regions
        self.resources = resources
    }

    /// Whether no resource is declared.
    public var isEmpty: Bool { resources.isEmpty }

    /// The patch for a person, line by line.
    var lines: [String] {
        isEmpty
            ? rest.map { "By hand: \($0)" }
            : text("Merge this into what declares the resource", isPatch: true).split(separator: "\n").map(String.init)
    }

    /// Returns the code, ending with a line feed. A CloudFormation template is of one Region: for several ``regions``
    /// there is one after the other.
    /// - Parameters:
    ///   - title: the purpose of the code, in one line.
    ///   - isPatch: whether the resources are declared elsewhere, with their provider.
    public func text(_ title: String, isPatch: Bool = false) -> String {
        switch language {
        case .cloudformation: regions.map { template(title, in: $0) }.joined()
        case .terraform: configuration(title, namesProviders: !isPatch || regions.count > 1)
        }
    }

    private func region(of resource: Form) -> String { resource.region ?? regions[0] }

    // MARK: - CloudFormation

    private func template(_ title: String, in region: String) -> String {
        var parameters: [JSON.Object.Member] = []
        var declared: [JSON.Object.Member] = []
        let resources = Self.named(self.resources.filter { self.region(of: $0) == region }, \.logicalName)
        for (name, resource) in resources {
            let (attributes, referred) = resource.attributes(referringTo: resources) { name, _, isARN in
                isARN ? ["Fn::GetAtt": [.string(name), "Arn"]] : ["Ref": .string(name)]
            }
            var properties = attributes
            let earlier = resource.prerequisites(among: resources).map(\.name).filter { !referred.contains($0) }
            for required in resource.required where !properties.contains(where: { $0.name == required }) {
                parameters.append(
                    .init(
                        "\(name)\(required)",
                        ["Type": "String", "Description": .string("\(required) as \(resource.identity) has it now")]))
                properties.append(.init(required, ["Ref": .string("\(name)\(required)")]))
            }
            declared.append(
                .init(
                    name,
                    .members([
                        "Type": .string(resource.kind), "DependsOn": earlier.isEmpty ? nil : JSON(earlier),
                        "Properties": .members(properties),
                    ])))
        }
        var members: [JSON.Object.Member] = [
            .init("AWSTemplateFormatVersion", "2010-09-09"),
            .init("Description", .string("\(title). For a stack in \(region).")),
        ]
        if !rest.isEmpty, region == regions[0] { members.append(.init("Metadata", ["ByHand": JSON(rest)])) }
        if !parameters.isEmpty { members.append(.init("Parameters", .members(parameters))) }
        members.append(.init("Resources", .members(declared)))
        return JSON.members(members).written(.pretty) + "\n"
    }

    // MARK: - Terraform

    private func configuration(_ title: String, namesProviders: Bool) -> String {
        var lines = [
            "# \(Self.comment(title))",
            "# Merge this into your configuration: attributes that are not named stay as they are.",
        ]
        lines += rest.map { "# By hand: \(Self.comment($0))" }
        func alias(_ region: String) -> String { region.replacing("-", with: "_") }
        func provider(_ region: String) -> [String] {
            [
                "", "provider \"aws\" {", "  alias = \(Self.quoted(alias(region)))",
                "  region = \(Self.quoted(region))", "}",
            ]
        }
        if namesProviders { lines += regions.flatMap(provider) }
        let resources = Self.named(self.resources, \.snakeName)
        for (name, resource) in resources {
            let (attributes, _) = resource.attributes(referringTo: resources) { name, kind, isARN in
                .string(
                    "\(Self.reference)\(kind).\(name).\(isARN ? "arn" : kind == "aws_s3_bucket" ? "bucket" : "name")")
            }
            let earlier = resource.prerequisites(among: resources).map { "\($0.form.kind).\($0.name)" }
            lines += ["", "resource \"\(resource.kind)\" \"\(name)\" {"]
            if namesProviders { lines.append("  provider = aws.\(alias(region(of: resource)))") }
            lines += resource.required.filter { name in !resource.attributes.contains { $0.name == name } }
                .map { "  # \($0): as it is now" }
            for member in attributes { lines += Self.lines(member, indent: 1) }
            if !earlier.isEmpty { lines.append("  depends_on = [\(earlier.joined(separator: ", "))]") }
            lines.append("}")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Returns the lines of a member: an object is written as a block, a list of objects as several blocks. All else is
    /// written as a value, ``Form/document(_:)`` too.
    private static func lines(_ member: JSON.Object.Member, indent: Int) -> [String] {
        let margin = String(repeating: "  ", count: indent)
        if let document = member.value.document {
            return ["\(margin)\(member.name) = jsonencode(\(expression(document, indent: indent)))"]
        }
        let blocks = member.value.object.map { _ in [member.value] } ?? member.value.elements ?? []
        guard !blocks.isEmpty, blocks.allSatisfy({ $0.object != nil }) else {
            return ["\(margin)\(member.name) = \(expression(member.value, indent: indent))"]
        }
        return blocks.flatMap { block in
            ["\(margin)\(member.name) {"]
                + (block.object?.members ?? []).flatMap { lines($0, indent: indent + 1) } + ["\(margin)}"]
        }
    }

    private static func expression(_ value: JSON, indent: Int) -> String {
        let margin = String(repeating: "  ", count: indent + 1)
        let end = String(repeating: "  ", count: indent)
        switch value {
        case .string(let text):
            return text.hasPrefix(reference) ? String(text.dropFirst(reference.count)) : quoted(text)
        case .array(let elements):
            if elements.allSatisfy({ $0.object == nil && $0.elements == nil }) {
                return "[" + elements.map { expression($0, indent: indent) }.joined(separator: ", ") + "]"
            }
            return "[\n" + elements.map { "\(margin)\(expression($0, indent: indent + 1)),\n" }.joined() + "\(end)]"
        case .object(let object):
            return "{\n"
                + object.members.map { "\(margin)\(quoted($0.name)) = \(expression($0.value, indent: indent + 1))\n" }
                .joined() + "\(end)}"
        default: return value.written(.compact)
        }
    }

    /// The beginning of a string that stands for an expression. AWS accepts it in no parameter.
    private static let reference = "\u{0}"

    /// Returns a string literal of HCL: with JSON's escapes, and with template markers escaped.
    private static func quoted(_ text: String) -> String {
        JSON.string(text.replacing("${", with: "$${").replacing("%{", with: "%%{")).written(.compact)
            .replacing("\\/", with: "/")
    }

    private static func comment(_ text: String) -> String { text.replacing("\n", with: " ").withoutUnsafeCharacters }

    /// Returns the resources with unique names.
    private static func named(_ resources: [Form], _ name: (Form) -> String) -> [(name: String, form: Form)] {
        var taken: Set<String> = []
        return resources.map { resource in
            let wanted = name(resource)
            var number = 1
            while !taken.insert(number == 1 ? wanted : "\(wanted)\(number)").inserted { number += 1 }
            return (number == 1 ? wanted : "\(wanted)\(number)", resource)
        }
    }
}

/// A resource with the attributes that a step sets.
private struct Form {
    var kind: String
    /// The name that distinguishes the resource from others of its kind.
    var identity: String
    var attributes: [JSON.Object.Member]
    /// The attributes that the language requires, even if the step does not set them.
    var required: [String]
    /// The Region of the resource; `nil` for a global one.
    var region: String?

    init(
        _ kind: String, _ identity: String, _ attributes: KeyValuePairs<String, JSON?>, required: [String] = []
    ) {
        self.kind = kind
        self.identity = identity
        self.attributes = attributes.compactMap { name, value in
            guard let value, !value.isNull else { return nil }
            return JSON.Object.Member(name, value)
        }
        self.required = required
    }

    func isSame(as other: Form) -> Bool {
        kind == other.kind && identity == other.identity && region == other.region
    }

    /// Adds the attributes of a later step, which replace earlier ones. Attached policies are added to earlier ones.
    mutating func merge(_ other: Form) {
        for var member in other.attributes {
            if member.name == Self.attachedPolicies, let earlier = attributes.first(where: { $0.name == member.name }) {
                member.value = .array((earlier.value.elements ?? []) + (member.value.elements ?? []))
            }
            attributes.removeAll { $0.name == member.name }
            attributes.append(member)
        }
    }

    /// The attribute of a group in CloudFormation that lists its managed policies.
    static let attachedPolicies = "ManagedPolicyArns"

    /// Returns the attributes with references to the other declared resources that they name, also by a placeholder
    /// for a kept value, and the names of those resources. A reference makes the tool create a new resource first.
    /// - Parameters:
    ///   - resources: all resources, with their names in the language.
    ///   - reference: returns a reference to the name or the ARN of a resource, from its name in the language and its
    ///     kind.
    func attributes(
        referringTo resources: [(name: String, form: Form)],
        by reference: (_ name: String, _ kind: String, _ isARN: Bool) -> JSON
    ) -> (attributes: [JSON.Object.Member], referred: Set<String>) {
        var referred: Set<String> = []
        func refer(to resource: (name: String, form: Form), isARN: Bool) -> JSON {
            referred.insert(resource.name)
            return reference(resource.name, resource.form.kind, isARN)
        }
        func replaced(_ value: JSON, of attribute: String) -> JSON {
            if let kept = value.keptName {
                return resources.first { $0.form.identity == kept }.map { refer(to: $0, isARN: true) } ?? .null
            }
            switch value {
            case .string(let text):
                for target in Self.referring[attribute] ?? [] {
                    let found = resources.first { other in
                        other.form.kind == target.kind && !other.form.isSame(as: self)
                            && (target.separator.map { text.hasSuffix("\($0)\(other.form.identity)") }
                                ?? (text == other.form.identity))
                    }
                    if let found { return refer(to: found, isARN: target.separator != nil) }
                }
                return value
            case .array(let elements): return .array(elements.map { replaced($0, of: attribute) })
            case .object(let object):
                return .members(object.members.map { .init($0.name, replaced($0.value, of: $0.name)) })
            default: return value
            }
        }
        return (attributes.map { .init($0.name, replaced($0.value, of: $0.name)) }, referred)
    }

    /// The kinds of resources that an attribute names: by the name, or by an ARN in which the name follows the
    /// separator.
    private static let referring: [String: [(kind: String, separator: Character?)]] = [
        "GroupName": [("AWS::IAM::Group", nil)], "RoleName": [("AWS::IAM::Role", nil)],
        "Bucket": [("AWS::S3::Bucket", nil)], "S3BucketName": [("AWS::S3::Bucket", nil)],
        "DestinationBucketName": [("AWS::S3::Bucket", nil)], "LogGroupName": [("AWS::Logs::LogGroup", nil)],
        "LogDestination": [("AWS::S3::Bucket", ":")], "DeliverLogsPermissionArn": [("AWS::IAM::Role", "/")],
        "KMSKeyId": [("AWS::KMS::Key", "/")], "KMSMasterKeyID": [("AWS::KMS::Key", "/")],
        "group": [("aws_iam_group", nil)], "groups": [("aws_iam_group", nil)], "role": [("aws_iam_role", nil)],
        "bucket": [("aws_s3_bucket", nil)], "s3_bucket_name": [("aws_s3_bucket", nil)],
        "target_bucket": [("aws_s3_bucket", nil)],
        "log_destination": [("aws_s3_bucket", ":"), ("aws_cloudwatch_log_group", ":")],
        "iam_role_arn": [("aws_iam_role", "/")], "kms_key_id": [("aws_kms_key", "/")],
        "kms_master_key_id": [("aws_kms_key", "/")],
    ]

    /// Returns the declared resources that must be in place before this one, although it does not name them: AWS
    /// accepts a trail only if the policies of its bucket and key let CloudTrail deliver, and a log is lost until the
    /// policy of its bucket or role lets AWS deliver.
    ///
    /// Source: AWS CloudTrail API Reference, "UpdateTrail", errors.
    func prerequisites(among resources: [(name: String, form: Form)]) -> [(name: String, form: Form)] {
        let kinds = Self.prerequisites[kind] ?? []
        return resources.filter { kinds.contains($0.form.kind) }
    }

    private static let prerequisites: [String: [String]] = [
        "AWS::CloudTrail::Trail": ["AWS::S3::BucketPolicy", "AWS::KMS::Key"],
        "AWS::EC2::FlowLog": ["AWS::IAM::RolePolicy"],
        "aws_cloudtrail": ["aws_s3_bucket_policy", "aws_kms_key"], "aws_flow_log": ["aws_iam_role_policy"],
        "aws_s3_bucket_logging": ["aws_s3_bucket_policy"],
    ]

    /// Marks a document that the language takes as a JSON string.
    static func document(_ document: JSON) -> JSON { ["$document": document] }

    var logicalName: String {
        let type = kind.split(separator: ":").last.map(String.init) ?? ""
        let words = identity.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        return String((type + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()).prefix(200))
    }

    var snakeName: String {
        let words = identity.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        let name = words.joined(separator: "_")
        return name.first?.isLetter == true ? name : "r_" + name
    }
}

extension JSON {
    fileprivate var document: JSON? { object?.count == 1 ? self["$document"] : nil }

    /// Returns the object with its members renamed.
    fileprivate func renaming(_ names: [String: String]) -> JSON {
        .members((object?.members ?? []).map { .init(names[$0.name] ?? $0.name, $0.value) })
    }
}

extension APICall {
    /// What to remove from a template or configuration that declares what the call removes; `nil` if the call removes
    /// nothing that the language declares.
    fileprivate func removedDeclaration(in language: InfrastructureCode.Language) -> String? {
        let user = "user \(text("UserName"))"
        let (cloudFormation, terraform): (String, String)
        switch name {
        case "iam:DeleteLoginProfile":
            (cloudFormation, terraform) = (
                "LoginProfile from the AWS::IAM::User of \(user)", "the aws_iam_user_login_profile of \(user)"
            )
        case "iam:DeleteAccessKey":
            let key = "access key \(text("AccessKeyId"))"
            (cloudFormation, terraform) = ("the AWS::IAM::AccessKey of \(key)", "the aws_iam_access_key of \(key)")
        case "iam:DeleteUser":
            (cloudFormation, terraform) = ("the AWS::IAM::User of \(user)", "the aws_iam_user of \(user)")
        default: return nil
        }
        return language == .cloudformation ? cloudFormation : terraform
    }

    private func value(_ name: String) -> JSON? { parameters[name] }
    private func text(_ name: String) -> String { parameters[name]?.text ?? "" }
    private func policy(_ name: String) -> JSON? { value(name)?.text.flatMap { try? JSON(parsing: $0) } }

    private var trailName: String {
        let name = value("Name") ?? value("TrailName")
        return name?.text?.split(separator: "/").last.map(String.init) ?? ""
    }

    /// The ID of a key; of a new one, its description, which is the name of the kept ARN.
    private var keyIdentity: String {
        value("KeyId")?.keptName ?? value("Description")?.text
            ?? text("KeyId").split(separator: "/").last.map(String.init) ?? ""
    }

    private var encryptionRule: JSON? { value("ServerSideEncryptionConfiguration")?["Rules"]?[0] }
    private var versioningStatus: JSON? { value("VersioningConfiguration")?["Status"] }
    private var loggingTarget: JSON? { value("BucketLoggingStatus")?["LoggingEnabled"] }

    /// The authorized rules, each with its source.
    private var ingressRules: [(permission: JSON, range: JSON)] {
        (value("IpPermissions")?.elements ?? []).flatMap { permission in
            ((permission["IpRanges"]?.elements ?? []) + (permission["Ipv6Ranges"]?.elements ?? [])).map {
                (permission, $0)
            }
        }
    }

    /// The name of the customer managed policy, from its ARN.
    private var policyName: String { text("PolicyArn").split(separator: "/").last.map(String.init) ?? "" }

    /// The group with the policy that the call attaches; `nil` for other calls. CloudFormation has no resource for the
    /// attachment alone.
    fileprivate var cloudFormationAttachment: Form? {
        guard name == "iam:AttachGroupPolicy" else { return nil }
        return Form(
            "AWS::IAM::Group", text("GroupName"), [Form.attachedPolicies: value("PolicyArn").map { [$0] }])
    }

    /// The resources in CloudFormation; empty if CloudFormation cannot express the call.
    fileprivate var cloudFormation: [Form] {
        func bucket(_ attributes: KeyValuePairs<String, JSON?>) -> [Form] {
            var form = Form("AWS::S3::Bucket", text("Bucket"), ["BucketName": value("Bucket")])
            form.merge(Form("", "", attributes))
            return [form]
        }
        func trail(_ attributes: KeyValuePairs<String, JSON?>) -> [Form] {
            var form = Form(
                "AWS::CloudTrail::Trail", trailName, ["TrailName": .string(trailName)],
                required: ["S3BucketName", "IsLogging"])
            form.merge(Form("", "", attributes))
            return [form]
        }
        func key(_ attributes: KeyValuePairs<String, JSON?>) -> [Form] {
            [Form("AWS::KMS::Key", keyIdentity, attributes)]
        }
        switch name {
        case "s3:CreateBucket": return bucket([:])
        case "s3:PutPublicAccessBlock":
            return bucket(["PublicAccessBlockConfiguration": value("PublicAccessBlockConfiguration")])
        case "s3:PutBucketVersioning": return bucket(["VersioningConfiguration": value("VersioningConfiguration")])
        case "s3:PutBucketLogging":
            return bucket([
                "LoggingConfiguration": loggingTarget?.renaming([
                    "TargetBucket": "DestinationBucketName", "TargetPrefix": "LogFilePrefix",
                ])
            ])
        case "s3:PutBucketEncryption":
            return bucket([
                "BucketEncryption": encryptionRule.map {
                    [
                        "ServerSideEncryptionConfiguration": [
                            $0.renaming(["ApplyServerSideEncryptionByDefault": "ServerSideEncryptionByDefault"])
                        ]
                    ]
                }
            ])
        case "s3:PutBucketPolicy":
            return [
                Form(
                    "AWS::S3::BucketPolicy", text("Bucket"),
                    ["Bucket": value("Bucket"), "PolicyDocument": policy("Policy")])
            ]
        case "cloudtrail:CreateTrail", "cloudtrail:UpdateTrail":
            return trail([
                "S3BucketName": value("S3BucketName"), "IsMultiRegionTrail": value("IsMultiRegionTrail"),
                "IncludeGlobalServiceEvents": value("IncludeGlobalServiceEvents"),
                "EnableLogFileValidation": value("EnableLogFileValidation"), "KMSKeyId": value("KmsKeyId"),
            ])
        case "cloudtrail:StartLogging": return trail(["IsLogging": true])
        case "cloudtrail:PutEventSelectors":
            return trail([
                "EventSelectors": value("EventSelectors"), "AdvancedEventSelectors": value("AdvancedEventSelectors"),
            ])
        case "kms:CreateKey": return key(["Description": value("Description"), "KeyPolicy": policy("Policy")])
        case "kms:CreateAlias":
            return [
                Form(
                    "AWS::KMS::Alias", text("AliasName"),
                    ["AliasName": value("AliasName"), "TargetKeyId": value("TargetKeyId")])
            ]
        case "kms:PutKeyPolicy": return key(["KeyPolicy": policy("Policy")])
        case "kms:EnableKeyRotation": return key(["EnableKeyRotation": true])
        case "kms:EnableKey": return key(["Enabled": true])
        case "ec2:CreateFlowLogs":
            return (value("ResourceIds")?.elements ?? []).map { id in
                Form(
                    "AWS::EC2::FlowLog", id.text ?? "",
                    [
                        "ResourceId": id, "ResourceType": value("ResourceType"), "TrafficType": value("TrafficType"),
                        "LogDestinationType": value("LogDestinationType"), "LogDestination": value("LogDestination"),
                        "LogGroupName": value("LogGroupName"),
                        "DeliverLogsPermissionArn": value("DeliverLogsPermissionArn"),
                        "MaxAggregationInterval": value("MaxAggregationInterval"), "LogFormat": value("LogFormat"),
                    ])
            }
        case "ec2:AuthorizeSecurityGroupIngress":
            return ingressRules.map { permission, range in
                let source = range["CidrIp"] ?? range["CidrIpv6"]
                return Form(
                    "AWS::EC2::SecurityGroupIngress",
                    "\(text("GroupId")) \(permission["FromPort"]?.inWords.text ?? "all") \(source?.text ?? "")",
                    [
                        "GroupId": value("GroupId"), "IpProtocol": permission["IpProtocol"],
                        "FromPort": permission["FromPort"], "ToPort": permission["ToPort"],
                        "CidrIp": range["CidrIp"], "CidrIpv6": range["CidrIpv6"], "Description": range["Description"],
                    ])
            }
        case "secretsmanager:CreateSecret":
            return [
                Form(
                    "AWS::SecretsManager::Secret", text("Name"),
                    ["Name": value("Name"), "Description": value("Description")])
            ]
        case "logs:CreateLogGroup":
            return [Form("AWS::Logs::LogGroup", text("logGroupName"), ["LogGroupName": value("logGroupName")])]
        case "iam:CreateRole":
            return [
                Form(
                    "AWS::IAM::Role", text("RoleName"),
                    [
                        "RoleName": value("RoleName"),
                        "AssumeRolePolicyDocument": policy("AssumeRolePolicyDocument"),
                    ])
            ]
        case "iam:PutRolePolicy":
            return [
                Form(
                    "AWS::IAM::RolePolicy", "\(text("RoleName")) \(text("PolicyName"))",
                    [
                        "RoleName": value("RoleName"), "PolicyName": value("PolicyName"),
                        "PolicyDocument": policy("PolicyDocument"),
                    ])
            ]
        case "iam:UpdateAccessKey":
            return [
                Form(
                    "AWS::IAM::AccessKey", text("AccessKeyId"),
                    ["UserName": value("UserName"), "Status": value("Status")])
            ]
        case "iam:CreatePolicyVersion":
            return [
                Form(
                    "AWS::IAM::ManagedPolicy", policyName,
                    ["ManagedPolicyName": .string(policyName), "PolicyDocument": policy("PolicyDocument")])
            ]
        case "iam:CreateGroup":
            return [Form("AWS::IAM::Group", text("GroupName"), ["GroupName": value("GroupName")])]
        case "iam:PutGroupPolicy":
            return [
                Form(
                    "AWS::IAM::GroupPolicy", "\(text("GroupName")) \(text("PolicyName"))",
                    [
                        "GroupName": value("GroupName"), "PolicyName": value("PolicyName"),
                        "PolicyDocument": policy("PolicyDocument"),
                    ])
            ]
        case "iam:AddUserToGroup":
            return [
                Form(
                    "AWS::IAM::UserToGroupAddition", "\(text("GroupName")) \(text("UserName"))",
                    ["GroupName": value("GroupName"), "Users": value("UserName").map { [$0] }])
            ]
        default: return []
        }
    }

    /// The resources in Terraform; empty if the provider cannot express the call.
    fileprivate var terraform: [Form] {
        func bucket(_ kind: String, _ attributes: KeyValuePairs<String, JSON?>) -> [Form] {
            var form = Form(kind, text("Bucket"), ["bucket": value("Bucket")])
            form.merge(Form("", "", attributes))
            return [form]
        }
        func trail(_ attributes: KeyValuePairs<String, JSON?>) -> [Form] {
            var form = Form(
                "aws_cloudtrail", trailName, ["name": .string(trailName)], required: ["s3_bucket_name"])
            form.merge(Form("", "", attributes))
            return [form]
        }
        func key(_ attributes: KeyValuePairs<String, JSON?>) -> [Form] {
            [Form("aws_kms_key", keyIdentity, attributes)]
        }
        func named(_ kind: String, _ names: [String], _ attributes: KeyValuePairs<String, JSON?>) -> [Form] {
            [Form(kind, names.map(text).joined(separator: " "), attributes)]
        }
        switch name {
        case "s3:CreateBucket": return bucket("aws_s3_bucket", [:])
        case "s3:PutPublicAccessBlock":
            let block = value("PublicAccessBlockConfiguration")
            return bucket(
                "aws_s3_bucket_public_access_block",
                [
                    "block_public_acls": block?["BlockPublicAcls"], "ignore_public_acls": block?["IgnorePublicAcls"],
                    "block_public_policy": block?["BlockPublicPolicy"],
                    "restrict_public_buckets": block?["RestrictPublicBuckets"],
                ])
        case "s3:PutBucketVersioning":
            return bucket(
                "aws_s3_bucket_versioning", ["versioning_configuration": versioningStatus.map { ["status": $0] }])
        case "s3:PutBucketLogging":
            return bucket(
                "aws_s3_bucket_logging",
                ["target_bucket": loggingTarget?["TargetBucket"], "target_prefix": loggingTarget?["TargetPrefix"]])
        case "s3:PutBucketEncryption":
            let byDefault = encryptionRule?["ApplyServerSideEncryptionByDefault"]
            return bucket(
                "aws_s3_bucket_server_side_encryption_configuration",
                [
                    "rule": .members([
                        "apply_server_side_encryption_by_default": byDefault?.renaming([
                            "SSEAlgorithm": "sse_algorithm", "KMSMasterKeyID": "kms_master_key_id",
                        ]), "bucket_key_enabled": encryptionRule?["BucketKeyEnabled"],
                    ])
                ])
        case "s3:PutBucketPolicy":
            return bucket("aws_s3_bucket_policy", ["policy": policy("Policy").map(Form.document)])
        case "cloudtrail:CreateTrail", "cloudtrail:UpdateTrail":
            return trail([
                "s3_bucket_name": value("S3BucketName"), "is_multi_region_trail": value("IsMultiRegionTrail"),
                "include_global_service_events": value("IncludeGlobalServiceEvents"),
                "enable_log_file_validation": value("EnableLogFileValidation"), "kms_key_id": value("KmsKeyId"),
            ])
        case "cloudtrail:StartLogging": return trail(["enable_logging": true])
        case "cloudtrail:PutEventSelectors":
            return trail([
                "event_selector": value("EventSelectors").map { .array(($0.elements ?? []).map(\.terraformSelector)) },
                "advanced_event_selector": value("AdvancedEventSelectors").map {
                    .array(($0.elements ?? []).map(\.terraformAdvancedSelector))
                },
            ])
        case "kms:CreateKey":
            return key(["description": value("Description"), "policy": policy("Policy").map(Form.document)])
        case "kms:CreateAlias":
            return named(
                "aws_kms_alias", ["AliasName"],
                ["name": value("AliasName"), "target_key_id": value("TargetKeyId")])
        case "kms:PutKeyPolicy": return key(["policy": policy("Policy").map(Form.document)])
        case "kms:EnableKeyRotation": return key(["enable_key_rotation": true])
        case "kms:EnableKey": return key(["is_enabled": true])
        case "ec2:CreateFlowLogs":
            return (value("ResourceIds")?.elements ?? []).map { id in
                Form(
                    "aws_flow_log", id.text ?? "",
                    [
                        "vpc_id": id, "traffic_type": value("TrafficType"),
                        "log_destination_type": value("LogDestinationType"),
                        "log_destination": value("LogDestination")
                            ?? value("LogGroupName").flatMap(\.text).map { group in
                                let role = value("DeliverLogsPermissionArn")?.text.flatMap { ARN($0) }
                                return .string(
                                    "arn:\(role?.partition ?? "aws"):logs:\(region):\(role?.account ?? ""):log-group:\(group)"
                                )
                            }, "iam_role_arn": value("DeliverLogsPermissionArn"),
                        "max_aggregation_interval": value("MaxAggregationInterval"),
                        "log_format": value("LogFormat"),
                    ])
            }
        case "ec2:AuthorizeSecurityGroupIngress":
            return ingressRules.map { permission, range in
                let source = range["CidrIp"] ?? range["CidrIpv6"]
                return Form(
                    "aws_vpc_security_group_ingress_rule",
                    "\(text("GroupId")) \(permission["FromPort"]?.inWords.text ?? "all") \(source?.text ?? "")",
                    [
                        "security_group_id": value("GroupId"), "ip_protocol": permission["IpProtocol"],
                        "from_port": permission["FromPort"], "to_port": permission["ToPort"],
                        "cidr_ipv4": range["CidrIp"], "cidr_ipv6": range["CidrIpv6"],
                        "description": range["Description"],
                    ])
            }
        case "secretsmanager:CreateSecret":
            return named(
                "aws_secretsmanager_secret", ["Name"],
                ["name": value("Name"), "description": value("Description")])
        case "logs:CreateLogGroup":
            return named("aws_cloudwatch_log_group", ["logGroupName"], ["name": value("logGroupName")])
        case "iam:CreateRole":
            return named(
                "aws_iam_role", ["RoleName"],
                [
                    "name": value("RoleName"),
                    "assume_role_policy": policy("AssumeRolePolicyDocument").map(Form.document),
                ])
        case "iam:PutRolePolicy":
            return named(
                "aws_iam_role_policy", ["RoleName", "PolicyName"],
                [
                    "role": value("RoleName"), "name": value("PolicyName"),
                    "policy": policy("PolicyDocument").map(Form.document),
                ])
        case "iam:UpdateAccessKey":
            return named(
                "aws_iam_access_key", ["AccessKeyId"], ["user": value("UserName"), "status": value("Status")])
        case "iam:UpdateAccountPasswordPolicy":
            return [
                Form(
                    "aws_iam_account_password_policy", "strict",
                    [
                        "minimum_password_length": value("MinimumPasswordLength"),
                        "require_symbols": value("RequireSymbols"), "require_numbers": value("RequireNumbers"),
                        "require_uppercase_characters": value("RequireUppercaseCharacters"),
                        "require_lowercase_characters": value("RequireLowercaseCharacters"),
                        "allow_users_to_change_password": value("AllowUsersToChangePassword"),
                        "max_password_age": value("MaxPasswordAge"),
                        "password_reuse_prevention": value("PasswordReusePrevention"),
                        "hard_expiry": value("HardExpiry"),
                    ])
            ]
        case "iam:CreatePolicyVersion":
            return [
                Form(
                    "aws_iam_policy", policyName,
                    ["name": .string(policyName), "policy": policy("PolicyDocument").map(Form.document)])
            ]
        case "iam:UpdateSSHPublicKey":
            return [
                Form(
                    "aws_iam_user_ssh_key", text("SSHPublicKeyId"),
                    ["username": value("UserName"), "status": value("Status")], required: ["encoding", "public_key"])
            ]
        case "iam:UpdateSigningCertificate":
            return [
                Form(
                    "aws_iam_signing_certificate", text("CertificateId"),
                    ["user_name": value("UserName"), "status": value("Status")], required: ["certificate_body"])
            ]
        case "iam:UpdateServiceSpecificCredential":
            return [
                Form(
                    "aws_iam_service_specific_credential", text("ServiceSpecificCredentialId"),
                    ["user_name": value("UserName"), "status": value("Status")], required: ["service_name"])
            ]
        case "iam:CreateGroup": return named("aws_iam_group", ["GroupName"], ["name": value("GroupName")])
        case "iam:AttachGroupPolicy":
            return named(
                "aws_iam_group_policy_attachment", ["GroupName", "PolicyArn"],
                ["group": value("GroupName"), "policy_arn": value("PolicyArn")])
        case "iam:PutGroupPolicy":
            return named(
                "aws_iam_group_policy", ["GroupName", "PolicyName"],
                [
                    "group": value("GroupName"), "name": value("PolicyName"),
                    "policy": policy("PolicyDocument").map(Form.document),
                ])
        case "iam:AddUserToGroup":
            return named(
                "aws_iam_user_group_membership", ["UserName", "GroupName"],
                ["user": value("UserName"), "groups": value("GroupName").map { [$0] }])
        default: return []
        }
    }
}

extension JSON {
    fileprivate var terraformSelector: JSON {
        let data = (self["DataResources"]?.elements ?? []).map { $0.renaming(["Type": "type", "Values": "values"]) }
        return .members([
            "read_write_type": self["ReadWriteType"], "include_management_events": self["IncludeManagementEvents"],
            "exclude_management_event_sources": self["ExcludeManagementEventSources"],
            "data_resource": data.isEmpty ? nil : .array(data),
        ])
    }

    fileprivate var terraformAdvancedSelector: JSON {
        .members([
            "name": self["Name"],
            "field_selector": .array(
                (self["FieldSelectors"]?.elements ?? []).map {
                    $0.renaming([
                        "Field": "field", "Equals": "equals", "NotEquals": "not_equals", "StartsWith": "starts_with",
                        "NotStartsWith": "not_starts_with", "EndsWith": "ends_with", "NotEndsWith": "not_ends_with",
                    ])
                }),
        ])
    }
}
