import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// Settings that can make a bucket public, and the ones that override them; each can be unknown on its own.
///
/// Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage".
struct PublicAccess {
    private let bucket: Bucket
    private let reading: Reading
    private let accountBlock: Fact<PublicAccessBlock>

    /// The account's Block Public Access applies only to the account's own buckets, whose region is known.
    init(to bucket: Bucket, of reading: Reading) {
        self.bucket = bucket
        self.reading = reading
        switch bucket.region.state {
        case .known: accountBlock = reading[.accountPublicAccessBlock]
        case .unknown(let unknown): accountBlock = .unknown(unknown)
        }
    }

    var hasPublicPolicy: Fact<Bool> {
        bucket.policy.map { document throws(Unknown) in
            guard let document else { return false }
            return try !reading.policy(document, from: .getBucketPolicy)
                .grantsToStrangers(under: .bucketCallers, in: reading.id, isOpenToAnonymous: true).isEmpty
        }
    }

    var hasPublicGrants: Fact<Bool> {
        bucket.grants.map { $0.contains(where: \.isPublic) }
    }

    var restrictsPublicBuckets: Fact<Bool> {
        bucket.publicAccessBlock.map(\.restrictPublicBuckets) || accountBlock.map(\.restrictPublicBuckets)
    }

    var ignoresPublicACLs: Fact<Bool> {
        bucket.publicAccessBlock.map(\.ignorePublicACLs) || accountBlock.map(\.ignorePublicACLs)
    }

    /// The reason why a bucket is not public.
    var protection: String {
        let isNowhereAllowed = (try? (hasPublicPolicy || hasPublicGrants).value) == false
        return isNowhereAllowed
            ? "Neither the bucket policy nor the access control list allows public access"
            : "Block Public Access overrides the bucket policy and the access control list"
    }

    /// Evidence of all settings that are known.
    var evidence: [Evidence] {
        var evidence: [Evidence] = []
        if case .known(let document) = bucket.policy.state {
            evidence.append(Evidence("Policy", JSON(document?.text), from: .getBucketPolicy))
        }
        if case .known(let grants) = bucket.grants.state {
            evidence.append(Evidence("Grants", grants.evidence, from: .getBucketACL))
        }
        if case .known(let block) = bucket.publicAccessBlock.state {
            evidence.append(
                Evidence("PublicAccessBlockConfiguration", block.switches, from: .getPublicAccessBlock))
        }
        if case .known(let block) = accountBlock.state {
            evidence.append(
                Evidence("PublicAccessBlockConfiguration", block.switches, from: .getAccountPublicAccessBlock))
        }
        return evidence
    }
}

extension BucketGrant {
    /// Whether the grant applies to everyone, or to everyone with an AWS account.
    fileprivate var isPublic: Bool {
        grantee.uri == "http://acs.amazonaws.com/groups/global/AllUsers"
            || grantee.uri == "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
    }
}

extension PublicAccessBlock {
    var switches: JSON {
        .object([
            "BlockPublicAcls": .bool(blockPublicACLs), "IgnorePublicAcls": .bool(ignorePublicACLs),
            "BlockPublicPolicy": .bool(blockPublicPolicy), "RestrictPublicBuckets": .bool(restrictPublicBuckets),
        ])
    }
}
