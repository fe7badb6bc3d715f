/// Decides whether to retry a failed call, and after what wait: full-jitter exponential back-off.
///
/// Source: "Exponential Backoff And Jitter", AWS Architecture Blog; "Retry behavior", AWS SDKs and Tools Reference
/// Guide.
public struct RetryPolicy: Sendable {
    /// Maximum number of attempts, including the first.
    public var maximumAttempts: Int
    /// The upper bound of the first wait after a failure; it doubles with each further one.
    public var baseDelay: Duration
    /// The upper bound of the first wait after throttling; it doubles as well.
    public var throttlingBaseDelay: Duration
    /// The longest wait, whatever the back-off; a longer `Retry-After` ends the attempts.
    public var maximumDelay: Duration

    public init(
        maximumAttempts: Int = 6, baseDelay: Duration = .milliseconds(100),
        throttlingBaseDelay: Duration = .milliseconds(500), maximumDelay: Duration = .seconds(20)
    ) {
        self.maximumAttempts = maximumAttempts
        self.baseDelay = baseDelay
        self.throttlingBaseDelay = throttlingBaseDelay
        self.maximumDelay = maximumDelay
    }

    /// Kinds of failure with different retry rules.
    enum Failure: Equatable {
        case throttled
        case transient
        case final
    }

    /// Returns the wait before the next attempt; `nil` to give up.
    /// - Parameters:
    ///   - attempt: number of failed attempts, at least 1.
    ///   - retryAfter: the wait that the server requested.
    ///   - random: a random number, uniform in 0..<1.
    func delay(after failure: Failure, attempt: Int, retryAfter: Duration?, random: Double) -> Duration? {
        guard failure != .final, attempt < maximumAttempts else { return nil }
        let base = failure == .throttled ? throttlingBaseDelay : baseDelay
        let bound = min(maximumDelay, base * (1 << min(attempt - 1, 16)))
        let jittered = bound * random
        guard let retryAfter else { return jittered }
        return retryAfter > maximumDelay ? nil : max(retryAfter, jittered)
    }
}
