import Basics
import AWSClient
import Foundation
import Gzip
import LogSources
import Synchronization
import Testing
import TestSupport

@testable import TrailIntegrity

/// Whatever goes wrong with a call, nothing that was not seen counts as valid, and nothing as tampered with: the
/// verification ends with an error that names what could not be read.
@Suite(.timeLimit(.minutes(10))) struct FaultTests {
    enum Call: String, CaseIterable, CustomTestStringConvertible {
        case listDigests, getDigest, listLogs, getLog, location, publicKeys

        var testDescription: String { rawValue }

        func matches(_ request: HTTPRequest, bucket: String) -> Bool {
            let path = PercentEncoding.decode(request.path) ?? ""
            func query(_ name: String) -> String? { request.query.first { $0.name == name }?.value }
            switch self {
            case .publicKeys: return request[header: "X-Amz-Target"]?.hasSuffix(".ListPublicKeys") == true
            case .location: return path.hasPrefix("/\(bucket)") && query("location") != nil
            case .listDigests:
                return path.hasPrefix("/\(bucket)") && query("prefix")?.contains("/CloudTrail-Digest/") == true
            case .listLogs:
                return path.hasPrefix("/\(bucket)") && query("prefix")?.contains("/CloudTrail/us-east-1/") == true
            case .getDigest: return path.hasPrefix("/\(bucket)/") && path.contains("20260201T000000Z")
            case .getLog:
                return path.hasPrefix("/\(bucket)/") && path.contains("/CloudTrail/") && path.contains("x1.json.gz")
            }
        }
    }

    enum Fault: String, CaseIterable, CustomTestStringConvertible {
        case denied, failing, unavailable, throttled, cut, hungUp, notFoundBucket

        var testDescription: String { rawValue }

        var reply: TestServer.Reply {
            switch self {
            case .denied: .refusal(403, "AccessDenied")
            case .failing: .refusal(500, "InternalError")
            case .unavailable: .refusal(503, "ServiceUnavailable")
            case .throttled: .refusal(503, "SlowDown")
            case .cut: .cut(HTTPResponse(status: 200, body: [UInt8](repeating: 32, count: 1000)), after: 10)
            case .hungUp: .hangUp
            case .notFoundBucket: .refusal(404, "SomethingElse")
            }
        }
    }

    /// Good answers of something else than S3 and CloudTrail, and broken ones that look whole.
    enum Disguise: String, CaseIterable, CustomTestStringConvertible {
        case page, emptied, blank, compressed, halved, reset, redirected

        var testDescription: String { rawValue }

        func reply(_ answer: HTTPResponse, elsewhere: String) -> TestServer.Reply {
            switch self {
            case .page:
                .answer(.xml("<html><head><title>Sign in</title></head><body><p>Welcome</p></body></html>"))
            case .emptied: .answer(HTTPResponse(status: 200, headers: answer.headers))
            case .blank: .answer(answer.body.first == UInt8(ascii: "{") ? .json("{}") : .xml("<ListBucketResult/>"))
            case .compressed:
                .answer(HTTPResponse(status: answer.status, headers: answer.headers, body: Gzip.compress(answer.body)))
            case .halved:
                .answer(HTTPResponse(status: 200, body: Array(answer.body.prefix(answer.body.count / 2))))
            case .reset: .reset(answer, after: answer.body.count / 2)
            case .redirected: .answer(HTTPResponse(status: 307, headers: [.init("Location", elsewhere)]))
            }
        }
    }

    /// What is in the place of an answer makes nothing valid that was not seen, and no other host hears of it.
    @Test(arguments: Call.allCases, Disguise.allCases)
    func noDisguiseIsTakenForAnAnswer(_ call: Call, _ disguise: Disguise) async throws {
        let visits = Mutex(0)
        let trap = try await TestServer.start { _ in
            visits.withLock { $0 += 1 }
            return .hangUp
        }
        let elsewhere = trap.endpoint
        let known = try await verify { answer, _ in .answer(answer) }
        #expect(!known.hasFailed && known.logs.valid > 0)
        do {
            let verification = try await verify { answer, request in
                call.matches(request, bucket: Self.scene.trail.bucket)
                    ? disguise.reply(answer, elsewhere: elsewhere) : .answer(answer)
            }
            #expect(verification.hasFailed, "\(call) \(disguise)")
        } catch let failure as Failure {
            #expect(!failure.what.isEmpty && !failure.why.isEmpty)
        }
        #expect(visits.withLock { $0 } == 0)
    }

    private func verify(
        _ change: @escaping @Sendable (HTTPResponse, HTTPRequest) -> TestServer.Reply
    ) async throws -> Verification {
        let stage = try await Self.stage.value
        let upstream = stage.endpoint
        let transport = AsyncHTTPTransport(connectionsPerHost: 8)
        let server = try await TestServer.start { request in
            guard case .answer(let answer) = await TestServer.forward(request, to: upstream, over: transport) else {
                return .hangUp
            }
            return change(answer, request)
        }
        return try await Self.verifier(stage.client(endpoint: server.endpoint)).verify([Self.task])
    }

    private static let task = TrailFolderTask(
        folder: TrailFolder(
            bucket: scene.trail.bucket, prefix: "", organizationID: nil, account: "111122223333", region: "us-east-1"),
        trails: [TrailName(name: "main", homeRegion: "us-east-1")])

    private static func verifier(_ client: Client) -> TrailVerifier {
        TrailVerifier(
            reader: ObjectReader(
                store: S3LogStore(client: client, baseRegion: "us-east-1"), threads: 2, fetches: 4),
            keys: CloudTrailKeys(client: client), range: SampleTrail.hour(0)...SampleTrail.hour(6),
            now: SampleTrail.hour(48))
    }

    @Test(arguments: Call.allCases, Fault.allCases)
    func noFaultIsTakenForAVerdict(_ call: Call, _ fault: Fault) async throws {
        // One set of objects for all; each fault has a server of its own before them.
        let stage = try await Self.stage.value
        let upstream = stage.endpoint
        let transport = AsyncHTTPTransport(connectionsPerHost: 8)
        let server = try await TestServer.start { request in
            if call.matches(request, bucket: Self.scene.trail.bucket) { return fault.reply }
            return await TestServer.forward(request, to: upstream, over: transport)
        }
        let verifier = Self.verifier(stage.client(endpoint: server.endpoint))
        let error = await #expect(throws: Failure.self) { _ = try await verifier.verify([Self.task]) }
        #expect(error?.what.isEmpty == false)
        if fault == .denied { #expect(error?.why.contains("AccessDenied") == true) }
        if fault == .denied, call == .getLog { #expect(error?.advice.contains("s3:GetObject") == true) }
    }

    private static nonisolated(unsafe) let scene = TamperingCase.Scene(SampleTrail(bucket: "case-faults"))
    private static let stage = Task {
        let stage = try await IntegrityStage.shared.value
        try await stage.put(scene)
        return stage
    }

    @Test func withoutAnyPublicKeyNothingIsVerified() async throws {
        struct NoKeys: PublicKeySource {
            func keys(of region: String, from start: Date, to end: Date) async throws(Failure) -> [String:
                String]
            { [:] }
        }
        let copy = try LocalCopy(Self.scene)
        let store = FolderLogStore(root: copy.path, bucket: "case-faults")
        let task = TrailFolderTask(
            folder: TrailFolder(
                bucket: "case-faults", prefix: "", organizationID: nil, account: "111122223333", region: "us-east-1"),
            trails: [])
        let verifier = TrailVerifier(
            reader: ObjectReader(store: store, threads: 1, fetches: 1), keys: NoKeys(),
            range: SampleTrail.hour(0)...SampleTrail.hour(6), now: SampleTrail.hour(48))
        let error = await #expect(throws: Failure.self) { _ = try await verifier.verify([task]) }
        #expect(error?.why.contains("no public key") == true)
    }
}
