import Basics
import AWSClient
public import TrailIntegrity

/// The trails, accounts and Regions to verify.
public struct TrailSelection: Sendable, Hashable {
    /// The trail to verify; `nil` for every trail of the account.
    public var trail: TrailARN?
    /// The accounts whose log files are verified; empty for all.
    public var accounts: [String] = []
    /// The Regions whose log files are verified; empty for all.
    public var regions: [String] = []
    /// The bucket, if the trail now delivers to another one.
    public var bucket: String?
    /// The prefix of the object keys in ``bucket``.
    public var prefix: String?
    /// The organization whose folder in the bucket is read, such as `o-exampleorgid`.
    public var organizationID: String?

    public init() {}

    /// - Parameter trail: the ARN of the only trail; `nil` for every trail of the account.
    /// - Throws: ``InvalidInput`` if a value is invalid.
    public init(
        trail: String?, accounts: [String], regions: [String], bucket: String?, prefix: String?,
        organizationID: String?
    ) throws(InvalidInput) {
        if let trail {
            guard let arn = TrailARN(trail) else {
                throw InvalidInput(
                    """
                    '\(trail)' is not the ARN of a trail, such as \
                    arn:aws:cloudtrail:us-east-1:123456789012:trail/main
                    """)
            }
            self.trail = arn
        }
        if let organizationID, !organizationID.hasPrefix("o-") || organizationID.contains("/") {
            throw InvalidInput("'\(organizationID)' is not an organization ID, which begins with o-")
        }
        if prefix != nil, bucket == nil { throw InvalidInput("--s3-prefix requires --s3-bucket") }
        self.accounts = accounts
        self.regions = regions
        self.bucket = bucket
        self.prefix = prefix
        self.organizationID = organizationID
    }

    /// Returns the place of the trail or trails that deliver to a bucket that the user names.
    func places(in bucket: String) -> [TrailPlace] {
        [
            TrailPlace(
                trail: trail?.name, account: trail?.account, bucket: bucket, prefix: Self.prefix(prefix),
                organization: organizationID.map(TrailPlace.Organization.id) ?? .find)
        ]
    }

    /// Returns a prefix without a slash at its end.
    static func prefix(_ text: String?) -> String {
        guard let text else { return "" }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}

/// The ARN of a trail: `arn:PARTITION:cloudtrail:REGION:ACCOUNT:trail/NAME`.
public struct TrailARN: Sendable, Hashable {
    public let text: String
    public let name: TrailName
    public let account: String

    public init?(_ text: String) {
        guard let arn = ARN(text), arn.service == "cloudtrail", let account = arn.accountID,
            Region.isWellFormed(String(arn.region)), arn.resourceType == "trail", arn.resource.hasPrefix("trail/"),
            !arn.resourceID.isEmpty
        else { return nil }
        self.text = text
        self.account = account
        name = TrailName(name: String(arn.resourceID), homeRegion: String(arn.region))
    }
}
