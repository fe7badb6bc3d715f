import Basics
import Foundation
import Hummingbird
import HummingbirdTesting
import Store
import Testing

@testable import Dashboard

@Suite struct ServerRequestTests {
    @Test func everyAnswerTellsBrowsersWhatTheyMayDo() async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        var answers = [
            await wire.get("/"), await wire.get("/login"), await wire.get("/healthz"), await wire.get("/../x"),
        ]
        _ = await wire.logIn()
        for target in ["/", "/missing", "/broken", "/style.css", "/metrics"] { answers.append(await wire.get(target)) }
        for answer in answers {
            #expect(answer.values("Content-Security-Policy") == [SecurityHeaders.policy])
            #expect(answer.values("X-Content-Type-Options") == ["nosniff"])
            #expect(answer["Referrer-Policy"] == "no-referrer")
            #expect(answer["Cross-Origin-Opener-Policy"] == "same-origin")
            #expect(answer["Cross-Origin-Resource-Policy"] == "same-origin")
            #expect(answer["Strict-Transport-Security"] == nil)
        }
        #expect(answers.filter { $0["Cache-Control"] == "no-store" }.count == answers.count - 1)
        #expect(!SecurityHeaders.policy.contains("unsafe"))
    }

    @Test func assetsAreKeptByTheirHash() async throws {
        let stage = try await ServerStage()
        let wire = Wire(stage)
        let plain = await wire.get("/style.css")
        let tag = try #require(plain["ETag"])
        #expect(plain["Cache-Control"] == "no-cache")
        #expect(await wire.get("/style.css", ["If-None-Match: \(tag)"]).status == 304)
        let hashed = await wire.get("/\(tag.dropFirst().dropLast())")
        #expect(hashed.status == 200)
        #expect(hashed["Cache-Control"]?.contains("immutable") == true)
        #expect(hashed["Content-Type"] == "text/css; charset=utf-8")
        #expect(await wire.get("/style-0000000000000000.css").status == 303)
    }

    @Test(arguments: [
        ("localhost", 200), ("127.0.0.1", 200), ("localhost:9999", 200), ("LOCALHOST.", 200), ("[::1]:80", 200),
        ("dash.example", 200), ("evil.example", 421), ("localhost.evil.example", 421), ("10.0.0.1", 421),
        ("dash.example.evil", 421), ("dash.example:99999", 400), ("a b", 400), ("localhost@evil", 400), ("", 400),
        ("localhost\r\nHost: evil.example", 400), ("2130706433", 421), ("[::ffff:127.0.0.1]", 200),
        ("localhost/x", 400),
    ])
    func onlyKnownHostsAreAnswered(host: String, status: Int) async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        wire.host = host
        #expect(await wire.get("/healthz").status == status)
    }

    @Test(arguments: [
        "/..", "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/findings/..%2f..%2fetc", "/findings/%00",
        "/findings/%0d%0a",
        "//evil.example", "/a//b", "/.", "/a\\b", "/%5c", "/%ff", "/%", "/%zz", "*", "findings",
        "//", "//evil.example/", "/findings//", "/\\evil.example/", "/%2f/", "/../", "/a/../",
        "/?q=%0d%0aSet-Cookie:%20x=1", "/?q=%00", "/?q=%1b[31m", "/?q=%c3", "/?%0a=x",
        "/?" + String(repeating: "a=1&", count: 150),
    ])
    func pathsThatAreNoPagesAreRefused(target: String) async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        _ = await wire.logIn()
        let answer = await wire.get(target)
        #expect(answer.status == 400, "\(answer.head)")
        #expect(!answer.body.contains("SECRET") && answer["Set-Cookie"] == nil)
    }

    @Test(arguments: [
        ("/findings/", "/findings"), ("/findings/?status=fail&q=a%20b", "/findings?status=fail&q=a%20b"),
        ("/compliance/cis-5.0/", "/compliance/cis-5.0"), ("/evil.example/", "/evil.example"),
        ("/resource/a%20b/?", "/resource/a%20b?"),
    ])
    func aSlashTooManyLeadsToThePage(target: String, page: String) async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        for _ in 0..<2 {
            let answer = await wire.get(target)
            #expect(answer.status == 308 && answer["Location"] == page, "\(answer.head)")
            _ = await wire.logIn()
        }
        #expect(await wire.get(target, method: "HEAD").status == 308)
        #expect(await wire.get(target, method: "PUT").status == 400)
    }

    @Test func identifiersArriveDecoded() async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        _ = await wire.logIn()
        let page = await wire.get("/resource/a%20b%3Fc?q=%3Cscript%3E+x&q=2&empty&=v")
        #expect(page.body.contains(#"path=["resource", "a b?c"] query=q=<script> x&q=2&empty=&=v"#))
    }

    @Test(arguments: ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW", "CONNECT", "PROPFIND"])
    func otherMethodsAreRefused(method: String) async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        _ = await wire.logIn()
        let answer = await wire.get("/", method: method)
        #expect([400, 405].contains(answer.status), "\(answer.head)")
        #expect(!answer.body.contains("SECRET"))
        #expect(await wire.get("/findings/f1/mute").status == 405)
    }

    @Test func headHasNoBody() async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        _ = await wire.logIn()
        for target in ["/", "/style.css", "/healthz", "/events", "/missing"] {
            let answer = await wire.get(target, method: "HEAD")
            #expect(answer.body.isEmpty && answer.status > 0, "\(target)")
        }
    }

    @Test func whatIsTooLargeIsRefused() async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        _ = await wire.logIn()
        let long = String(repeating: "a", count: 9_000)
        // The reader of heads refuses it before the dashboard does.
        #expect([400, 414].contains(await wire.get("/" + long).status))
        for headers in [
            ["X-Long: \(long)"], (0..<300).map { "X-\($0): a" }, (0..<4).map { "X-\($0): \(long.prefix(6_000))" },
        ] {
            let answer = await wire.get("/", headers)
            #expect(answer.status != 200 && !answer.body.contains("SECRET"))
        }
        let csrf = await wire.get("/").csrf
        let body = "csrf=\(csrf)&reason=" + String(repeating: "a", count: 100_000)
        #expect(await wire.post("/findings/f1/mute", body).status == 413)
        let fields = "csrf=\(csrf)&" + String(repeating: "a=1&", count: 50)
        #expect(await wire.post("/findings/f1/mute", fields).status == 400)
        #expect(await wire.post("/findings/f1/mute", "csrf=\(csrf)", type: "text/plain").status == 415)
        #expect(await wire.post("/findings/f1/mute", "csrf=\(csrf)&reason=%ff").status == 400)
        #expect(await wire.get("/healthz").status == 200)
    }

    @Test func garbageClosesOnlyItsConnection() async throws {
        let stage = try await ServerStage()
        let wire = Wire(stage)
        for text in [
            "\u{0}\u{1}\u{2}", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
            "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n", "\u{16}\u{3}\u{1}",
        ] {
            let answer = await wire.raw(text, patience: 0.3)
            #expect(!answer.contains("SECRET") && !answer.contains(".swift"))
        }
        #expect(await wire.get("/healthz").status == 200)
    }

    @Test func aFaultShowsNoInnards() async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        _ = await wire.logIn()
        let answer = await wire.get("/broken")
        #expect(answer.status == 500)
        #expect(!answer.body.contains("CancellationError"))
    }

    @Test func theSameChecksHoldInMemory() async throws {
        let stage = try await ServerStage()
        try await stage.server.application.test(.router) { client in
            try await client.execute(uri: "/healthz", method: .get) { #expect(String(buffer: $0.body) == "ok\n") }
            try await client.execute(uri: "/", method: .get) { #expect($0.status == .seeOther) }
            try await client.execute(uri: "/%2e%2e", method: .get) { #expect($0.status == .badRequest) }
            try await client.execute(uri: "/findings/f1/mute", method: .post) { #expect($0.status == .unauthorized) }
            // A request that does not come over the network is nobody's.
            try await client.execute(uri: "/metrics", method: .get) { #expect($0.status == .unauthorized) }
        }
    }

    // MARK: Changes

    @Test func findingsAreMutedAndAlertsAcknowledged() async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        _ = await wire.logIn()
        let csrf = await wire.get("/").csrf
        let store = try Store(stage.path)
        let now = stage.clock.now
        let muted = await wire.post("/findings/f1/mute", "csrf=\(csrf)&reason=known%0D%0Aissue&days=7")
        #expect(muted.status == 303)
        #expect(muted["Location"] == "/findings/f1")
        let mute = try #require(try store.mute(of: "f1", at: now))
        #expect(mute.reason == "known issue" && mute.by == "token" && mute.until == now + 7 * 86_400)
        #expect(
            await wire.post("/findings/f1/unmute", "csrf=\(csrf)&back=/findings%3Fstatus%3Dfail")["Location"]
                == "/findings?status=fail")
        #expect(try !store.isMuted("f1", at: now))
        #expect(
            await wire.post("/alerts/a1/acknowledge", "csrf=\(csrf)&back=//evil.example")["Location"] == "/alerts/a1")
        #expect(try store.alert("a1")?.acknowledgedBy == "token")
        #expect(await wire.post("/alerts/none/acknowledge", "csrf=\(csrf)").status == 404)
        for form in [
            "reason=", "reason=%20", "reason=x&days=0", "reason=x&days=99999", "reason=x&days=one", "reason=%1b",
        ] {
            #expect(await wire.post("/findings/f1/mute", "csrf=\(csrf)&\(form)").status == 400, "\(form)")
        }
    }

    @Test func aReadOnlyDashboardChangesNothing() async throws {
        let stage = try await ServerStage(writes: false)
        var wire = Wire(stage)
        _ = await wire.logIn()
        let csrf = await wire.get("/").csrf
        #expect(await wire.post("/findings/f1/mute", "csrf=\(csrf)&reason=x").status == 403)
        #expect(await wire.post("/alerts/a1/acknowledge", "csrf=\(csrf)").status == 403)
        #expect(try Store(stage.path).alert("a1")?.acknowledged == nil)
    }

    @Test func formsOfOtherPagesChangeNothing() async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        var other = Wire(stage)
        _ = await wire.logIn()
        _ = await other.logIn()
        let csrf = await wire.get("/").csrf
        let foreign = await other.get("/").csrf
        for form in ["", "csrf=", "csrf=\(foreign)", "csrf=\(csrf)A", "csrf=\(csrf.dropLast())", "CSRF=\(csrf)"] {
            #expect(await wire.post("/findings/f1/mute", "\(form)&reason=x").status == 403, "\(form)")
        }
        for headers in [
            [], ["Sec-Fetch-Site: cross-site"], ["Sec-Fetch-Site: same-site"], ["Sec-Fetch-Site: none"],
            ["Origin: null"],
            ["Origin: http://evil.example"], ["Origin: http://localhost.evil"], ["Origin: http://localhost:1"],
            ["Origin: localhost"],
            ["Origin: ftp://localhost"], ["Sec-Fetch-Site: cross-site", "Origin: http://localhost"],
            ["Sec-Fetch-Site: same-origin", "Origin: http://evil.example"],
        ] {
            #expect(await wire.post("/findings/f1/mute", "csrf=\(csrf)&reason=x", headers).status == 403, "\(headers)")
            #expect(await wire.post("/login", "csrf=\(csrf)&token=\(ServerStage.token)", headers).status == 403)
        }
        let store = try Store(stage.path)
        #expect(try !store.isMuted("f1", at: stage.clock.now))
        for headers in [["Origin: http://localhost"], ["Sec-Fetch-Site: same-origin", "Origin: null"]] {
            #expect(await wire.post("/findings/f1/mute", "csrf=\(csrf)&reason=x", headers).status == 303, "\(headers)")
        }
    }

    // MARK: The store

    @Test func aStoreThatVanishesIsSaidAndComesBack() async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        _ = await wire.logIn()
        try FileManager.default.moveItem(atPath: stage.path, toPath: stage.path + ".away")
        let answer = await wire.get("/")
        #expect(answer.status == 503)
        #expect(answer.body.contains("moved or deleted") && !answer.body.contains("SECRET"))
        let ready = await wire.get("/readyz")
        #expect(ready.status == 503 && !ready.body.contains(stage.path))
        #expect(await wire.get("/healthz").status == 200)
        try FileManager.default.moveItem(atPath: stage.path + ".away", toPath: stage.path)
        #expect(await wire.get("/").status == 200)
    }

    @Test func aDamagedStoreIsSaid() async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        _ = await wire.logIn()
        for ending in ["", "-wal"] where FileManager.default.fileExists(atPath: stage.path + ending) {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: stage.path + ending))
            let size = try file.seekToEnd()
            try file.seek(toOffset: 0)
            try file.write(contentsOf: Data(repeating: 0x5A, count: Int(size)))
            try file.close()
        }
        let answer = await wire.get("/")
        #expect(answer.status == 503, "\(answer.body)")
        #expect(await wire.get("/healthz").status == 200)
    }
}

@Suite struct RequestValueTests {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1:8080"), ("8080", "127.0.0.1:8080"), ("localhost:1", "127.0.0.1:1"),
        ("[::1]:80", "[::1]:80"),
        ("0.0.0.0:0", "0.0.0.0:0"),
    ])
    func addressesAreRead(text: String, result: String) throws {
        #expect(try ListenAddress(parsing: text).description == result)
    }

    @Test(arguments: [
        "", ":", ":80", "::1:80", "[::1]", "[::1", "1.2.3:80", "example.com:80", "127.0.0.1:", "127.0.0.1:70000",
        "127.0.0.1:-1",
        "127.0.0.1:+1", "127.0.0.1:8 0", "http://127.0.0.1:80", "[127.0.0.1]:80", "١:٢", "\u{0}",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(throws: Failure.self) { try ListenAddress(parsing: text) }
    }

    @Test func onlyLoopbackIsLoopback() throws {
        #expect(try ListenAddress(parsing: "127.9.9.9:1").isLoopback)
        #expect(try ListenAddress(parsing: "[::1]:1").isLoopback)
        #expect(try !ListenAddress(parsing: "0.0.0.0:1").isLoopback)
        #expect(try !ListenAddress(parsing: "[::]:1").isLoopback)
    }

    @Test(arguments: [
        nil, "", "//evil", "/\\evil", "evil", "http://evil", "/a b", "/\r\nX: y", "/ü",
        "/" + String(repeating: "a", count: 3_000),
    ])
    func pathsOfOtherServersAreNotGoneTo(text: String?) { #expect(RequestPath.local(text) == nil) }

    @Test func anEventTellsWhatIsNew() {
        let old = StoreChanges.Newest(findingChanges: 1, alerts: 2, scans: 3, verifications: 4)
        var new = old
        new.alerts = 5
        let text = ChangeEvent(newest: new).text(since: old)
        #expect(
            text
                == "event: change\nid: 1-5-3-4\ndata: {\"findings\":0,\"alerts\":3,\"scans\":0,\"verifications\":0}\n\n"
        )
        #expect(ChangeEvent(id: "1-5-3-4")?.newest == new)
        for id in ["", "1-2-3", "a-b-c-d", "1-2-3-4-5", "99999999999999999999-1-1-1", "-1-2-3-4"] {
            #expect(ChangeEvent(id: id) == nil, "\(id)")
        }
    }

    @Test(arguments: [
        "Cookie", "host", "Authorization", "X Y", "", "X:Y", "X\r\nY", String(repeating: "a", count: 200),
    ])
    func headersThatBrowsersSendAreNotTrusted(name: String) {
        #expect(throws: Failure.self) { try DashboardSettings.header(name, from: DashboardSettings.loopback) }
    }

    @Test(arguments: ["http://dash.example", "dash.example:80", "", "a/b", "*"])
    func allowedHostsAreNames(name: String) { #expect(throws: Failure.self) { try AllowedHosts([name]) } }
}
