import Foundation

/// A moto server that plays AWS over real HTTP on a free loopback port. It ends when its standard input closes, so
/// a killed test run leaves none behind.
public final class MotoServer: Sendable {
    public let endpoint: String
    private nonisolated(unsafe) let process: Process
    private nonisolated(unsafe) let input: Pipe

    public struct Failure: Error, CustomStringConvertible {
        public var description: String

        public init(_ description: String) {
            self.description = description
        }
    }

    /// - Parameter seeded: with the sample account in it.
    public static func start(seeded: Bool) async throws -> MotoServer {
        let server = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try MotoServer() }) }
        }
        if seeded {
            let outcome = try await Subprocess.python(
                "Examples/sample-account/seed.py", ["--endpoint-url", server.endpoint])
            guard outcome.status == 0 else {
                throw Failure("the sample account cannot be seeded: \(outcome.standardError)")
            }
        }
        return server
    }

    /// One server with the sample account, for all tests that only read it.
    public static let sample = Task { try await MotoServer.start(seeded: true) }

    private init() throws {
        let words = Repository.python.split(separator: " ").map(String.init)
        process = Process()
        process.executableURL = URL(filePath: words[0])
        process.arguments = words.dropFirst() + [Repository.file("Tests/Support/python/moto_server.py").path]
        input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = Subprocess.readSome(output, at: 1), byte != Data("\n".utf8) { line += byte }
        let ready = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard ready.count == 2, ready[0] == "READY", let port = Int(ready[1]) else {
            throw Failure("the moto server does not start; run 'make setup' first")
        }
        endpoint = "http://127.0.0.1:\(port)"
    }

    deinit {
        try? input.fileHandleForWriting.close()
    }
}
