import AWSClient
import Basics
import Inventory
import Posture

/// A bucket in the calls of fixes. The calls name its owner, so that they fail if another account has taken over the
/// name.
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

    /// - Parameter configuration: the name of the parameter in the API, and its value.
    func call(_ operation: AWSClient.Operation, _ configuration: (String, JSON)? = nil) -> APICall {
        var members: [JSON.Object.Member] = [
            .init("Bucket", .string(name)), .init("ExpectedBucketOwner", .string(owner)),
        ]
        if let configuration { members.append(.init(configuration.0, configuration.1)) }
        return APICall(operation, in: region, .members(members))
    }

    /// The whole bucket policy; null if there is none.
    var policy: Observation { Observation(call(.getBucketPolicy)) }

    /// The location of the bucket; null if the bucket does not exist.
    var existence: Observation { Observation(call(.getBucketLocation)) }

    /// The four settings of S3 Block Public Access; null if there are none.
    var publicAccessBlock: Observation {
        Observation(
            call(.getPublicAccessBlock),
            .members(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]))
    }

    var versioning: Observation { Observation(call(.getBucketVersioning), .members(["Status"])) }

    func arn(_ target: Fix.Target) -> String { "arn:\(target.resource.arn.split(separator: ":")[1]):s3:::\(name)" }

    /// Returns a step that adds a statement to the bucket policy and keeps the others.
    /// - Returns: the reason instead if that is not possible.
    func adding(
        _ statement: JSON, to policy: JSON, _ title: String, for target: Fix.Target, notes: [String] = []
    ) -> Fix.Proposal {
        var text = PolicyText(policy)
        text.append(statement)
        return replacing(policy, by: text, title, for: target, notes: notes)
    }

    /// Returns a step that replaces the bucket policy; no step if the new policy is the same.
    /// - Returns: the reason instead if that is not possible.
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

    /// The calls of ``creation(for:_:)``, which include those that block public access.
    static let creationCalls: Set<AWSClient.Operation> = [
        .createBucket, .deleteBucket, .putPublicAccessBlock, .deletePublicAccessBlock,
    ]

    /// Returns the steps that create the bucket and block public access to it.
    /// - Parameter purpose: the purpose of the bucket, such as `access logs`.
    func creation(for target: Fix.Target, _ purpose: String) -> [Step] {
        var members: [JSON.Object.Member] = [.init("Bucket", .string(name))]
        // Source: Amazon S3 API Reference, "CreateBucket": us-east-1 is the default and must not be named.
        if region != "us-east-1" {
            members.append(.init("CreateBucketConfiguration", ["LocationConstraint": .string(region)]))
        }
        return [
            Step(
                "Create bucket \(name) for \(purpose)", on: arn(target), for: target.checks, state: existence,
                before: .null, call: APICall(.createBucket, in: region, .members(members)), after: [:],
                undo: call(.deleteBucket), risk: .reversibleWithLoss,
                losses: ["A bucket that logs were delivered to stays: undoing deletes it only while it is empty."],
                cost: "Amazon S3 charges for the storage of the logs."),
            blockingPublicAccess(before: .null, for: target),
        ]
    }

    /// Returns a step that enables all four settings, so that a public policy or ACL has no effect.
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

    /// Returns a step that enables versioning. Afterwards versioning can only be suspended.
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
            losses: wasNever
                ? ["Undoing suspends versioning: a bucket never becomes unversioned again."] : nil,
            cost: "Amazon S3 charges for every version that is kept; a lifecycle rule can remove old ones.",
            undone: ["Status": "Suspended"])
    }

    /// Returns a statement that denies requests without TLS.
    func tlsStatement(_ arn: String) -> JSON {
        [
            "Sid": "DenyRequestsWithoutTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": [.string(arn), .string(arn + "/*")],
            "Condition": ["Bool": ["aws:SecureTransport": "false"]],
        ]
    }
}
