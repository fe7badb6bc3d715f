import Basics
import IAMPolicy
import Inventory
import Posture

extension Policy {
    /// Returns the statements that may allow CloudTrail an action, on any resource.
    ///
    /// A statement for any principal counts if CloudTrail's request can meet its conditions. CloudTrail calls as a
    /// service, so a condition on the principal's account or organization excludes it.
    func statementsAdmittingCloudTrail(to action: String) -> [Statement] {
        let request = AccessRequest(.service(Self.cloudTrail), action, on: "*", context: contextOfCloudTrail)
        return statements.filter { statement in
            var anywhere = statement
            anywhere.resources = nil
            let alone = NamedPolicy("statement", Policy(version: version, statements: [anywhere]))
            return statement.effect == .allow && !PolicySet(resource: alone).access(for: request).isRuledOut
        }
    }
}

extension Policy {
    /// Evaluates the policy for a request that CloudTrail makes for a trail, with its denials and resources.
    ///
    /// Resource control policies are not evaluated: the trail's status shows whether files are delivered, and the check
    /// `cloudtrail-delivery` evaluates it.
    ///
    /// - Parameter context: known condition keys of the request, besides the ones that identify the trail.
    func access(
        ofCloudTrail action: String, on resource: String, for trail: Trail, _ context: RequestContext = [:]
    ) -> Access {
        var known = contextOfCloudTrail.adding(context)
        known["aws:SourceArn"] = .single(trail.trailARN)
        known["aws:SourceAccount"] = .single(trail.accountID)
        return PolicySet(resource: NamedPolicy("policy", self)).access(
            for: AccessRequest(.service(Self.cloudTrail), action, on: resource, context: known))
    }

    static let cloudTrail = "cloudtrail.amazonaws.com"

    /// What is known of each request of CloudTrail. The addresses belong to AWS; this one, too, is in no customer's
    /// network.
    var contextOfCloudTrail: RequestContext {
        RequestContext(ofService: Self.cloudTrail, facing: [self]).adding(["aws:SourceIp": "198.51.100.1"])
    }
}

extension Access {
    /// Reason why a request is certainly denied, as the end of a sentence; `nil` if it may be allowed.
    var refusal: String? {
        guard isRuledOut else { return nil }
        return denials.first.map { "denied by statement \($0.statement)" } ?? "not allowed by any statement"
    }
}

extension Trail {
    /// Known condition keys of a request to encrypt or decrypt one of the trail's files.
    ///
    /// Source: AWS CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail".
    var encryptionContext: RequestContext {
        [
            "kms:EncryptionContext:aws:cloudtrail:arn": .single(trailARN),
            "kms:EncryptionContextKeys": Self.contextKeys,
        ]
    }

    static let contextKeys: RequestContext.Value = ["aws:cloudtrail:arn", "aws:s3:arn"]

    /// Returns the object keys of one file of each kind that the trail writes.
    ///
    /// Source: AWS CloudTrail User Guide, "Finding your CloudTrail log files" and "CloudTrail digest file structure".
    ///
    /// - Parameters:
    ///   - organization: the organization ID, if it is known; the files of an organization trail are in a folder of
    ///     this name.
    ///   - regions: the regions whose files to return, if the trail covers them.
    ///   - member: a member account, whose files an organization trail writes besides those of its owner.
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
    /// Known condition keys about the organization of the trail's owner. Only the account's own organization is known.
    func organizationContext(of trail: Trail) -> RequestContext {
        guard case .known(let organization) = account[.organization].state,
            [account.id, organization?.masterAccountID].contains(trail.accountID)
        else { return [:] }
        guard let organization else { return ["aws:SourceOrgID": .several([]), "aws:SourceOrgPaths": .several([])] }
        return ["aws:SourceOrgID": .single(organization.id)]
    }

    /// Returns the object keys of one file of each kind that the trails deliver to a bucket, for each region and year.
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
    /// Whether the element may match this resource: a policy variable in it can have any value.
    func mayName(_ arn: String) -> Bool {
        switch self {
        case .only(let patterns): patterns.contains { $0.widest.matches(arn) }
        case .allExcept: match(arn)
        }
    }

    /// Whether the element may match an object of the bucket.
    func mayNameObjects(of bucketARN: String) -> Bool {
        switch self {
        case .only(let patterns): patterns.contains { $0.widest.hasMatches(beginningWith: bucketARN + "/") }
        case .allExcept(let patterns): !Resources.only(patterns).cover(.only([ResourcePattern(bucketARN + "/*")]))
        }
    }
}

extension ResourcePattern {
    /// The pattern with each policy variable replaced by a wildcard.
    fileprivate var widest: ResourcePattern {
        ResourcePattern(text.replacing(/\$\{[^}]*\}/, with: "*"))
    }

    /// Whether the pattern matches some ARN with this prefix. If it does, a part of the pattern, from its start,
    /// matches the prefix itself; the rest can always match something.
    fileprivate func hasMatches(beginningWith beginning: String) -> Bool {
        guard let resource = ARN(text)?.resource else { return matches(beginning) }
        return resource.indices.contains { ResourcePattern(String(text[...$0])).matches(beginning) }
    }
}
