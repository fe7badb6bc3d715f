import Basics
import IAMPolicy

/// One permission that a recorded call took.
struct NeededPermission: Hashable {
    var action: String
    /// The requested resource: an ARN, or `*` if the call names no resource that Parapet knows how to find in it.
    var resource: String
    /// The patterns that a policy should name: they match ``resource``, and as few other resources as is sensible.
    var patterns: [String]

    init(_ action: String, _ resource: String, _ patterns: [String]? = nil) {
        self.action = action
        self.resource = resource
        self.patterns = patterns ?? [resource.asPattern]
    }
}

/// Finds the resources that a recorded call was made on.
///
/// Source: Service Authorization Reference, the resource types of each action; AWS CloudTrail User Guide, "CloudTrail record
/// contents for management, data, and network activity events".
struct CalledResources {
    let call: RecordedCall
    let partition: String
    /// Returns the ARNs of the roles in an instance profile, given its ARN or name; `nil` if the profile is not known.
    var rolesOfProfile: (String) -> [String]? = { _ in nil }

    var permissions: [NeededPermission] {
        let service = CalledActions.prefix(of: call.source)
        return CalledActions.of(call).flatMap { permissions($0, service) } + copySource + passedRoles(service)
    }

    private func permissions(_ action: String, _ service: String) -> [NeededPermission] {
        switch service {
        case "s3", "s3express": [s3(action)]
        case "iam": [iam(action)]
        case "sts": [NeededPermission(action, call.parameter("roleArn") ?? named(by: "sts") ?? "*")]
        case "kms": named(by: "kms").map { [NeededPermission(action, $0)] } ?? [kms(action)]
        default: [other(action, service)]
        }
    }

    // MARK: - S3

    private func s3(_ action: String) -> NeededPermission {
        guard let bucket = accessPointOfAlias ?? call.parameter("bucketName") ?? bucketOfResources else {
            return NeededPermission(action, "*")
        }
        // A request through an access point has its ARN in the place of the bucket's name.
        let accessPoint = ARN(bucket)
        let isDirectory = action.hasPrefix("s3express:")
        let arn =
            accessPoint != nil
            ? bucket : isDirectory ? regional("s3express", "bucket/\(bucket)") : "arn:\(partition):s3:::\(bucket)"
        guard !isDirectory, Self.isAboutObjects(action) else { return NeededPermission(action, arn) }
        if accessPoint != nil {
            guard let key = call.parameter("key", "Key") else {
                return NeededPermission(action, "\(arn)/object/", ["\(arn)/object/*"])
            }
            return NeededPermission(action, "\(arn)/object/\(key)")
        }
        // If one call deletes many objects, the event does not name them.
        guard let key = call.parameter("key", "Key") else { return NeededPermission(action, "\(arn)/", ["\(arn)/*"]) }
        return NeededPermission(action, "\(arn)/\(key)")
    }

    /// The ARN of the access point of which the request has the alias, a name that no policy accepts: the name of the
    /// access point, a hyphen, letters and digits, and `-s3alias`.
    ///
    /// Source: Amazon S3 User Guide, "Referencing access points with ARNs, access point aliases, or virtual-hosted-style
    /// URIs".
    private var accessPointOfAlias: String? {
        guard let alias = call.parameter("bucketName"), alias.hasSuffix("-s3alias") else { return nil }
        let named = call.resources.lazy.compactMap(ARN.init).first {
            $0.service == "s3" && $0.resource.hasPrefix("accesspoint/")
        }
        if let named {
            let name = named.resource.split(separator: "/").prefix(2).joined(separator: "/")
            return "arn:\(partition):s3:\(named.region):\(named.account):\(name)"
        }
        let name = alias.dropLast("-s3alias".count)
        return name.lastIndex(of: "-").map { regional("s3", "accesspoint/\(name[..<$0])") }
    }

    private var bucketOfResources: String? {
        call.resources.lazy.compactMap(ARN.init).first { $0.service == "s3" }.map {
            String($0.resource.prefix { $0 != "/" })
        }
    }

    static func isAboutObjects(_ action: String) -> Bool {
        guard !action.contains("ObjectLockConfiguration") else { return false }
        return action.contains("Object")
            || ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:BypassGovernanceRetention"]
                .contains(action)
    }

    /// The permission to read the source of a copy, which a header names: `bucket/key`.
    private var copySource: [NeededPermission] {
        guard call.source.hasPrefix("s3."), let source = call.parameter("x-amz-copy-source") else { return [] }
        let path = source.drop { $0 == "/" }.prefix { $0 != "?" }
        guard path.contains("/") else { return [] }
        let action = source.contains("versionId=") ? "s3:GetObjectVersion" : "s3:GetObject"
        return [NeededPermission(action, path.hasPrefix("arn:") ? String(path) : "arn:\(partition):s3:::\(path)")]
    }

    // MARK: - IAM and KMS

    private func iam(_ action: String) -> NeededPermission {
        let types: [(word: String, parameter: String, type: String)] = [
            ("Group", "groupName", "group"), ("Role", "roleName", "role"), ("User", "userName", "user"),
            ("AccessKey", "userName", "user"), ("LoginProfile", "userName", "user"), ("MFADevice", "userName", "user"),
        ]
        if action.hasSuffix("AssumeRolePolicy"), let role = call.parameter("roleName") {
            return iam(action, "role", role)
        }
        if !action.contains("UserPolic"), !action.contains("RolePolic"), !action.contains("GroupPolic"),
            action.contains("Policy"), let arn = call.parameter("policyArn")
        {
            return NeededPermission(action, arn)
        }
        // ListGroupsForUser is about the user.
        if action.hasSuffix("ForUser"), let user = call.parameter("userName") { return iam(action, "user", user) }
        for (word, parameter, type) in types where action.contains(word) && !action.contains("InstanceProfile") {
            if let name = call.parameter(parameter) { return iam(action, type, name) }
        }
        return NeededPermission(action, "*")
    }

    /// The event has the name without the path, so the policy matches the name with and without a path.
    private func iam(_ action: String, _ type: String, _ name: String) -> NeededPermission {
        let start = "arn:\(partition):iam::\(call.accountID):\(type)/"
        return NeededPermission(action, start + name, ["\(start)\(name.asPattern)", "\(start)*/\(name.asPattern)"])
    }

    private func kms(_ action: String) -> NeededPermission {
        guard let key = call.parameter("keyId") else { return NeededPermission(action, "*") }
        if ARN(key) != nil { return NeededPermission(action, key) }
        return key.hasPrefix("alias/")
            ? NeededPermission(action, "*") : NeededPermission(action, regional("kms", "key/\(key)"))
    }

    // MARK: - Other services

    private func other(_ action: String, _ service: String) -> NeededPermission {
        if service == "dynamodb", let table = named(by: service) ?? call.parameter("tableName").map(table) {
            let isIndexed = call.parameter("indexName") != nil
            return isIndexed
                ? NeededPermission(action, "\(table)/index/\(call.parameter("indexName") ?? "")")
                : NeededPermission(action, table)
        }
        if service == "lambda", let function = call.parameter("functionName") {
            // A qualifier after the name selects a version or alias.
            let arn = ARN(function) != nil ? function : regional("lambda", "function:\(function)")
            return NeededPermission(action, arn)
        }
        if let arn = named(by: service) { return NeededPermission(action, arn) }
        for (prefix, parameter, make) in Self.parameters where action.hasPrefix(prefix) {
            guard let value = call.parameter(parameter) else { continue }
            return make(self, action, value)
        }
        return NeededPermission(action, "*")
    }

    /// The request parameters in which services name the resource.
    private static let parameters:
        [(prefix: String, parameter: String, make: @Sendable (Self, String, String) -> NeededPermission)] = [
            ("secretsmanager:", "secretId", { $0.secret($1, $2) }),
            ("sns:", "topicArn", { NeededPermission($1, $2) }),
            ("sqs:", "queueUrl", { $0.queue($1, $2) }),
            ("ssm:GetParameter", "name", { $0.parameter($1, $2) }),
            ("ssm:PutParameter", "name", { $0.parameter($1, $2) }),
            ("ssm:DeleteParameter", "name", { $0.parameter($1, $2) }),
            ("kinesis:", "streamName", { NeededPermission($1, $0.regional("kinesis", "stream/\($2)")) }),
            ("states:", "stateMachineArn", { NeededPermission($1, $2) }),
            ("cloudtrail:", "trailName", { $0.trail($1, $2) }),
            ("cloudtrail:", "name", { $0.trail($1, $2) }),
        ]

    private func secret(_ action: String, _ id: String) -> NeededPermission {
        if ARN(id) != nil { return NeededPermission(action, id) }
        // In the ARN, Secrets Manager appends a hyphen and six characters to the name.
        let arn = regional("secretsmanager", "secret:\(id)")
        return NeededPermission(action, "\(arn)-AbCdEf", ["\(arn.asPattern)-??????"])
    }

    private func queue(_ action: String, _ url: String) -> NeededPermission {
        let parts = url.split(separator: "/")
        guard parts.count >= 3, let name = parts.last else { return NeededPermission(action, "*") }
        return NeededPermission(
            action, "arn:\(partition):sqs:\(call.region):\(parts[parts.count - 2]):\(name)")
    }

    private func parameter(_ action: String, _ name: String) -> NeededPermission {
        NeededPermission(action, regional("ssm", "parameter/\(name.drop { $0 == "/" })"))
    }

    private func trail(_ action: String, _ name: String) -> NeededPermission {
        let isOne = !action.contains("Describe") && !action.contains("List") && !action.contains("Lookup")
        guard isOne else { return NeededPermission(action, "*") }
        return NeededPermission(action, ARN(name) != nil ? name : regional("cloudtrail", "trail/\(name)"))
    }

    private func table(_ name: String) -> String {
        ARN(name) != nil ? name : regional("dynamodb", "table/\(name)")
    }

    /// The only resource of the service that the event names; `nil` if it names several, because it does not say which
    /// one the action is for.
    private func named(by service: String) -> String? {
        let arns = call.resources.filter { text in
            guard let arn = ARN(text) else { return false }
            return arn.service == service || service == "sts" && arn.service == "iam"
        }
        return Set(arns).count == 1 ? arns[0] : nil
    }

    private func regional(_ service: String, _ resource: String) -> String {
        "arn:\(partition):\(service):\(call.region):\(call.accountID):\(resource)"
    }

    // MARK: - Roles that are passed on

    /// The permissions for roles that the call passes to a service. They need iam:PassRole, which CloudTrail does not
    /// record.
    ///
    /// Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
    private func passedRoles(_ service: String) -> [NeededPermission] {
        let verbs = [
            "Create", "Update", "Put", "Run", "Register", "Start", "Associate", "Modify", "Import", "Replace",
            "Request",
            "Add", "Send", "Set", "DeleteStack", "Continue",
        ]
        guard service != "sts", service != "iam" || call.name == "AddRoleToInstanceProfile",
            verbs.contains(where: call.name.hasPrefix)
        else { return [] }
        // A role that is taken away, or that another account's StackSets role assumes, is not passed.
        let unpassed = ["removeiamroles", "executionrolename"]
        var needed: [NeededPermission] = []
        for (name, values) in call.parameters.sorted(by: { $0.key < $1.key }) {
            let name = name.lowercased()
            guard !unpassed.contains(where: name.contains) else { continue }
            for value in values {
                if Self.namesProfile(name), service != "iam" {
                    needed += passed(profile: value)
                } else if name.contains("role") || name.hasSuffix("deliverlogspermissionarn") {
                    needed += passed(role: value, under: name)
                }
            }
        }
        return needed.uniqued
    }

    /// Whether the value under the path is the name or ARN of an instance profile.
    private static func namesProfile(_ path: String) -> Bool {
        let names = path.split(separator: ".")
        guard let last = names.last else { return false }
        let isProfile = names.dropLast().last?.hasSuffix("instanceprofile") ?? false
        return last == "jobflowrole" || last.hasSuffix("instanceprofile") || last.hasSuffix("instanceprofilename")
            || last.hasSuffix("instanceprofilearn") || isProfile && ["arn", "name"].contains(last)
    }

    private func passed(role value: String, under name: String) -> [NeededPermission] {
        if let arn = ARN(value) {
            return arn.service == "iam" && arn.resource.hasPrefix("role/")
                ? [NeededPermission("iam:PassRole", value)] : []
        }
        guard ["role", "rolename", "rolearn"].contains(where: name.hasSuffix) else { return [] }
        let parts = value.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ Self.isName(String($0)) }) else { return [] }
        // Some services take the path, too.
        return parts.count > 1
            ? [NeededPermission("iam:PassRole", "arn:\(partition):iam::\(call.accountID):role/\(value)")]
            : [iam("iam:PassRole", "role", value)]
    }

    /// Passing an instance profile passes its role. If the role is unknown, it is assumed to have the profile's name,
    /// because the console gives both the same name.
    private func passed(profile value: String) -> [NeededPermission] {
        if let roles = rolesOfProfile(value) { return roles.map { NeededPermission("iam:PassRole", $0) } }
        let name = ARN(value).map { String($0.name) } ?? value
        return Self.isName(name) ? [iam("iam:PassRole", "role", name)] : []
    }

    /// Source: IAM User Guide, "IAM and AWS STS quotas", "IAM name requirements, and character limits".
    private static func isName(_ text: String) -> Bool {
        1...64 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "_+=,.@-".utf8.contains(byte)
                }
            }
    }
}

extension String {
    /// The text as a pattern that matches it: a text that would begin a policy variable is escaped.
    ///
    /// Source: IAM User Guide, "IAM policy elements: Variables and tags", section "Where you can use policy variables".
    var asPattern: String {
        split(separator: "${", omittingEmptySubsequences: false).joined(separator: "${$}{")
    }
}
