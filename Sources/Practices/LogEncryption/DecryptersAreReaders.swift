import AWSClient
import Basics
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

/// A key that more people may decrypt with than may read the bucket protects nothing once a copy of the log is elsewhere.
struct DecryptersAreReaders: Check {
    let about = About(
        id: "trail-key-decrypters-are-readers",
        title: "Only those who may read the log files may decrypt them",
        practice: .logEncryption, severity: .high,
        risk: """
            Encryption keeps a copy of the log (a replica, a backup, a bucket opened by mistake) from whomever may not \
            decrypt. Every further decrypter is one more account to break into.
            """,
        judges: """
            Who may kms:Decrypt with the trail's key, with the trail in the encryption context: by the key's policy, its \
            grants and identity policies, within boundaries and organization policies. Each of them must be able to \
            s3:GetObject a log file of a trail that uses the key; access under a condition counts as access on both sides. \
            AWS services, and the account's root, are not counted.
            """,
        remedy: """
            Take kms:Decrypt from those whom the evidence names: narrow the statement of the identity policy to other keys, \
            or the key policy to the readers' roles; revoke a grant with kms:RevokeGrant.
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
        let landscape = reading.landscape
        return try reading.judgeEach(.trailKeys) { key throws(Unknown) in
            let trails = reading.trailsEncrypting(with: key)
            let arn = try key.description.value.arn
            let decrypters = trails.map { trail in
                landscape.whoCan("kms:Decrypt", arn, context: trail.encryptionContext, following: false)
            }
            let readers = trails.map { trail in
                landscape.whoCan(
                    "s3:GetObject", "arn:\(reading.partition):s3:::\(trail.s3BucketName)/\(trail.sampleLogFile)",
                    following: false)
            }
            let surplus = Self.surplus(decrypters, readers)
            let evidence =
                surplus.evidence("kms:Decrypt without s3:GetObject")
                + decrypters.flatMap(\.named).uniqued.evidence("kms:Decrypt")
                + readers.flatMap(\.named).uniqued.evidence("s3:GetObject")
            if let first = surplus.first(where: \.doubts.isEmpty) ?? surplus.first {
                let more = surplus.count > 1 ? ", and \(surplus.count - 1) more" : ""
                let message = "\(first.name.shortened) may decrypt the log and not read it\(more)".firstCapitalized
                // Who is a reader and was not seen to be would be taken for surplus.
                let doubt = first.doubts.first ?? readers.lazy.flatMap(\.hiding).first
                return doubt.map { .unknown(message, unless: $0, evidence) } ?? .fail(message, evidence)
            }
            if let doubt = decrypters.lazy.flatMap(\.hiding).first { throw doubt }
            // Who seems to be a reader and is not would be surplus.
            if !decrypters.flatMap(\.named).isEmpty, let doubt = readers.lazy.flatMap(\.named).flatMap(\.doubts).first {
                throw doubt
            }
            return .pass("All who may decrypt the log may read it", evidence)
        }
    }

    private static func surplus(_ decrypters: [WhoCan], _ readers: [WhoCan]) -> [NamedAccess] {
        let reading = readers.flatMap(\.named).map(\.name)
        guard !reading.contains("everybody") else { return [] }
        let readers = Set(reading)
        return decrypters.flatMap(\.named).uniqued.filter { !readers.contains($0.name) }
    }
}

extension WhoCan {
    /// All but AWS services.
    fileprivate var named: [NamedAccess] {
        holders.map { NamedAccess($0) } + outsiders.filter { $0.kind != .service }.map { NamedAccess($0) }
    }
}
