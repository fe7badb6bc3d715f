public import AWSClient
import Basics

/// A CloudTrail trail, as `DescribeTrails` lists it, with its facts from further calls.
public struct Trail: Sendable, Codable {
    public var trailARN: String
    public var name: String
    public var homeRegion: String
    @DefaultIfAbsent public var isMultiRegionTrail: Bool = false
    /// Whether the events of global services are recorded: AWS IAM, AWS STS, Amazon CloudFront.
    public var includeGlobalServiceEvents: Bool?
    /// Whether the organization's management account created the trail for all member accounts.
    @DefaultIfAbsent public var isOrganizationTrail: Bool = false
    /// Whether CloudTrail writes signed digest files.
    @DefaultIfAbsent public var logFileValidationEnabled: Bool = false
    @DefaultIfAbsent public var s3BucketName: String = ""
    public var s3KeyPrefix: String?
    /// An ID, alias or ARN; `nil` if log files are not encrypted with a KMS key.
    public var kmsKeyID: String?
    public var cloudWatchLogsLogGroupARN: String?

    @FromAnotherCall public var status: Fact<TrailStatus> = .notCollected
    @FromAnotherCall public var eventSelectors: Fact<EventSelectors> = .notCollected

    /// The account that owns the trail: another account if this is an organization trail seen from a member account.
    public var accountID: String {
        ARN(trailARN).map { String($0.account) } ?? ""
    }

    /// The log group's ARN in the form of CloudWatch Logs, without the `:*` suffix for all its streams.
    public var logGroupARN: String? {
        cloudWatchLogsLogGroupARN.map { $0.hasSuffix(":*") ? String($0.dropLast(2)) : $0 }
    }

    /// Whether the trail records events of `region`.
    public func covers(_ region: String) -> Bool {
        isMultiRegionTrail || homeRegion == region
    }
}

extension Facet {
    /// The trails that each region lists, including shadow trails, whose home is another region.
    public static let trails = FacetOf<ByName<[Trail]>>.perRegion(
        "trails", CloudTrail.describeTrails(), by: \.trailARN
    ) {
        $0.trailList
    }
}

extension Account {
    /// Every trail that some region lists, once, ordered by ARN, with its facts from further calls.
    public var trails: [Trail] {
        let listed = self[.trails].facts.sorted { $0.key < $1.key }.flatMap { (try? $0.value.value) ?? [] }
        let statuses = self[.trailStatus]
        let selectors = self[.eventSelectors]
        let trails = Dictionary(listed.map { ($0.trailARN, $0) }) { first, _ in first }
        return trails.values.sorted { $0.trailARN < $1.trailARN }.map {
            var trail = $0
            trail.status = statuses[trail.trailARN]
            trail.eventSelectors = selectors[trail.trailARN]
            return trail
        }
    }

    /// The trails by ARN, each with its home region, to which further calls about it go.
    static func trailPlaces(_ collector: Collector, _ account: Account) -> Fact<ByName<Place>> {
        .known(
            Dictionary(account.trails.map { ($0.trailARN, .known(Place($0.trailARN, in: $0.homeRegion))) }) {
                first, _ in
                first
            })
    }
}

extension Trail: Sampled {
    /// A trail of all regions that is logging, writes signed digests, encrypts, and delivers to a bucket and a log
    /// group.
    public static var sample: Trail {
        Trail(
            trailARN: "arn:aws:cloudtrail:us-east-1:123456789012:trail/main", name: "main", homeRegion: "us-east-1",
            isMultiRegionTrail: true, includeGlobalServiceEvents: true, logFileValidationEnabled: true,
            s3BucketName: Bucket.sample.name,
            kmsKeyID: EncryptionKey.sample.reference, cloudWatchLogsLogGroupARN: LogGroup.sample.arn,
            status: .known(.sample), eventSelectors: .known(.sample))
    }

    /// A second trail, of one region only.
    public static func sample(
        named name: String, in region: String, _ change: (inout Trail) -> Void = { _ in }
    ) -> Trail {
        .sample {
            $0.trailARN = "arn:aws:cloudtrail:\(region):123456789012:trail/\(name)"
            $0.name = name
            $0.homeRegion = region
            $0.isMultiRegionTrail = false
            change(&$0)
        }
    }
}
