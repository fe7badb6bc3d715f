import Foundation
import Testing
import TestSupport

/// How the built program ends by signals, and what ends with it.
@Suite(.timeLimit(.minutes(10))) struct InterruptionTests {
    /// A program whose credentials come from another, which starts a third that writes its process id and stays.
    private struct Stage {
        let folder: URL
        let environment: [String: String]
        var started: String { folder.appending(path: "started").path }

        /// - Parameter command: what stands in the profile; `nil` for one that never answers.
        init(command: String? = nil) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let tool = folder.appending(path: "tool.sh").path
            let started = folder.appending(path: "started").path
            try Data(
                (command ?? "sleep 1000 & echo $! >\(started).new; mv \(started).new \(started); wait\n").utf8
            ).write(to: URL(filePath: tool))
            let config = folder.appending(path: "config").path
            try Data("[default]\nregion = us-east-1\ncredential_process = sh \(tool)\n".utf8)
                .write(to: URL(filePath: config))
            environment = [
                "AWS_CONFIG_FILE": config, "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "HOME": "/nonexistent",
                "PATH": "/usr/bin:/bin", "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true",
            ]
        }

        func remove() { try? FileManager.default.removeItem(at: folder) }

        /// The process id of the third program, once it runs.
        func grandchild() async -> Int {
            while true {
                try? await Task.sleep(for: .milliseconds(10))
                if let text = try? String(contentsOfFile: started, encoding: .utf8),
                    let id = Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
                {
                    return id
                }
            }
        }

        /// Waits until a process has ended.
        func end(of process: Int) async {
            let stat = "/proc/\(process)/stat"
            while let text = try? String(contentsOfFile: stat, encoding: .utf8), !text.contains(") Z ") {
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    private static let scan = ["scan", "--check", "root-mfa"]

    private func start(_ program: String, _ arguments: [String], _ stage: Stage) throws -> (Process, Ending) {
        let process = Process()
        // Whoever runs the tests may ignore signals.
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["--default-signal=HUP,INT,TERM", program] + arguments
        process.environment = stage.environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let ending = Ending(process)
        try process.run()
        return (process, ending)
    }

    /// The end of a process, to wait for.
    private final class Ending: Sendable {
        private let stream: AsyncStream<Void>

        init(_ process: Process) {
            let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
            self.stream = stream
            process.terminationHandler = { _ in continuation.finish() }
        }

        func wait() async { for await _ in stream {} }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalEndsTheProgramAndWhatItStarted(signal: Int32) async throws {
        let stage = try Stage()
        defer { stage.remove() }
        let (process, ending) = try start(Repository.parapet, Self.scan, stage)
        let grandchild = await stage.grandchild()
        kill(process.processIdentifier, signal)
        await ending.wait()
        #expect(process.terminationReason == .uncaughtSignal)
        #expect(process.terminationStatus == signal)
        await stage.end(of: grandchild)
    }

    private static let mayHaveNamespaces: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/unshare")
        process.arguments = ["--pid", "--fork", "true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test(.enabled(if: mayHaveNamespaces, "no process may be given a namespace here"), arguments: [SIGINT, SIGTERM])
    func theFirstProcessOfAContainerEndsBySignalsToo(signal: Int32) async throws {
        let stage = try Stage()
        defer { stage.remove() }
        let (process, ending) = try start(
            "/usr/bin/unshare", ["--pid", "--fork", Repository.parapet] + Self.scan, stage)
        let unshare = process.processIdentifier
        while !FileManager.default.fileExists(atPath: stage.started) { try? await Task.sleep(for: .milliseconds(10)) }
        let children = try String(contentsOfFile: "/proc/\(unshare)/task/\(unshare)/children", encoding: .utf8)
        let first = try #require(children.split(separator: " ").first.flatMap { pid_t($0) })
        kill(first, signal)
        await ending.wait()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 128 + signal)
    }

    @Test func whoIgnoresASignalGoesOnIgnoringIt() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        let (process, ending) = try start(
            "/bin/sh", ["-c", "trap '' INT; exec \(Repository.parapet) \(Self.scan.joined(separator: " "))"], stage)
        _ = await stage.grandchild()
        kill(process.processIdentifier, SIGINT)
        kill(process.processIdentifier, SIGTERM)
        await ending.wait()
        #expect(process.terminationStatus == SIGTERM)
    }

    // MARK: At a terminal

    private static let asking = """
        printf 'code: ' >/dev/tty
        read code </dev/tty
        printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"x","Expiration":"2020-01-01T00:00:00Z"}' "$code"
        """

    @Test func aProgramForCredentialsMayAskItsUser() async throws {
        let stage = try Stage(command: Self.asking)
        defer { stage.remove() }
        let outcome = try await Subprocess.run(
            "/usr/bin/env",
            Repository.python.split(separator: " ").map(String.init) + [
                Repository.file("Tests/Support/python/terminal.py").path, "code: ", #"123456\n"#, Repository.parapet,
            ] + Self.scan, environment: stage.environment)
        #expect(outcome.status == 1)
        // The answer was read: what the program made of it is old.
        #expect(outcome.standardOutput.contains("expired at 2020-01-01T00:00:00Z"), "\(outcome)")
    }

    @Test func ctrlCEndsBoth() async throws {
        let stage = try Stage(command: Self.asking)
        defer { stage.remove() }
        let outcome = try await Subprocess.run(
            "/usr/bin/env",
            Repository.python.split(separator: " ").map(String.init) + [
                Repository.file("Tests/Support/python/terminal.py").path, "code: ", #"\x03"#, Repository.parapet,
            ] + Self.scan, environment: stage.environment)
        #expect(outcome.status == 128 + SIGINT, "\(outcome)")
    }
}
