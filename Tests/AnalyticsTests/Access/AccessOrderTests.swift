import Basics
import Analytics
import Testing

/// Files come in any order, and several workers read them.
@Suite struct AccessOrderTests {
    typealias Requests = AccessLogAnalyticsTests.Requests

    /// Deterministic, so that a failure can be looked into.
    struct Randomness: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private func randomRequests(_ random: inout Randomness) -> Requests {
        var requests = Requests()
        requests.usual()
        let operations = ["REST.GET.OBJECT", "REST.GET.ACL", "REST.DELETE.OBJECT", "REST.PUT.BUCKETPOLICY"]
        for number in 0..<1_500 {
            let who = Int.random(in: 0..<6, using: &random)
            let isRefused = Int.random(in: 0..<10, using: &random) < who + 2
            let isBurst = Bool.random(using: &random)
            requests.add(
                isBurst ? 1_700 + who * 7 : Int.random(in: 0..<2_880, using: &random),
                who == 0 ? "-" : "arn:aws:iam::123456789012:user/u\(who)",
                address: "203.0.113.\(Int.random(in: 1..<9, using: &random))",
                operation: operations[number % 50 == 0 ? Int.random(in: 0..<4, using: &random) : 0],
                key: "AWSLogs/\(Int.random(in: 0..<90, using: &random))", status: isRefused ? 403 : 200,
                bytes: Int.random(in: 0..<40_000_000, using: &random),
                agent: "agent/\(Int.random(in: 0..<5, using: &random))")
        }
        return requests
    }

    private func told(_ tally: AccessTally) -> [String] {
        AccessLogAnalytics(tally).report().alerts.map { alert in
            "\(alert.time) \(alert.lastTime) \(alert.rule) \(alert.severity) \(alert.actor) \(alert.event ?? "") \(alert.fields.sorted { $0.key < $1.key }) \(alert.evidence)"
        }.sorted()
    }

    @Test(arguments: 1...6)
    func anyOrderAndAnyWorkersFindTheSame(seed: UInt64) {
        var random = Randomness(state: seed)
        var requests = randomRequests(&random)
        let whole = told(requests.tally())
        #expect(whole.count > 5)
        requests.lines.shuffle(using: &random)
        #expect(told(requests.tally()) == whole)
        var parts = [Requests(), Requests(), Requests()]
        for line in requests.lines { parts[Int.random(in: 0..<3, using: &random)].lines.append(line) }
        var merged = parts[0].tally()
        merged.merge(parts[1].tally())
        merged.merge(parts[2].tally())
        #expect(told(merged) == whole)
        var other = parts[2].tally()
        other.merge(parts[0].tally())
        other.merge(parts[1].tally())
        #expect(AccessLogAnalytics(other).report().baseline == AccessLogAnalytics(merged).report().baseline)
    }
}
