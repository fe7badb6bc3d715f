import Foundation
import Testing
import TestSupport

@testable import AWSClient

/// The transport over real sockets.
@Suite struct TransportTests {
    private func send(
        _ endpoint: String, timeout: Duration = .seconds(120), bound: Int = 1 << 20
    ) async -> Result<HTTPResponse, TransportError> {
        let transport = AsyncHTTPTransport(userAgent: "parapet/1.2.3")
        let parts = endpoint.dropFirst("http://".count).split(separator: ":")
        let request = HTTPRequest(
            method: "POST", scheme: "http", host: String(parts[0]), port: Int(parts[1]), path: "/a%20b",
            query: [.init("k", "v w")], body: Array("hello".utf8))
        let result: Result<HTTPResponse, TransportError>
        do throws(TransportError) {
            result = .success(try await transport.send(request, timeout: timeout, maximumBodyBytes: bound))
        } catch {
            result = .failure(error)
        }
        return result
    }

    private func kind(_ result: Result<HTTPResponse, TransportError>) -> TransportError.Kind? {
        if case .failure(let error) = result { error.kind } else { nil }
    }

    @Test func anAnswerThatDripsEndsWithTheTimeout() async throws {
        let server = try await TestServer.start { _ in
            .drip(.json(String(repeating: " ", count: 10_000)), pause: 50)
        }
        let started = ContinuousClock.now
        #expect(kind(await send(server.endpoint, timeout: .seconds(1))) == .timeout)
        #expect(started.duration(to: .now) < .seconds(60))
    }

    @Test func sendsWhatItIsGivenAndNamesTheTool() async throws {
        let server = try await TestServer.start { request in
            .answer(
                .json(
                    "\(request.method) \(request.path) \(request.query[0].value) \(String(decoding: request.body, as: UTF8.self)) \(request[header: "User-Agent"] ?? "")"
                ))
        }
        let answer = try await send(server.endpoint).get()
        #expect(String(decoding: answer.body, as: UTF8.self) == "POST /a%20b v w hello parapet/1.2.3")
    }

    @Test func aCutAnswerIsAFailure() async throws {
        let server = try await TestServer.start { _ in .cut(.json("0123456789"), after: 5) }
        #expect(kind(await send(server.endpoint)) == .cut)
        let silent = try await TestServer.start { _ in .hangUp }
        #expect(kind(await send(silent.endpoint)) == .cut)
    }

    @Test func anAnswerBeyondTheBoundIsAFailure() async throws {
        let server = try await TestServer.start { _ in
            .answer(HTTPResponse(status: 200, body: Array(repeating: 65, count: 100_000)))
        }
        #expect(kind(await send(server.endpoint, bound: 99_999)) == .tooLarge)
        #expect(kind(await send(server.endpoint, bound: 100_000)) == nil)
    }

    @Test func silenceIsATimeout() async throws {
        let server = try await TestServer.start { _ in
            try? await Task.sleep(for: .seconds(60))
            return .hangUp
        }
        #expect(kind(await send(server.endpoint, timeout: .milliseconds(200))) == .timeout)
    }

    @Test func nobodyThereIsToldAsSuch() async {
        #expect(kind(await send("http://127.0.0.1:9")) == .connection)
    }
}
