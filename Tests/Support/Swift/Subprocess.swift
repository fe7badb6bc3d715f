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
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                do {
                    try process.run()
                } catch {
                    continuation.resume(throwing: error)
                    return
                }
                // Both streams are drained at once: a full pipe would stop the program.
                nonisolated(unsafe) var errorBytes = Data()
                let drained = DispatchGroup()
                DispatchQueue.global().async(group: drained) {
                    errorBytes = readAll(error)
                }
                let outputBytes = readAll(output)
                drained.wait()
                process.waitUntilExit()
                continuation.resume(
                    returning: Outcome(
                        status: process.terminationStatus,
                        standardOutput: String(decoding: outputBytes, as: UTF8.self),
                        standardError: String(decoding: errorBytes, as: UTF8.self)))
            }
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
