import Basics
import Foundation
import Store
import TestSupport

/// A bucket and a queue on a moto server of its own, and `parapet watch` as a user runs it.
struct WatchStage {
    let server: MotoServer
    let queue: String
    let folder: URL

    var database: String { folder.path + "/watch.db" }

    init() async throws {
        server = try await MotoServer.start(seeded: false)
        folder = FileManager.default.temporaryDirectory.appending(path: "watch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        queue = try await Self.stage(server, ["setup"]).standardOutput.trimmingCharacters(in: .newlines)
        try Data("watch: {visibility: 3s}\n".utf8).write(to: URL(filePath: folder.path + "/config.yaml"))
    }

    func stage(_ words: [String]) async throws { _ = try await Self.stage(server, words) }

    private static func stage(_ server: MotoServer, _ words: [String]) async throws -> Subprocess.Outcome {
        let outcome = try await Subprocess.python(
            "Tests/Support/python/watch_stage.py", words + ["--endpoint-url", server.endpoint])
        guard outcome.status == 0 else { throw MotoServer.Failure(outcome.standardError) }
        return outcome
    }

    func deliver(_ count: Int, from first: Int = 0, alertEvery: Int = 10, repeating: Bool = false) async throws {
        try await stage(
            [
                "deliver", "--queue", queue, "--count", "\(count)", "--first", "\(first)", "--alert-every",
                "\(alertEvery)",
            ] + (repeating ? ["--repeat"] : []))
    }

    var environment: [String: String] {
        [
            "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent", "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": server.endpoint,
        ]
    }

    func arguments(_ more: [String]) -> [String] {
        ["watch", "--db", database, "--config", folder.path + "/config.yaml", "--queue", queue] + more
    }

    /// Works on what is there, without scans unless they are asked for.
    func once(
        _ more: [String] = ["--scan-every", "0", "--verify-every", "0"], environment: [String: String] = [:]
    ) async throws -> Subprocess.Outcome {
        try await Subprocess.run(
            Repository.parapet, arguments(["--once"] + more),
            environment: self.environment.merging(environment) { _, new in new })
    }

    /// Works on what listing finds, without scans and verifications.
    func poll(environment: [String: String] = [:]) async throws -> Subprocess.Outcome {
        try await Subprocess.run(
            Repository.parapet,
            [
                "watch", "--db", database, "--once", "--poll", "s3://watch-logs/AWSLogs", "--scan-every", "0",
                "--verify-every", "0",
            ], environment: self.environment.merging(environment) { _, new in new })
    }

    /// Writes the configuration.
    func configure(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder.path + "/config.yaml"))
    }

    /// Starts a watch that runs until it is stopped. Its messages are in ``log``.
    func start(_ more: [String]) throws -> Process {
        try Self.start(arguments(more), environment, log: folder.path + "/watch.log")
    }

    /// What the watches said that ran until they were stopped.
    var log: String { (try? String(contentsOfFile: folder.path + "/watch.log", encoding: .utf8)) ?? "" }

    /// Starts a dashboard over the store, for a proxy that names the user.
    func serve() throws -> Process {
        let words = ["serve", "--db", database, "--listen", "127.0.0.1:0", "--trusted-header", "X-User"]
        return try Self.start(words, environment, log: folder.path + "/serve.log")
    }

    /// The port that a process has written into its log, after a text.
    func port(after text: String, in log: String) async throws -> Int {
        var port: Int?
        _ = try await Self.wait {
            let said = try String(contentsOfFile: folder.path + "/" + log, encoding: .utf8)
            port = said.ranges(of: text).last.flatMap { Int(said[$0.upperBound...].prefix { $0.isNumber }) }
            return port != nil
        }
        guard let port else { throw MotoServer.Failure("no port in \(log)") }
        return port
    }

    private static func start(_ words: [String], _ environment: [String: String], log: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: Repository.parapet)
        process.arguments = words
        process.environment = environment
        if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(filePath: log)) }
        let output = try FileHandle(forWritingTo: URL(filePath: log))
        try output.seekToEnd()
        process.standardError = output
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    func store() throws -> Store { try Store(database, isReadOnly: true) }

    /// The identifiers of the events of stopped trails that have an alert, sorted.
    func stopped() throws -> [String] {
        try store().alerts(in: "cloudtrail", since: .distantPast).filter { $0.rule == Self.stopRule }
            .compactMap(\.event).sorted()
    }

    /// The built-in rule about stopped trails.
    static let stopRule = "2389c07f-07ac-40d2-b9f1-1c09794f8bfb"

    static func expected(_ count: Int, every: Int = 10) -> [String] {
        stride(from: 0, to: count, by: every).map { "stop-\($0)" }.sorted()
    }

    /// Waits until a condition holds.
    static func wait(_ seconds: Int = 120, until holds: () throws -> Bool) async throws -> Bool {
        for _ in 0..<seconds * 10 {
            if (try? holds()) == true { return true }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }
}
