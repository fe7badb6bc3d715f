/// Keeps the calls to each account, region and service below a rate, so that a scan never takes from production
/// the quota that both share. A refusal for too many calls halves that rate; successes restore it slowly.
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

    /// Says how a call ended.
    public func report(_ key: Key, throttled: Bool) {
        buckets[key]?.adapt(throttled: throttled, now: elapsed)
    }

    private var elapsed: Duration { start.duration(to: clock.now) }
}

/// Calls a second, and how many may be made at once after a rest.
public struct RateLimit: Sendable, Hashable {
    public var perSecond: Double
    public var burst: Double

    public init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }

    /// Well below the services' documented quotas: CloudTrail's reading calls allow 10 a second, EC2's describing calls
    /// refill at 20 a second, KMS's reading calls hundreds. S3 allows 5,500 reads of objects a second for each prefix;
    /// for the settings of buckets it documents no rate, so that they get less.
    public static let standard: @Sendable (_ quota: String) -> RateLimit = { quota in
        switch quota {
        case "s3": RateLimit(perSecond: 300, burst: 600)
        case "s3-objects": RateLimit(perSecond: 1000, burst: 1000)
        case "kms": RateLimit(perSecond: 50, burst: 50)
        case "ec2": RateLimit(perSecond: 10, burst: 50)
        default: RateLimit(perSecond: 5, burst: 10)
        }
    }
}

/// A token bucket whose rate adapts. A value with transitions: time is given to it.
struct TokenBucket {
    private let limit: RateLimit
    private var rate: Double
    private var tokens: Double
    private var updated: Duration

    init(_ limit: RateLimit, now: Duration) {
        self.limit = limit
        rate = limit.perSecond
        tokens = limit.burst
        updated = now
    }

    /// Takes a token, if need be one that will exist only later.
    /// - Returns: how long to wait for it.
    mutating func take(now: Duration) -> Duration {
        refill(now: now)
        tokens -= 1
        return tokens >= 0 ? .zero : .seconds(-tokens / rate)
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
