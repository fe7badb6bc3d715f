/// A group of Regions with its own accounts, domain names and IAM: `aws`, `aws-cn`, `aws-us-gov`, …
///
/// Source: "Partitions", AWS Fault Isolation Boundaries; the names are checked against botocore's `partitions.json`.
public struct Partition: Sendable, Hashable, CustomStringConvertible {
    /// The partition's name in ARNs.
    public let id: String
    public let dnsSuffix: String
    /// The DNS suffix of endpoints that answer over IPv4 and IPv6.
    public let dualStackDNSSuffix: String
    /// Prefixes of the names of its Regions.
    public let regionPrefixes: [String]
    /// The Region of services that have a single endpoint for the whole partition.
    public let globalRegion: String
    /// Whether endpoints with FIPS-validated cryptography exist.
    public let supportsFIPS: Bool

    public var description: String { id }

    public static let aws = Partition(
        id: "aws", dnsSuffix: "amazonaws.com", dualStackDNSSuffix: "api.aws",
        regionPrefixes: ["us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"], globalRegion: "us-east-1")
    public static let awsChina = Partition(
        id: "aws-cn", dnsSuffix: "amazonaws.com.cn", dualStackDNSSuffix: "api.amazonwebservices.com.cn",
        regionPrefixes: ["cn-"], globalRegion: "cn-northwest-1", supportsFIPS: false)
    public static let awsGovCloud = Partition(
        id: "aws-us-gov", dnsSuffix: "amazonaws.com", dualStackDNSSuffix: "api.aws",
        regionPrefixes: ["us-gov-"], globalRegion: "us-gov-west-1")
    public static let awsISO = Partition(
        id: "aws-iso", dnsSuffix: "c2s.ic.gov", dualStackDNSSuffix: "api.aws.ic.gov",
        regionPrefixes: ["us-iso-"], globalRegion: "us-iso-east-1")
    public static let awsISOB = Partition(
        id: "aws-iso-b", dnsSuffix: "sc2s.sgov.gov", dualStackDNSSuffix: "api.aws.scloud",
        regionPrefixes: ["us-isob-"], globalRegion: "us-isob-east-1")
    public static let awsISOE = Partition(
        id: "aws-iso-e", dnsSuffix: "cloud.adc-e.uk", dualStackDNSSuffix: "api.cloud-aws.adc-e.uk",
        regionPrefixes: ["eu-isoe-"], globalRegion: "eu-isoe-west-1")
    public static let awsISOF = Partition(
        id: "aws-iso-f", dnsSuffix: "csp.hci.ic.gov", dualStackDNSSuffix: "api.aws.hci.ic.gov",
        regionPrefixes: ["us-isof-"], globalRegion: "us-isof-south-1")
    public static let awsEuropeanSovereign = Partition(
        id: "aws-eusc", dnsSuffix: "amazonaws.eu", dualStackDNSSuffix: "api.amazonwebservices.eu",
        regionPrefixes: ["eusc-"], globalRegion: "eusc-de-east-1")

    public static let all: [Partition] = [
        .aws, .awsChina, .awsGovCloud, .awsISO, .awsISOB, .awsISOE, .awsISOF, .awsEuropeanSovereign,
    ]

    /// The partition of a Region: the one with the longest matching prefix, or `aws` if none matches, so that Regions
    /// which AWS opens later work too.
    public static func of(region: String) -> Partition {
        let fitting = all.flatMap { partition in partition.regionPrefixes.map { (prefix: $0, partition) } }
            .filter { region.hasPrefix($0.prefix) }
        return fitting.max { $0.prefix.count < $1.prefix.count }?.1 ?? .aws
    }

    /// The partition with that ID, which is the second part of an ARN.
    public static func named(_ id: String) -> Partition? {
        all.first { $0.id == id }
    }

    private init(
        id: String, dnsSuffix: String, dualStackDNSSuffix: String, regionPrefixes: [String], globalRegion: String,
        supportsFIPS: Bool = true
    ) {
        self.id = id
        self.dnsSuffix = dnsSuffix
        self.dualStackDNSSuffix = dualStackDNSSuffix
        self.regionPrefixes = regionPrefixes
        self.globalRegion = globalRegion
        self.supportsFIPS = supportsFIPS
    }
}
