public import Foundation

/// A program that writes files, killed at one of its calls of the system that change something below a folder.
public struct KilledRun: Sendable {
    public var program = Repository.parapet
    public var arguments: [String]
    public var environment: [String: String]
    /// Emptied before each run.
    public var folder: URL
    /// What is in the folder before, by name; `nil` for a file that only a run makes.
    public var files: [String: String?]
    /// How a run ends that nobody kills.
    public var status: Int32
    /// Whether bytes are all that a run writes into the file of a name.
    public var isWhole: @Sendable (_ name: String, Data) -> Bool

    public init(
        _ arguments: [String], _ environment: [String: String], in folder: URL, _ files: [String: String?],
        status: Int32, isWhole: @escaping @Sendable (_ name: String, Data) -> Bool
    ) {
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.files = files
        self.status = status
        self.isWhole = isWhole
    }

    /// The library that counts the calls; `nil` if this machine has no C compiler.
    private static let library = Task<String?, any Error> {
        let path = FileManager.default.temporaryDirectory.path + "/parapet-kill-at-\(UUID().uuidString).so"
        let source = Repository.file("Tests/Support/c/kill_at.c").path
        for compiler in ["clang", "cc"] {
            let built = try await Subprocess.run(
                "/usr/bin/env", [compiler, "-shared", "-fPIC", "-o", path, source, "-ldl"])
            if built.status == 0 { return path }
        }
        return nil
    }

    /// Whether runs can be killed on this machine.
    public static func isPossible() async throws -> Bool { try await library.value != nil }

    /// Kills a run at the first call, at the second, and so on until one ends by itself, or at some of them. After each,
    /// another run goes to its end.
    /// - Returns: what is wrong: files that were neither as before nor whole, and what the run behind left.
    public func problems(signal: Int32) async throws -> [String] {
        guard let library = try await Self.library.value else { return ["there is no C compiler"] }
        var problems: [String] = []
        var generator = SeededGenerator(seed: UInt64(signal))
        var call = 0
        let mark = FileManager.default.temporaryDirectory.appending(path: "parapet-killed-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: mark) }
        while call < 1_000 {
            call += FaultSample.isWhole ? 1 : Int.random(in: 3...9, using: &generator)
            try fill()
            try? FileManager.default.removeItem(atPath: mark)
            let kill = [
                "LD_PRELOAD": library, "KILL_FOLDER": folder.path + "/", "KILL_AT": "\(call)",
                "KILL_SIGNAL": "\(signal)", "KILL_MARK": mark,
            ]
            let killed = try await Subprocess.run(program, arguments, environment: environment.merging(kill) { $1 })
            for (name, old) in files {
                let found = try? Data(contentsOf: folder.appending(path: name))
                let isOld = found == old.map { Data($0.utf8) }
                if !isOld, found.map({ isWhole(name, $0) }) != true {
                    problems.append("call \(call): \(name) is neither as before nor whole (\(found?.count ?? 0) bytes)")
                }
            }
            let next = try await Subprocess.run(program, arguments, environment: environment)
            if next.status != status { problems.append("call \(call): the next run fails: \(next.standardError)") }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            let more = Set(left).symmetricDifference(files.keys)
            if !more.isEmpty { problems.append("call \(call): behind the next run \(more.sorted())") }
            for name in left where files.keys.contains(name) {
                let found = try Data(contentsOf: folder.appending(path: name))
                if !isWhole(name, found) { problems.append("call \(call): \(name) is not whole behind the next run") }
            }
            // The run ended before the call. One that handles the signal can also end so behind it.
            if killed.status == status, !FileManager.default.fileExists(atPath: mark) {
                return call < 10 ? problems + ["the run ended after \(call) calls"] : problems
            }
        }
        return problems + ["the run never ends"]
    }

    private func fill() throws {
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            if let text { try Data(text.utf8).write(to: folder.appending(path: name)) }
        }
    }
}
