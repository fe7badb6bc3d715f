extension Bucket: Sampled {
    /// The bucket to which the sample trail delivers; it passes every check.
    public static var sample: Bucket {
        var bucket = Bucket(name: "example-trail")
        bucket.region = .known("us-east-1")
        bucket.policy = .known(.trailBucket)
        bucket.grants = .known([.owner])
        bucket.publicAccessBlock = .known(.allOn)
        bucket.versioning = .known(BucketVersioning(status: "Enabled", mfaDelete: "Enabled"))
        bucket.logging = .known(BucketLogging(targetBucket: "example-access-logs", targetPrefix: "trail/"))
        bucket.encryption = .known(
            BucketEncryption(sseAlgorithm: "aws:kms", kmsMasterKeyID: EncryptionKey.sample.reference))
        bucket.objectLock = .known(nil)
        return bucket
    }

    /// The bucket that receives the access logs of ``sample``.
    public static var accessLogs: Bucket {
        var bucket = Bucket(name: "example-access-logs")
        bucket.region = .known("us-east-1")
        bucket.policy = .known(.accessLogs)
        bucket.grants = .known([.owner])
        bucket.encryption = .known(BucketEncryption(sseAlgorithm: "AES256"))
        bucket.objectLock = .known(nil)
        bucket.payer = .known("BucketOwner")
        return bucket
    }

    public static func accessLogs(_ change: (inout Bucket) -> Void) -> Bucket {
        var bucket = accessLogs
        change(&bucket)
        return bucket
    }
}

extension BucketGrant {
    public static var owner: BucketGrant {
        BucketGrant(
            account: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", "FULL_CONTROL")
    }
}

extension PublicAccessBlock {
    public static var allOn: PublicAccessBlock {
        PublicAccessBlock(
            blockPublicACLs: true, ignorePublicACLs: true, blockPublicPolicy: true, restrictPublicBuckets: true)
    }

    public static var allOff: PublicAccessBlock { PublicAccessBlock() }
}
