import Basics
import IAMPolicy
import Inventory

/// A resource with the policies that apply on its side, as far as they were read.
struct ResourceSide {
    var guarded: GuardedResource
    /// The policy of the resource, with the grants of a key as statements of their own.
    var policy: NamedPolicy?
    /// Whether S3's RestrictPublicBuckets is in force.
    var restrictsPublicBuckets = false
    /// The parts that could not be read.
    var doubts = Doubts()
}

extension Landscape {
    /// The resource of that ARN, or `*`.
    func resource(_ arn: String) -> ResourceSide {
        guard let name = ARN(arn) else { return ResourceSide(guarded: GuardedResource(arn)) }
        let text = String(name.resource)
        switch name.service {
        case "s3" where name.account.isEmpty:
            return bucketSide(arn, bucket: String(text.prefix { $0 != "/" }))
        case "kms" where text.hasPrefix("key/"): return keySide(arn)
        case "iam" where text.hasPrefix("role/"): return roleSide(arn)
        default:
            let account = name.account.isEmpty ? accounts.first.map(\.id) : String(name.account)
            var side = side(arn, ownedBy: accounts.count == 1 || !name.account.isEmpty ? account : nil, .known(nil))
            if Self.servicesWithResourcePolicies.contains(String(name.service)) {
                side.doubts += .mayDoBoth(
                    Unknown(
                        .notCollected,
                        detail:
                            """
                            the policy of \(arn) itself is not read: Parapet reads the policies of buckets, keys \
                            and roles
                            """))
            }
            return side
        }
    }

    /// Services whose resources may have policies of their own that are not read.
    ///
    /// Source: IAM User Guide, "AWS services that work with IAM", the column of resource-based policies.
    private static let servicesWithResourcePolicies: Set<String> = [
        "acm-pca", "apigateway", "backup", "codeartifact", "codebuild", "dynamodb", "ecr", "elasticfilesystem", "es",
        "events", "execute-api", "geo", "glacier", "glue", "kafka", "kinesis", "lambda", "lex", "logs", "mediastore",
        "rekognition", "s3-outposts", "s3express", "s3tables", "sagemaker", "schemas", "secretsmanager", "ses",
        "signer", "sns", "sqs", "ssm-contacts", "ssm-incidents", "vpc-lattice", "xray",
    ]

    private func side(
        _ arn: String, ownedBy account: String?, _ policy: Fact<NamedPolicy?>, restrictPublicBuckets: Bool = false
    ) -> ResourceSide {
        var doubts = Doubts()
        var known: NamedPolicy?
        switch policy.state {
        case .known(let policy): known = policy
        case .unknown(let unknown): doubts += .mayDoBoth(unknown)
        }
        if let account, let unread = unreadControls[account] { doubts.mayDeny.append(unread) }
        return ResourceSide(
            guarded: GuardedResource(
                arn, ownedBy: account, policy: known,
                resourceControl: account.flatMap { resourceControls[$0] } ?? [],
                restrictPublicBuckets: restrictPublicBuckets, isWildcardOnly: arn == "*"),
            policy: known, restrictsPublicBuckets: restrictPublicBuckets, doubts: doubts)
    }

    // MARK: - Buckets

    private func bucketSide(_ arn: String, bucket name: String) -> ResourceSide {
        // A bucket's ARN does not name its account. The owner is the account that is allowed to read the bucket's
        // Region or policy.
        guard let owner = accounts.first(where: { isOwner($0, of: name) }) else {
            let bucket = accounts.first?.bucket(name) ?? Bucket(name: name)
            return side(
                arn, ownedBy: nil,
                named(bucket.policy, "bucket policy of \(name)").withoutValue(
                    "the bucket \(name) is in none of the accounts that were read"))
        }
        let bucket = owner.bucket(name)
        let restricts = isSet(bucket.publicAccessBlock, owner[.accountPublicAccessBlock], \.restrictPublicBuckets)
        var policy = named(bucket.policy, "bucket policy of \(name)")
        let list = AccessControlList(
            of: bucket,
            ignoresPublicGrants: isSet(bucket.publicAccessBlock, owner[.accountPublicAccessBlock], \.ignorePublicACLs))
        // RestrictPublicBuckets restricts only the policy. It is not applied if the ACL has a public grant, since it
        // would hide that.
        let isRestricted = (try? restricts.value) ?? false && !list.isPublic
        policy = policy.map { policy throws(Unknown) in list.adding(to: policy, of: name) }
        var side = side(arn, ownedBy: owner.id, policy, restrictPublicBuckets: isRestricted)
        side.doubts += list.doubts
        // The setting has no effect on a policy that is not public.
        if case .unknown(let unknown) = restricts.state, !(side.policy?.policy.publicGrants().isEmpty ?? true) {
            side.doubts.mayDeny.append(unknown)
        }
        return side
    }

    private func isOwner(_ account: Account, of bucket: String) -> Bool {
        guard let bucket = account.knownBucket(bucket) else { return false }
        if case .unknown(let unknown) = bucket.policy.state {
            return ![.anotherAccount, .notFound].contains(unknown.reason)
        }
        return true
    }

    /// Whether one of the two has the setting enabled; unknown if one is unknown and neither is known to have it
    /// enabled.
    private func isSet(
        _ one: Fact<PublicAccessBlock>, _ other: Fact<PublicAccessBlock>, _ setting: KeyPath<PublicAccessBlock, Bool>
    ) -> Fact<Bool> {
        let values = [one, other].map { fact in fact.map { block throws(Unknown) in block[keyPath: setting] } }
        if values.contains(.known(true)) { return .known(true) }
        return values.first { $0 != .known(false) } ?? .known(false)
    }

    // MARK: - Keys and roles

    private func keySide(_ arn: String) -> ResourceSide {
        let account = ARN(arn).map { String($0.account) }
        let keys = accounts.flatMap { $0.keys.values }
        guard
            let key = keys.first(where: { (try? $0.description.value.arn) == arn })
                ?? keys.first(where: { $0.reference == arn })
                ?? accounts.lazy.compactMap({ $0.listedKey(arn) }).first
        else {
            return side(
                arn, ownedBy: account,
                .unknown(Unknown(.notCollected, detail: "the key \(arn) was not read")))
        }
        var policy = named(key.policy.map { document throws(Unknown) in document }, "key policy of \(arn)")
        var doubts = Doubts()
        switch key.grants.state {
        case .known(let grants):
            policy = policy.map { policy throws(Unknown) in
                var policy = policy
                policy?.add(grants.compactMap(\.statement), from: key.grants.source)
                return policy
            }
        case .unknown(let unknown): doubts.mayAllow.append(unknown)
        }
        var side = side(arn, ownedBy: account, policy)
        side.doubts += doubts
        return side
    }

    private func roleSide(_ arn: String) -> ResourceSide {
        let account = ARN(arn).map { String($0.account) }
        if let trust = trustPolicies[arn] {
            return side(
                arn, ownedBy: account,
                named(
                    .known(trust, from: Facet.identities.source),
                    "trust policy of \(arn.split(separator: "/").last ?? "")"))
        }
        if let account, let unread = unreadIdentities[account] { return side(arn, ownedBy: account, .unknown(unread)) }
        return side(
            arn, ownedBy: account,
            .unknown(Unknown(.notFound, detail: "the role \(arn) is in none of the accounts that were read")))
    }

    private func named(_ document: Fact<PolicyDocument?>, _ name: String) -> Fact<NamedPolicy?> {
        let source = document.source
        return document.map { document throws(Unknown) in
            guard let document else { return nil }
            return NamedPolicy(name, try document.policy, from: source, text: document.text)
        }
    }
}

extension Fact {
    /// An unknown fact, with its own reason or, if it is known or was not collected, with the reason `detail`.
    fileprivate func withoutValue(_ detail: String) -> Fact {
        if case .unknown(let unknown) = state, unknown.reason != .notCollected { return self }
        return .unknown(Unknown(.notFound, detail: detail))
    }
}

extension KeyGrant {
    /// The grant as an equivalent statement of the key's policy. A denial overrides it, and a grant and the key policy
    /// each suffice alone.
    ///
    /// Source: AWS KMS Developer Guide, "Grants in AWS KMS" and "Determining access to AWS KMS keys".
    var statement: Statement? {
        guard let granteePrincipal, !operations.isEmpty else { return nil }
        let isService = ARN(granteePrincipal) == nil && granteePrincipal.contains(".")
        let context = (constraints?.encryptionContextEquals ?? [:])
            .merging(constraints?.encryptionContextSubset ?? [:]) { $1 }
        return Statement(
            sid: "grant \(grantID)", effect: .allow,
            principals: .only([isService ? .service(granteePrincipal) : Principal(aws: granteePrincipal)]),
            actions: .only(operations.map { ActionPattern("kms:\($0)") }), resources: .only(["*"]),
            conditions: context.sorted { $0.key < $1.key }.map {
                PolicyCondition(
                    ConditionOperator(.stringEquals), key: "kms:EncryptionContext:\($0.key)", values: [$0.value])
            })
    }
}
