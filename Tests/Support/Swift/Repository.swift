public import FoundationEssentials

/// Where the tests find the project's own files.
public enum Repository {
    /// The folder that holds `Package.swift`.
    public static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    public static func file(_ path: String) -> URL { root.appending(path: path) }

    /// The command line under test, as `swift build` made it.
    public static var parapet: String {
        ProcessInfo.processInfo.environment["PARAPET_BINARY"] ?? file(".build/debug/parapet").path
    }

    /// The Python that `make` set up with the pinned packages, else the machine's own.
    public static var python: String {
        let own = file(".venv/bin/python").path
        return FileManager.default.isExecutableFile(atPath: own) ? own : "/usr/bin/env python3"
    }
}
