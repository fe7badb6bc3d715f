import Basics
import Foundation
import Posture
import Practices
import Testing

/// An account in which a fix has something to do, beside what it must leave alone.
struct FixScenario: Sendable, CustomTestStringConvertible {
    var name: String
    /// The id of the fix.
    var fix: String
    /// The checks that fail before and pass afterwards.
    var checks: Set<String>
    var settings = Settings()
    /// Whether the fix hands secrets over, into the folder of the world.
    var handsOver = false
    /// Whether the findings pass once the plan is applied; otherwise a later stage is needed.
    var isWhole = true
    var prepare: @Sendable (FixWorld) async throws -> Void
    /// Makes the state at first comparable with the undone one, as far as the plan says that undoing leaves something different.
    var expectedAfterUndo: @Sendable (JSON) -> JSON = { $0 }

    var testDescription: String { name }

    func settings(in world: FixWorld) -> Settings {
        var settings = settings
        if handsOver { settings.handOver = world.folder.path }
        return settings
    }

    static let all: [FixScenario] = [
        FixScenario(
            name: "half a password policy", fix: "password-policy",
            checks: ["iam-password-policy-length", "iam-password-policy-symbol", "iam-password-policy-expiry"]
        ) { world in
            try await world.call(
                "iam", "update_account_password_policy",
                [
                    "MinimumPasswordLength": 8, "RequireUppercaseCharacters": true, "RequireNumbers": true,
                    "AllowUsersToChangePassword": true, "PasswordReusePrevention": 5,
                ])
        },
        FixScenario(
            name: "no password policy", fix: "password-policy",
            checks: [
                "iam-password-policy-length", "iam-password-policy-symbol", "iam-password-policy-number",
                "iam-password-policy-uppercase", "iam-password-policy-lowercase", "iam-password-policy-expiry",
                "iam-password-policy-reuse",
            ]
        ) { _ in },
        FixScenario(
            name: "no password policy, for one check", fix: "password-policy", checks: ["iam-password-policy-length"]
        ) { _ in },
        FixScenario(
            name: "two trails, one without validation", fix: "log-file-validation",
            checks: ["cloudtrail-log-file-validation"]
        ) { world in
            try await world.makeTrail("first", "trail-one", ["EnableLogFileValidation": false])
            try await world.makeTrail("second", "trail-two", ["EnableLogFileValidation": true])
        },
        FixScenario(
            name: "a stopped trail of one region", fix: "multi-region-trail",
            checks: ["cloudtrail-multi-region", "cloudtrail-all-regions"]
        ) { world in
            try await world.makeTrail("first", "trail-one", ["IsMultiRegionTrail": false])
            try await world.call(
                "cloudtrail", "put_event_selectors",
                [
                    "TrailName": "first",
                    "EventSelectors": [["ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": []]],
                ])
        },
        FixScenario(
            name: "a trail that records writes alone, beside data events", fix: "multi-region-trail",
            checks: ["cloudtrail-multi-region", "cloudtrail-management-events"]
        ) { world in
            try await world.makeTrail("first", "trail-one", ["IsMultiRegionTrail": true])
            try await world.call("cloudtrail", "start_logging", ["Name": "first"])
            try await world.call(
                "cloudtrail", "put_event_selectors",
                [
                    "TrailName": "first",
                    "EventSelectors": [
                        [
                            "ReadWriteType": "WriteOnly", "IncludeManagementEvents": true,
                            "ExcludeManagementEventSources": ["kms.amazonaws.com"],
                            "DataResources": [["Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::data/"]]],
                        ]
                    ],
                ])
        },
        FixScenario(
            name: "advanced selectors that leave reads out", fix: "multi-region-trail",
            checks: ["cloudtrail-management-events"]
        ) { world in
            try await world.makeTrail("first", "trail-one", ["IsMultiRegionTrail": true])
            try await world.call("cloudtrail", "start_logging", ["Name": "first"])
            func equals(_ field: JSON, _ value: JSON) -> JSON { ["Field": field, "Equals": [value]] }
            try await world.call(
                "cloudtrail", "put_event_selectors",
                [
                    "TrailName": "first",
                    "AdvancedEventSelectors": [
                        [
                            "Name": "data",
                            "FieldSelectors": [
                                equals("eventCategory", "Data"), equals("resources.type", "AWS::S3::Object"),
                            ],
                        ],
                        [
                            "Name": "writes",
                            "FieldSelectors": [equals("eventCategory", "Management"), equals("readOnly", "false")],
                        ],
                    ],
                ])
        },
        FixScenario(
            name: "an account without a trail", fix: "multi-region-trail",
            checks: ["cloudtrail-multi-region", "cloudtrail-all-regions", "cloudtrail-management-events"]
        ) { world in
            try await world.call("s3", "create_bucket", ["Bucket": "another"])
        },
        FixScenario(
            name: "a stopped trail whose bucket does not admit CloudTrail", fix: "trail-delivery",
            checks: ["cloudtrail-delivery"]
        ) { world in
            try await world.makeTrail("first", "trail-one")
        },
        FixScenario(
            name: "a bucket policy that admits every trail, beside one of ours", fix: "trail-bucket-policy-source",
            checks: ["trail-bucket-policy-source"]
        ) { world in
            try await world.makeTrail("first", "trail-one", ["S3KeyPrefix": "logs"])
            try await world.call(
                "s3", "put_bucket_policy",
                [
                    "Bucket": "trail-one",
                    "Policy": #"""
                    {"Version":"2012-10-17","Id":"ours","Statement":[
                    {"Sid":"Look","Effect":"Allow","Principal":{"Service":["cloudtrail.amazonaws.com"]},
                    "Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::trail-one"},
                    {"Sid":"Ours","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},
                    "Action":"s3:GetObject","Resource":"arn:aws:s3:::trail-one/*"},
                    {"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject",
                    "Resource":"arn:aws:s3:::trail-one/*",
                    "Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}}]}
                    """#,
                ])
        },
        FixScenario(
            name: "a trail without a key, beside one with a key", fix: "trail-encryption",
            checks: ["cloudtrail-kms-encryption"],
            settings: Settings {
                var access = TrailAccess()
                access.readers = ["arn:aws:iam::123456789012:role/audit", "arn:aws:iam::123456789012:role/security-*"]
                $0.trailAccess = access
            }
        ) { world in
            let key = try await world.makeKey()
            try await world.makeTrail("first", "trail-one")
            try await world.makeTrail("second", "trail-two", ["KmsKeyId": key])
        },
        FixScenario(
            name: "a trail bucket and another without default encryption", fix: "bucket-default-encryption",
            checks: ["trail-bucket-default-encryption", "s3-bucket-default-encryption"]
        ) { world in
            try await world.makeTrail("first", "trail-one")
            try await world.call("s3", "create_bucket", ["Bucket": "another"])
        },
        FixScenario(
            name: "a trail whose key is disabled", fix: "trail-key-enabled", checks: ["trail-key-enabled"]
        ) { world in
            let key = try await world.makeKey()
            try await world.makeTrail("first", "trail-one", ["KmsKeyId": key])
            try await world.call(
                "kms", "disable_key", ["KeyId": JSON(key.text?.split(separator: "/").last.map(String.init))])
        },
        FixScenario(
            name: "a key policy that serves every trail", fix: "trail-key-policy",
            checks: ["trail-key-encryption-context"]
        ) { world in
            let key = try await world.makeKey(
                #"""
                {"Sid":"CloudTrail","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},
                "Action":["kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"*"}
                """#)
            try await world.makeTrail("first", "trail-one", ["KmsKeyId": key])
        },
        FixScenario(
            name: "a user who can decrypt and not read, beside one who can do both",
            fix: "trail-key-surplus-decrypters", checks: ["trail-key-decrypters-are-readers"]
        ) { world in
            let key = try await world.makeKey()
            try await world.makeTrail("first", "trail-one", ["KmsKeyId": key])
            for (user, actions) in [("alice", #"["kms:*"]"#), ("bob", #"["kms:Decrypt","s3:GetObject"]"#)] {
                try await world.call("iam", "create_user", ["UserName": .string(user)])
                try await world.call(
                    "iam", "put_user_policy",
                    [
                        "UserName": .string(user), "PolicyName": "own",
                        "PolicyDocument": .string(
                            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"#
                                + actions + #","Resource":"*"}}"#),
                    ])
            }
        },
        FixScenario(
            name: "a trail bucket with a public policy", fix: "trail-bucket-public-access",
            checks: ["trail-bucket-not-public"]
        ) { world in
            try await world.makeTrail("first", "trail-one")
            try await world.call(
                "s3", "put_bucket_policy",
                [
                    "Bucket": "trail-one",
                    "Policy": #"""
                    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",
                    "Resource":"arn:aws:s3:::trail-one/*"}]}
                    """#,
                ])
        },
        FixScenario(
            name: "a trail bucket whose versioning was never enabled, and one where it is suspended",
            fix: "bucket-versioning", checks: ["trail-bucket-versioning"]
        ) { world in
            try await world.makeTrail("first", "trail-one")
            try await world.makeTrail("second", "trail-two")
            try await world.call(
                "s3", "put_bucket_versioning",
                ["Bucket": "trail-two", "VersioningConfiguration": ["Status": "Suspended"]])
        } expectedAfterUndo: { before in
            before.setting(["buckets", "trail-one", "versioning", "Status"], to: "Suspended")
        },
        FixScenario(
            name: "a trail bucket that admits HTTP, with a policy of its own", fix: "bucket-tls-only",
            checks: ["trail-bucket-tls-only"]
        ) { world in
            try await world.makeTrail("first", "trail-one")
            try await world.makeTrail("second", "trail-two")
            try await world.call(
                "s3", "put_bucket_policy",
                [
                    "Bucket": "trail-one",
                    "Policy": #"""
                    {"Version":"2012-10-17","Id":"ours","Statement":{"Sid":"It's <ours> & theirs","Effect":"Allow",
                    "Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"s3:GetObject",
                    "Resource":"arn:aws:s3:::trail-one/*"}}
                    """#,
                ])
        },
        FixScenario(
            name: "a trail bucket without access logging", fix: "bucket-access-logging",
            checks: ["trail-bucket-access-logging"],
            settings: Settings { $0.accessLogBucket = "access-logs" }
        ) { world in
            try await world.makeTrail("first", "trail-one")
            try await world.call("s3", "create_bucket", ["Bucket": "access-logs"])
        },
        FixScenario(
            name: "VPCs without a flow log, and no bucket for it", fix: "vpc-flow-logs", checks: ["vpc-flow-logs"]
        ) { world in
            try await world.call("ec2", "create_vpc", ["CidrBlock": "10.1.0.0/16"])
        },
        FixScenario(
            name: "VPCs without a flow log, and a log group that is yet to be made", fix: "vpc-flow-logs",
            checks: ["vpc-flow-logs"], settings: Settings { $0.flowLogGroup = "/network/flows" }
        ) { world in
            try await world.call("ec2", "create_vpc", ["CidrBlock": "10.1.0.0/16"], in: "eu-west-1")
        },
        FixScenario(
            name: "a VPC without a flow log, and one of which REJECT alone is recorded", fix: "vpc-flow-logs",
            checks: ["vpc-flow-logs"], settings: Settings { $0.flowLogBucket = "arn:aws:s3:::flow-logs" }
        ) { world in
            try await world.call("s3", "create_bucket", ["Bucket": "flow-logs"])
            try await world.call("s3", "create_bucket", ["Bucket": "old-flow-logs"])
            let vpc = try await world.call("ec2", "create_vpc", ["CidrBlock": "10.1.0.0/16"])["Vpc"]?["VpcId"] ?? .null
            try await world.call(
                "ec2", "create_flow_logs",
                [
                    "ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "REJECT", "LogDestinationType": "s3",
                    "LogDestination": "arn:aws:s3:::old-flow-logs",
                    "TagSpecifications": [
                        ["ResourceType": "vpc-flow-log", "Tags": [["Key": "team", "Value": "network"]]]
                    ],
                ])
        },
        FixScenario(
            name: "SSH and MongoDB open to the internet, beside a restricted source and another port",
            fix: "security-group-ports", checks: ["security-group-ssh", "security-group-mongodb"],
            settings: Settings {
                $0.allowedIngress = [AllowedIngress(source: "203.0.113.0/24", ports: ["22"], reason: "the office")]
            }
        ) { world in
            let group =
                try await world.call(
                    "ec2", "create_security_group", ["GroupName": "open", "Description": "Open"])["GroupId"] ?? .null
            func admit(_ first: JSON, _ last: JSON, _ ranges: JSON, _ kind: String = "IpRanges") async throws {
                try await world.call(
                    "ec2", "authorize_security_group_ingress",
                    [
                        "GroupId": group,
                        "IpPermissions": [
                            .members([
                                .init("IpProtocol", "tcp"), .init("FromPort", first), .init("ToPort", last),
                                .init(kind, ranges),
                            ])
                        ],
                    ])
            }
            try await admit(
                22, 22,
                [
                    ["CidrIp": "0.0.0.0/0", "Description": "everybody"],
                    ["CidrIp": "10.0.0.0/8", "Description": "ours"],
                ])
            try await admit(443, 443, [["CidrIp": "0.0.0.0/0"]])
            try await admit(27_017, 27_018, [["CidrIpv6": "::/0"]], "Ipv6Ranges")
        },
        FixScenario(
            name: "keys that do not rotate", fix: "key-rotation", checks: ["kms-key-rotation"]
        ) { world in
            let rotating = try await world.call("kms", "create_key")["KeyMetadata"]?["KeyId"] ?? .null
            try await world.call("kms", "enable_key_rotation", ["KeyId": rotating])
            try await world.call("kms", "create_key")
            try await world.call("kms", "create_key", in: "eu-west-1")
        },
        FixScenario(
            name: "users with policies of their own, two with the same, one in a group that has its policy",
            fix: "user-policies-to-group", checks: ["iam-user-no-policies"]
        ) { world in
            let readOnly: JSON = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
            let own: JSON = #"""
                {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*",
                "Resource":"arn:aws:s3:::home/${aws:username}/*"}}
                """#
            try await world.call("iam", "create_group", ["GroupName": "readers"])
            try await world.call(
                "iam", "attach_group_policy", ["GroupName": "readers", "PolicyArn": readOnly])
            for user: JSON in ["alice", "bob", "carol", "dora"] {
                try await world.call("iam", "create_user", ["UserName": user])
            }
            try await world.call("iam", "add_user_to_group", ["GroupName": "readers", "UserName": "carol"])
            for user: JSON in ["alice", "bob"] {
                try await world.call(
                    "iam", "put_user_policy",
                    ["UserName": user, "PolicyName": "home", "PolicyDocument": own])
                try await world.call(
                    "iam", "attach_user_policy",
                    ["UserName": user, "PolicyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"])
            }
            for user: JSON in ["carol", "dora"] {
                try await world.call("iam", "attach_user_policy", ["UserName": user, "PolicyArn": readOnly])
            }
        },
        FixScenario(
            name: "one of a user's two keys is idle", fix: "unused-credentials", checks: ["iam-access-key-unused"]
        ) { world in
            try await world.makeUsers([
                "alice": .init(keys: [.init(made: 300, used: 100), .init(made: 200, used: 1)]),
                "bob": .init(keys: [.init(made: 90, used: 2)]),
            ])
        },
        FixScenario(
            name: "a user who left, beside one who works", fix: "unused-credentials",
            checks: ["iam-user-unused", "iam-password-unused", "iam-access-key-unused"],
            handsOver: true
        ) { world in
            try await world.makeUsers([
                "gone": .init(keys: [.init(made: 300, used: 100)], password: 200),
                "here": .init(keys: [.init(made: 300, used: 1)], password: 1),
            ])
            try await world.call("iam", "create_group", ["GroupName": "staff"])
            try await world.call("iam", "add_user_to_group", ["GroupName": "staff", "UserName": "gone"])
            try await world.call(
                "iam", "upload_ssh_public_key", ["UserName": "gone", "SSHPublicKeyBody": "ssh-rsa AAAA gone"])
            for service: JSON in ["codecommit.amazonaws.com", "cassandra.amazonaws.com"] {
                try await world.call(
                    "iam", "create_service_specific_credential", ["UserName": "gone", "ServiceName": service])
            }
            world.folder.empty()
        },
        FixScenario(
            name: "an old key, beside the keys of others", fix: "access-key-rotation",
            checks: ["iam-access-key-rotation"], handsOver: true, isWhole: false
        ) { world in
            try await world.makeUsers([
                "alice": .init(keys: [.init(made: 300, used: 1)]), "bob": .init(keys: [.init(made: 20, used: 2)]),
            ])
            world.folder.empty()
        },
    ]
}

/// A user's past, in days.
struct UserPast: Sendable {
    struct Key: Sendable {
        var made: Double
        var used: Double?
    }

    var keys: [Key] = []
    /// When the password was last used; `nil` for a user without one.
    var password: Double?
}

/// A folder for secrets that fixes hand over.
final class TemporaryFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "parapet-secrets-\(UUID().uuidString)").path

    init() { empty() }

    func empty() {
        try? FileManager.default.removeItem(atPath: path)
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    var files: [String: String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                let content = FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data()
                return (name, String(decoding: content, as: UTF8.self))
            })
    }
}

extension FixWorld {
    /// A key whose policy leaves the account its administrator; its ARN.
    /// - Parameter statement: one more of the policy.
    func makeKey(_ statement: String? = nil) async throws -> JSON {
        let administrators = #"""
            {"Sid":"Administrators","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},
            "Action":"kms:*","Resource":"*"}
            """#
        let statements = [administrators, statement].compactMap(\.self).joined(separator: ",")
        let policy = #"{"Version":"2012-10-17","Statement":["# + statements + "]}"
        return try await call("kms", "create_key", ["Policy": .string(policy)])["KeyMetadata"]?["Arn"] ?? .null
    }

    /// Users with keys and passwords of some age.
    func makeUsers(_ users: [String: UserPast]) async throws {
        for (name, past) in users.sorted(by: { $0.key < $1.key }) {
            try await call("iam", "create_user", ["UserName": .string(name)])
            for _ in past.keys { try await call("iam", "create_access_key", ["UserName": .string(name)]) }
            if past.password != nil {
                try await call("iam", "create_login_profile", ["UserName": .string(name), "Password": "Old-secret-1!"])
            }
        }
        try await age(users)
    }

    /// Tells of users' past, with all their keys.
    func age(_ users: [String: UserPast]) async throws {
        let now = Date()
        func ago(_ days: Double?) -> JSON {
            guard let days else { return .null }
            return .string(Moment(now.addingTimeInterval(-86_400 * days)).description.replacing("Z", with: "+00:00"))
        }
        let past = users.sorted { $0.key < $1.key }.map { name, past in
            JSON.Object.Member(
                name,
                [
                    "created": ago(400), "passwordLastUsed": ago(past.password),
                    "keys": .array(past.keys.map { ["created": ago($0.made), "lastUsed": ago($0.used)] }),
                ])
        }
        try await tell(["users": .members(past)])
    }

    /// A bucket, and a trail that delivers to it.
    func makeTrail(_ name: String, _ bucket: String, _ more: JSON = [:]) async throws {
        try await call("s3", "create_bucket", ["Bucket": .string(bucket)])
        try await call(
            "cloudtrail", "create_trail",
            .members(
                [.init("Name", .string(name)), .init("S3BucketName", .string(bucket))] + (more.object?.members ?? [])))
    }
}

extension Settings {
    init(_ change: (inout Settings) -> Void) {
        self.init()
        change(&self)
    }
}

extension JSON {
    func setting(_ path: [String], to value: JSON) -> JSON {
        guard let first = path.first else { return value }
        var object = self.object ?? [:]
        object[first] = (object[first] ?? [:]).setting(Array(path.dropFirst()), to: value)
        return .object(object)
    }
}
