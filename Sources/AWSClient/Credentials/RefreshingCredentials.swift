public import Basics
import FoundationEssentials

/// Caches another provider's credentials and renews them before they expire, once for all concurrent callers.
///
/// In the last 15 minutes (``CredentialLifetime``) the first caller renews them while the others use the old ones; in
/// the last 5 minutes all wait. If the renewal fails, the old ones are used until they expire, and the provider is
/// tried again after a minute. The failure is thrown once they have expired. If the first request fails, all waiting
/// callers get the failure, and the next caller tries again.
public actor RefreshingCredentials: CredentialProvider {
    private let source: any CredentialProvider
    private let clock: ServerClock
    private var held: CredentialLifetime?
    /// Time before which the source is not tried again.
    private var nextAttempt = Date.distantPast
    private var refresh: Task<Result<Credentials, Failure>, Never>?
    private var waiting = 0
    /// Number of waiting callers whose tasks were canceled.
    private var cancelled = 0

    /// Seconds between two attempts while the old credentials are valid.
    private static let pause: TimeInterval = 60

    /// - Parameter clock: the clock that is corrected by AWS's answers, because expirations are in AWS's time.
    public init(_ source: any CredentialProvider, clock: ServerClock) {
        self.source = source
        self.clock = clock
    }

    public func credentials() async throws(Failure) -> Credentials {
        let time = clock.local()
        if let held {
            switch held.phase(at: time, ahead: clock.ahead) {
            case .fresh: return held.credentials
            case .advisory where refresh != nil || time < nextAttempt: return held.credentials
            case .mandatory where refresh == nil && time < nextAttempt: return held.credentials
            case .expired where refresh == nil && time < nextAttempt && held.wasExpiredWhenObtained:
                return held.credentials
            default: break
            }
        }
        switch await refreshOnce() {
        case .success(let credentials): return credentials
        case .failure(let error):
            guard let held, held.phase(at: clock.local(), ahead: clock.ahead) != .expired else { throw error }
            return held.credentials
        }
    }

    /// Drops temporary credentials that AWS rejected as expired, so that the next caller gets new ones.
    public func discard(_ refused: Credentials) async -> Bool {
        if held?.credentials == refused { held = nil }
        return refused.sessionToken != nil
    }

    /// Joins the current refresh, or starts one. The refresh is canceled if all waiting callers are.
    private func refreshOnce() async -> Result<Credentials, Failure> {
        let task = refresh ?? begin()
        waiting += 1
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            Task { await self.leave(task) }
        }
        waiting -= 1
        return result
    }

    private func begin() -> Task<Result<Credentials, Failure>, Never> {
        let task = Task { [source] in
            let result: Result<Credentials, Failure>
            do throws(Failure) {
                result = .success(try await source.credentials())
            } catch {
                result = .failure(error)
            }
            finish(result)
            return result
        }
        refresh = task
        cancelled = 0
        return task
    }

    private func finish(_ result: Result<Credentials, Failure>) {
        refresh = nil
        let time = clock.local()
        nextAttempt = time + Self.pause
        if case .success(let credentials) = result { held = CredentialLifetime(credentials, obtained: time) }
    }

    private func leave(_ task: Task<Result<Credentials, Failure>, Never>) {
        guard refresh == task else { return }
        cancelled += 1
        if cancelled >= waiting { task.cancel() }
    }
}

/// Phases in the life of credentials: used, renewed, expired.
///
/// For credentials that were short-lived from the start, the advisory phase is the last half of their life and the
/// mandatory phase the last sixth, so that the phases never cover all of it.
struct CredentialLifetime: Sendable {
    enum Phase: Sendable, Hashable {
        case fresh
        /// The credentials should be renewed.
        case advisory
        /// The credentials must be renewed; callers wait for it.
        case mandatory
        case expired
    }

    let credentials: Credentials
    /// Time by this machine's clock.
    private let obtained: Date

    /// Length in seconds.
    private static let advisoryWindow: TimeInterval = 15 * 60
    private static let mandatoryWindow: TimeInterval = 5 * 60
    /// Seconds before the expiration; a request that is signed later can arrive after it.
    private static let margin: TimeInterval = 10

    init(_ credentials: Credentials, obtained: Date) {
        self.credentials = credentials
        self.obtained = obtained
    }

    /// Whether the credentials had already expired when they were obtained. Then the clocks differ, or the instance
    /// metadata service is failing and returns its old credentials. Only AWS can decide whether such credentials are
    /// still valid.
    var wasExpiredWhenObtained: Bool { phase(at: obtained) == .expired }

    /// - Parameters:
    ///   - time: the time by this machine's clock.
    ///   - ahead: seconds by which AWS's clock is ahead; expirations are in AWS's time.
    func phase(at time: Date, ahead: TimeInterval = 0) -> Phase {
        guard let expiration = credentials.expiration?.addingTimeInterval(-ahead) else { return .fresh }
        let life = expiration.timeIntervalSince(obtained)
        let rest = expiration.timeIntervalSince(time)
        if rest <= Self.margin { return .expired }
        if rest <= min(Self.mandatoryWindow, life / 6) { return .mandatory }
        return rest <= min(Self.advisoryWindow, life / 2) ? .advisory : .fresh
    }
}
