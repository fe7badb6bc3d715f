import Basics
import Analytics
import Foundation
import LogReaders
import Testing

@Suite struct AccessLogAnalyticsTests {
    /// Requests as lines of a log, at minutes since 2 March 2026.
    struct Requests {
        var lines: [String] = []

        mutating func add(
            _ minute: Int, _ requester: String = "arn:aws:iam::123456789012:user/ann", address: String = "203.0.113.5",
            operation: String = "REST.GET.OBJECT", key: String = "AWSLogs/a.json.gz", status: Int = 200,
            bytes: Int = 1_000,
            agent: String = "aws-cli/2", cipher: String = "ECDHE-RSA-AES128-GCM-SHA256", tls: String = "TLSv1.3",
            bucket: String = "trail-logs", second: Int = 0
        ) {
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            let day = "\(two(2 + minute / 1_440))/Mar/2026"
            let time = "\(day):\(two(minute / 60 % 24)):\(two(minute % 60)):\(two(second)) +0000"
            lines.append(
                "owner \(bucket) [\(time)] \(address) \(requester) ID\(lines.count) \(operation) \(key) \"GET /x HTTP/1.1\" \(status) - \(bytes) \(bytes) 9 8 \"-\" \"\(agent)\" - host= SigV4 \(cipher) AuthHeader h \(tls) - -"
            )
        }

        /// A reader who comes every ten minutes for two days.
        mutating func usual() { for minute in stride(from: 0, to: 2_880, by: 10) { add(minute) } }

        /// 1 July 2026.
        static let now = 1_782_864_000

        func tally(
            _ settings: AccessSettings = AccessSettings(), seed: UInt64 = 4, now: Int = Self.now
        ) -> AccessTally {
            var tally = AccessTally(settings, seed: seed, now: now)
            var reader = AccessLogReader()
            Array(lines.joined(separator: "\n").utf8).withUnsafeBufferPointer { bytes in
                reader.read(bytes) { tally.add($0) }
            }
            #expect(reader.damaged.count == 0)
            return tally
        }

        func report(_ settings: AccessSettings = AccessSettings(), _ baseline: AccessBaseline = AccessBaseline())
            -> AccessReport
        {
            AccessLogAnalytics(tally(settings), baseline: baseline).report()
        }

        func rules(_ settings: AccessSettings = AccessSettings(), _ baseline: AccessBaseline = AccessBaseline())
            -> [String]
        {
            AccessLogAnalytics(tally(settings), baseline: baseline).report().alerts.map(\.rule)
        }
    }

    private let mallory = "arn:aws:iam::999999999999:user/mallory"

    @Test func usualReadingRaisesNothing() {
        var requests = Requests()
        requests.usual()
        #expect(requests.rules() == [])
    }

    @Test func aSteadyTrickleOfRefusalsRaisesNothing() {
        var requests = Requests()
        requests.usual()
        for minute in 0..<2_880 {
            requests.add(minute, "arn:aws:iam::1:user/job", key: "AWSLogs/\(minute)", status: 403)
        }
        #expect(requests.rules() == [])
    }

    @Test func aBurstOfRefusalsIsFound() {
        var requests = Requests()
        requests.usual()
        for _ in 0..<80 { requests.add(1_700, mallory, status: 403) }
        #expect(requests.rules() == ["access-refused-burst"])
    }

    @Test func enumerationOfKeysIsFoundEvenIfItIsSlow() {
        var requests = Requests()
        for number in 0..<100 { requests.add(number, mallory, key: "AWSLogs/guess-\(number)", status: 403) }
        #expect(requests.rules() == ["access-key-enumeration"])
    }

    @Test func refusedAndThenAllowedIsFound() {
        var requests = Requests()
        for minute in 0..<12 { requests.add(minute, mallory, status: 403) }
        requests.add(20, mallory)
        #expect(requests.rules() == ["access-refused-then-allowed"])
    }

    @Test(arguments: [(200, Severity.critical), (403, .low)])
    func anonymousRequestsAreFound(status: Int, severity: Severity) {
        var requests = Requests()
        requests.add(0, "-", status: status)
        let alerts = AccessLogAnalytics(requests.tally()).report().alerts
        #expect(alerts.map(\.rule) == ["access-anonymous"])
        #expect(alerts.first?.severity == severity)
    }

    @Test func strangersAreFoundBehindTheFirstDay() {
        var requests = Requests()
        requests.usual()
        requests.add(2_000, mallory, address: "198.51.100.1", agent: "evil/1")
        requests.add(2_100, address: "198.51.100.2")
        #expect(requests.rules() == ["access-new-agent", "access-new-requester", "access-new-address"])
        var settings = AccessSettings()
        settings.expectedReaders = ["arn:aws:iam::999999999999:*"]
        #expect(!requests.rules(settings).contains("access-new-requester"))
    }

    @Test func aBaselineMakesStrangersKnownAtOnce() throws {
        var before = Requests()
        before.usual()
        let learned = AccessLogAnalytics(before.tally()).report().baseline
        let stored = try JSONDecoder().decode(AccessBaseline.self, from: JSONEncoder().encode(learned))
        #expect(stored == learned)
        var after = Requests()
        after.add(3_000)
        #expect(after.rules(AccessSettings(), stored) == [])
        after.add(3_001, mallory)
        #expect(after.rules(AccessSettings(), stored) == ["access-new-requester"])
    }

    @Test(
        arguments: [
            ("REST.DELETE.OBJECT", "AWSLogs/x", 204, "access-log-deleted"),
            ("REST.DELETE.OBJECT", "AWSLogs/x", 403, "access-log-deleted"),
            ("REST.POST.MULTI_OBJECT_DELETE", "-", 200, nil),
            ("BATCH.DELETE.OBJECT", "AWSLogs/x", 204, "access-log-deleted"),
            ("S3.EXPIRE.OBJECT", "AWSLogs/x", 204, nil), ("REST.DELETE.OBJECT", "tmp/x", 204, nil),
            ("REST.GET.ACL", "-", 200, "access-policy-read"), ("REST.GET.BUCKETPOLICY", "-", 404, "access-policy-read"),
            ("REST.PUT.BUCKETPOLICY", "-", 204, "access-policy-changed"),
            ("REST.PUT.ACL", "-", 200, "access-policy-changed"),
            ("REST.GET.LOCATION", "-", 200, nil),
        ] as [(String, String, Int, String?)])
    func sensitiveOperationsAreFound(operation: String, key: String, status: Int, rule: String?) {
        var requests = Requests()
        requests.add(0, operation: operation, key: key, status: status)
        #expect(requests.rules() == (rule.map { [$0] } ?? []))
    }

    @Test func plainHTTPIsFoundAndOldRecordsAreNoProof() {
        var requests = Requests()
        requests.add(0, cipher: "-", tls: "-")
        #expect(requests.rules() == ["access-plain-http"])
        requests.lines = [requests.lines[0].components(separatedBy: " - host=")[0]]
        #expect(requests.rules() == [])
    }

    @Test func unusualReadingIsFound() {
        var requests = Requests()
        requests.usual()
        requests.add(2_000, bytes: 3_000_000_000)
        #expect(requests.rules() == ["access-unusual-reading"])
    }

    @Test func twoWorkersFindWhatOneFinds() {
        var (first, second, both) = (Requests(), Requests(), Requests())
        both.usual()
        for number in 0..<90 { both.add(1_700, mallory, key: "AWSLogs/\(number)", status: 403) }
        both.add(1_900, mallory, operation: "REST.DELETE.OBJECT", status: 204)
        for (index, line) in both.lines.enumerated() {
            if index.isMultiple(of: 3) { first.lines.append(line) } else { second.lines.append(line) }
        }
        var merged = first.tally()
        merged.merge(second.tally())
        #expect(merged.requests == both.lines.count)
        #expect(AccessLogAnalytics(merged).report().alerts.map(\.rule) == both.rules())
    }
}
