import Analytics
import Testing

/// The configuration's principals and the requesters that access logs name.
@Suite struct ExpectedReaderTests {
    typealias Requests = AccessLogAnalyticsTests.Requests

    private static let canonical = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

    /// Whether a requester who comes on the second day is news.
    private func isExpected(_ requester: String, by readers: [String]) -> Bool {
        var requests = Requests()
        requests.usual()
        requests.add(2_000, requester)
        var settings = AccessSettings()
        settings.expectedReaders = readers
        return !requests.rules(settings).contains("access-new-requester")
    }

    @Test(
        arguments: [
            // A role stands for its sessions, without its path.
            ("arn:aws:iam::123456789012:role/audit", "arn:aws:sts::123456789012:assumed-role/audit/ann", true),
            ("arn:aws:iam::123456789012:role/a/b/audit", "arn:aws:sts::123456789012:assumed-role/audit/ann", true),
            ("arn:aws:iam::123456789012:role/audit", "arn:aws:sts::123456789012:assumed-role/auditor/ann", false),
            ("arn:aws:iam::123456789012:role/audit", "arn:aws:sts::210987654321:assumed-role/audit/ann", false),
            ("arn:aws:iam::123456789012:role/audit", "arn:aws-cn:sts::123456789012:assumed-role/audit/ann", false),
            ("arn:aws-cn:iam::123456789012:role/audit", "arn:aws-cn:sts::123456789012:assumed-role/audit/ann", true),
            ("arn:aws:iam::*:role/audit", "arn:aws:sts::123456789012:assumed-role/audit/ann", true),
            ("arn:*:iam::123456789012:role/audit", "arn:aws:sts::123456789012:assumed-role/audit/ann", true),
            ("arn:aws:iam::123456789012:role/a/au*", "arn:aws:sts::123456789012:assumed-role/audit/ann", true),
            ("arn:aws:iam::123456789012:role/*dit", "arn:aws:sts::123456789012:assumed-role/audit/ann", true),
            ("arn:aws:iam::123456789012:role/aud?t", "arn:aws:sts::123456789012:assumed-role/audit/ann", true),
            ("arn:aws:iam::123456789012:role/aud?t", "arn:aws:sts::123456789012:assumed-role/audiot/ann", false),
            ("arn:aws:iam::123456789012:role/*", "arn:aws:sts::123456789012:assumed-role/audit/ann", true),
            ("arn:aws:iam::123456789012:role/*/*", "arn:aws:sts::123456789012:assumed-role/audit/ann", true),
            // A path that sessions do not show says nothing of them.
            ("arn:aws:iam::123456789012:role/path/*", "arn:aws:sts::123456789012:assumed-role/audit/ann", false),
            ("arn:aws:iam::123456789012:role/path/", "arn:aws:sts::123456789012:assumed-role/path/ann", false),
            ("arn:aws:iam::123456789012:role/", "arn:aws:sts::123456789012:assumed-role/audit/ann", false),
            // As the logs have them.
            (
                "arn:aws:sts::123456789012:assumed-role/audit/*", "arn:aws:sts::123456789012:assumed-role/audit/ann",
                true
            ),
            (
                "arn:aws:sts::123456789012:assumed-role/audit/bob", "arn:aws:sts::123456789012:assumed-role/audit/ann",
                false
            ),
            ("arn:aws:iam::123456789012:user/audit/ann", "arn:aws:iam::123456789012:user/audit/ann", true),
            ("arn:aws:iam::123456789012:user/*", "arn:aws:iam::123456789012:user/zoe", true),
            ("arn:aws:iam::123456789012:user/*", "arn:aws:sts::123456789012:assumed-role/audit/ann", false),
            (canonical, canonical, true), (String(canonical.dropLast()), canonical, false),
            ("arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:root", true),
            ("123456789012", "arn:aws:iam::123456789012:root", true),
            ("123456789012", "arn:aws:iam::123456789012:user/zoe", false),
            ("arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:user/zoe", false),
            ("*", "arn:aws:iam::123456789012:user/zoe", true), ("", "arn:aws:iam::123456789012:user/zoe", false),
            ("arn:aws:iam::123456789012:user/*a*a*a*a*b", "arn:aws:iam::123456789012:user/aaaaaaaaaaaaaaaaaaaa", false),
            ("arn:aws:iam::*", "arn:aws:iam::123456789012:user/zoe", true), ("arn:", "arn:", true),
            (":::::role/*", "::", false),
        ] as [(String, String, Bool)])
    func principalsStandForRequesters(reader: String, requester: String, isExpected expected: Bool) {
        #expect(isExpected(requester, by: ["arn:aws:iam::1:user/nobody", reader]) == expected)
    }

    @Test func nobodyIsExpectedWhereNobodyIsNamed() {
        #expect(!isExpected("arn:aws:iam::123456789012:user/zoe", by: []))
    }

    @Test(
        arguments: [
            ("svc:cloudtrail.amazonaws.com", true), ("svc:delivery.logs.amazonaws.com", true),
            ("svc:logging.s3.amazonaws.com", true), ("svc:config.amazonaws.com", true),
            ("svc:logs.eu-west-1.amazonaws.com", true), ("svc:cloudtrail.amazonaws.com.cn", true),
            ("svc:sagemaker.amazonaws.com", false), ("svc:cloudtrail.example.com", false), ("svc:", false),
            ("svc:cloudtrail", false), ("svc:logs..amazonaws.com", false), ("cloudtrail.amazonaws.com", false),
        ])
    func servicesThatWriteLogsAreNoNews(requester: String, isKnown: Bool) {
        var requests = Requests()
        requests.usual()
        requests.add(2_000, requester, address: "198.51.100.77", operation: "REST.PUT.OBJECT")
        #expect(requests.rules() == (isKnown ? [] : ["access-new-requester"]))
    }

    @Test func aServiceThatDeletesLogsIsNews() {
        var requests = Requests()
        requests.usual()
        requests.add(2_000, "svc:cloudtrail.amazonaws.com", operation: "REST.DELETE.OBJECT", status: 204)
        #expect(requests.rules() == ["access-log-deleted"])
    }

    @Test func whatHasNoAddressHasNoNewOne() {
        var requests = Requests()
        requests.usual()
        requests.add(2_000, address: "-", operation: "REST.PUT.OBJECT")
        #expect(requests.rules() == [])
    }
}
