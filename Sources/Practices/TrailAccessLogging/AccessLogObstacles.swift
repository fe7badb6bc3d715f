import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// Bucket settings that prevent the delivery of access logs, whatever the bucket policy allows.
///
/// Source: Amazon S3 User Guide, "Logging requests with server access logging" and "Enabling Amazon S3 server access
/// logging".
struct AccessLogObstacles {
    /// Settings that certainly prevent delivery.
    private(set) var found: [String] = []
    /// Settings that could not be read, or that may prevent delivery.
    private(set) var doubts: [Unknown] = []
    private(set) var evidence: [Evidence] = []

    init(between source: Bucket, and target: Bucket, in reading: Reading) {
        look(.getBucketLocation, of: target.name) { () throws(Unknown) in
            let (here, there) = (try source.region.value, try target.region.value)
            return (here == there ? nil : "is in \(there), not in \(here)", ["LocationConstraint": .string(there)])
        }
        look(.getBucketEncryption, of: target.name) { () throws(Unknown) in
            let encryption = try target.encryption.value
            return (
                try encryption.flatMap { encryption throws(Unknown) in try Self.obstacle(encryption, in: reading) },
                [
                    "SSEAlgorithm": JSON(encryption?.sseAlgorithm),
                    "KMSMasterKeyID": JSON(encryption?.kmsMasterKeyID),
                ]
            )
        }
        look(.getObjectLockConfiguration, of: target.name) { () throws(Unknown) in
            let lock = try target.objectLock.value
            return (
                lock?.defaultRetention == nil ? nil : "has an Object Lock default retention period",
                ["ObjectLockConfiguration": lock.description]
            )
        }
        look(.getBucketRequestPayment, of: target.name) { () throws(Unknown) in
            let payer = try target.payer.value
            return (payer == "Requester" ? "is a Requester Pays bucket" : nil, ["Payer": .string(payer)])
        }
    }

    private mutating func look(
        _ source: AWSClient.Operation, of target: String,
        _ answer: () throws(Unknown) -> (obstacle: String?, facts: [String: JSON])
    ) {
        do throws(Unknown) {
            let (obstacle, facts) = try answer()
            if let obstacle { found.append(obstacle) }
            evidence += facts.sorted { $0.key < $1.key }.map { Evidence($0.key, $0.value, from: source).about(target) }
        } catch {
            doubts.append(error)
        }
    }

    /// - Throws: `Unknown` for a customer managed key that S3's log delivery may use: AWS does not document that logs
    ///   are then delivered.
    private static func obstacle(_ encryption: BucketEncryption, in reading: Reading) throws(Unknown) -> String? {
        guard encryption.sseAlgorithm.hasPrefix("aws:kms") else { return nil }
        guard let key = encryption.kmsMasterKeyID, !key.hasSuffix("alias/aws/s3") else {
            return "encrypts by \(encryption.sseAlgorithm) with an AWS managed key"
        }
        let policy = try reading.policy(try reading[.loggingTargetKeyPolicy][key].value, from: .getKeyPolicy)
        let request = AccessRequest(
            .service(AccessLogDelivery.service), "kms:GenerateDataKey", on: key, ownedBy: reading.id,
            context: RequestContext(ofService: AccessLogDelivery.service, facing: [policy]))
        guard !PolicySet(resource: NamedPolicy("key policy", policy)).access(for: request).isRuledOut else {
            return "encrypts by \(encryption.sseAlgorithm) with a key that does not allow S3"
        }
        throw Unknown(
            .failed, call: Operation.getBucketEncryption.description,
            detail: """
                the target uses \(encryption.sseAlgorithm) default encryption with \(key), whose policy possibly \
                allows log delivery; AWS supports only AES256 for access logs, so check whether logs are delivered
                """)
    }
}
