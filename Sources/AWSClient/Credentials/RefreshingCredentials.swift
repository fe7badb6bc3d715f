public import Basics
import FoundationEssentials

/// Keeps the credentials of another provider and gets new ones before they expire, once for however many callers.
///
/// In the last 15 minutes (``CredentialLifetime``) the first caller gets new ones while the others go on with the
/// old; in the last 5 all wait. If the refresh fails, the old ones are used for as long as they are valid,
/// and the provider is asked again after a minute; the failure is thrown when they have expired. A first failure is
/// thrown to all who wait, and the next caller tries again.
public actor RefreshingCredentials: CredentialProvider {
    private let source: any CredentialProvider
    private let clock: ServerClock
    private var held: CredentialLifetime?
    /// Before it the source is not asked again.
    private var nextAttempt = Date.distantPast
    private var refresh: Task<Result<Credentials, Failure>, Never>?
    private var waiting = 0
    /// The waiting callers whose tasks are cancelled.
    private var cancelled = 0

    /// Seconds between two attempts while there are credentials to go on with.
    private static let pause: TimeInterval = 60

    /// - Parameter clock: the one that learns from AWS's answers, since expirations are AWS's times.
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

    /// Forgets temporary credentials that AWS called expired, so that the next caller gets others.
    public func discard(_ refused: Credentials) async -> Bool {
        if held?.credentials == refused { held = nil }
        return refused.sessionToken != nil
    }

    /// Joins the refresh that is under way, or begins one. It ends early if no caller waits any more.
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

/// When credentials are used, renewed, and given up.
///
/// Credentials that were short-lived from the start are renewed in the last half of their life (advisory) and in its
/// last sixth (mandatory), so that the windows never cover all of it.
struct CredentialLifetime: Sendable {
    enum Phase: Sendable, Hashable {
        case fresh
        /// New ones should be had.
        case advisory
        /// New ones must be had soon.
        case mandatory
        case expired
    }

    let credentials: Credentials
    /// By this machine's clock.
    private let obtained: Date

    /// In seconds.
    private static let advisoryWindow: TimeInterval = 15 * 60
    private static let mandatoryWindow: TimeInterval = 5 * 60
    /// A request that is signed this shortly before the end arrives after it.
    private static let margin: TimeInterval = 10

    init(_ credentials: Credentials, obtained: Date) {
        self.credentials = credentials
        self.obtained = obtained
    }

    /// The clocks differ, or the instance metadata service is out of order and goes on giving what it has. Only AWS can
    /// tell whether such credentials are still good.
    var wasExpiredWhenObtained: Bool { phase(at: obtained) == .expired }

    /// - Parameters:
    ///   - time: by this machine's clock.
    ///   - ahead: seconds by which AWS's clock, the one that expirations go by, is ahead.
    func phase(at time: Date, ahead: TimeInterval = 0) -> Phase {
        guard let expiration = credentials.expiration?.addingTimeInterval(-ahead) else { return .fresh }
        let life = expiration.timeIntervalSince(obtained)
        let rest = expiration.timeIntervalSince(time)
        if rest <= Self.margin { return .expired }
        if rest <= min(Self.mandatoryWindow, life / 6) { return .mandatory }
        return rest <= min(Self.advisoryWindow, life / 2) ? .advisory : .fresh
    }
}
