import Basics
import IAMPolicy
import Inventory
import Posture

/// A resource policy as text for fixes to change: text that a fix does not change stays as it was written.
struct PolicyText {
    /// The document; null if there is none.
    private(set) var document: JSON

    init(_ document: JSON) { self.document = document }

    var statements: [JSON] { document["Statement"].map { $0.elements ?? [$0] } ?? [] }

    /// - Throws: `Unknown` if the text is not a valid policy.
    var policy: Policy {
        get throws(Unknown) {
            guard !document.isNull else { return Policy(statements: []) }
            return try PolicyDocument(document.written(.compact)).policy
        }
    }

    /// Appends a statement unless the policy has the same one. If its `Sid` is taken, it gets a number.
    mutating func append(_ statement: JSON) {
        guard !statements.contains(where: { $0.isSame(as: statement) }) else { return }
        var new = statement.object ?? [:]
        if let sid = new["Sid"]?.text {
            let taken = Set(statements.compactMap { $0["Sid"]?.text })
            var number = 1
            while taken.contains(number == 1 ? sid : "\(sid)\(number)") { number += 1 }
            if number > 1 { new["Sid"] = .string("\(sid)\(number)") }
        }
        set(statements + [.object(new)])
    }

    /// Adds conditions to a statement. They replace conditions with the same operator and key, and apply in addition to
    /// the others.
    /// - Parameter conditions: conditions by operator and key.
    mutating func narrow(_ index: Int, to conditions: [String: [String: JSON]]) {
        var all = statements
        guard all.indices.contains(index), var statement = all[index].object else { return }
        var block = statement["Condition"]?.object ?? [:]
        for (name, keys) in conditions.sorted(by: { $0.key < $1.key }) {
            var condition = block[name]?.object ?? [:]
            for (key, value) in keys.sorted(by: { $0.key < $1.key }) {
                // Condition keys are case-insensitive: a second spelling would be a second requirement.
                condition.members.removeAll { $0.name.lowercased() == key.lowercased() }
                condition[key] = value
            }
            block[name] = .object(condition)
        }
        statement["Condition"] = .object(block)
        all[index] = .object(statement)
        set(all)
    }

    private mutating func set(_ statements: [JSON]) {
        var object = document.object ?? ["Version": "2012-10-17"]
        object["Statement"] = .array(statements)
        document = .object(object)
    }
}

extension JSON {
    /// Whether a statement allows something to CloudTrail only.
    var isForCloudTrailAlone: Bool {
        guard self["Effect"] == "Allow", let principal = self["Principal"]?.object, principal.count == 1,
            let service = principal["Service"]
        else { return false }
        return (service.elements ?? [service]) == ["cloudtrail.amazonaws.com"]
    }
}

/// Statements that CloudTrail needs in the policies of a bucket and a key, for certain trails.
///
/// Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail" and "Configure AWS KMS key policies for
/// CloudTrail".
struct CloudTrailNeeds {
    /// The ARNs of the trails.
    var trails: [String]
    private var accounts: [String] { Set(trails.compactMap { ARN($0)?.accountID }).sorted() }

    init(_ trails: [String]) { self.trails = trails.sorted() }

    /// The ARN without a list if there is only one, as policies are usually written.
    private var source: JSON { trails.count == 1 ? .string(trails[0]) : JSON(trails) }

    /// Condition that a bucket's statements must have.
    var sourceCondition: [String: [String: JSON]] { ["StringEquals": ["aws:SourceArn": source]] }

    /// Condition that a key's statement for encryption must have.
    func encryptionCondition(_ partition: String) -> [String: [String: JSON]] {
        let contexts = accounts.map { "arn:\(partition):cloudtrail:*:\($0):trail/*" }
        return [
            "StringEquals": ["aws:SourceArn": source],
            "StringLike": [
                CloudTrailGrant.encryptionContext: contexts.count == 1 ? .string(contexts[0]) : JSON(contexts)
            ],
        ]
    }

    func aclStatement(_ bucketARN: String) -> JSON {
        statement("AWSCloudTrailAclCheck", "s3:GetBucketAcl", .string(bucketARN), sourceCondition)
    }

    /// - Parameter folders: the folders that contain the trails' files: `AWSLogs/123456789012`.
    func deliveryStatement(_ bucketARN: String, _ folders: [String]) -> JSON {
        let resources = folders.map { "\(bucketARN)/\($0)/*" }
        return statement(
            "AWSCloudTrailWrite", "s3:PutObject", resources.count == 1 ? .string(resources[0]) : JSON(resources),
            ["StringEquals": ["aws:SourceArn": source, "s3:x-amz-acl": "bucket-owner-full-control"]])
    }

    func encryptionStatement(_ partition: String) -> JSON {
        statement("AllowCloudTrailToEncryptLogs", "kms:GenerateDataKey*", "*", encryptionCondition(partition))
    }

    var descriptionStatement: JSON {
        statement("AllowCloudTrailToDescribeKey", "kms:DescribeKey", "*", sourceCondition)
    }

    private func statement(
        _ sid: String, _ action: String, _ resource: JSON, _ condition: [String: [String: JSON]]
    ) -> JSON {
        [
            "Sid": .string(sid), "Effect": "Allow", "Principal": ["Service": "cloudtrail.amazonaws.com"],
            "Action": .string(action), "Resource": resource,
            "Condition": .object(JSON.Object(condition.mapValues { .object(JSON.Object($0)) })),
        ]
    }
}

extension CloudTrailNeeds {
    init(_ trails: [Trail]) { self.init(trails.map(\.trailARN)) }
}

extension Trail {
    /// Returns the folders that contain the trail's files in its bucket; `nil` for an organization trail if the
    /// organization is unknown.
    func folders(of organization: String?, beside member: String) -> [String]? {
        let prefix = s3KeyPrefix.map { $0.isEmpty ? "" : "\($0)/" } ?? ""
        guard isOrganizationTrail else { return ["\(prefix)AWSLogs/\(accountID)"] }
        guard let organization else { return nil }
        // Before the trail became an organization trail, its files were in the account's folder only.
        return ["\(prefix)AWSLogs/\(accountID)", "\(prefix)AWSLogs/\(organization)"]
    }
}
