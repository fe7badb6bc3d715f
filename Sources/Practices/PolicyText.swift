import Basics
import IAMPolicy
import Inventory
import Posture

/// A resource policy as text that fixes change: what they do not mean to change stays as it is written.
struct PolicyText {
    /// Null if there is none.
    private(set) var document: JSON

    init(_ document: JSON) { self.document = document }

    var statements: [JSON] { document["Statement"].map { $0.elements ?? [$0] } ?? [] }

    /// - Throws: `Unknown` if the text is no policy.
    var policy: Policy {
        get throws(Unknown) {
            guard !document.isNull else { return Policy(statements: []) }
            return try PolicyDocument(document.written(.compact)).policy
        }
    }

    /// Appends a statement unless the same one is there. A `Sid` that is taken gets a number.
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

    /// Adds conditions to a statement, which must hold besides those that it has.
    /// - Parameter conditions: by operator and key.
    mutating func narrow(_ index: Int, to conditions: [String: [String: JSON]]) {
        var all = statements
        guard all.indices.contains(index), var statement = all[index].object else { return }
        var block = statement["Condition"]?.object ?? [:]
        for (name, keys) in conditions.sorted(by: { $0.key < $1.key }) {
            var condition = block[name]?.object ?? [:]
            for (key, value) in keys.sorted(by: { $0.key < $1.key }) {
                // A key's case does not count: two spellings would be two demands.
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
    /// Whether a statement allows something to CloudTrail and to nobody else.
    var isForCloudTrailAlone: Bool {
        guard self["Effect"] == "Allow", let principal = self["Principal"]?.object, principal.count == 1,
            let service = principal["Service"]
        else { return false }
        return (service.elements ?? [service]) == ["cloudtrail.amazonaws.com"]
    }
}

/// What CloudTrail needs of a bucket and of a key, for certain trails.
///
/// Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail" and "Configure AWS KMS key policies for
/// CloudTrail".
struct CloudTrailNeeds {
    /// The ARNs of the trails.
    var trails: [String]
    private var accounts: [String] { Set(trails.compactMap { ARN($0)?.accountID }).sorted() }

    init(_ trails: [String]) { self.trails = trails.sorted() }

    /// One ARN stands without a list, as people write it.
    private var source: JSON { trails.count == 1 ? .string(trails[0]) : JSON(trails) }

    /// What a bucket's statements must demand.
    var sourceCondition: [String: [String: JSON]] { ["StringEquals": ["aws:SourceArn": source]] }

    /// What a key's statement for encryption must demand.
    func encryptionCondition(_ partition: String) -> [String: [String: JSON]] {
        let contexts = accounts.map { "arn:\(partition):cloudtrail:*:\($0):trail/*" }
        return [
            "StringEquals": ["aws:SourceArn": source],
            "StringLike": [
                TrailOwners.encryptionContext: contexts.count == 1 ? .string(contexts[0]) : JSON(contexts)
            ],
        ]
    }

    func aclStatement(_ bucketARN: String) -> JSON {
        statement("AWSCloudTrailAclCheck", "s3:GetBucketAcl", .string(bucketARN), sourceCondition)
    }

    /// - Parameter folders: below which the trails' files lie: `AWSLogs/123456789012`.
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
    /// Below which the trail's files lie in its bucket; `nil` for an organization's trail if the organization is not known.
    func folders(of organization: String?, beside member: String) -> [String]? {
        let prefix = s3KeyPrefix.map { $0.isEmpty ? "" : "\($0)/" } ?? ""
        guard isOrganizationTrail else { return ["\(prefix)AWSLogs/\(accountID)"] }
        guard let organization else { return nil }
        // Until the trail was the organization's, its files lay under the account alone.
        return ["\(prefix)AWSLogs/\(accountID)", "\(prefix)AWSLogs/\(organization)"]
    }
}
