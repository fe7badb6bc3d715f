import AWSClient

// Every bucket of the account, not those of trails alone: a call or two for each.

extension Facet {
    /// Where the account's buckets are.
    public static let everyBucketRegion = FacetOf<ByName<String>>(
        "everyBucketRegion", calls: S3.getBucketLocation("example", owner: "123456789012"), requires: [.buckets]
    ) { collector, account in
        await account[.buckets].concurrently { buckets in
            await collector.regions(of: Set(buckets.map(\.name)), among: .known(buckets))
        }
    }

    public static let everyBucketPolicy = policy("everyBucketPolicy", of: .everyBucketRegion)
    public static let everyBucketVersioning = versioning("everyBucketVersioning", of: .everyBucketRegion)
    public static let everyBucketLogging = logging("everyBucketLogging", of: .everyBucketRegion)
    public static let everyBucketEncryption = encryption("everyBucketEncryption", of: .everyBucketRegion)
}

extension Account {
    /// The account's buckets, ordered by name, each with what is read of every bucket.
    public var everyBucket: Fact<[Bucket]> {
        let policies = self[.everyBucketPolicy]
        let versioning = self[.everyBucketVersioning]
        let logging = self[.everyBucketLogging]
        let encryption = self[.everyBucketEncryption]
        return self[.everyBucketRegion].map { regions in
            regions.sorted { $0.key < $1.key }.map { name, region in
                var bucket = Bucket(name: name)
                bucket.region = region
                bucket.policy = policies[name]
                bucket.versioning = versioning[name]
                bucket.logging = logging[name]
                bucket.encryption = encryption[name]
                return bucket
            }
        }
    }
}
