import AWSClient
import Basics
import DistributedEngines
import Testing

@Suite struct QueryStateTests {
    private func execution(
        _ state: String, scanned: Int? = nil, retryable: Bool? = nil, reason: String? = nil
    ) -> GetQueryExecutionAnswer.QueryExecution {
        .init(
            status: .init(
                state: state, stateChangeReason: reason, athenaError: retryable.map { .init(retryable: $0) }),
            statistics: scanned.map { .init(dataScannedInBytes: $0) })
    }

    @Test func aRunningQueryCanGoBackToTheQueue() {
        var state = QueryState()
        var waits: [Duration] = []
        for name in ["QUEUED", "RUNNING", "QUEUED", "RUNNING"] {
            guard case .wait(let pause) = state.take(execution(name)) else {
                Issue.record("\(name)")
                return
            }
            waits.append(pause)
        }
        #expect(waits == waits.sorted() && waits[0] < waits[3])
        #expect(state.take(execution("SUCCEEDED", scanned: 7)) == .fetch)
        #expect(state.scanned == 7)
    }

    @Test func pausesDoNotGrowWithoutEnd() {
        var state = QueryState()
        var last = Duration.zero
        for _ in 0..<50 { if case .wait(let pause) = state.take(execution("RUNNING")) { last = pause } }
        #expect(last == .seconds(10))
    }

    @Test func aFailureThatCanPassIsTriedThreeTimes() {
        var state = QueryState()
        #expect(state.take(execution("FAILED", scanned: 10, retryable: true)) == .startAgain)
        #expect(state.take(execution("FAILED", scanned: 10, retryable: true)) == .startAgain)
        guard case .fail(let failure) = state.take(execution("FAILED", scanned: 10, retryable: true)) else {
            Issue.record("no end")
            return
        }
        #expect(failure.what == "the query failed in Athena 3 times")
        // Every attempt is paid for.
        #expect(state.scanned == 30)
    }

    @Test(arguments: [
        ("FAILED", "HIVE_BAD_DATA", "the query failed in Athena"), ("CANCELLED", "by bob", "the query was cancelled"),
        ("GONE", "", "the state of the query is not known"), ("", "", "the state of the query is not known"),
    ])
    func otherEndsAreFailures(name: String, reason: String, what: String) {
        var state = QueryState()
        guard case .fail(let failure) = state.take(execution(name, retryable: false, reason: reason)) else {
            Issue.record("\(name) is no failure")
            return
        }
        #expect(failure.what == what)
    }

    @Test func aQueryThatScansTooMuchIsStopped() {
        var state = QueryState(maxScan: 1_000)
        guard case .wait = state.take(execution("RUNNING", scanned: 1_000)) else {
            Issue.record("early")
            return
        }
        guard case .stop(let failure) = state.take(execution("RUNNING", scanned: 2_500_000)) else {
            Issue.record("late")
            return
        }
        #expect(failure.why == "2.5 MB of 1.0 kB that --max-scan allows")
    }

    @Test func amountsAreReadAndPriced() {
        #expect(ByteCount.parse("100GB") == 100_000_000_000)
        #expect(ByteCount.parse("1.5 tb") == 1_500_000_000_000)
        #expect(ByteCount.parse("5000") == 5_000)
        for text in ["", "GB", "-1GB", "1XB", "0", "1e99GB", "9999999999PB", "１GB", "1.2.3GB"] {
            #expect(ByteCount.parse(text) == nil, "\(text)")
        }
        #expect(ByteCount.price(ofScanning: 1_000_000_000_000) == 5)
        #expect(ByteCount.priceText(ofScanning: 1) == "less than 0.01 USD")
        #expect(ByteCount.priceText(ofScanning: 62_000_000_000) == "0.31 USD")
    }
}
