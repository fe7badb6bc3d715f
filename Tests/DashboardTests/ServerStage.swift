import Basics
import Foundation
import Logging
import ServiceLifecycle
import Store
import Synchronization

@testable import Dashboard

#if canImport(Glibc)
    import Glibc
#endif

/// A dashboard on a free port over a store of its own, with pages that show what they are given.
final class ServerStage: Sendable {
    static let token = "a-token-for-the-tests-0123"

    let path: String
    let port: Int
    let registry = PrometheusRegistry()
    let server: DashboardServer
    let clock = StageClock()
    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    /// - Parameters:
    ///   - patience: how long a locked store is waited for, in seconds.
    ///   - change: changes the settings, which are those of `parapet serve` on a free port.
    init(
        writes: Bool = true, patience: TimeInterval = Store.patience,
        _ change: (inout DashboardSettings) throws -> Void = { _ in }
    ) async throws {
        path = FileManager.default.temporaryDirectory.appending(path: "dashboard-\(UUID().uuidString)/a.db").path
        let writable = try Store(path)
        try Self.fill(writable)
        var settings = DashboardSettings(
            address: try ListenAddress(parsing: "127.0.0.1:0"), hosts: try AllowedHosts(["dash.example"]),
            access: .token(try AccessToken(Self.token, from: "the test")), allowsWrites: writes)
        try change(&settings)
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let clock = clock
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        server = try DashboardServer(
            settings, pages: EchoPages(), store: try Store(path, isReadOnly: !writes, patience: patience),
            metrics: registry,
            now: { clock.now }, onListening: { found.yield($0) }, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [server], logger: logger))
        self.group = group
        running = Task {
            defer { found.finish() }
            try await group.run()
        }
        var first: Int?
        for await port in ports {
            first = port
            break
        }
        guard let first else {
            try await running.value
            throw Failure("the server does not start", why: "it ended", advice: "see the error before")
        }
        port = first
    }

    deinit {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try? FileManager.default.removeItem(at: folder)
        let group = group
        Task { await group.triggerGracefulShutdown() }
    }

    func stop() async throws {
        await group.triggerGracefulShutdown()
        try await running.value
    }

    private static func fill(_ store: Store) throws {
        let time = Date(timeIntervalSince1970: 1_000)
        let finding = StoredFinding(
            id: "f1", check: "a-check", practice: "audit-trail", severity: .high, status: "fail", account: "1",
            region: "us-east-1", resourceType: "AWS::S3::Bucket", resource: "b", arn: "arn:b", title: "A title",
            message: "SECRET", hasFix: false, record: "{}", seen: time)
        try store.record(
            StoredScan(
                id: "s", started: time, finished: time, parapet: "1", accounts: ["1"], regions: ["us-east-1"],
                checks: ["a-check"], isPartial: false), [finding])
        _ = try store.change("the alert") { try $0.add([alert("a1")]) }
    }

    static func alert(_ id: String) -> StoredAlert {
        StoredAlert(
            id: id, rule: "r", title: "SECRET", source: "cloudtrail", severity: .high, practice: "audit-trail",
            account: nil, region: nil, actor: "x", event: nil, time: nil, lastTime: nil, record: "{}",
            stored: Date(timeIntervalSince1970: 1_000))
    }
}

/// A clock that tests move.
final class StageClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))

    var now: Date { time.withLock { $0 } }
    func pass(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
}

/// Pages that show their request.
private struct EchoPages: PageSource {
    func answer(_ request: PageRequest) throws -> PageAnswer? {
        if request.path.first == "missing" { return nil }
        if request.path.first == "broken" { throw CancellationError() }
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        return PageAnswer(
            html:
                "SECRET path=\(request.path) query=\(query) viewer=\(request.viewer.name) csrf=\(request.viewer.csrfToken);"
        )
    }
    func login(message: String?, csrfToken: String) -> String { "login \(message ?? "") csrf=\(csrfToken);" }
    func problem(_ status: Int, _ text: String) -> String { "problem \(status) \(text)" }
    var style: String { "body{}" }
    var script: String { "'use strict'" }
}

/// A client that sends what no library would.
struct Wire: Sendable {
    struct Answer: Sendable {
        var status = 0
        var head = ""
        var body = ""

        init(_ text: String) {
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            head = String(parts.first ?? "")
            body = parts.count > 1 ? String(parts[1]) : ""
            status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
        }

        func values(_ name: String) -> [String] {
            head.split(separator: "\r\n").compactMap { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, parts[0].lowercased() == name.lowercased() else { return nil }
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        subscript(name: String) -> String? { values(name).first }

        /// The token of the page's forms.
        var csrf: String { body.firstMatch(of: /csrf=([^;]*);/).map { String($0.1) } ?? "" }
    }

    let port: Int
    var cookie: String?
    var host = "localhost"

    /// Keeps the server running.
    private let stage: ServerStage?

    init(_ stage: ServerStage) { (self.stage, port) = (stage, stage.port) }
    init(port: Int) { (stage, self.port) = (nil, port) }

    /// Sends bytes, and returns what came until the other side closed, or nothing came for `patience` seconds.
    func raw(_ text: String, patience: Double = 5) async -> String {
        let port = port
        return await Self.onThread {
            guard let socket = Self.connect(port) else { return "" }
            defer { close(socket) }
            Self.send(text, socket)
            return Self.receive(socket, patience: patience)
        }
    }

    func get(_ target: String, _ headers: [String] = [], method: String = "GET") async -> Answer {
        Answer(await raw(head(method, target, headers) + "\r\n"))
    }

    /// Posts a form as a page of the dashboard does.
    func post(
        _ target: String, _ form: String, _ headers: [String] = ["Sec-Fetch-Site: same-origin"],
        type: String = "application/x-www-form-urlencoded"
    ) async -> Answer {
        let all = headers + ["Content-Type: \(type)", "Content-Length: \(form.utf8.count)"]
        return Answer(await raw(head("POST", target, all) + "\r\n" + form))
    }

    private func head(_ method: String, _ target: String, _ headers: [String]) -> String {
        let cookies = cookie.map { ["Cookie: \($0)"] } ?? []
        return (["\(method) \(target) HTTP/1.1", "Host: \(host)", "Connection: close"] + cookies + headers)
            .joined(separator: "\r\n") + "\r\n"
    }

    /// Logs in, and keeps the session's cookie.
    mutating func logIn(_ token: String = ServerStage.token, _ headers: [String] = ["Sec-Fetch-Site: same-origin"])
        async -> Answer
    {
        let form = await get("/login")
        if let fresh = form["Set-Cookie"] { cookie = String(fresh.prefix { $0 != ";" }) }
        let answer = await post("/login", "csrf=\(form.csrf)&token=\(token)", headers)
        if let session = answer.values("Set-Cookie").first(where: { $0.contains("session=") }) {
            cookie = String(session.prefix { $0 != ";" })
        }
        return answer
    }

    static func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }

    static func connect(_ port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    @discardableResult
    static func send(_ text: String, _ socket: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    static func receive(_ socket: Int32, patience: Double, until word: String? = nil) -> String {
        var wait = timeval(tv_sec: Int(patience), tv_usec: Int(patience.truncatingRemainder(dividingBy: 1) * 1e6))
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(socket, &buffer, buffer.count, 0), count > 0 {
            all += buffer[..<count]
            if let word, String(decoding: all, as: UTF8.self).contains(word) { break }
        }
        return String(decoding: all, as: UTF8.self)
    }
}
