import Foundation
import Testing
import TestSupport

/// Buckets that only the logs tell to be those of trails.
@Suite(.timeLimit(.minutes(10))) struct TrailBucketTests {
    private static let rule = "Log bucket deleted"

    private static func record(
        _ id: String, _ name: String, source: String = "s3.amazonaws.com", request: String = "null",
        response: String = "null", service: String? = nil, error: String? = nil
    ) -> String {
        let who =
            service.map { #"{"type":"AWSService","invokedBy":"\#($0)"}"# }
            ?? #"{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/ann","accountId":"123456789012","userName":"ann"}"#
        let error = error.map { #","errorCode":"\#($0)""# } ?? ""
        return """
            {"eventVersion":"1.11","userIdentity":\(who),"eventTime":"2026-03-01T10:00:00Z","eventSource":"\(source)",\
            "eventName":"\(name)","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.15"\
            \(error),"requestParameters":\(request),"responseElements":\(response),"eventID":"\(id)",\
            "eventType":"AwsApiCall","recipientAccountId":"123456789012","eventCategory":"Management"}
            """
    }

    private static let deleted = record("deleted", "DeleteBucket", request: #"{"bucketName":"acme-evidence"}"#)

    private static func alerts(_ first: [String], _ second: [String], _ more: [String] = []) async throws -> [String] {
        let folder = try LogsFolder()
        try folder.write("logs/a.json.gz", Trail.file(first))
        try folder.write("logs/b.json.gz", Trail.file(second))
        return try await HuntCommand.cloudTrail(folder.path("logs"), more).1.alerts.map(\.title)
    }

    static let naming: [(String, String, String, String, String?, Bool)] = [
        (
            "GetBucketAcl", "s3.amazonaws.com", #"{"bucketName":"acme-evidence"}"#, "null", "cloudtrail.amazonaws.com",
            true
        ),
        ("GetBucketAcl", "s3.amazonaws.com", #"{"bucketName":"acme-evidence"}"#, "null", nil, false),
        ("GetBucketAcl", "s3.amazonaws.com", #"{"bucketName":"acme-evidence"}"#, "null", "config.amazonaws.com", false),
        (
            "GetBucketAcl", "s3.amazonaws.com", #"{"bucketName":"acme-other"}"#, "null", "cloudtrail.amazonaws.com",
            false
        ),
        (
            "CreateTrail", "cloudtrail.amazonaws.com", #"{"name":"main","s3BucketName":"acme-evidence"}"#, "null", nil,
            true
        ),
        (
            "UpdateTrail", "cloudtrail.amazonaws.com", #"{"name":"main"}"#, #"{"s3BucketName":"acme-evidence"}"#, nil,
            true
        ),
        (
            "DescribeTrails", "cloudtrail.amazonaws.com", "null",
            #"{"trailList":[{"name":"x","s3BucketName":"other"},{"name":"y","s3BucketName":"acme-evidence"}]}"#, nil,
            true
        ),
        ("GetTrail", "cloudtrail.amazonaws.com", #"{"name":"main"}"#, "null", nil, false),
    ]

    /// In either order of the files.
    @Test(arguments: naming)
    func aBucketThatATrailDeliversToIsALogBucket(
        name: String, source: String, request: String, response: String, service: String?, isLearned: Bool
    ) async throws {
        let telling = Self.record(
            "telling", name, source: source, request: request, response: response, service: service)
        for files in [([telling], [Self.deleted]), ([Self.deleted], [telling])] {
            let found = try await Self.alerts(files.0, files.1).filter { $0 == Self.rule }
            #expect(found.count == (isLearned ? 1 : 0), "\(name)")
        }
    }

    @Test func aDeniedCallTellsNothingOfATrail() async throws {
        let denied = Self.record(
            "telling", "CreateTrail", source: "cloudtrail.amazonaws.com",
            request: #"{"name":"main","s3BucketName":"acme-evidence"}"#, error: "AccessDenied")
        #expect(try await Self.alerts([denied], [Self.deleted]).contains(Self.rule) == false)
    }

    /// Both by its name and by the logs.
    @Test func aBucketThatIsKnownTwiceAlertsOnce() async throws {
        let telling = Self.record(
            "telling", "GetBucketAcl", request: #"{"bucketName":"acme-cloudtrail"}"#,
            service: "cloudtrail.amazonaws.com")
        let deleted = Self.record("deleted", "DeleteBucket", request: #"{"bucketName":"acme-cloudtrail"}"#)
        #expect(try await Self.alerts([telling], [deleted]).filter { $0 == Self.rule }.count == 1)
    }

    @Test func anAttemptOnALearnedBucketAlertsToo() async throws {
        let telling = Self.record(
            "telling", "GetBucketAcl", request: #"{"bucketName":"acme-evidence"}"#, service: "cloudtrail.amazonaws.com")
        let denied = Self.record(
            "denied", "PutBucketPolicy", request: #"{"bucketName":"acme-evidence"}"#, error: "AccessDenied")
        #expect(try await Self.alerts([telling], [denied]).contains("Denied change of a log bucket"))
    }

    @Test func ownRulesThatNameTrailBucketsLearnThemToo() async throws {
        let folder = try LogsFolder()
        let rule = """
            title: A trail bucket is tagged
            id: 6a9f3f0e-0d0e-4ad1-9a5d-0d9a3c2f1b11
            logsource: {product: aws, service: cloudtrail}
            detection:
                s: {eventName: PutBucketTagging, requestParameters.bucketName|expand: '%trail_buckets%'}
                condition: s
            level: low
            """
        let file = try folder.write("rule.yml", rule)
        let telling = Self.record(
            "telling", "GetBucketAcl", request: #"{"bucketName":"acme-evidence"}"#, service: "cloudtrail.amazonaws.com")
        let tagged = Self.record("tagged", "PutBucketTagging", request: #"{"bucketName":"acme-evidence"}"#)
        #expect(try await Self.alerts([telling], [tagged], ["--rules", file]) == ["A trail bucket is tagged"])
        #expect(try await Self.alerts([tagged], [tagged], ["--rules", file]) == [])
    }
}
