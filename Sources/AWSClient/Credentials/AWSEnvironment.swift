public import FoundationEssentials

/// Outside inputs of credentials, region and endpoints, so that tests can replace all of them.
public struct AWSEnvironment: Sendable {
    /// The environment variables.
    public var variables: [String: String]
    /// The folder that `~` stands for; `nil` if there is no home, and so no shared files.
    public var homeDirectory: String?
    /// A file's bytes; `nil` if there is no such file. Throws if the file cannot be read.
    public var readFile: @Sendable (_ path: String) throws -> [UInt8]?
    /// Replaces a whole file atomically; only its owner can read the new one.
    public var replacePrivateFile: @Sendable (_ path: String, _ bytes: [UInt8]) throws -> Void
    /// The current time, for expirations and signatures.
    public var now: @Sendable () -> Date
    /// Waits between two attempts.
    public var pause: @Sendable (Duration) async throws -> Void
    /// Asks the user for the current code of the given MFA device; `nil` if there is no terminal.
    public var promptMFA: (@Sendable (_ serial: String) async throws -> String)?

    public init(
        variables: [String: String] = [:], homeDirectory: String? = nil,
        readFile: @escaping @Sendable (String) throws -> [UInt8]? = { _ in nil },
        replacePrivateFile: @escaping @Sendable (String, [UInt8]) throws -> Void = { _, _ in },
        now: @escaping @Sendable () -> Date,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        promptMFA: (@Sendable (String) async throws -> String)? = nil
    ) {
        self.variables = variables
        self.homeDirectory = homeDirectory
        self.readFile = readFile
        self.replacePrivateFile = replacePrivateFile
        self.now = now
        self.pause = pause
        self.promptMFA = promptMFA
    }

    /// This process's own environment, file system and clock.
    public static func current(promptMFA: (@Sendable (String) async throws -> String)? = nil) -> AWSEnvironment {
        let variables = ProcessInfo.processInfo.environment
        return AWSEnvironment(
            variables: variables,
            homeDirectory: variables["HOME"] ?? FileManager.default.homeDirectoryForCurrentUser.path,
            readFile: { try PrivateFile.contents(of: $0) },
            replacePrivateFile: { try PrivateFile.replace($0, with: $1) },
            now: { Date() },
            promptMFA: promptMFA)
    }
}

extension AWSEnvironment {
    /// Returns an environment variable; an empty one counts as not set.
    func variable(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Returns `path` with a leading `~/` replaced by the home directory.
    func expand(_ path: String) -> String {
        guard path.hasPrefix("~/"), let homeDirectory else { return path }
        return homeDirectory + path.dropFirst()
    }

    /// Returns the path of a file in `~/.aws`; `nil` without a home directory.
    func sharedFile(_ name: String) -> String? {
        homeDirectory.map { "\($0)/.aws/\(name)" }
    }
}
