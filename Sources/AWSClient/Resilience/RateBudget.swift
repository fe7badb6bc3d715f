/// Keeps the calls to each account, region and service below a rate, so that a scan never uses up the quota that it
/// shares with production. Throttling halves the rate; successes restore it slowly.
public actor RateBudget {
    /// Calls that share one quota at AWS.
    public struct Key: Hashable, Sendable {
        public var accountID: String
        public var region: String
        /// The name of ``Operation/quota``.
        public var quota: String

        public init(accountID: String, region: String, quota: String) {
            self.accountID = accountID
            self.region = region
            self.quota = quota
        }
    }

    private let clock = ContinuousClock()
    private let start = ContinuousClock.now
    private let limits: @Sendable (String) -> RateLimit
    private var buckets: [Key: TokenBucket] = [:]

    /// - Parameter limits: the rate for a quota, by the name of ``Operation/quota``.
    public init(limits: @escaping @Sendable (String) -> RateLimit = RateLimit.standard) {
        self.limits = limits
    }

    /// Waits until one more call is within the budget, and counts it.
    public func acquire(_ key: Key) async throws(CancellationError) {
        let now = elapsed
        let wait = buckets[key, default: TokenBucket(limits(key.quota), now: now)].take(now: now)
        guard wait > .zero else { return }
        do {
            try await clock.sleep(for: wait)
        } catch {
            throw CancellationError()
        }
    }

    /// Records how a call ended.
    public func report(_ key: Key, throttled: Bool) {
        buckets[key]?.adapt(throttled: throttled, now: elapsed)
    }

    private var elapsed: Duration { start.duration(to: clock.now) }
}

/// Calls per second, and the number that is allowed at once after a pause.
public struct RateLimit: Sendable, Hashable {
    public var perSecond: Double
    public var burst: Double

    public init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }

    /// Rates well below the services' documented quotas: CloudTrail allows 10 read calls per second, EC2's describe
    /// calls refill at 20 per second, and KMS allows hundreds of read calls per second. S3 allows 5,500 object reads
    /// per second for each prefix. It documents no rate for bucket settings, so these get less.
    public static let standard: @Sendable (_ quota: String) -> RateLimit = { quota in
        switch quota {
        case "s3": RateLimit(perSecond: 300, burst: 600)
        case "s3-objects": RateLimit(perSecond: 1000, burst: 1000)
        case "kms": RateLimit(perSecond: 50, burst: 50)
        // Amazon SQS's queues have nearly unlimited throughput.
        case "sqs": RateLimit(perSecond: 300, burst: 300)
        case "ec2": RateLimit(perSecond: 10, burst: 50)
        default: RateLimit(perSecond: 5, burst: 10)
        }
    }
}

/// A token bucket whose rate adapts. It is a plain value: the time is passed in.
public struct TokenBucket: Sendable {
    private let limit: RateLimit
    private var rate: Double
    private var tokens: Double
    private var updated: Duration

    public init(_ limit: RateLimit, now: Duration) {
        self.limit = limit
        rate = limit.perSecond
        tokens = limit.burst
        updated = now
    }

    /// Takes a token, or reserves one that will only exist later.
    /// - Returns: the time to wait for the token.
    public mutating func take(now: Duration) -> Duration {
        refill(now: now)
        tokens -= 1
        return tokens >= 0 ? .zero : .seconds(-tokens / rate)
    }

    /// The time until there is a token, which this does not take.
    public mutating func wait(now: Duration) -> Duration {
        refill(now: now)
        return tokens >= 1 ? .zero : .seconds((1 - tokens) / rate)
    }

    mutating func adapt(throttled: Bool, now: Duration) {
        refill(now: now)
        if throttled {
            rate = max(rate / 2, limit.perSecond / 32)
            tokens = min(tokens, 0)
        } else {
            rate = min(rate + limit.perSecond / 20, limit.perSecond)
        }
    }

    private mutating func refill(now: Duration) {
        let seconds = (now - updated) / .seconds(1)
        tokens = min(limit.burst, tokens + max(0, seconds) * rate)
        updated = max(updated, now)
    }
}
