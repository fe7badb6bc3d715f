import AWSClient
import Basics
import Crypto
import Foundation
import Store
import Synchronization
import TestSupport
import Testing

@testable import Notifiers

/// Webhooks over real sockets, with receivers that misbehave.
@Suite struct HTTPReceiverTests {
    private let seen = Requests()

    final class Requests: Sendable {
        private let all = Mutex<[HTTPRequest]>([])
        var requests: [HTTPRequest] { all.withLock { $0 } }
        func add(_ request: HTTPRequest) { all.withLock { $0.append(request) } }
    }

    private func surroundings(_ variables: [String: String], limit: Duration = .seconds(10)) -> NotifierSurroundings {
        NotifierSurroundings(
            transport: AsyncHTTPTransport(), variables: variables, readFile: { _ in nil },
            session: { () async throws(Failure) in throw Failure("no session", why: "a test", advice: "none") },
            finding: { _, _, _, _ in (.null, "") }, write: { _ in }, clock: OutboxClock(now: { Sample.now }),
            limit: limit)
    }

    private func message(_ count: Int = 1) -> OutgoingMessage {
        OutgoingMessage(
            notifier: "hook", key: "0123456789abcdef0123456789abcdef",
            items: (0..<count).map { .init(key: "\($0)", notice: Notice(Sample.alert("\($0)"))) }, time: Sample.now)
    }

    private func send(
        _ reply: @escaping @Sendable (HTTPRequest) -> TestServer.Reply,
        path: String = "/hooks/s3cret-path?token=s3cret-token",
        limit: Duration = .seconds(10)
    ) async throws -> SendOutcome {
        let seen = seen
        let server = try await TestServer.start { request in
            seen.add(request)
            return reply(request)
        }
        let surroundings = surroundings(["URL": server.endpoint + path, "SECRET": "s3cret-key"], limit: limit)
        let notifier = Notifier("hook", .webhook(address: .environment("URL"), secret: .environment("SECRET")))
        try surroundings.check(notifier)
        return await surroundings.receiver(of: notifier).send(message())
    }

    @Test func aMessageIsSignedAndNamed() async throws {
        #expect(try await send { _ in .answer(HTTPResponse(status: 204)) } == .sent)
        let request = try #require(seen.requests.first)
        #expect(seen.requests.count == 1)
        #expect((request.method, request.path) == ("POST", "/hooks/s3cret-path"))
        #expect(request.query == [.init("token", "s3cret-token")])
        #expect(request[header: "Content-Type"] == "application/json")
        #expect(request[header: "Idempotency-Key"] == "0123456789abcdef0123456789abcdef")
        let timestamp = try #require(request[header: "X-Parapet-Timestamp"])
        #expect(timestamp == "\(Int(Sample.now.timeIntervalSince1970))")
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(timestamp).".utf8) + request.body, using: SymmetricKey(data: Data("s3cret-key".utf8)))
        #expect(request[header: "X-Parapet-Signature"] == "v1=" + Hexadecimal.text(code))
    }

    /// The verifier that the documentation gives to receivers.
    @Test func theVerifierOfTheDocumentationAcceptsAMessageAndNothingElse() async throws {
        _ = try await send { _ in .answer(HTTPResponse(status: 204)) }
        let request = try #require(seen.requests.first)
        let page = try String(contentsOf: Repository.file("docs/notify.md"), encoding: .utf8)
        let start = try #require(page.range(of: "```python\n")).upperBound
        let end = try #require(page.range(of: "\n```", range: start..<page.endIndex)).lowerBound
        let folder = TemporaryFolder()
        let script = """
            \(page[start..<end])

            import sys
            body = open(sys.argv[1], "rb").read()
            timestamp, signature, now = sys.argv[2], sys.argv[3], float(sys.argv[4])
            key = b"s3cret-key"
            print(is_from_parapet(body, timestamp, signature, key, now),
                  is_from_parapet(body + b" ", timestamp, signature, key, now),
                  is_from_parapet(body, timestamp, signature, key + b"x", now),
                  is_from_parapet(body, timestamp, signature, key, now + 3600),
                  is_from_parapet(body, "x", "", key, now))
            """
        let path = try folder.write(script, to: "verify.py")
        try Data(request.body).write(to: URL(filePath: folder.file("body")))
        let words = Repository.python.split(separator: " ").map(String.init)
        let outcome = try await Subprocess.run(
            words[0],
            words.dropFirst() + [
                path, folder.file("body"), request[header: "X-Parapet-Timestamp"] ?? "",
                request[header: "X-Parapet-Signature"] ?? "", "\(Sample.now.timeIntervalSince1970 + 1)",
            ])
        #expect(outcome.standardOutput == "True False False False False\n", "\(outcome.standardError)")
    }

    @Test(arguments: [408, 425, 429, 500, 502, 503, 504, 599])
    func anotherAttemptFollowsThatCanHelp(status: Int) async throws {
        let outcome = try await send { _ in
            .answer(HTTPResponse(status: status, headers: [.init("Retry-After", "7")], body: Array("busy".utf8)))
        }
        #expect(outcome == .failed("it answered \(status): busy", after: 7))
    }

    @Test(arguments: ["Thu, 01 Jan 2026 00:01:00 GMT", "60"])
    func theReceiversWishIsReadInBothForms(text: String) async throws {
        let outcome = try await send { _ in
            .answer(HTTPResponse(status: 429, headers: [.init("Retry-After", text)]))
        }
        #expect(outcome == .failed("it answered 429", after: 60))
    }

    @Test(arguments: ["", "soon", "-1", "99999999999999999999", "Thu, 99 Foo 2026 00:00:00 GMT"])
    func aWishThatIsNotUnderstoodIsNone(text: String) async throws {
        let outcome = try await send { _ in
            .answer(HTTPResponse(status: 429, headers: [.init("Retry-After", text)]))
        }
        #expect(outcome == .failed("it answered 429"))
    }

    @Test(arguments: [400, 401, 403, 404, 410, 413, 422])
    func noOtherAttemptFollowsARefusal(status: Int) async throws {
        let outcome = try await send { request in
            .answer(
                HTTPResponse(status: status, body: Array("no \u{1B}[31m\(request.path) s3cret-token s3cret-key".utf8)))
        }
        #expect(outcome == .refused("it answered \(status): no \\u{1b}[31m[hidden] [hidden] [hidden]"))
    }

    @Test(arguments: [301, 302, 307, 308])
    func aRedirectIsNotFollowed(status: Int) async throws {
        let others = Requests()
        let other = try await TestServer.start { request in
            others.add(request)
            return .answer(HTTPResponse(status: 200))
        }
        let outcome = try await send { _ in
            .answer(HTTPResponse(status: status, headers: [.init("Location", other.endpoint + "/s3cret")]))
        }
        #expect(outcome == .refused("it answered \(status): redirects are not followed"))
        #expect(others.requests.isEmpty)
    }

    @Test func aReceiverThatNeverAnswersIsGivenUp() async throws {
        let start = ContinuousClock.now
        let outcome = try await send({ _ in .silence }, limit: .milliseconds(300))
        guard case .failed = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(start.duration(to: .now) < .seconds(5))
    }

    @Test func aConnectionThatEndsWithoutAnAnswerIsAFailure() async throws {
        let outcome = try await send { _ in .hangUp }
        guard case .failed(let reason, nil) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(!reason.contains("s3cret"))
    }

    @Test func aConnectionThatIsResetIsNoRefusal() async throws {
        let outcome = try await send { _ in .reset(HTTPResponse(status: 200, body: Array("accepted".utf8)), after: 3) }
        if case .refused = outcome { Issue.record("\(outcome)") }
    }

    @Test func nobodyListeningIsAFailure() async throws {
        let surroundings = surroundings(["URL": "http://127.0.0.1:9/s3cret-path"])
        let notifier = Notifier("chat", .slack(address: .environment("URL")))
        let outcome = await surroundings.receiver(of: notifier).send(message())
        guard case .failed(let reason, nil) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(reason.contains("127.0.0.1:9") && !reason.contains("s3cret"))
    }

    /// A receiver that accepted a message would get it twice if the rest of its answer decided.
    @Test func theStatusDecidesWhateverComesOfTheBody() async throws {
        let body = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
        #expect(try await send { _ in .answer(HTTPResponse(status: 200, body: body)) } == .sent)
        #expect(try await send { _ in .cut(HTTPResponse(status: 200, body: body), after: 10) } == .sent)
        let short = Array(body.prefix(60_000))
        let slow = try await send(
            { _ in .drip(HTTPResponse(status: 202, body: short), pause: 20) }, limit: .milliseconds(400))
        #expect(slow == .sent)
        let refused = try await send { _ in .cut(HTTPResponse(status: 400, body: body), after: 10) }
        #expect(refused == .refused("it answered 400"))
    }

    @Test func pagerDutyGetsTheEventsOfATest() async throws {
        let seen = seen
        let server = try await TestServer.start { request in
            seen.add(request)
            return .answer(HTTPResponse(status: 202))
        }
        let notifier = Notifier(
            "on-call", .pagerDuty(key: .environment("KEY"), address: server.endpoint + "/v2/enqueue"))
        let test = await surroundings(["KEY": "s3cret-key"]).test(notifier)
        #expect(test.problem == nil)
        let actions = try seen.requests.map {
            try JSON(parsing: String(decoding: $0.body, as: UTF8.self))["event_action"]?.text
        }
        #expect(actions == ["trigger", "resolve"])
    }

    @Test func aSecretThatIsMissingIsToldWithItsPlaceOnly() {
        let notifier = Notifier("chat", .slack(address: .environment("URL")))
        #expect(throws: Failure.self) { try surroundings([:]).check(notifier) }
        #expect(throws: Failure.self) { try surroundings(["URL": "  \n"]).check(notifier) }
        for address in ["s3cret-token", "http://s3cret.example/x", "https://", "https://a b", "ftp://s3cret-token"] {
            let failure = #expect(throws: Failure.self) { try surroundings(["URL": address]).check(notifier) }
            #expect(failure?.description.contains("s3cret") == false, "\(String(describing: failure))")
        }
        let file = Notifier("chat", .teams(address: .file("/none")))
        #expect(throws: Failure.self) { try surroundings([:]).check(file) }
    }

    @Test func linesOnStdoutAreOneDocumentEach() async throws {
        let written = Mutex<[UInt8]>([])
        let receiver = LineReceiver { bytes in written.withLock { $0 += bytes } }
        #expect(await receiver.send(message(3)) == .sent)
        let lines = String(decoding: written.withLock { $0 }, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 3)
        for line in lines { #expect(try JSON(parsing: String(line))["items"]?.elements?.count == 1) }
    }
}
