import AWSClient
import Basics
import Foundation
import Runs
import Store
import Synchronization
import Testing

@testable import Dashboard

/// What a person meets who starts `parapet serve`.
@Suite struct ServerRunTests {
    private final class Heard: Sendable {
        private let lines = Mutex<[String]>([])
        var text: String { lines.withLock { $0.joined(separator: "\n") } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private struct NoPages: PageSource {
        func answer(_ request: PageRequest) throws -> PageAnswer? { nil }
        func login(message: String?, csrfToken: String) -> String { "" }
        func problem(_ status: Int, _ text: String) -> String { text }
        var style: String { "" }
        var script: String { "" }
    }

    private final class Home: Sendable {
        let path = FileManager.default.temporaryDirectory.appending(path: "serve-\(UUID().uuidString)").path
        var data: String { "\(path)/parapet" }
        init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Runs until the server listens, does `work` with the port, and stops it.
    private func serve(
        _ home: Home, isTerminal: Bool = true, _ change: (inout ServeRun) -> Void = { _ in },
        _ work: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws -> (told: String, warned: String) {
        let (told, warned) = (Heard(), Heard())
        var environment = RunEnvironment(
            AWSEnvironment(variables: ["XDG_DATA_HOME": home.path], now: { Date() }))
        environment.warn = { warned.add($0) }
        var run = ServeRun(database: "\(home.data)/parapet.db")
        run.listen = "127.0.0.1:0"
        change(&run)
        let messages = ServeRun.Messages(isTerminal: isTerminal) { told.add($0) }
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let task = Task { [run, environment] in
            defer { found.finish() }
            try await run.run(in: environment, messages: messages, onListening: { found.yield($0) }) { _ in NoPages() }
        }
        for await port in ports {
            await work(port)
            task.cancel()
        }
        do { try await task.value } catch is CancellationError {}
        return (told.text, warned.text)
    }

    @Test(arguments: [
        ["0.0.0.0/0"], ["::/0"], ["0.0.0.0/1", "128.0.0.0/1"], ["::ffff:0:0/1"], ["10.0.0.0/7"], ["2000::/3"],
    ]) func aProxyThatCanBeAnyoneIsRefused(blocks: [String]) throws {
        var run = ServeRun(database: "")
        (run.trustedHeader, run.trustedProxies) = ("X-User", blocks)
        let problem = #expect(throws: InvalidInput.self) { try run.check() }
        #expect(problem?.description.contains("name the proxy's own address, such as 10.0.0.7") == true)
    }

    @Test(arguments: [
        ("10.0.0.0/8", true), ("10.0.0.0/23", true), ("fd00::/48", true), ("10.0.0.0/24", false),
        ("10.0.0.7", false), ("fd00::/64", false), ("127.0.0.0/8", false),
    ])
    func aWideNetworkOfProxiesIsWarnedOf(block: String, warns: Bool) async throws {
        let home = Home()
        try FileManager.default.createDirectory(atPath: home.data, withIntermediateDirectories: true)
        _ = try Store("\(home.data)/parapet.db")
        let heard = try await serve(home) { ($0.trustedHeader, $0.trustedProxies) = ("X-User", [block]) }
        #expect(heard.warned.contains("can log in as anyone") == warns, "\(heard.warned)")
    }

    @Test func theTokenIsShownOnceAndKeptForItsOwner() async throws {
        let home = Home()
        _ = try Store("\(home.data)/parapet.db")
        let first = try await serve(home)
        let token = try String(contentsOfFile: "\(home.data)/dashboard-token", encoding: .utf8).trimmingCharacters(
            in: .newlines)
        #expect(token.utf8.count == 43)
        #expect(first.told.contains("log in with the token \(token)"))
        #expect(first.told.contains("the dashboard is at http://127.0.0.1:"))
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(home.data)/dashboard-token")
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let second = try await serve(home)
        #expect(!second.told.contains(token) && second.told.contains("dashboard-token"))
        #expect(second.warned.isEmpty)
    }

    @Test func aLogNeverGetsTheToken() async throws {
        let home = Home()
        _ = try Store("\(home.data)/parapet.db")
        let told = try await serve(home, isTerminal: false).told
        let token = try String(contentsOfFile: "\(home.data)/dashboard-token", encoding: .utf8).trimmingCharacters(
            in: .newlines)
        #expect(!told.contains(token))
    }

    @Test func whatIsUnsafeIsSaid() async throws {
        let home = Home()
        _ = try Store("\(home.data)/parapet.db")
        try "an-invented-token-0123\n".write(toFile: "\(home.path)/token", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(home.path)/token")
        let warned = try await serve(
            home,
            { run in
                run.tokenFile = "\(home.path)/token"
                run.listen = "0.0.0.0:0"
            }
        ).warned
        #expect(warned.contains("without TLS"))
        #expect(warned.contains("chmod 600"))
    }

    @Test func aMissingStoreSaysHowToMakeOne() async throws {
        let home = Home()
        let failure = await #expect(throws: Failure.self) { try await serve(home) }
        #expect(failure?.advice == "make it with: parapet scan --store")
        #expect(!FileManager.default.fileExists(atPath: home.data))
    }

    @Test func aTakenPortSaysSo() async throws {
        let home = Home()
        _ = try Store("\(home.data)/parapet.db")
        let reason = Heard()
        _ = try await serve(home, { _ in }) { port in
            do { _ = try await serve(home, { $0.listen = "127.0.0.1:\(port)" }) } catch {
                reason.add((error as? Failure)?.why ?? "\(error)")
            }
        }
        #expect(reason.text == "another program listens there")
    }

    @Test func filesThatCannotBeUsedAreNamed() async throws {
        let home = Home()
        _ = try Store("\(home.data)/parapet.db")
        try "short".write(toFile: "\(home.path)/token", atomically: true, encoding: .utf8)
        let changes: [@Sendable (inout ServeRun) -> Void] = [
            { $0.tokenFile = "\(home.path)/none" }, { $0.tokenFile = "\(home.path)/token" },
            { $0.tokenFile = home.path },
            { $0.metricsTokenFile = "\(home.path)/token" },
            { ($0.certificate, $0.key) = ("\(home.path)/token", "\(home.path)/token") },
            { $0.database = "\(home.path)/token" },
        ]
        for change in changes {
            let failure = await #expect(throws: Failure.self) { try await serve(home, change) }
            #expect(failure?.description.contains(home.path) == true)
        }
    }

    @Test func optionsThatDoNotGoTogetherAreUsageErrors() {
        let changes: [(inout ServeRun) -> Void] = [
            { $0.certificate = "a.pem" }, { $0.key = "a.key" }, { $0.trustedProxies = ["10.0.0.1"] },
            { ($0.trustedHeader, $0.tokenFile) = ("X-User", "token") }, { $0.trustedHeader = "Cookie" },
            { ($0.trustedHeader, $0.trustedProxies) = ("X-User", ["10.0.0.0/99"]) }, { $0.listen = "example.com:80" },
            { $0.allowedHosts = ["http://dash"] },
        ]
        for change in changes {
            var run = ServeRun(database: "")
            change(&run)
            #expect(throws: InvalidInput.self) { try run.check() }
        }
        #expect(throws: Never.self) { try ServeRun(database: "").check() }
    }
}
