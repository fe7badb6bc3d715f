import Basics
import Foundation
import Testing

@testable import Dashboard

@Suite struct ServerLoginTests {
    @Test func withoutLoginNothingButHealthIsAnswered() async throws {
        let stage = try await ServerStage()
        let wire = Wire(stage)
        for target in ["/", "/findings", "/findings/f1", "/alerts?x=1", "/missing", "/events", "/broken"] {
            let answer = await wire.get(target)
            #expect([303, 401].contains(answer.status), "\(target)")
            #expect(!answer.body.contains("SECRET") && answer.body.count < 200)
        }
        for target in ["/findings/f1/mute", "/findings/f1/unmute", "/alerts/a1/acknowledge", "/logout"] {
            #expect(await wire.post(target, "reason=x").status == 401)
        }
        for target in ["/healthz", "/readyz", "/style.css", "/script.js", "/login"] {
            #expect(await wire.get(target).status == 200, "\(target)")
        }
    }

    @Test func theTokenOpensThePageThatWasAskedFor() async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        let asked = await wire.get("/findings?status=fail")
        #expect(asked["Location"] == "/login")
        wire.cookie = asked["Set-Cookie"].map { String($0.prefix { $0 != ";" }) }
        let form = await wire.get("/login")
        #expect(form["Set-Cookie"] == nil)
        #expect(form.body.contains("login"))
        let answer = await wire.post("/login", "csrf=\(form.csrf)&token=\(ServerStage.token)")
        #expect(answer.status == 303)
        #expect(answer["Location"] == "/findings?status=fail")
        let cookie = try #require(answer.values("Set-Cookie").first { $0.contains("session") })
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] { #expect(cookie.contains(attribute)) }
        #expect(!cookie.contains(ServerStage.token))
        wire.cookie = String(cookie.prefix { $0 != ";" })
        let page = await wire.get("/findings?status=fail")
        #expect(page.status == 200)
        #expect(page.body.contains("query=status=fail viewer=token"))
        #expect(await wire.get("/login").status == 303)
    }

    @Test func aLinkFromElsewhereLeadsToThePageAfterOneReload() async throws {
        let stage = try await ServerStage()
        let answer = await Wire(stage).get("/findings/f1", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"])
        #expect(answer.status == 200)
        #expect(answer.body.contains("http-equiv=\"refresh\""))
        #expect(
            await Wire(stage).get("/findings/f1", ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: navigate"]).status
                == 303)
    }

    @Test func tamperedForeignAndEndedSessionsAreNothing() async throws {
        let stage = try await ServerStage()
        let other = try await ServerStage()
        var wire = Wire(stage)
        let status1 = await wire.logIn().status
        #expect(status1 == 303)
        let cookie = try #require(wire.cookie)
        #expect(await wire.get("/").status == 200)
        var foreign = Wire(other)
        _ = await foreign.logIn()
        let value = try #require(cookie.split(separator: "=", maxSplits: 1).last)
        let parts = value.split(separator: ".")
        let tampered = [
            String(cookie.dropLast(3)) + "AAA", "parapet-session=\(parts[0])", "parapet-session=\(parts[0]).",
            "parapet-session=x\(value)", "parapet-session=", "parapet-session=.", "parapet-session=\(parts[0]).\u{FF}",
            foreign.cookie ?? "", "parapet-session=" + String(repeating: "A", count: 6_000), "__Host-\(cookie)",
            "parapet-login=\(value)", cookie.replacing("=", with: "%3D"),
        ]
        for text in tampered {
            wire.cookie = text
            #expect(await wire.get("/").status == 303, "\(text)")
        }
        // One that another server on this host has set does not hide the right one.
        wire.cookie = "parapet-session=planted; \(cookie)"
        let page = await wire.get("/")
        #expect(page.status == 200)
        let out = await wire.post("/logout", "csrf=\(page.csrf)")
        #expect(out.status == 303)
        #expect(out["Set-Cookie"]?.contains("Max-Age=0") == true)
        wire.cookie = cookie
        #expect(await wire.get("/").status == 303)
    }

    @Test func sessionsEndWhenIdleAndAfterTheirTime() async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        _ = await wire.logIn()
        func pass(_ hours: Double) { stage.clock.pass(hours * 3600) }
        for _ in 0..<6 {
            pass(1.9)
            #expect(await wire.get("/").status == 200)
        }
        pass(0.7)
        #expect(await wire.get("/").status == 303)
        _ = await wire.logIn()
        pass(2.1)
        #expect(await wire.get("/").status == 303)
    }

    @Test func guessingIsSlowedDown() async throws {
        let stage = try await ServerStage()
        var wire = Wire(stage)
        for _ in 0..<LoginLimiter.free {
            let status = await wire.logIn("wrong").status
            #expect(status == 401)
        }
        let refused = await wire.logIn("wrong")
        #expect(refused.status == 429)
        #expect(refused["Retry-After"] == "1")
        // The right token has to wait too, else the answer would tell.
        let status2 = await wire.logIn().status
        #expect(status2 == 429)
        stage.clock.pass(2)
        let status3 = await wire.logIn().status
        #expect(status3 == 303)
        #expect(stage.registry.text(.prometheus).contains("parapet_login_failures_total 5.0"))
    }

    @Test func aTrustedProxyNamesThePerson() async throws {
        let stage = try await ServerStage {
            $0.access = try DashboardSettings.header("X-Forwarded-User", from: DashboardSettings.loopback)
        }
        let wire = Wire(stage)
        #expect(await wire.get("/", ["X-Forwarded-User: ann"]).body.contains("viewer=ann"))
        for headers in [
            [], ["X-Forwarded-User:"], ["X-Forwarded-User: ann", "X-Forwarded-User: bob"], ["X-Forwarded-Users: ann"],
            ["X-Forwarded-User: \(String(repeating: "a", count: 300))"],
        ] {
            let answer = await wire.get("/", headers)
            #expect(answer.status == 401, "\(headers)")
            #expect(!answer.body.contains("SECRET"))
        }
        #expect(await wire.get("/login").status == 404)
        #expect(await wire.post("/login", "token=x").status == 404)
        // A form's token is worth nothing to another person.
        let csrf = await wire.get("/", ["X-Forwarded-User: ann"]).csrf
        let bob = ["Sec-Fetch-Site: same-origin", "X-Forwarded-User: bob"]
        #expect(await wire.post("/findings/f1/mute", "csrf=\(csrf)&reason=x", bob).status == 403)
    }

    @Test func theHeaderOfAnotherMachineIsNothing() async throws {
        let stage = try await ServerStage {
            $0.access = try DashboardSettings.header(
                "X-Forwarded-User", from: AddressSet([CIDR("10.0.0.0/8")].compactMap(\.self)))
        }
        #expect(await Wire(stage).get("/", ["X-Forwarded-User: ann"]).status == 401)
    }
}

@Suite struct LoginValueTests {
    let start = Date(timeIntervalSince1970: 1_000_000)

    @Test func waitsDoubleUpToTheirLimit() {
        var limiter = LoginLimiter()
        var time = start
        var waits: [TimeInterval] = []
        let peer = IPAddress("203.0.113.5")
        for _ in 0..<40 {
            if let wait = limiter.begin(peer, at: time) {
                waits.append(wait)
                time += wait
                #expect(limiter.begin(peer, at: time) == nil)
            }
        }
        #expect(waits.prefix(4) == [1, 2, 4, 8])
        #expect(waits.max() == LoginLimiter.longestWait)
        #expect(limiter.begin(IPAddress("203.0.113.6"), at: time) == nil)
    }

    @Test func allAddressesTogetherHaveALimitAndMemoryIsBounded() {
        var limiter = LoginLimiter()
        var allowed = 0
        for number in 0..<UInt32(10_000) where limiter.begin(IPAddress(ipv4: number), at: start) == nil { allowed += 1 }
        #expect(allowed == LoginLimiter.total)
        var time = start
        for number in 0..<UInt32(10_000) {
            time += 2
            _ = limiter.begin(IPAddress(ipv4: number), at: time)
        }
        #expect(limiter.sources <= LoginLimiter.limit)
    }

    @Test func oneNetworkOfIPv6IsOneAddress() {
        var limiter = LoginLimiter()
        for number in 0..<LoginLimiter.free {
            #expect(limiter.begin(IPAddress("2001:db8::\(number)"), at: start) == nil)
        }
        #expect(limiter.begin(IPAddress("2001:db8::ffff"), at: start) != nil)
        #expect(limiter.begin(IPAddress("2001:db8:0:1::1"), at: start) == nil)
    }

    @Test func aSuccessForgetsTheFailures() {
        var limiter = LoginLimiter()
        for _ in 0..<4 { _ = limiter.begin(nil, at: start) }
        #expect(limiter.begin(nil, at: start) == nil)
        limiter.succeed(nil)
        #expect(limiter.begin(nil, at: start) == nil)
    }

    @Test func sessionsAreBounded() {
        var table = SessionTable()
        for number in 0..<3_000 { table.start("\(number)", at: start + Double(number) / 1_000) }
        #expect(table.count == SessionTable.limit)
        let (isNewestAlive, isOldestAlive) = (
            table.isAlive("2999", at: start, isUse: true), table.isAlive("0", at: start, isUse: true)
        )
        #expect(isNewestAlive)
        #expect(!isOldestAlive)
    }

    @Test func aSealIsForOnePurposeAndOneText() {
        let seal = CookieSeal()
        let sealed = seal.sealed("session", "id")
        #expect(seal.opened("session", sealed) == "id")
        #expect(seal.opened("login", sealed) == nil)
        #expect(CookieSeal().opened("session", sealed) == nil)
        for text in ["", ".", "id", "id.", ".\(sealed)", sealed + "A", String(repeating: ".", count: 5_000)] {
            #expect(seal.opened("session", text) == nil, "\(text.prefix(20))")
        }
    }

    @Test(arguments: [
        "short", String(repeating: "a", count: 2_000), "a token with spaces 123", "tökens-are-ascii-only", "",
    ])
    func tokensThatCannotBeUsedAreRefused(text: String) {
        #expect(throws: Failure.self) { try AccessToken(text, from: "a file") }
    }

    @Test func theErrorOfATokenDoesNotShowIt() {
        let failure = #expect(throws: Failure.self) { try AccessToken("hunter2", from: "a file") }
        #expect(failure?.description.contains("hunter2") == false)
    }
}
