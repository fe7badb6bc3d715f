public import Basics

/// Resolves the address of each service in each region.
///
/// A custom address always wins. Otherwise the address follows from service, region and partition, and from the FIPS
/// and dual-stack settings. An address with these settings may not exist: not every service has one in every region,
/// and AWS publishes no list that stays current. A missing one shows as an unknown host.
///
/// Regional addresses are used if a service has them, also for STS and for S3 in us-east-1.
public struct EndpointResolver: Sendable {
    public var settings: EndpointSettings

    public init(_ settings: EndpointSettings = EndpointSettings()) {
        self.settings = settings
    }

    /// - Parameters:
    ///   - region: the region of the resources. For a service with one address for the partition, any region of it.
    ///   - accountID: the account that a call to S3 Control is about; it is part of S3 Control's host names.
    /// - Throws: if the region is malformed, a custom address is invalid, or the settings cannot be combined.
    public func endpoint(
        for service: Service, region: String, accountID: String? = nil
    ) throws(Failure) -> Endpoint {
        try Region.check(region, from: "the region")
        let partition = Partition.of(region: region)
        let signingRegion = GlobalEndpoints.signingRegion(of: service, region: region, in: partition)
        if let url = try settings.customURL(of: service) {
            return Endpoint(
                scheme: url.scheme, host: url.host, port: url.port, path: url.path, signingRegion: signingRegion,
                signingName: service.signingName, isCustom: true)
        }
        guard partition.supportsFIPS || !settings.useFIPS else {
            throw Failure(
                "there is no address for \(service.endpointPrefix) in \(region)",
                why: "FIPS is switched on and the partition \(partition) has no FIPS endpoints",
                advice: "switch it off (AWS_USE_FIPS_ENDPOINT=false) for this region")
        }
        return Endpoint(
            host: try host(of: service, region: region, in: partition, accountID: accountID),
            signingRegion: signingRegion, signingName: service.signingName)
    }

    private func host(
        of service: Service, region: String, in partition: Partition, accountID: String?
    ) throws(Failure) -> String {
        let isOtherSuffix = settings.useDualStack && !plainIsDualStack(service.endpointPrefix, in: partition)
        let suffix = isOtherSuffix ? partition.dualStackDNSSuffix : partition.dnsSuffix
        let prefix = service.endpointPrefix
        let fips = settings.useFIPS ? "-fips" : ""
        switch prefix {
        case "iam":
            return GlobalEndpoints.iamHost(in: partition, fips: settings.useFIPS, dualStack: settings.useDualStack)
        case "s3", "s3-control":
            // S3's dual-stack addresses predate the DNS suffix that other services use.
            let dualStack = settings.useDualStack ? ".dualstack" : ""
            let account = prefix == "s3-control" ? try accountLabel(accountID) + "." : ""
            return "\(account)\(prefix)\(fips)\(dualStack).\(region).\(partition.dnsSuffix)"
        default:
            let place = service.isGlobal ? partition.globalRegion : region
            return "\(prefix)\(plainIsFIPS(prefix, in: partition) ? "" : fips).\(place).\(suffix)"
        }
    }

    /// Whether the service's standard endpoint in GovCloud is its FIPS endpoint; other services have one with `-fips`.
    private func plainIsFIPS(_ prefix: String, in partition: Partition) -> Bool {
        partition == .awsGovCloud && !settings.useDualStack
            && [
                "cloudformation", "cloudtrail", "ec2", "logs", "oidc", "organizations", "portal.sso", "rds", "sns",
                "sqs",
                "sts",
            ].contains(prefix)
    }

    /// Whether the service's standard endpoint answers on IPv6 too; other services have one with another DNS suffix.
    private func plainIsDualStack(_ prefix: String, in partition: Partition) -> Bool {
        prefix == "secretsmanager" && [.aws, .awsChina, .awsGovCloud].contains(partition)
    }

    private func accountLabel(_ accountID: String?) throws(Failure) -> String {
        guard let accountID, AccountID.isValid(accountID) else {
            throw Failure(
                "there is no address for s3-control",
                why: "its host names begin with the account id, and '\(accountID ?? "")' is none",
                advice: "give the account's twelve digits")
        }
        return accountID
    }
}

/// Services with a single endpoint for each partition.
enum GlobalEndpoints {
    static func signingRegion(of service: Service, region: String, in partition: Partition) -> String {
        switch service.endpointPrefix {
        // In China, IAM is in Beijing; all other global services are in Ningxia.
        case "iam": partition == .awsChina ? "cn-north-1" : partition.globalRegion
        default: service.isGlobal ? partition.globalRegion : region
        }
    }

    /// Returns IAM's host name; the names follow no common rule.
    ///
    /// Source: "AWS Identity and Access Management endpoints and quotas", AWS General Reference; for the isolated
    /// partitions botocore's endpoint rules.
    static func iamHost(in partition: Partition, fips: Bool, dualStack: Bool) -> String {
        let name = fips ? "iam-fips" : "iam"
        switch (partition, dualStack) {
        case (.awsGovCloud, _): return "iam.us-gov.\(dualStack ? partition.dualStackDNSSuffix : partition.dnsSuffix)"
        case (.aws, true), (.awsChina, true): return "\(name).global.\(partition.dualStackDNSSuffix)"
        case (_, true): return "\(name).\(partition.dualStackDNSSuffix)"
        case (.aws, false): return "\(name).\(partition.dnsSuffix)"
        case (.awsChina, false): return "\(name).cn-north-1.\(partition.dnsSuffix)"
        case (.awsISO, false), (.awsISOB, false): return "\(name).\(partition.globalRegion).\(partition.dnsSuffix)"
        default:
            return fips ? "iam-fips.\(partition.dnsSuffix)" : "iam.\(partition.globalRegion).\(partition.dnsSuffix)"
        }
    }
}
