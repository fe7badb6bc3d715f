import Basics
import Testing
@testable import Analytics

/// Whoever asks from everywhere fills no memory, and hides nobody.
@Suite struct AccessBoundTests {
    typealias Requests = AccessLogAnalyticsTests.Requests

    private let mallory = "arn:aws:iam::999999999999:user/mallory"

    private func small() -> AccessSettings {
        var settings = AccessSettings()
        settings.remembered = 100
        settings.rememberedAgents = 100
        return settings
    }

    private func scanned() -> Requests {
        var requests = Requests()
        requests.usual()
        for number in 0..<2_000 {
            requests.add(
                2_000 + number / 100, "-", address: "198.51.\(number / 250).\(number % 250)", key: "AWSLogs/\(number)",
                status: 403, agent: "scanner/\(number)")
        }
        return requests
    }

    @Test func tooManyAddressesAreJudgedTogether() throws {
        let requests = scanned()
        let tally = requests.tally(small())
        #expect(tally.table.clients.count <= 100)
        #expect(tally.agents.usages.count <= 100)
        let report = AccessLogAnalytics(tally).report()
        // Each request is counted once.
        #expect((1_500...2_000).contains(report.omitted[.clients, default: 0]))
        // Who was not let in has no user agent to remember.
        #expect(report.omitted[.userAgents, default: 0] == 0)
        // What they did together is known all the same.
        let burst = try #require(report.alerts.first { $0.rule == "access-refused-burst" })
        #expect(burst.evidence("denied") == 2_000)
        #expect(burst.evidence("observed") == 500)
        #expect(report.alerts.contains { $0.rule == "access-anonymous" })
        let requested = tally.table.clients.reduce(0) { $0 + $1.requests }
        #expect(requested == requests.lines.count)
    }

    @Test func whoWasLetInIsRememberedThroughAScan() {
        var requests = scanned()
        requests.add(1_990, mallory, address: "203.0.113.77")
        requests.add(1_995, "-", address: "203.0.113.78")
        requests.add(1_996, "-", address: "203.0.113.79", operation: "REST.DELETE.OBJECT", status: 403)
        requests.lines = requests.lines.suffix(3) + requests.lines.dropLast(3)
        let alerts = requests.report(small()).alerts
        #expect(alerts.contains { $0.rule == "access-new-requester" && $0.actor == mallory })
        #expect(
            alerts.contains { $0.rule == "access-anonymous" && $0.severity == .critical && $0.actor == "203.0.113.78" })
        #expect(alerts.contains { $0.rule == "access-log-deleted" && $0.actor == "203.0.113.79" })
    }

    @Test func sessionsOfARoleAreJudgedAsTheRole() {
        var requests = Requests()
        for number in 0..<500 {
            requests.add(
                number / 100, "arn:aws:sts::123456789012:assumed-role/job/s\(number)",
                address: "10.0.\(number / 250).\(number % 250)",
                status: 403)
        }
        let tally = requests.tally(small())
        #expect(tally.table.clients.count <= 100)
        #expect(
            tally.table.clients.contains { $0.requester == "arn:aws:sts::123456789012:assumed-role/job/*" && $0.isRest }
        )
        #expect(tally.table.clients.reduce(0) { $0 + $1.requests } == 500)
    }

    /// A table that nothing can be forgotten of is made anew for each further client.
    @Test func tooManyBucketsAreCountedTogether() {
        var requests = Requests()
        for number in 0..<1_000 { requests.add(number, bucket: "site-\(number)") }
        let clients = requests.tally(small()).table.clients
        #expect(clients.count < 138 && clients.contains { $0.bucket == "(other buckets)" })
        #expect(clients.reduce(0) { $0 + $1.requests } == 1_000)
    }

    @Test func whoIsRememberedDoesNotDependOnTheSeedOfTheRun() {
        var requests = Requests()
        for number in 0..<30_000 {
            requests.add(number / 30, "-", address: "198.\(number % 120).\(number / 250).\(number % 250)", status: 403)
        }
        let first = requests.tally(small(), seed: 1).table
        for seed in 2...4 as ClosedRange<UInt64> {
            let other = requests.tally(small(), seed: seed).table
            #expect(other.clients.map(\.name) == first.clients.map(\.name) && other.forgotten == first.forgotten)
        }
    }

    @Test func workersThatForgotAreMerged() {
        let requests = scanned()
        let half = requests.lines.count / 2
        var (first, second) = (requests, requests)
        first.lines = Array(requests.lines.prefix(half))
        second.lines = Array(requests.lines.dropFirst(half))
        var merged = first.tally(small())
        merged.merge(second.tally(small()))
        #expect(merged.table.clients.count <= 100)
        #expect(merged.table.clients.reduce(0) { $0 + $1.requests } == requests.lines.count)
        #expect(AccessLogAnalytics(merged).report().alerts.contains { $0.rule == "access-refused-burst" })
    }

    @Test func thousandsOfRefusedStrangersAreNotThousandsOfAlerts() {
        let alerts = scanned().report().alerts.filter { $0.rule == "access-anonymous" }
        #expect(alerts.map(\.actor) == ["trail-logs"])
        #expect(alerts.first?.severity == .low)
        #expect(alerts.first?.evidence("requests") == 2_000)
    }
}
