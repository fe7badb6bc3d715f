import Foundation

/// A server in Python that says on its first line of output where it listens. It ends when its standard input closes, so
/// a killed test run leaves none behind.
public final class PythonServer: Sendable {
    /// What it printed when it was ready.
    public let greeting: String
    private let process: Process
    private let input: Pipe

    /// - Parameter script: its path in the repository.
    public static func start(_ script: String) async throws -> PythonServer {
        try await Subprocess.onThreadOfItsOwn { try PythonServer(script) }
    }

    private init(_ script: String) throws {
        let words = Repository.python.split(separator: " ").map(String.init)
        process = Process()
        process.executableURL = URL(filePath: words[0])
        process.arguments = words.dropFirst() + ["-W", "ignore", Repository.file(script).path]
        input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = Subprocess.readSome(output, at: 1), byte != Data("\n".utf8) { line += byte }
        greeting = String(decoding: line, as: UTF8.self)
    }

    deinit {
        try? input.fileHandleForWriting.close()
    }
}
