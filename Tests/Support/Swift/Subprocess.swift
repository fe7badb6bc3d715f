public import Foundation

/// Runs programs and gathers what they print.
public enum Subprocess {
    public struct Outcome: Sendable {
        public var status: Int32
        public var standardOutput: String
        public var standardError: String
    }

    /// - Parameters:
    ///   - environment: all that the program sees, besides `PATH`.
    ///   - input: a file that it reads as its standard input.
    public static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], input: URL? = nil
    ) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""].merging(environment) { $1 }
        let output = Pipe()
        let error = Pipe()
        process.standardOutput = output
        process.standardError = error
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        try await onThreadOfItsOwn { try process.run() }
        // Both streams are drained at once: a full pipe would stop the program.
        async let errorBytes = onThreadOfItsOwn { readAll(error) }
        let outputBytes = try await onThreadOfItsOwn { readAll(output) }
        let outcome = Outcome(
            status: try await status(of: process), standardOutput: String(decoding: outputBytes, as: UTF8.self),
            standardError: String(decoding: try await errorBytes, as: UTF8.self))
        return outcome
    }

    /// Waits until a program has ended, and tells its status.
    @discardableResult
    public static func status(of process: Process) async throws -> Int32 {
        try await onThreadOfItsOwn {
            process.waitUntilExit()
            return process.terminationStatus
        }
    }

    /// Does work that blocks, on a thread that no pool misses: the servers in this process need those of the pool.
    static func onThreadOfItsOwn<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
        }
    }

    /// All bytes up to the end. A signal that interrupts the reading does no harm, other than to `FileHandle`.
    static func readAll(_ pipe: Pipe) -> Data {
        var bytes = Data()
        while let chunk = readSome(pipe, at: 65_536) { bytes += chunk }
        return bytes
    }

    /// The bytes that are there, at most so many; `nil` at the end.
    static func readSome(_ pipe: Pipe, at most: Int) -> Data? {
        var buffer = [UInt8](repeating: 0, count: most)
        while true {
            let count = read(pipe.fileHandleForReading.fileDescriptor, &buffer, most)
            if count > 0 { return Data(buffer[..<count]) }
            if count == 0 || errno != EINTR { return nil }
        }
    }

    /// Runs a Python script of the repository.
    public static func python(_ script: String, _ arguments: [String]) async throws -> Outcome {
        let words = Repository.python.split(separator: " ").map(String.init)
        return try await run(words[0], words.dropFirst() + [Repository.file(script).path] + arguments)
    }
}
