import Foundation
import Testing

@testable import AWSClient

@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy(
        maximumAttempts: 5, baseDelay: .milliseconds(100), throttlingBaseDelay: .seconds(1), maximumDelay: .seconds(3))

    @Test(arguments: [(1, 100), (2, 200), (3, 400), (4, 800)])
    func theBoundOfTheWaitDoubles(attempt: Int, milliseconds: Int) {
        #expect(
            policy.delay(after: .transient, attempt: attempt, retryAfter: nil, random: 1) == .milliseconds(milliseconds)
        )
        #expect(policy.delay(after: .transient, attempt: attempt, retryAfter: nil, random: 0) == .zero)
    }

    @Test func noWaitIsLongerThanTheLongest() {
        #expect(policy.delay(after: .throttled, attempt: 4, retryAfter: nil, random: 1) == .seconds(3))
    }

    @Test func theLastAttemptIsTheLast() {
        #expect(policy.delay(after: .transient, attempt: 5, retryAfter: nil, random: 0.5) == nil)
        #expect(policy.delay(after: .final, attempt: 1, retryAfter: .seconds(1), random: 0.5) == nil)
    }
}

@Suite struct TokenBucketTests {
    private let limit = RateLimit(perSecond: 10, burst: 2)

    @Test func theBurstIsFreeAndWhatFollowsWaits() {
        var bucket = TokenBucket(limit, now: .zero)
        #expect(bucket.take(now: .zero) == .zero)
        #expect(bucket.take(now: .zero) == .zero)
        #expect(bucket.take(now: .zero) == .milliseconds(100))
        #expect(bucket.take(now: .zero) == .milliseconds(200))
        #expect(bucket.take(now: .seconds(10)) == .zero)
    }

    @Test func throttlingHalvesTheRateAndSuccessRestoresIt() {
        var bucket = TokenBucket(limit, now: .zero)
        bucket.adapt(throttled: true, now: .zero)
        #expect(bucket.take(now: .zero) == .milliseconds(200))
        for _ in 0..<20 { bucket.adapt(throttled: false, now: .zero) }
        #expect(bucket.take(now: .zero) == .milliseconds(200), "two tokens at the full rate")
    }

    @Test func theRateNeverFallsToNothing() {
        var bucket = TokenBucket(limit, now: .zero)
        for _ in 0..<100 { bucket.adapt(throttled: true, now: .zero) }
        #expect(bucket.take(now: .zero) <= .seconds(4))
    }

    /// A thousand calls at once stay within the burst and the rate, whoever makes them.
    @Test func aBudgetIsSharedByAllWhoCall() {
        var bucket = TokenBucket(limit, now: .zero)
        let waits = (0..<1000).map { _ in bucket.take(now: .zero) }
        let last = (waits.last ?? .zero) / .seconds(1)
        #expect(abs(last - 99.8) < 0.001)
    }
}
