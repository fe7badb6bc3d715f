import Basics
import Foundation
import GRDB
import Logging
import Metrics
import NIOCore
import ServiceLifecycle
import Store
import TestSupport
import Testing

@testable import Dashboard

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ServerLoadTests {
    /// In the mode that the store is in, SQLite lets no process lock readers out, so pages go on.
    @Test func aStoreThatAnotherProcessLocksIsSaidToBeLockedAndWorksLater() async throws {
        let stage = try await ServerStage(patience: 1)
        defer { withExtendedLifetime(stage) {} }
        var wire = Wire(stage)
        _ = await wire.logIn()
        let csrf = await wire.get("/").csrf
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let writer = try DatabaseQueue(path: stage.path, configuration: configuration)
        try await writer.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        #expect(await wire.get("/findings").status == 200)
        let refused = await wire.post("/alerts/a1/acknowledge", "csrf=\(csrf)")
        #expect(refused.status == 503)
        #expect(refused["Retry-After"] == "10")
        #expect(refused.body.contains("another process is writing to it"), "\(refused.body)")
        #expect(await wire.get("/findings").status == 200)
        try await writer.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(await wire.post("/alerts/a1/acknowledge", "csrf=\(csrf)").status == 303)
        #expect(try Store(stage.path).alert("a1")?.acknowledgedBy == "token")
    }

    @Test func headsThatNeverEndAreClosed() async throws {
        let stage = try await ServerStage { $0.limits.idle = .milliseconds(400) }
        defer { withExtendedLifetime(stage) {} }
        let port = stage.port
        for start in ["", "GET / HTTP/1.1\r\nHost: local", "GET /\(String(repeating: "a", count: 500))"] {
            let seconds = await Wire.onThread { () -> Double in
                guard let socket = Wire.connect(port) else { return 99 }
                defer { close(socket) }
                let begin = ContinuousClock.now
                Wire.send(start, socket)
                // A byte now and then does not keep the connection open.
                for _ in 0..<60 where Wire.send(start.isEmpty ? "" : "a", socket) {
                    if !Wire.receive(socket, patience: 0.05).isEmpty { break }
                    var byte: UInt8 = 0
                    if recv(socket, &byte, 1, Int32(MSG_DONTWAIT)) == 0 { break }
                }
                return (ContinuousClock.now - begin) / .seconds(1)
            }
            #expect(seconds < 2.5, "\(start.prefix(10))")
        }
        #expect(await Wire(stage).get("/healthz").status == 200)
    }

    @Test func aURLWithoutEndIsCutOff() async throws {
        let stage = try await ServerStage()
        defer { withExtendedLifetime(stage) {} }
        let port = stage.port
        let sent = await Wire.onThread { () -> Int in
            guard let socket = Wire.connect(port) else { return .max }
            defer { close(socket) }
            Wire.send("GET /", socket)
            let piece = String(repeating: "a", count: 65_536)
            var sent = 0
            while sent < 20_000_000, Wire.send(piece, socket) { sent += piece.utf8.count }
            return sent
        }
        #expect(sent < 20_000_000)
        #expect(await Wire(stage).get("/healthz").status == 200)
    }

    /// In a process of its own, because the connections take its files.
    @Test func tenThousandIdleConnectionsDoNoHarm() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "idle-\(UUID().uuidString).db").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        _ = try Store(path)
        let outcome = try await Subprocess.python(
            "Tests/Support/python/idle_connections.py", [Repository.parapet, path, "10000"])
        let result = try JSON(parsing: outcome.standardOutput)
        #expect(result["status"]?.integer == 200, "\(outcome.standardError)")
        // A machine may allow fewer open files.
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let opened = try #require(result["opened"]?.integer)
        #expect(opened == min(10_000, Int(clamping: limit.rlim_max) - 500), "\(outcome.standardOutput)")
        #expect(try #require(result["memory"]?.integer) < 600)
    }

    @Test func beyondTheLimitConnectionsWaitUntilIdleOnesEnd() async throws {
        let stage = try await ServerStage {
            $0.connections = 30
            $0.limits.idle = .milliseconds(500)
        }
        defer { withExtendedLifetime(stage) {} }
        let port = stage.port
        let sockets = await Wire.onThread { (0..<60).compactMap { _ in Wire.connect(port) } }
        // On a busy machine, the request itself can be idle for too long.
        var status: Int?
        for _ in 0..<5 where status != 200 { status = await Wire(stage).get("/healthz").status }
        #expect(status == 200)
        for socket in sockets { close(socket) }
    }

    @Test func openPagesHearOfChanges() async throws {
        let stage = try await ServerStage()
        defer { withExtendedLifetime(stage) {} }
        var wire = Wire(stage)
        _ = await wire.logIn()
        let (port, cookie, path) = (stage.port, wire.cookie ?? "", stage.path)
        let text = await Wire.onThread { () -> String in
            guard let socket = Wire.connect(port) else { return "" }
            defer { close(socket) }
            Wire.send("GET /events HTTP/1.1\r\nHost: localhost\r\nCookie: \(cookie)\r\n\r\n", socket)
            var text = Wire.receive(socket, patience: 5, until: "retry:")
            // The feed has to have looked once.
            Thread.sleep(forTimeInterval: 1.2)
            _ = try? Store(path).change("an alert") { try $0.add([ServerStage.alert("a2"), ServerStage.alert("a3")]) }
            text += Wire.receive(socket, patience: 5, until: "\"verifications\"")
            return text
        }
        #expect(text.contains("text/event-stream"))
        #expect(text.contains("event: change\n"))
        #expect(text.contains("\"findings\":0,\"alerts\":2,\"scans\":0"))
        // A page that was away hears at once what it missed.
        let missed = await Wire.onThread { () -> String in
            guard let socket = Wire.connect(port) else { return "" }
            defer { close(socket) }
            Wire.send(
                "GET /events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 1-1-1-0\r\nCookie: \(cookie)\r\n\r\n", socket
            )
            return Wire.receive(socket, patience: 5, until: "\"verifications\"")
        }
        #expect(missed.contains("\"alerts\":2"))
    }

    @Test func openPagesAreBoundedAndEndWithTheServer() async throws {
        let stage = try await ServerStage()
        defer { withExtendedLifetime(stage) {} }
        var wire = Wire(stage)
        _ = await wire.logIn()
        let (port, cookie) = (stage.port, wire.cookie ?? "")
        let request = "GET /events HTTP/1.1\r\nHost: localhost\r\nCookie: \(cookie)\r\n\r\n"
        let sockets = await Wire.onThread { () -> [Int32] in
            (0..<ChangeFeed.limit).compactMap { _ in
                guard let socket = Wire.connect(port) else { return nil }
                Wire.send(request, socket)
                _ = Wire.receive(socket, patience: 5, until: "retry:")
                return socket
            }
        }
        #expect(await wire.get("/events").status == 503)
        // A browser that closes its page makes room.
        close(sockets[0])
        var status = 503
        for _ in 0..<50 where status == 503 {
            try await Task.sleep(for: .milliseconds(50))
            status = await wire.get("/events", method: "GET", until: "retry:").status
        }
        #expect(status == 200)
        let begin = ContinuousClock.now
        try await stage.stop()
        #expect(ContinuousClock.now - begin < .seconds(5))
        for socket in sockets.dropFirst() { close(socket) }
    }

    @Test func healthIsAnsweredToAllAndMetricsToThisMachine() async throws {
        let registry = PrometheusRegistry()
        Counter(label: "things", factory: registry).increment()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let server = HealthServer(
            at: try ListenAddress(parsing: "127.0.0.1:0"), metrics: registry,
            token: try AccessToken("metrics-token-0123456", from: "the test"),
            isReady: { .notReady("the first scan is running") }, onListening: { found.yield($0) }, logger: logger)
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [server], logger: logger))
        let running = Task { try await group.run() }
        var port = 0
        for await first in ports {
            port = first
            break
        }
        let wire = Wire(port: port)
        #expect(await wire.get("/healthz").body == "ok\n")
        let ready = await wire.get("/readyz")
        #expect(ready.status == 503 && ready.body.contains("first scan"))
        let metrics = await wire.get("/metrics", ["Accept: application/openmetrics-text"])
        #expect(metrics.body == "# TYPE things counter\nthings_total 1.0\n# EOF\n")
        for headers in [["X-Forwarded-For: 203.0.113.9"], ["Forwarded: for=x"], ["Via: 1.1 x"]] {
            #expect(await wire.get("/metrics", headers).status == 401)
            #expect(await wire.get("/metrics", headers + ["Authorization: Bearer metrics-token-0123456"]).status == 200)
            #expect(await wire.get("/metrics", headers + ["Authorization: Bearer wrong"]).status == 401)
        }
        #expect(await wire.get("/other").status == 404)
        #expect(await wire.get("/metrics", method: "POST").status == 405)
        await group.triggerGracefulShutdown()
        try await running.value
    }

    @Test func tlsIsSpokenWithSecureCookies() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String) -> String { folder.appending(path: name).path }
        for name in ["one", "two"] {
            let made = try await Subprocess.run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=dash.example",
                    "-keyout", file("\(name).key"), "-out", file("\(name).pem"),
                ])
            #expect(made.status == 0, "\(made.standardError)")
        }
        try Data("garbage".utf8).write(to: folder.appending(path: "garbage"))
        for (certificate, key) in [
            ("none", "one.key"), ("one.pem", "none"), ("one.pem", "two.key"), ("garbage", "one.key"),
            ("one.pem", "garbage"),
        ] {
            #expect(throws: Failure.self, "\(certificate) \(key)") {
                try ServerCertificate(certificate: file(certificate), key: file(key))
            }
        }
        let pair = try ServerCertificate(certificate: file("one.pem"), key: file("one.key"))
        #expect(abs(pair.end.timeIntervalSinceNow - 2 * 86_400) < 3_600)
        let stage = try await ServerStage {
            $0.certificate = pair
            $0.limits.idle = .milliseconds(700)
        }
        defer { withExtendedLifetime(stage) {} }
        let page = try await Subprocess.run(
            "/usr/bin/curl",
            [
                "-s", "-i", "--max-time", "10", "--cacert", file("one.pem"), "--connect-to",
                "dash.example:\(stage.port):127.0.0.1:\(stage.port)",
                "https://dash.example:\(stage.port)/login",
            ])
        let answer = Wire.Answer(page.standardOutput)
        #expect(answer.status == 200, "\(page.standardError)")
        #expect(answer["Strict-Transport-Security"] == "max-age=31536000")
        #expect(answer["Set-Cookie"]?.hasPrefix("__Host-parapet-login=") == true)
        #expect(answer["Set-Cookie"]?.contains("Secure") == true)
        // A handshake that never comes is not waited for.
        let begin = ContinuousClock.now
        _ = await Wire(stage).raw("\u{16}", patience: 5)
        #expect(ContinuousClock.now - begin < .seconds(4))
    }
}

extension Wire {
    /// Reads only up to a word, from an answer that does not end.
    fileprivate func get(_ target: String, method: String, until word: String) async -> Answer {
        let (port, cookie) = (port, cookie ?? "")
        return await Self.onThread {
            guard let socket = Self.connect(port) else { return Answer("") }
            defer { close(socket) }
            Self.send("\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nCookie: \(cookie)\r\n\r\n", socket)
            return Answer(Self.receive(socket, patience: 5, until: word))
        }
    }
}
