import AWSClient
import Basics
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

    /// A step that adds a statement to the bucket's policy and leaves the others alone.
    /// - Returns: the reason why it cannot be done, if so.
    func adding(
        _ statement: JSON, to policy: JSON, _ title: String, for target: Fix.Target, notes: [String] = []
    ) -> Fix.Proposal {
        let old = policy["Statement"].map { $0.elements ?? [$0] } ?? []
        guard !old.contains(where: { $0.isSame(as: statement) }) else { return .steps([]) }
        var document = policy.object ?? ["Version": "2012-10-17"]
        document["Statement"] = .array(old + [statement])
        let after = JSON.object(document)
        let text = after.written(.compact)
        // Source: Amazon S3 User Guide, "Bucket policies and user policies".
        guard text.utf8.count <= 20_480 else {
            return .declined("the bucket policy of \(name) would exceed the 20 KB that Amazon S3 admits")
        }
        return .steps([
            Step(
                title, on: "arn:\(target.resource.arn.split(separator: ":")[1]):s3:::\(name)", for: target.checks,
                state: self.policy, before: policy, call: call(.putBucketPolicy, ("Policy", .string(text))),
                after: after,
                undo: policy.isNull
                    ? call(.deleteBucketPolicy) : call(.putBucketPolicy, ("Policy", .string(policy.written(.compact)))),
                notes: notes)
        ])
    }
}
