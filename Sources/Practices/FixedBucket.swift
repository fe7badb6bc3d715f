import AWSClient
import Basics
import Inventory
import Posture

/// A bucket as the calls of fixes name it: with its owner, so that they fail if another account took over its name.
struct FixedBucket {
    let name: String
    let region: String
    let owner: String

    init(_ target: Fix.Target, in reading: Reading) {
        self.init(target.resource.id, in: target.region, owner: reading.id)
    }

    init(_ name: String, in region: String, owner: String) {
        self.name = name
        self.region = region
        self.owner = owner
    }

    /// - Parameter configuration: by its name in the API.
    func call(_ operation: AWSClient.Operation, _ configuration: (String, JSON)? = nil) -> APICall {
        var members: [JSON.Object.Member] = [
            .init("Bucket", .string(name)), .init("ExpectedBucketOwner", .string(owner)),
        ]
        if let configuration { members.append(.init(configuration.0, configuration.1)) }
        return APICall(operation, in: region, .members(members))
    }

    /// The whole policy; null if there is none.
    var policy: Observation { Observation(call(.getBucketPolicy)) }

    /// Whether the bucket exists: null if not.
    var existence: Observation { Observation(call(.getBucketLocation)) }

    /// The four switches of S3 Block Public Access; null if there are none.
    var publicAccessBlock: Observation {
        Observation(
            call(.getPublicAccessBlock),
            .members(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]))
    }

    var versioning: Observation { Observation(call(.getBucketVersioning), .members(["Status"])) }

    func arn(_ target: Fix.Target) -> String { "arn:\(target.resource.arn.split(separator: ":")[1]):s3:::\(name)" }

    /// A step that adds a statement to the bucket's policy and leaves the others alone.
    /// - Returns: the reason why it cannot be done, if so.
    func adding(
        _ statement: JSON, to policy: JSON, _ title: String, for target: Fix.Target, notes: [String] = []
    ) -> Fix.Proposal {
        var text = PolicyText(policy)
        text.append(statement)
        return replacing(policy, by: text, title, for: target, notes: notes)
    }

    /// A step that replaces the bucket's policy, none if it is the same.
    /// - Returns: the reason why it cannot be done, if so.
    func replacing(
        _ policy: JSON, by new: PolicyText, _ title: String, for target: Fix.Target, notes: [String] = []
    ) -> Fix.Proposal {
        guard !new.document.isSame(as: policy) else { return .steps([]) }
        let text = new.document.written(.compact)
        // Source: Amazon S3 User Guide, "Bucket policies and user policies".
        guard text.utf8.count <= 20_480 else {
            return .declined("the bucket policy of \(name) would exceed the 20 KB that Amazon S3 admits")
        }
        return .steps([
            Step(
                title, on: arn(target), for: target.checks, state: self.policy, before: policy,
                call: call(.putBucketPolicy, ("Policy", .string(text))), after: new.document,
                undo: policy.isNull
                    ? call(.deleteBucketPolicy) : call(.putBucketPolicy, ("Policy", .string(policy.written(.compact)))),
                notes: notes)
        ])
    }

    /// The calls of ``creation(for:_:)``, and of blocking public access and versioning.
    static let creationCalls: Set<AWSClient.Operation> = [
        .createBucket, .deleteBucket, .putPublicAccessBlock, .deletePublicAccessBlock,
    ]

    /// The steps that make the bucket, closed to the public.
    /// - Parameter purpose: what it is for, such as `access logs`.
    func creation(for target: Fix.Target, _ purpose: String) -> [Step] {
        var members: [JSON.Object.Member] = [.init("Bucket", .string(name))]
        // Source: Amazon S3 API Reference, "CreateBucket": the first region is the one that is not named.
        if region != "us-east-1" {
            members.append(.init("CreateBucketConfiguration", ["LocationConstraint": .string(region)]))
        }
        return [
            Step(
                "Create bucket \(name) for \(purpose)", on: arn(target), for: target.checks, state: existence,
                before: .null, call: APICall(.createBucket, in: region, .members(members)), after: [:],
                undo: call(.deleteBucket), risk: .reversibleWithLoss,
                notes: [
                    "Undoing deletes the bucket only while it is empty: logs that were delivered are a person's to remove."
                ],
                cost: "Amazon S3 charges for the storage of the logs."),
            blockingPublicAccess(before: .null, for: target),
        ]
    }

    /// A step that sets all four switches: whatever makes the bucket public then has no effect.
    func blockingPublicAccess(before: JSON, for target: Fix.Target, notes: [String] = []) -> Step {
        let name = "PublicAccessBlockConfiguration"
        let allOn: JSON = [
            "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true,
            "RestrictPublicBuckets": true,
        ]
        return Step(
            "Block public access to \(self.name)", on: arn(target), for: target.checks, state: publicAccessBlock,
            before: before, call: call(.putPublicAccessBlock, (name, allOn)), after: allOn,
            undo: before.isNull ? call(.deletePublicAccessBlock) : call(.putPublicAccessBlock, (name, before)),
            notes: notes)
    }

    /// A step that enables versioning, which can only be suspended again.
    ///
    /// Source: Amazon S3 User Guide, "Retaining multiple versions of objects with S3 Versioning".
    func enablingVersioning(before: JSON, for target: Fix.Target) -> Step {
        let wasNever = (before["Status"] ?? .null).isNull
        func versioning(_ status: JSON) -> (String, JSON) { ("VersioningConfiguration", ["Status": status]) }
        return Step(
            "Enable versioning on \(name)", on: arn(target), for: target.checks, state: self.versioning,
            before: before, call: call(.putBucketVersioning, versioning("Enabled")), after: ["Status": "Enabled"],
            undo: call(.putBucketVersioning, versioning("Suspended")),
            risk: wasNever ? .reversibleWithLoss : .reversible,
            notes: wasNever ? ["Undoing suspends versioning: a bucket never becomes unversioned again."] : [],
            cost: "Amazon S3 charges for every version that is kept; a lifecycle rule can remove old ones.",
            undone: ["Status": "Suspended"])
    }

    /// Denies requests without TLS.
    func tlsStatement(_ arn: String) -> JSON {
        [
            "Sid": "DenyRequestsWithoutTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": [.string(arn), .string(arn + "/*")],
            "Condition": ["Bool": ["aws:SecureTransport": "false"]],
        ]
    }
}
