import AWSClient

// All buckets of the account, not only the trail buckets: one or two calls for each.

extension Facet {
    /// Regions of the account's buckets.
    public static let everyBucketRegion = FacetOf<ByName<String>>(
        "everyBucketRegion", calls: S3.getBucketLocation("example", owner: "123456789012"), requires: [.buckets]
    ) { collector, account in
        await account[.buckets].concurrently { buckets in
            let names = Set(buckets.map(\.name))
            return await collector.regions(
                of: collector.onlyBuckets.map(names.intersection) ?? names, among: .known(buckets))
        }
    }

    public static let everyBucketPolicy = policy("everyBucketPolicy", of: .everyBucketRegion)
    public static let everyBucketVersioning = versioning("everyBucketVersioning", of: .everyBucketRegion)
    public static let everyBucketLogging = logging("everyBucketLogging", of: .everyBucketRegion)
    public static let everyBucketEncryption = encryption("everyBucketEncryption", of: .everyBucketRegion)
}

extension Account {
    /// The account's buckets, ordered by name, each with the facts that are read for every bucket.
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
