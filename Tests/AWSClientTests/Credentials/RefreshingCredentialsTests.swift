import Basics
import FoundationEssentials
import Synchronization
import Testing

@testable import AWSClient

@Suite("Credentials are refreshed before they expire")
struct RefreshingCredentialsTests {
    /// Gives what the test says, counts how often it is asked, and can be held back.
    private final class Source: CredentialProvider {
        private let asked = Mutex(0)
        private let next: Mutex<Result<Credentials, Failure>>
        private let gate = Mutex<(open: Bool, waiting: [CheckedContinuation<Void, Never>])>((true, []))

        init(_ first: Credentials) {
            next = Mutex(.success(first))
        }

        var count: Int { asked.withLock { $0 } }

        func give(_ result: Result<Credentials, Failure>) {
            next.withLock { $0 = result }
        }

        func close() { gate.withLock { $0.open = false } }

        func open() {
            let waiting = gate.withLock { gate in
                defer { gate = (true, []) }
                return gate.waiting
            }
            for continuation in waiting { continuation.resume() }
        }

        func credentials() async throws(Failure) -> Credentials {
            asked.withLock { $0 += 1 }
            await withCheckedContinuation { continuation in
                let isOpen = gate.withLock { gate in
                    if !gate.open { gate.waiting.append(continuation) }
                    return gate.open
                }
                if isOpen { continuation.resume() }
            }
            return try next.withLock { $0 }.get()
        }
    }

    private struct Slow: CredentialProvider {
        func credentials() async throws(Failure) -> Credentials {
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                throw Failure("cancelled", why: "nobody waits", advice: "")
            }
            return key("LATE", minutes: 60)
        }
    }

    private static func key(_ id: String, minutes: Double?) -> Credentials {
        Credentials(
            accessKeyID: id, secretAccessKey: "SECRETKEY", expiration: minutes.map { noon + $0 * 60 })
    }

    private static let failure = Failure("no new ones", why: "no network", advice: "wait")

    private let stage = CredentialStage()
    private let source = Source(key("FIRST", minutes: 60))
    private let refreshing: RefreshingCredentials

    init() {
        refreshing = RefreshingCredentials(source, clock: ServerClock(stage.environment().now))
    }

    @Test("Many callers at once cause one request")
    func singleFlight() async throws {
        source.close()
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await refreshing.credentials().accessKeyID } }
            while source.count == 0 { await Task.yield() }
            source.open()
            for try await id in group { #expect(id == "FIRST") }
        }
        #expect(source.count == 1)
    }

    @Test("Credentials that do not expire are asked for once")
    func neverExpires() async throws {
        source.give(.success(Self.key("FOREVER", minutes: nil)))
        for _ in 0..<3 {
            _ = try await refreshing.credentials()
            stage.advance(by: 1_000_000)
        }
        #expect(source.count == 1)
    }

    @Test("In the last 15 minutes one caller gets new ones")
    func advisory() async throws {
        _ = try await refreshing.credentials()
        stage.advance(by: 44 * 60)
        #expect(try await refreshing.credentials().accessKeyID == "FIRST")
        #expect(source.count == 1)
        stage.advance(by: 2 * 60)
        source.give(.success(Self.key("SECOND", minutes: 120)))
        #expect(try await refreshing.credentials().accessKeyID == "SECOND")
        #expect(source.count == 2)
    }

    @Test("In the advisory window the others go on with the old ones")
    func othersGoOn() async throws {
        _ = try await refreshing.credentials()
        stage.advance(by: 46 * 60)
        source.give(.success(Self.key("SECOND", minutes: 120)))
        source.close()
        let first = Task { [refreshing] in try await refreshing.credentials().accessKeyID }
        while source.count < 2 { await Task.yield() }
        #expect(try await refreshing.credentials().accessKeyID == "FIRST")
        source.open()
        #expect(try await first.value == "SECOND")
    }

    @Test("Where there are no new ones, the old are used to their end, and then the failure is told")
    func failure() async throws {
        _ = try await refreshing.credentials()
        source.give(.failure(Self.failure))
        stage.advance(by: 46 * 60)
        #expect(try await refreshing.credentials().accessKeyID == "FIRST")
        #expect(try await refreshing.credentials().accessKeyID == "FIRST")
        #expect(source.count == 2, "asked again at once")
        stage.advance(by: 61)
        #expect(try await refreshing.credentials().accessKeyID == "FIRST")
        #expect(source.count == 3, "not asked again after a minute")
        stage.advance(by: 10 * 60)
        #expect(try await refreshing.credentials().accessKeyID == "FIRST")
        stage.advance(by: 5 * 60)
        await expectFailure("no new ones") { try await refreshing.credentials() }
        source.give(.success(Self.key("SECOND", minutes: 120)))
        #expect(try await refreshing.credentials().accessKeyID == "SECOND")
    }

    @Test("A first failure is told to all who wait, and the next caller tries again")
    func firstFailure() async throws {
        source.give(.failure(Self.failure))
        await expectFailure("no new ones") { try await refreshing.credentials() }
        source.give(.success(Self.key("SECOND", minutes: 60)))
        #expect(try await refreshing.credentials().accessKeyID == "SECOND")
    }

    @Test("Credentials that come expired are used, and others asked for after a minute")
    func expiredOnArrival() async throws {
        source.give(.success(Self.key("STALE", minutes: -1)))
        #expect(try await refreshing.credentials().accessKeyID == "STALE")
        #expect(try await refreshing.credentials().accessKeyID == "STALE")
        #expect(source.count == 1)
        stage.advance(by: 61)
        source.give(.success(Self.key("SECOND", minutes: 60)))
        #expect(try await refreshing.credentials().accessKeyID == "SECOND")
    }

    @Test("Credentials that AWS refused are not given again")
    func discarded() async throws {
        let first = try await refreshing.credentials()
        source.give(.success(Self.key("SECOND", minutes: 60)))
        _ = await refreshing.discard(Self.key("OTHER", minutes: 60))
        #expect(try await refreshing.credentials().accessKeyID == "FIRST")
        _ = await refreshing.discard(first)
        #expect(try await refreshing.credentials().accessKeyID == "SECOND")
    }

    @Test("A refresh that nobody waits for any more is cancelled; one that somebody waits for is not")
    func cancellation() async throws {
        let slow = RefreshingCredentials(Slow(), clock: ServerClock(stage.environment().now))
        let callers = (0..<3).map { _ in Task { try await slow.credentials() } }
        for caller in callers { caller.cancel() }
        for caller in callers { await expectFailure("cancelled") { try await caller.value } }

        source.close()
        let leaves = Task { [refreshing] in try await refreshing.credentials() }
        let stays = Task { [refreshing] in try await refreshing.credentials() }
        while source.count == 0 { await Task.yield() }
        leaves.cancel()
        source.open()
        #expect(try await stays.value.accessKeyID == "FIRST")
    }

    @Test("Expirations go by AWS's clock as soon as an answer has told it", arguments: [10.0, -10])
    func serverTime(yearsAhead: Double) async throws {
        stage.advance(by: yearsAhead * 365 * 86_400)
        let clock = ServerClock(stage.environment().now)
        let refreshing = RefreshingCredentials(source, clock: clock)
        _ = try await refreshing.credentials()
        clock.learn(from: HTTPResponse(status: 200, headers: [.init("Date", "Sat, 31 Jan 2026 12:00:00 GMT")]))
        source.give(.success(Self.key("SECOND", minutes: 120)))
        for (minutes, id) in [(0.0, "FIRST"), (40, "FIRST"), (16, "SECOND"), (40, "SECOND")] {
            stage.advance(by: minutes * 60)
            #expect(try await refreshing.credentials().accessKeyID == id, "after \(minutes) minutes more")
        }
        #expect(source.count == 2)
    }

    @Test(
        "The windows shrink with the credentials' life",
        arguments: [
            (60, 44, .fresh), (60, 45, .advisory), (60, 54, .advisory), (60, 55, .mandatory), (60, 60, .expired),
            (15, 7, .fresh), (15, 8, .advisory), (15, 12, .advisory), (15, 13, .mandatory), (-1, 0, .expired),
        ] as [(Double, Double, CredentialLifetime.Phase)])
    func lifetime(minutes: Double, later: Double, phase: CredentialLifetime.Phase) {
        let lifetime = CredentialLifetime(Self.key("K", minutes: minutes), obtained: noon)
        #expect(lifetime.phase(at: noon + later * 60) == phase)
    }
}
