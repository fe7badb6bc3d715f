import Basics
import IAMPolicy
import Inventory
import Posture

extension Policy {
    /// The statements that may let CloudTrail do something, whichever resources they name.
    ///
    /// A statement for any principal counts if CloudTrail's request can meet its conditions. It calls as a service: what
    /// is pinned to principals of an account or an organization is not for it.
    func statementsAdmittingCloudTrail(to action: String) -> [Statement] {
        let service = "cloudtrail.amazonaws.com"
        var context = RequestContext(ofService: service, facing: [self])
        context["aws:SourceIp"] = Self.addressOfCloudTrail
        let request = AccessRequest(.service(service), action, on: "*", context: context)
        return statements.filter { statement in
            var anywhere = statement
            anywhere.resources = nil
            let alone = NamedPolicy("statement", Policy(version: version, statements: [anywhere]))
            return statement.effect == .allow && !PolicySet(resource: alone).access(for: request).isRuledOut
        }
    }
}

extension Policy {
    /// What the policy makes of a request that CloudTrail itself makes for a trail, denials and resources counted.
    ///
    /// Resource control policies are not asked: whether files arrive, the trail's status tells, and `cloudtrail-delivery` judges.
    ///
    /// - Parameter context: what is known of the request besides whose trail it is for.
    func access(
        ofCloudTrail action: String, on resource: String, for trail: Trail, _ context: RequestContext = [:]
    ) -> Access {
        let service = "cloudtrail.amazonaws.com"
        var known = RequestContext(ofService: service, facing: [self]).adding(context)
        known["aws:SourceIp"] = Self.addressOfCloudTrail
        known["aws:SourceArn"] = .single(trail.trailARN)
        known["aws:SourceAccount"] = .single(trail.accountID)
        return PolicySet(resource: NamedPolicy("policy", self)).access(
            for: AccessRequest(.service(service), action, on: resource, context: known))
    }

    /// CloudTrail's addresses are AWS's; this one stands for them, as it is in no customer's network either.
    fileprivate static let addressOfCloudTrail: RequestContext.Value = "198.51.100.1"
}

extension Access {
    /// Why a request is refused for sure, as the end of a sentence; `nil` if it may be allowed.
    var refusal: String? {
        guard isRuledOut else { return nil }
        return denials.first.map { "denied by statement \($0.statement)" } ?? "not allowed by any statement"
    }
}

extension Trail {
    /// What is known of a request to encrypt or decrypt one of the trail's files.
    ///
    /// Source: AWS CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail".
    var encryptionContext: RequestContext {
        [
            "kms:EncryptionContext:aws:cloudtrail:arn": .single(trailARN),
            "kms:EncryptionContextKeys": ["aws:cloudtrail:arn", "aws:s3:arn"],
        ]
    }

    /// The keys of one file of each kind that the trail writes.
    ///
    /// Source: AWS CloudTrail User Guide, "Finding your CloudTrail log files" and "CloudTrail digest file structure".
    ///
    /// - Parameters:
    ///   - organization: the identifier of the organization, if it is known; the files of an organization trail lie under it.
    ///   - regions: whose files are meant, if the trail records them.
    ///   - member: an account of the organization, whose files an organization's trail writes beside its owner's.
    func sampleFiles(
        of organization: String?, in regions: [String], beside member: String, years: [Int] = [2026]
    ) -> [String] {
        let prefix = s3KeyPrefix.map { $0.isEmpty ? "" : "\($0)/" } ?? ""
        let folder = isOrganizationTrail ? organization.map { "\($0)/" } ?? "" : ""
        let accounts = isOrganizationTrail && member != accountID ? [accountID, member] : [accountID]
        let kinds = ["CloudTrail"] + (logFileValidationEnabled ? ["CloudTrail-Digest"] : [])
        return kinds.flatMap { kind in
            ([homeRegion] + (isMultiRegionTrail ? regions.filter { $0 != homeRegion } : [])).flatMap { region in
                years.flatMap { year in
                    accounts.map { account in
                        "\(prefix)AWSLogs/\(folder)\(account)/\(kind)/\(region)/\(year)/01/01/\(account)_parapet.json.gz"
                    }
                }
            }
        }
    }
}

extension Reading {
    /// The keys of one file of each kind that the trails deliver to a bucket, for each region and year.
    func sampleFiles(in bucket: Bucket, years: [Int]) -> [String] {
        let organization = (try? account[.organization].value)?.id
        let regions = (try? account[.regions].value) ?? []
        return Set(
            trailsDelivering(to: bucket).flatMap {
                $0.sampleFiles(of: organization, in: regions, beside: account.id, years: years)
            }
        ).sorted()
    }
}

extension Resources {
    /// Whether the element may name this resource: a policy variable in it may have any value.
    func mayName(_ arn: String) -> Bool {
        switch self {
        case .only(let patterns): patterns.contains { $0.widest.matches(arn) }
        case .allExcept: match(arn)
        }
    }

    /// Whether the element may name an object of the bucket.
    func mayNameObjects(of bucketARN: String) -> Bool {
        switch self {
        case .only(let patterns): patterns.contains { $0.widest.hasMatches(beginningWith: bucketARN + "/") }
        case .allExcept(let patterns): !Resources.only(patterns).cover(.only([ResourcePattern(bucketARN + "/*")]))
        }
    }
}

extension ResourcePattern {
    /// The pattern in which each policy variable is a wildcard.
    fileprivate var widest: ResourcePattern {
        ResourcePattern(text.replacing(/\$\{[^}]*\}/, with: "*"))
    }

    /// Whether some ARN that begins so matches: then a part of the pattern, from its start, matches that beginning, and
    /// the rest can match something.
    fileprivate func hasMatches(beginningWith beginning: String) -> Bool {
        guard let resource = ARN(text)?.resource else { return matches(beginning) }
        return resource.indices.contains { ResourcePattern(String(text[...$0])).matches(beginning) }
    }
}
