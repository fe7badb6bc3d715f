import AWSClient
import Basics

/// A CloudTrail trail, as `DescribeTrails` shows it, with what further calls tell of it.
public struct Trail: Sendable, Codable {
    public var arn: String
    public var name: String
    public var homeRegion: String
    public var isMultiRegion: Bool
    /// Created by the organization's management account for all its members.
    public var isOrganizationTrail: Bool
    /// `LogFileValidationEnabled`: signed digests are written.
    public var validatesLogFiles: Bool
    public var bucketName: String
    public var keyPrefix: String?
    /// `KmsKeyId`: an id, alias or ARN, if log files are encrypted with a KMS key.
    public var keyReference: String?
    public var logGroupARN: String?

    public var status: Fact<TrailStatus> = .notCollected
    public var eventSelectors: Fact<EventSelectors> = .notCollected

    /// The account that owns the trail: another one for an organization trail seen from a member.
    public var accountID: String {
        ARN(arn).map { String($0.account) } ?? ""
    }

    /// Whether the trail records what happens in `region`.
    public func covers(_ region: String) -> Bool {
        isMultiRegion || homeRegion == region
    }
}

extension Facet {
    /// The trails that each region shows, with the shadows of trails that are at home elsewhere.
    public static let trails = FacetOf.perRegion("trails", CloudTrail.describeTrails(), by: \.arn) {
        $0.trailList.map(Trail.init)
    }
}

extension Account {
    /// Every trail that some region shows, once, ordered by ARN, with what further calls tell of it.
    public var trails: [Trail] {
        let listed = self[.trails].facts.sorted { $0.key < $1.key }.flatMap { (try? $0.value.value) ?? [] }
        let statuses = self[.trailStatus]
        let selectors = self[.eventSelectors]
        return Dictionary(listed.map { ($0.arn, $0) }) { first, _ in first }.values.sorted { $0.arn < $1.arn }.map {
            var trail = $0
            trail.status = statuses[trail.arn]
            trail.eventSelectors = selectors[trail.arn]
            return trail
        }
    }

    /// The trails by ARN, each with where it is asked about.
    static func trailPlaces(_ collector: Collector, _ account: Account) -> Fact<ByName<Place>> {
        .known(
            Dictionary(account.trails.map { ($0.arn, .known(Place($0.arn, in: $0.homeRegion))) }) { first, _ in first })
    }
}

extension Trail {
    fileprivate init(_ answer: DescribeTrailsAnswer.Trail) {
        self.init(
            arn: answer.trailARN, name: answer.name, homeRegion: answer.homeRegion,
            isMultiRegion: answer.isMultiRegionTrail ?? false,
            isOrganizationTrail: answer.isOrganizationTrail ?? false,
            validatesLogFiles: answer.logFileValidationEnabled ?? false, bucketName: answer.s3BucketName ?? "",
            keyPrefix: answer.s3KeyPrefix, keyReference: answer.kmsKeyID,
            logGroupARN: answer.cloudWatchLogsLogGroupARN.map { $0.hasSuffix(":*") ? String($0.dropLast(2)) : $0 })
    }
}

extension Trail: Sampled {
    /// A trail of all regions that logs, signs digests, encrypts, and delivers to a bucket and a log group.
    public static var sample: Trail {
        var trail = Trail(
            arn: "arn:aws:cloudtrail:us-east-1:123456789012:trail/main", name: "main", homeRegion: "us-east-1",
            isMultiRegion: true, isOrganizationTrail: false, validatesLogFiles: true, bucketName: Bucket.sample.name,
            keyReference: EncryptionKey.sample.reference, logGroupARN: LogGroup.sample.arn)
        trail.status = .known(.sample)
        trail.eventSelectors = .known(.sample)
        return trail
    }

    /// A second trail, of one region only.
    public static func sample(
        named name: String, in region: String, _ change: (inout Trail) -> Void = { _ in }
    ) -> Trail {
        .sample {
            $0.arn = "arn:aws:cloudtrail:\(region):123456789012:trail/\(name)"
            $0.name = name
            $0.homeRegion = region
            $0.isMultiRegion = false
            change(&$0)
        }
    }
}
