import Basics
import AWSClient
import Foundation
import LogSources
import Synchronization
import TestSupport
import TrailIntegrity

/// AWS as the tests need it: moto for S3, and before it a server that also answers what moto cannot, such as
/// ListPublicKeys, and that refuses what a test wants refused.
final class IntegrityStage: Sendable {
    static let shared = Task { try await IntegrityStage() }

    let endpoint: String
    private let moto: MotoServer
    private let server: TestServer
    private let transport: AsyncHTTPTransport
    private let rules: Rules

    private init() async throws {
        moto = try await MotoServer.start(seeded: false)
        transport = AsyncHTTPTransport(connectionsPerHost: 16, isPatient: true)
        rules = Rules()
        let upstream = moto.endpoint
        server = try await TestServer.start { [transport, rules] request in
            if let reply = rules.reply(to: request) { return reply }
            return await TestServer.forward(request, to: upstream, over: transport)
        }
        endpoint = server.endpoint
    }

    /// What is answered before moto is asked.
    final class Rules: Sendable {
        typealias Rule = @Sendable (HTTPRequest) -> TestServer.Reply?

        private let rules = Mutex<[Rule]>([])
        private let trails = Mutex<[[String: any Sendable]]>([])

        func add(_ rule: @escaping Rule) { rules.withLock { $0.append(rule) } }

        func add(_ trail: SampleTrail) {
            trails.withLock {
                $0.append([
                    "TrailARN": trail.arn, "Name": trail.name, "HomeRegion": trail.home, "S3BucketName": trail.bucket,
                    "S3KeyPrefix": trail.prefix, "IsOrganizationTrail": trail.organizationID != nil,
                    "IsMultiRegionTrail": true, "LogFileValidationEnabled": true,
                ])
            }
        }

        func reply(to request: HTTPRequest) -> TestServer.Reply? {
            for rule in rules.withLock({ $0 }) {
                if let reply = rule(request) { return reply }
            }
            switch request[header: "X-Amz-Target"]?.split(separator: ".").last {
            case "ListPublicKeys": return .json(["PublicKeyList": keys(request)])
            case "DescribeTrails": return .json(["trailList": trails.withLock { $0 }])
            case "DescribeOrganization": return .json(["Organization": ["Id": "o-sample12345"]])
            default: return nil
            }
        }

        private func keys(_ request: HTTPRequest) -> [[String: Any]] {
            let asked = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any] ?? [:]
            func time(_ name: String) -> Date { Date(timeIntervalSince1970: asked[name] as? Double ?? 0) }
            return SigningKey.known.filter {
                $0.validity.lowerBound <= time("EndTime") && $0.validity.upperBound >= time("StartTime")
            }.map { ["Fingerprint": $0.fingerprint, "Value": $0.value] }
        }
    }

    /// Lets DescribeTrails tell of the trail.
    func describe(_ trail: SampleTrail) { rules.add(trail) }

    /// Answers requests before moto does, where `rule` says so.
    func add(_ rule: @escaping Rules.Rule) { rules.add(rule) }

    // MARK: Putting things there

    /// Makes the buckets and puts their objects.
    func put(_ scene: TamperingCase.Scene) async throws {
        for (bucket, objects) in scene.buckets.objects {
            try await send("PUT", path: "/\(bucket)")
            let keys = objects.keys.sorted()
            for start in stride(from: 0, to: keys.count, by: 8) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for key in keys[start..<min(start + 8, keys.count)] {
                        guard let object = objects[key] else { continue }
                        group.addTask { try await self.send("PUT", path: "/\(bucket)/\(key)", object) }
                    }
                    try await group.waitForAll()
                }
            }
        }
        let gone = scene.vanished.map { "/\(scene.trail.bucket)/\($0)" }
        if !gone.isEmpty {
            rules.add { request in
                guard request.method == "GET", gone.contains(PercentEncoding.decode(request.path) ?? "") else {
                    return nil
                }
                return .refusal(404, "NoSuchKey")
            }
        }
    }

    private func send(_ method: String, path: String, _ object: Buckets.Object = .init(bytes: [])) async throws {
        let parts = moto.endpoint.dropFirst("http://".count).split(separator: ":")
        var request = HTTPRequest(
            method: method, scheme: "http", host: String(parts[0]), port: Int(parts[1]),
            path: PercentEncoding.encode(path, keepingSlash: true), body: object.bytes)
        request.headers = object.metadata.map { .init("x-amz-meta-\($0.key)", $0.value) }
        let signed = RequestSigner(credentials: Self.credentials, region: "us-east-1", service: "s3").sign(
            request, at: Date())
        let answer = try await transport.send(signed, timeout: .seconds(300), maximumBodyBytes: 1 << 20)
        guard answer.status == 200 else { throw Refused(status: answer.status) }
    }

    private struct Refused: Error {
        var status: Int
    }

    // MARK: Reading them

    private static let credentials = Credentials(accessKeyID: "AKIDTEST", secretAccessKey: "secret")

    var client: Client { client(endpoint: endpoint) }

    /// A client that gives up soon.
    func client(endpoint: String) -> Client {
        var configuration = ClientConfiguration()
        // With the wait for a connection, while all other tests wait for theirs.
        configuration.timeout = .seconds(300)
        configuration.retry = RetryPolicy(
            maximumAttempts: 2, baseDelay: .milliseconds(1), throttlingBaseDelay: .milliseconds(1))
        return Client(
            credentials: StaticCredentials(Self.credentials),
            endpoints: EndpointResolver(EndpointSettings(endpointURL: endpoint)), transport: transport,
            configuration: configuration, budget: RateBudget { _ in RateLimit(perSecond: 10_000, burst: 10_000) })
    }

    /// What a program needs in its environment to work with this AWS.
    var environment: [String: String] {
        [
            "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "NO_COLOR": "1",
        ]
    }
}

extension TestServer {
    /// What the server behind this one answers.
    static func forward(
        _ request: HTTPRequest, to endpoint: String, over transport: AsyncHTTPTransport
    ) async -> Reply {
        var request = request
        let parts = endpoint.dropFirst("http://".count).split(separator: ":")
        request.host = String(parts[0])
        request.port = Int(parts[1])
        request.headers.removeAll {
            ["host", "content-length", "transfer-encoding", "expect"].contains($0.name.lowercased())
        }
        do throws(TransportError) {
            return .answer(try await transport.send(request, timeout: .seconds(300), maximumBodyBytes: 64 << 20))
        } catch {
            return .hangUp
        }
    }
}

extension TestServer.Reply {
    static func json(_ object: [String: Any]) -> TestServer.Reply {
        let body = (try? JSONSerialization.data(withJSONObject: object)) ?? Data()
        return .answer(
            HTTPResponse(status: 200, headers: [.init("Content-Type", "application/x-amz-json-1.1")], body: Array(body))
        )
    }

    /// As S3 refuses.
    static func refusal(_ status: Int, _ code: String) -> TestServer.Reply {
        .answer(
            HTTPResponse(
                status: status, headers: [.init("Content-Type", "application/xml")],
                body: Array("<Error><Code>\(code)</Code><Message>for the test</Message></Error>".utf8)))
    }
}

/// A folder with a copy of a bucket, deleted with this value.
final class LocalCopy: Sendable {
    let path: String

    init(_ scene: TamperingCase.Scene) throws {
        let root = URL.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString)")
        path = root.path
        for (key, object) in scene.buckets.objects[scene.trail.bucket] ?? [:] {
            let file = root.appending(path: key)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(object.bytes).write(to: file)
            if !object.metadata.isEmpty {
                let head = ["ContentLength": object.bytes.count, "Metadata": object.metadata] as [String: Any]
                try JSONSerialization.data(withJSONObject: head)
                    .write(to: URL(filePath: file.path + ".metadata.json"))
            }
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A store in which some objects are listed, but not there.
struct VanishingStore: LogStore {
    let base: any LogStore
    let vanished: Set<String>

    func holds(bucket: String) -> Bool { base.holds(bucket: bucket) }

    func folders(in bucket: String, under prefix: String) async throws(Failure) -> [String] {
        try await base.folders(in: bucket, under: prefix)
    }

    func page(of bucket: String, under prefix: String, after key: String) async throws(Failure) -> ObjectPage {
        try await base.page(of: bucket, under: prefix, after: key)
    }

    func part(
        of object: ObjectAddress, from offset: Int, length: Int, version: String?
    ) async throws(Failure) -> ObjectPart? {
        vanished.contains(object.key)
            ? nil : try await base.part(of: object, from: offset, length: length, version: version)
    }
}

/// The tests' keys, by region and time as CloudTrail gives them.
struct SampleKeys: PublicKeySource {
    func keys(
        of region: String, from start: Date, to end: Date
    ) async throws(Failure) -> [String: String] {
        let known = SigningKey.known.filter { $0.validity.lowerBound <= end && $0.validity.upperBound >= start }
        return Dictionary(uniqueKeysWithValues: known.map { ($0.fingerprint, $0.value) })
    }
}
