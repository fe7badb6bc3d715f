import Basics
import Testing
@testable import Analytics

/// Who changes buckets with logs or what is in them, who is refused there, and who guesses names.
@Suite struct AccessChangesTests {
    typealias Requests = AccessLogAnalyticsTests.Requests

    private let mallory = "arn:aws:iam::999999999999:user/mallory"

    private func usual() -> Requests {
        var requests = Requests()
        requests.usual()
        return requests
    }

    @Test(arguments: [
        "REST.PUT.LIFECYCLE", "REST.DELETE.LIFECYCLE", "REST.PUT.VERSIONING", "REST.PUT.ENCRYPTION",
        "REST.PUT.LOGGING_STATUS", "REST.PUT.REPLICATION", "REST.PUT.PUBLIC_ACCESS_BLOCK",
        "REST.PUT.OBJECT_LOCK_CONFIGURATION", "REST.PUT.OWNERSHIP_CONTROLS", "REST.DELETE.BUCKET",
    ])
    func settingsOfLogBucketsAreWatched(operation: String) {
        for (status, severity) in [(200, Severity.high), (403, .medium)] {
            var requests = usual()
            requests.add(2_000, operation: operation, key: "-", status: status)
            let alerts = requests.report().alerts.filter { $0.rule != "access-log-refused" }
            #expect(alerts.map(\.rule) == ["access-bucket-changed"])
            #expect(alerts.first?.severity == severity)
        }
        var elsewhere = usual()
        elsewhere.add(2_000, operation: operation, key: "-", bucket: "data")
        #expect(!elsewhere.rules().contains("access-bucket-changed"))
        var reading = usual()
        reading.add(
            2_000, operation: operation.replacing("PUT", with: "GET").replacing("DELETE", with: "GET"), key: "-")
        #expect(reading.rules() == [])
    }

    @Test(arguments: [
        ("REST.PUT.OBJECT", "arn:aws:iam::123456789012:user/ann", 200, true),
        ("REST.COPY.OBJECT", "arn:aws:iam::123456789012:user/ann", 200, true),
        ("REST.PUT.OBJECT", "arn:aws:iam::123456789012:user/ann", 403, true),
        ("REST.PUT.OBJECT", "svc:cloudtrail.amazonaws.com", 200, false),
        ("REST.GET.OBJECT", "arn:aws:iam::123456789012:user/ann", 200, false),
    ])
    func aPersonWritesNoLogFiles(operation: String, requester: String, status: Int, isTold: Bool) {
        var requests = usual()
        requests.add(
            2_000, requester, operation: operation, key: "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/a.json.gz",
            status: status)
        #expect(requests.rules().contains("access-log-overwritten") == isTold)
    }

    @Test func oneRefusalAtALogBucketIsToldOnce() {
        var requests = usual()
        requests.add(2_000, mallory, status: 403)
        let report = requests.report()
        #expect(report.alerts.map(\.rule) == ["access-log-refused"])
        #expect(report.alerts.first?.actor == mallory)
        var later = Requests()
        later.add(2_870, mallory, status: 403)
        #expect(later.rules(AccessSettings(), report.baseline) == [])
        var elsewhere = usual()
        elsewhere.add(2_000, mallory, status: 403, bucket: "data")
        #expect(elsewhere.rules() == [])
    }

    @Test func aRefusalOnTheFirstDayIsListed() {
        var requests = Requests()
        for minute in 0..<5 { requests.add(minute) }
        for minute in 20..<28 { requests.add(minute, mallory, status: 403) }
        let report = requests.report()
        #expect(report.alerts.isEmpty && report.learning == ["trail-logs/\(mallory): denied requests"])
    }

    @Test(arguments: [(39, false), (40, true)])
    func guessedNamesAreCountedExactly(names: Int, isTold: Bool) {
        for status in [403, 404] {
            var requests = usual()
            for number in 0..<names {
                for _ in 0..<2 { requests.add(2_000 + number, mallory, key: "AWSLogs/\(number)", status: status) }
            }
            let rule = status == 403 ? "access-key-enumeration" : "access-key-guessing"
            #expect(requests.rules().contains(rule) == isTold, "\(status)")
        }
    }

    /// Who writes objects asks first whether they are there.
    @Test func askingBeforeWritingIsNoGuessing() {
        var requests = usual()
        for number in 0..<200 {
            requests.add(
                2_000 + number, operation: "REST.HEAD.OBJECT", key: "data/\(number)", status: 404, bucket: "data")
            requests.add(2_000 + number, operation: "REST.PUT.OBJECT", key: "data/\(number)", bucket: "data")
        }
        #expect(!requests.rules().contains("access-key-guessing"))
    }

    @Test(arguments: [(99, false), (120, true)])
    func massDeletionIsFound(count: Int, isTold: Bool) throws {
        var requests = usual()
        for minute in stride(from: 0, to: 1_500, by: 60) { requests.add(minute, bucket: "data") }
        for number in 0..<count { requests.add(2_000, key: "d/\(number)", bucket: "data") }
        for number in 0..<count {
            requests.add(2_050 - 10, operation: "BATCH.DELETE.OBJECT", key: "d/\(number)", status: 204, bucket: "data")
        }
        let alert = requests.report().alerts.first { $0.rule == "access-mass-deletion" }
        #expect((alert != nil) == isTold)
        // What was read before may have been taken away.
        #expect(alert?.severity == (isTold ? .critical : nil))
    }

    /// Objects that were read and then deleted may be held to ransom. Other deletions need a history.
    @Test(arguments: [("d", true), ("e", false)])
    func theFirstDayIsNotSilent(read: String, isTold: Bool) {
        var requests = Requests()
        for number in 0..<400 { requests.add(10 + number / 50, key: "\(read)/\(number)", bucket: "data") }
        for number in 0..<400 {
            requests.add(
                30 + number / 100, operation: "BATCH.DELETE.OBJECT", key: "d/\(number)", status: 204, bucket: "data",
                second: 7)
        }
        let report = requests.report()
        let alert = report.alerts.first { $0.rule == "access-mass-deletion" }
        #expect(alert?.severity == (isTold ? .critical : nil))
        let name = "data/arn:aws:iam::123456789012:user/ann: deleted objects"
        #expect(report.learning == (isTold ? [] : [name]))
        guard let alert else { return }
        // The moments of the deletions, not their hour.
        let start = 1_772_409_600 + 30 * 60 + 7
        #expect(alert.time == start && alert.lastTime == start + 180)
    }

    @Test func refusalsBearTheirMoments() throws {
        var requests = usual()
        for second in 7..<57 {
            for part in 0..<4 {
                requests.add(2_003, mallory, key: "AWSLogs/\(second)-\(part)", status: 403, second: second)
            }
        }
        requests.add(2_010, mallory)
        let alerts = requests.report().alerts
        let time = 1_772_409_600 + 2_003 * 60
        let burst = try #require(alerts.first { $0.rule == "access-refused-burst" })
        #expect(burst.time == time + 7 && burst.lastTime == time + 56)
        let letIn = try #require(alerts.first { $0.rule == "access-refused-then-allowed" })
        #expect(letIn.evidence("first_denied") == .string("2026-03-03T09:23:07Z"))
        let keys = try #require(alerts.first { $0.rule == "access-key-enumeration" })
        #expect(try #require(keys.evidence("distinct_keys")?.integer) <= 200)
    }

    @Test func aCleanUpThatGoesOnIsUsual() {
        var requests = Requests()
        for hour in 0..<48 {
            for number in 0..<150 {
                requests.add(
                    hour * 60, operation: "REST.DELETE.OBJECT", key: "tmp/\(number)", status: 204, bucket: "data")
                requests.add(
                    hour * 60, operation: "S3.EXPIRE.OBJECT", key: "old/\(number)", status: 204, bucket: "data")
            }
        }
        #expect(!requests.rules().contains("access-mass-deletion"))
    }

    @Test func massCopiesAreFound() {
        var requests = usual()
        for number in 0..<300 { requests.add(2_000, operation: "REST.COPY.OBJECT", key: "d/\(number)", bucket: "data") }
        #expect(requests.rules().contains("access-mass-copy"))
    }

    @Test func plainHTTPHasTheTimeOfPlainHTTP() throws {
        var requests = usual()
        requests.add(1_000, cipher: "-", tls: "-")
        requests.add(1_005, cipher: "-", tls: "-")
        let alert = try #require(requests.report().alerts.first { $0.rule == "access-plain-http" })
        #expect(alert.lastTime - alert.time == 300)
    }

    @Test func aNewcomerOnManyBucketsIsOneAlert() throws {
        var requests = usual()
        for number in 0..<30 { requests.add(2_000 + number, mallory, bucket: "bucket-\(number)") }
        let alerts = requests.report().alerts.filter { $0.rule == "access-new-requester" }
        #expect(alerts.map(\.actor) == [mallory])
    }
}
