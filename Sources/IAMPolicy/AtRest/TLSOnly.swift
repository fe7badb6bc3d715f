extension Policy {
    /// The statements that together deny every S3 request without TLS to a bucket and its objects; empty if they do not
    /// deny all such requests.
    ///
    /// A statement counts if it denies every S3 action to all principals, on the sole condition that
    /// `aws:SecureTransport` is false. A condition on `s3:TlsVersion` does not count: a request without TLS has no such
    /// key. A list of patterns that happens to cover today's actions does not count either, because S3 adds actions.
    ///
    /// Source: Amazon S3 User Guide, "Security best practices for Amazon S3", "Enforce encryption of data in transit".
    ///
    /// - Parameter bucketARN: The bucket's ARN, such as `arn:aws:s3:::logs`.
    public func tlsOnlyStatements(for bucketARN: String) -> [Statement] {
        let denials = statements.filter(\.deniesAllPlainTraffic)
        let bucket = denials.filter { $0.resources?.cover(.only([ResourcePattern(bucketARN)])) ?? false }
        let objects = denials.filter { $0.resources?.cover(.only([ResourcePattern(bucketARN + "/*")])) ?? false }
        guard let bucketDenial = bucket.first, let objectDenial = objects.first else { return [] }
        return bucketDenial == objectDenial ? [bucketDenial] : [bucketDenial, objectDenial]
    }

    /// Whether the policy denies every S3 request without TLS to the bucket and its objects.
    public func allowsOnlyTLS(for bucketARN: String) -> Bool {
        !tlsOnlyStatements(for: bucketARN).isEmpty
    }
}

extension Statement {
    fileprivate var deniesAllPlainTraffic: Bool {
        effect == .deny && principals?.includeEveryone ?? false && actions.cover(.only(["s3:*"]))
            && !conditions.isEmpty && conditions.allSatisfy(\.holdsWithoutTLS)
    }
}

extension PolicyCondition {
    fileprivate var holdsWithoutTLS: Bool {
        `operator`.comparison == .bool && `operator`.quantifier == nil && isAbout("aws:SecureTransport")
            && values.contains { $0.lowercased() == "false" }
    }
}
