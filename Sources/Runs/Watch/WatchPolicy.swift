import AWSClient
public import Basics
import FoundationEssentials
import Inventory
import Posture
import Practices
import Reports

extension WatchRun {
    /// The calls of a watch beside those of its scans, by what they are about.
    static let queueOperations: [Operation] = [
        .receiveMessage, .deleteMessageBatch, .changeMessageVisibilityBatch, .getQueueAttributes,
    ]
    static let logOperations: [Operation] = [.getObject, .listObjectsV2, .getBucketLocation]
    static let verificationOperations: [Operation] = [.listPublicKeys, .describeTrails, .describeRegions]

    /// The least-privilege IAM policy of a watch.
    /// - Parameters:
    ///   - queue: the ARN of the queue, or a pattern.
    ///   - buckets: the ARNs of the buckets with logs, or patterns.
    ///   - keys: the ARNs of the KMS keys that encrypt the logs, or patterns.
    public static func policy(queue: String, buckets: [String], keys: [String]) -> JSON {
        let checks = Catalogue.checks.filter { $0.about.onRequest == nil }
        var scan = Set(
            ([Operation.getCallerIdentity] + Facet.shown.flatMap(\.operations) + verificationOperations)
                .map(\.permission))
        for check in checks { scan.formUnion(check.about.permissions) }
        let bucketActions = Set(logOperations.filter { $0 != .getObject }.map(\.permission))
        return [
            "Version": "2012-10-17",
            "Statement": [
                statement("ParapetQueue", Set(queueOperations.map(\.permission)), [queue]),
                statement("ParapetLogBuckets", bucketActions, buckets),
                statement("ParapetLogObjects", [Operation.getObject.permission], buckets.map { $0 + "/*" }),
                // Objects that are encrypted with a KMS key are decrypted by S3 for the caller.
                statement("ParapetLogKeys", ["kms:Decrypt"], keys),
                statement("ParapetScan", scan, ["*"]),
            ],
        ]
    }

    private static func statement(_ id: String, _ actions: Set<String>, _ resources: [String]) -> JSON {
        [
            "Sid": .string(id), "Effect": "Allow", "Action": JSON(actions.sorted()), "Resource": JSON(resources),
        ]
    }
}
