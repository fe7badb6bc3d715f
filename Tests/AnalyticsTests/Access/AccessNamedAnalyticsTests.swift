import Basics
import Analytics
import Testing

/// Every analytic on access logs by its name: what raises it, what does not, and the records behind it.
@Suite struct AccessNamedAnalyticsTests {
    typealias Requests = AccessLogAnalyticsTests.Requests

    private let mallory = "arn:aws:iam::999999999999:user/mallory"
    private let ann = "arn:aws:iam::123456789012:user/ann"

    private func usual() -> Requests {
        var requests = Requests()
        requests.usual()
        return requests
    }

    private func members(_ value: JSON?) -> [JSON.Object] { value?.elements?.compactMap(\.object) ?? [] }

    @Test(arguments: [
        "access-refused-burst", "access-key-enumeration", "access-refused-then-allowed", "access-unusual-reading",
        "access-anonymous", "access-plain-http", "access-new-requester", "access-new-address", "access-log-deleted",
        "access-policy-changed", "access-policy-read",
    ])
    func everyAlertShowsRecords(rule: String) throws {
        var requests = usual()
        switch rule {
        case "access-refused-burst": for _ in 0..<60 { requests.add(2_000, mallory, status: 403) }
        case "access-key-enumeration":
            for number in 0..<60 { requests.add(2_000 + number * 5, mallory, key: "AWSLogs/\(number)", status: 403) }
        case "access-refused-then-allowed":
            for minute in 0..<12 { requests.add(2_000 + minute, mallory, status: 403) }
            requests.add(2_020, mallory)
        case "access-unusual-reading": requests.add(2_000, bytes: 3_000_000_000)
        case "access-anonymous": requests.add(2_000, "-")
        case "access-plain-http": requests.add(2_000, cipher: "-", tls: "-")
        case "access-new-requester": requests.add(2_000, mallory)
        case "access-new-address": requests.add(2_000, address: "198.51.100.9")
        case "access-log-deleted": requests.add(2_000, operation: "REST.DELETE.OBJECT", status: 204)
        case "access-policy-changed": requests.add(2_000, operation: "REST.PUT.BUCKETPOLICY", key: "-", status: 204)
        default: requests.add(2_000, operation: "REST.GET.ACL", key: "-")
        }
        let alert = try #require(requests.report().alerts.first { $0.rule == rule })
        let records = members(alert.evidence("records"))
        #expect((1...3).contains(records.count))
        #expect(records.first?["time"] == "2026-03-03T09:20:00Z")
        for name in ["event", "operation", "status"] { #expect(records.allSatisfy { $0[name] != nil }, "\(name)") }
        if rule.contains("refused") || rule.contains("enumeration") {
            #expect(records.count == 3)
            #expect(records.allSatisfy { $0["status"] == 403 && $0["operation"] == "REST.GET.OBJECT" })
            #expect(records.allSatisfy { $0["key"] != nil })
        }
    }

    @Test(arguments: [(900_000_000, false), (1_100_000_000, true)])
    func unusualReadingHasAFloor(bytes: Int, isTold: Bool) {
        var requests = usual()
        requests.add(2_000, bytes: bytes)
        #expect(requests.rules() == (isTold ? ["access-unusual-reading"] : []))
    }

    @Test func aReaderOfGigabytesIsUsualWhereHeAlwaysReadThem() {
        var requests = Requests()
        for hour in 0..<47 { requests.add(hour * 60, bytes: hour < 40 ? 900_000_000 : 5_000_000_000) }
        #expect(requests.rules() == [])
        requests.add(2_879, bytes: 20_000_000_000)
        #expect(requests.rules() == ["access-unusual-reading"])
    }

    @Test func whatIsRefusedIsNotRead() {
        var requests = usual()
        requests.add(2_000, status: 403, bytes: 3_000_000_000)
        #expect(requests.rules() == [])
    }

    @Test func expectedReadersMayBeginWithMuch() throws {
        var settings = AccessSettings()
        settings.expectedReaders = [ann]
        var requests = Requests()
        for minute in 0..<60 { requests.add(minute, bytes: 100_000_000) }
        #expect(requests.rules() == ["access-unusual-reading"])
        #expect(requests.rules(settings) == [])
        // What they are refused is news all the same, and so is what is unusual for them.
        for _ in 0..<60 { requests.add(600, status: 403) }
        #expect(requests.rules(settings) == ["access-refused-burst"])
        let baseline = requests.report(settings).baseline
        var later = Requests()
        later.add(2_000, bytes: 80_000_000_000)
        #expect(later.rules(settings, baseline) == ["access-unusual-reading"])
    }

    @Test(arguments: [
        ("-", "-", 403, ["access-anonymous", "access-plain-http"]), ("-", "TLSv1.2", 200, ["access-anonymous"]),
    ])
    func strangersWithoutEncryptionAreBoth(cipher: String, tls: String, status: Int, rules: [String]) {
        var requests = usual()
        requests.add(2_000, "-", address: "198.51.100.9", status: status, cipher: cipher, tls: tls)
        #expect(requests.rules() == rules)
    }

    @Test(arguments: [200, 304, 404, 403])
    func anonymousRequestsAreCriticalWhereSomethingWasAllowed(status: Int) {
        var requests = usual()
        requests.add(2_000, "-", address: "198.51.100.9", status: status)
        requests.add(2_001, "-", address: "198.51.100.9", status: 403)
        let alerts = requests.report().alerts
        #expect(alerts.map(\.rule) == ["access-anonymous"])
        #expect(alerts.first?.severity == (status < 400 ? .critical : .low))
        #expect(alerts.first?.actor == "198.51.100.9")
        #expect(alerts.first?.evidence("requests") == 2)
    }

    @Test(arguments: [
        ("REST.GET.ACL", "access-policy-read", Severity.low),
        ("REST.GET.BUCKETPOLICY", "access-policy-read", .low),
        ("REST.GET.OBJECT_ACL", "access-policy-read", .low), ("REST.GET.POLICY_STATUS", "access-policy-read", .low),
        ("REST.HEAD.ACL", "access-policy-read", .low), ("REST.PUT.ACL", "access-policy-changed", .high),
        ("REST.DELETE.BUCKETPOLICY", "access-policy-changed", .high),
    ])
    func accessListsAndPoliciesAreWatched(operation: String, rule: String, severity: Severity) {
        var requests = usual()
        requests.add(2_000, operation: operation, key: "AWSLogs/a.json.gz")
        let alerts = requests.report().alerts
        #expect(alerts.map(\.rule) == [rule])
        #expect(alerts.first?.severity == severity)
        var settings = AccessSettings()
        settings.expectedReaders = [ann]
        // Who may read the logs may look at their bucket; to change it is something else.
        #expect(requests.report(settings).alerts.first?.severity == (severity == .low ? .informational : severity))
    }

    @Test func newUserAgentsAreToldOnce() {
        var requests = usual()
        for minute in 2_000..<2_010 { requests.add(minute, agent: "rclone/1.66") }
        // Strangers choose what they call themselves.
        for number in 0..<20 { requests.add(2_015, "-", status: 403, agent: "scanner/\(number)") }
        requests.add(2_020, "svc:cloudtrail.amazonaws.com", agent: "cloudtrail.amazonaws.com")
        requests.add(2_030, agent: "-")
        let alerts = requests.report().alerts.filter { $0.rule != "access-anonymous" }
        #expect(alerts.map(\.rule) == ["access-new-agent"])
        #expect(alerts.first?.actor == "rclone/1.66")
        #expect(alerts.first?.severity == .informational)
        #expect(alerts.first?.evidence("requests") == 10)
        let baseline = requests.report().baseline
        var later = Requests()
        later.add(2_870, agent: "rclone/1.66")
        #expect(later.rules(AccessSettings(), baseline) == [])
    }

    @Test func aLineOfNothingIsNoCrash() {
        #expect(Requests().rules() == [])
        #expect(AccessLogAnalytics(AccessTally()).report().baseline == AccessBaseline())
    }
}
