import AWSClient

extension Collector {
    private static let bucketFacets: Set<Facet> = [
        .bucketPolicy, .bucketACL, .bucketPublicAccessBlock, .bucketVersioning, .bucketLogging, .bucketEncryption,
        .bucketObjectLock,
    ]

    /// These buckets, and with them those that receive their access logs.
    func readBuckets(_ names: Set<String>) async -> [String: Bucket] {
        guard !names.isEmpty, !facets.isDisjoint(with: Self.bucketFacets) else { return [:] }
        let owned = await fact { () throws(AWSError) in
            Set(try await client.all(S3.listBuckets(), in: baseRegion, \.buckets).map(\.name))
        }
        var buckets = await concurrently(names) { name in
            await readBucket(name, owned: owned, facets: facets, absent: .anotherAccount)
        }
        guard facets.contains(.loggingTargetPolicy) else { return buckets }

        let targets = Set(buckets.values.compactMap { (try? $0.logging.value)?.targetBucket })
        let wanted = facets.intersection([.bucketACL]).union([.bucketPolicy])
        let read = await concurrently(targets) { [buckets] name in
            let known = buckets[name]
            guard known == nil || !facets.contains(.bucketPolicy) else { return known ?? Bucket(name: name) }
            var target = await readBucket(name, owned: owned, facets: wanted, absent: .notFound)
            if let known {
                // A trail bucket that is itself a target keeps what was read of it.
                let policy = target.policy
                target = known
                target.policy = policy
            }
            return target
        }
        buckets.merge(read) { _, target in target }
        return buckets
    }

    /// - Parameter absent: what it means that the account's list of buckets lacks the name.
    private func readBucket(
        _ name: String, owned: Fact<Set<String>>, facets: Set<Facet>, absent: Unknown.Reason
    ) async -> Bucket {
        do throws(Unknown) {
            guard try owned.value.contains(name) else {
                throw Unknown(
                    absent, call: Operation.listBuckets.description,
                    detail: absent == .notFound
                        ? "the bucket \(name) does not exist in this account"
                        : "the bucket \(name) is not this account's; only its owner may be asked")
            }
        } catch {
            return Bucket(name: name, everythingUnknown: error, facets: facets)
        }
        let region = await fact { () throws(AWSError) in
            try await client.send(S3.getBucketLocation(name, owner: accountID), in: baseRegion).region
        }
        switch region {
        case .unknown(let unknown): return Bucket(name: name, everythingUnknown: unknown, facets: facets)
        case .known(let region): return await readBucket(name, in: region, facets: facets)
        }
    }

    private func readBucket(_ name: String, in region: String, facets: Set<Facet>) async -> Bucket {
        /// The facet, if wanted; `nil` where S3 answers that there is none.
        @Sendable func ask<Output: Sendable, Value: Sendable>(
            _ facet: Facet, _ request: ReadRequest<Output>, absent code: String? = nil,
            _ value: @escaping @Sendable (Output?) -> Value
        ) async -> Fact<Value> {
            guard facets.contains(facet) else { return .notCollected }
            return await fact { () throws(AWSError) in
                do throws(AWSError) {
                    return value(try await client.send(request, in: region))
                } catch {
                    guard let code, error.code == code else { throw error }
                    return value(nil)
                }
            }
        }

        var bucket = Bucket(name: name)
        bucket.region = .known(region)
        async let policy = ask(
            .bucketPolicy, S3.getBucketPolicy(name, owner: accountID), absent: "NoSuchBucketPolicy"
        ) { $0.map { PolicyDocument($0.text) } }
        async let grants = ask(.bucketACL, S3.getBucketACL(name, owner: accountID)) { answer in
            (answer?.grants ?? []).map {
                BucketGrant(grantee: $0.grantee.uri ?? $0.grantee.id ?? "", permission: $0.permission)
            }
        }
        async let block = ask(
            .bucketPublicAccessBlock, S3.getPublicAccessBlock(name, owner: accountID),
            absent: "NoSuchPublicAccessBlockConfiguration"
        ) { $0.map(PublicAccessBlock.init) ?? PublicAccessBlock() }
        async let versioning = ask(.bucketVersioning, S3.getBucketVersioning(name, owner: accountID)) { answer in
            BucketVersioning(
                status: answer?.status.flatMap(BucketVersioning.Status.init) ?? .neverEnabled,
                mfaDelete: answer?.mfaDelete == "Enabled")
        }
        async let logging = ask(.bucketLogging, S3.getBucketLogging(name, owner: accountID)) { answer in
            answer?.loggingEnabled.map {
                BucketLogging(targetBucket: $0.targetBucket, targetPrefix: $0.targetPrefix ?? "")
            }
        }
        async let encryption = ask(
            .bucketEncryption, S3.getBucketEncryption(name, owner: accountID),
            absent: "ServerSideEncryptionConfigurationNotFoundError"
        ) { answer in
            answer?.rules.elements.compactMap(\.byDefault).first.map {
                BucketEncryption(algorithm: $0.algorithm, keyReference: $0.keyID)
            }
        }
        async let objectLock = ask(
            .bucketObjectLock, S3.getObjectLockConfiguration(name, owner: accountID),
            absent: "ObjectLockConfigurationNotFoundError"
        ) { $0.map(ObjectLock.init) }
        bucket.policy = await policy
        bucket.grants = await grants
        bucket.publicAccessBlock = await block
        bucket.versioning = await versioning
        bucket.logging = await logging
        bucket.encryption = await encryption
        bucket.objectLock = await objectLock
        return bucket
    }

    func readAccountPublicAccessBlock() async -> Fact<PublicAccessBlock> {
        await fact(.accountPublicAccessBlock) { () throws(AWSError) in
            do throws(AWSError) {
                let request = S3.getAccountPublicAccessBlock(accountID: accountID)
                return PublicAccessBlock(try await client.send(request, in: baseRegion))
            } catch  where error.code == "NoSuchPublicAccessBlockConfiguration" {
                return PublicAccessBlock()
            }
        }
    }
}

extension Bucket {
    /// The bucket of which nothing that is wanted could be read, for one and the same reason.
    fileprivate init(name: String, everythingUnknown unknown: Unknown, facets: Set<Facet>) {
        self.init(name: name)
        func fact<Value>(_ facet: Facet) -> Fact<Value> {
            facets.contains(facet) ? .unknown(unknown) : .notCollected
        }
        region = .unknown(unknown)
        policy = fact(.bucketPolicy)
        grants = fact(.bucketACL)
        publicAccessBlock = fact(.bucketPublicAccessBlock)
        versioning = fact(.bucketVersioning)
        logging = fact(.bucketLogging)
        encryption = fact(.bucketEncryption)
        objectLock = fact(.bucketObjectLock)
    }
}

extension BucketLocationAnswer {
    /// Empty for us-east-1, `EU` for eu-west-1.
    fileprivate var region: String {
        switch constraint {
        case "": "us-east-1"
        case "EU": "eu-west-1"
        default: constraint
        }
    }
}

extension PublicAccessBlock {
    fileprivate init(_ answer: PublicAccessBlockAnswer) {
        self.init(
            blockPublicACLs: answer.blockPublicACLs, ignorePublicACLs: answer.ignorePublicACLs,
            blockPublicPolicy: answer.blockPublicPolicy, restrictPublicBuckets: answer.restrictPublicBuckets)
    }
}

extension ObjectLock {
    fileprivate init(_ answer: ObjectLockAnswer) {
        let retention = answer.rule?.defaultRetention
        self.init(
            isEnabled: answer.enabled == "Enabled", defaultMode: retention?.mode,
            defaultDays: retention?.days ?? retention?.years.map { min(max($0, 0), 1000) * 365 })
    }
}
