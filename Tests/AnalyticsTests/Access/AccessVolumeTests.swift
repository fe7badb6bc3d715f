import Basics
import Analytics
import Testing

/// Refused requests and reading: what is judged is never part of what it is judged by, and no attack hides by being spread.
@Suite struct AccessVolumeTests {
    typealias Requests = AccessLogAnalyticsTests.Requests

    private let mallory = "arn:aws:iam::999999999999:user/mallory"

    private func usual() -> Requests {
        var requests = Requests()
        requests.usual()
        return requests
    }

    @Test(arguments: [(1, 1_000), (2, 12_000), (30, 30_000)])
    func aBurstDoesNotHideItself(hours: Int, count: Int) throws {
        var requests = usual()
        for number in 0..<count {
            requests.add(
                900 + number * hours * 60 / count, mallory, operation: "REST.GET.BUCKET", key: "-", status: 403)
        }
        let alerts = requests.report().alerts
        #expect(alerts.map(\.rule) == ["access-refused-burst"])
        #expect(alerts.first?.evidence("denied") == .int(count))
        if hours == 2 {
            #expect(alerts.first?.evidence("observed") == 500)
            // All of it, not its beginning alone.
            let alert = try #require(alerts.first)
            #expect(alert.lastTime - alert.time == 2 * 3_600 - 60)
        }
    }

    /// A client that is refused all the time, and then eight times as often and more.
    @Test(arguments: [(3, false), (40, true)])
    func aBurstIsMeasuredByTheHoursBefore(times: Int, isTold: Bool) {
        var requests = usual()
        for minute in 0..<1_500 {
            for _ in 0..<6 { requests.add(minute, mallory, key: "-", status: 403) }
        }
        for _ in 0..<30 * times { requests.add(1_500, mallory, key: "-", status: 403) }
        #expect(requests.rules().contains("access-refused-burst") == isTold)
    }

    @Test func refusedRequestsFromManyAddressesAreOneAttack() throws {
        var requests = usual()
        for number in 0..<500 {
            requests.add(
                1_700, mallory, address: "198.51.100.\(number % 250)", key: "AWSLogs/\(number)", status: 403)
        }
        let alerts = requests.report().alerts
        #expect(alerts.map(\.rule).sorted() == ["access-key-enumeration", "access-refused-burst"])
        let burst = try #require(alerts.first { $0.rule == "access-refused-burst" })
        #expect(burst.actor == mallory)
        #expect(burst.fields["address"] == "(250 addresses)")
        #expect(burst.evidence("observed") == 500)
        guard let some = burst.evidence("addresses")?.elements else { return #expect(Bool(false)) }
        #expect(some.count == 10)
    }

    @Test func refusedRequestsOfManySessionsAreOneAttack() {
        var requests = usual()
        for number in 0..<500 {
            requests.add(
                1_700, "arn:aws:sts::999999999999:assumed-role/x/s\(number)", address: "198.51.100.7",
                key: "AWSLogs/\(number)", status: 403)
        }
        let alerts = requests.report().alerts
        #expect(alerts.map(\.rule).sorted() == ["access-key-enumeration", "access-refused-burst"])
        #expect(alerts.allSatisfy { $0.actor == "198.51.100.7" && $0.fields["requester"] == "(500 requesters)" })
    }

    /// The requester's and the address's sums hold what one client did, and say no more.
    @Test func oneAttackIsOneAlert() {
        var requests = usual()
        for _ in 0..<80 { requests.add(1_700, mallory, address: "198.51.100.1", status: 403) }
        requests.add(1_700, mallory, address: "198.51.100.2", status: 403)
        requests.add(1_700, "arn:aws:iam::1:user/bob", address: "198.51.100.1", status: 403)
        #expect(requests.rules() == ["access-refused-burst"])
    }

    @Test func readingFromManyAddressesIsPutTogether() throws {
        var requests = usual()
        for number in 0..<20 {
            requests.add(1_700 + number, address: "203.0.113.\(5 + number % 8)", bytes: 100_000_000)
        }
        let alerts = requests.report().alerts.filter { $0.rule == "access-unusual-reading" }
        #expect(alerts.count == 1)
        #expect(alerts.first?.fields["address"] == "(8 addresses)")
        #expect(alerts.first?.evidence("observed") == .int(2_000_000_000 + 6 * 1_000))
    }

    @Test func muchReadingForLongDoesNotHideItself() throws {
        var requests = usual()
        for minute in 1_440..<2_880 { requests.add(minute, bytes: 40_000_000) }
        let alerts = requests.report().alerts
        #expect(alerts.map(\.rule) == ["access-unusual-reading"])
        #expect(alerts.first.map { $0.lastTime - $0.time } ?? 0 >= 12 * 3_600)
    }

    @Test func sizesThatNobodyCanSendAddUpToTheMost() throws {
        var requests = usual()
        for number in 0..<40 {
            requests.add(1_700 + number % 3, address: "203.0.113.\(5 + number % 2)", bytes: 999_999_999_999_999_999)
        }
        let once = requests.report()
        #expect(once.alerts.map(\.rule).contains("access-unusual-reading"))
        var tally = requests.tally()
        for _ in 0..<12 { tally.merge(requests.tally()) }
        let report = AccessLogAnalytics(tally, baseline: once.baseline).report()
        #expect(report.alerts.map(\.rule).contains("access-unusual-reading"))
        #expect(report.alerts.first { $0.rule == "access-unusual-reading" }?.evidence("observed") == JSON.int(Int.max))
    }

    /// Counting by requester, what a client is refused at each of its addresses is as usual as it was there.
    @Test func aKnownTrickleAtSeveralAddressesStaysKnown() {
        func day(_ start: Int) -> Requests {
            var requests = Requests()
            for minute in stride(from: start, to: start + 1_440, by: 10) { requests.add(minute) }
            for minute in stride(from: start, to: start + 1_440, by: 5) {
                for address in 1...5 {
                    for _ in 0..<12 {
                        requests.add(minute, mallory, address: "10.0.0.\(address)", key: "-", status: 403)
                    }
                }
            }
            return requests
        }
        var baseline = AccessBaseline()
        var told: [Bool] = []
        for run in 0..<6 {
            let report = day(run * 1_440).report(AccessSettings(), baseline)
            told.append(report.alerts.contains { $0.rule == "access-refused-burst" })
            baseline = report.baseline
        }
        #expect(told.first == true)
        #expect(told.last == false)
    }
}
