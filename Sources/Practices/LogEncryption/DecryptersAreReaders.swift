import AWSClient
import Basics
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

/// A key protects copies of the log only if principals that cannot read the bucket cannot decrypt with the key either.
struct DecryptersAreReaders: Check {
    let about = About(
        id: "trail-key-decrypters-are-readers",
        title: "kms:Decrypt on trail keys should be limited to principals that can read the logs",
        practice: .logEncryption, severity: .high,
        risk: """
            Encryption protects copies of the log (replicas, backups, a bucket made public by mistake) from principals \
            that cannot decrypt. Each additional principal that can decrypt increases the attack surface.
            """,
        judges: """
            Principals are evaluated that have kms:Decrypt with the trail's key and the trail in the encryption \
            context: through the key policy, grants and identity policies, within permissions boundaries and \
            organization policies. Each of them must also have s3:GetObject on a log file of a trail that uses the \
            key. Conditional access counts as access on both sides. AWS services and the root user are not evaluated.
            """,
        remedy: """
            Remove kms:Decrypt from the listed principals: limit the statement of the identity policy to other keys, \
            limit the key policy to the roles that read the logs, or revoke the grant with kms:RevokeGrant.
            """,
        sources: [
            "AWS CloudTrail User Guide: Encrypting CloudTrail log files with AWS KMS keys (SSE-KMS)",
            "AWS KMS Developer Guide: Determining access to AWS KMS keys",
        ],
        reads: Landscape.reads.union([
            .trails, .keyDescription, .keyPolicy, .keyGrants, .bucketPolicy, .bucketACL, .bucketPublicAccessBlock,
            .accountPublicAccessBlock,
        ]))

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailKeys) { key throws(Unknown) in
            let trails = reading.trailsEncrypting(with: key)
            let arn = try key.description.value.arn
            let (decrypters, readers) = Self.access(to: trails, arn, in: reading)
            let surplus = Self.surplus(decrypters, readers)
            let evidence =
                surplus.evidence("kms:Decrypt without s3:GetObject")
                + decrypters.flatMap(\.named).uniqued.evidence("kms:Decrypt")
                + readers.flatMap(\.named).uniqued.evidence("s3:GetObject").map { evidence in
                    // Evidence from other calls than IAM's comes from the bucket, so it names the bucket.
                    evidence.source == .call(Operation.getAccountAuthorizationDetails.description)
                        ? evidence : evidence.about(trails.first?.s3BucketName ?? "")
                }
            if let first = surplus.first(where: \.doubts.isEmpty) ?? surplus.first {
                let name = first.name.shortened
                let message =
                    surplus.count == 1
                    ? "\(name.firstCapitalized) can decrypt but not read the log files"
                    : "\(surplus.count) principals can decrypt but not read the log files (first: \(name))"
                // A principal whose read access was not found, because something could not be read, would look surplus.
                let doubt = first.doubts.first ?? readers.lazy.flatMap(\.hiding).first
                return doubt.map { .unknown(message, unless: $0, evidence) } ?? .fail(message, evidence)
            }
            if let doubt = decrypters.lazy.flatMap(\.hiding).first { throw doubt }
            // A principal that only seems to have read access would be surplus.
            if !decrypters.flatMap(\.named).isEmpty, let doubt = readers.lazy.flatMap(\.named).flatMap(\.doubts).first {
                throw doubt
            }
            return .pass("All principals that can decrypt the log files can also read them", evidence)
        }
    }

    /// Returns the principals that can decrypt log files of the trails and cannot read them.
    static func surplus(_ trails: [Trail], _ key: String, in reading: Reading) -> [NamedAccess] {
        let (decrypters, readers) = access(to: trails, key, in: reading)
        return surplus(decrypters, readers)
    }

    private static func access(
        to trails: [Trail], _ key: String, in reading: Reading
    ) -> (decrypters: [WhoCan], readers: [WhoCan]) {
        let landscape = reading.landscape
        return (
            trails.map {
                landscape.whoCan("kms:Decrypt", key, context: $0.encryptionContext, following: false)
            },
            trails.map { trail in
                landscape.whoCan(
                    "s3:GetObject", "arn:\(reading.partition):s3:::\(trail.s3BucketName)/\(trail.sampleLogFile)",
                    following: false)
            }
        )
    }

    private static func surplus(_ decrypters: [WhoCan], _ readers: [WhoCan]) -> [NamedAccess] {
        let reading = readers.flatMap(\.named).map(\.name)
        guard !reading.contains("any principal") else { return [] }
        let readers = Set(reading)
        return decrypters.flatMap(\.named).uniqued.filter { !readers.contains($0.name) }
    }
}

extension WhoCan {
    /// All principals except AWS services.
    fileprivate var named: [NamedAccess] {
        holders.map { NamedAccess($0) } + outsiders.filter { $0.kind != .service }.map { NamedAccess($0) }
    }
}
