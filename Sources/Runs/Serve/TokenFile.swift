import AWSClient
import Basics
import Dashboard
import FoundationEssentials
import Store

#if canImport(Glibc)
    import Glibc
#endif

/// The file that holds the token of the dashboard.
enum TokenFile {
    /// Reads the token of a file that the user names, or else the one in the data directory, which is made if it is not
    /// there. A token that was made is shown once, on a terminal.
    static func read(
        _ path: String?, _ environment: RunEnvironment, _ messages: ServeRun.Messages
    ) throws(Failure) -> AccessToken {
        if let path { return try token(path, environment) }
        guard let store = Store.usualPath(environment.aws.variables) else {
            throw Failure(
                "the token cannot be kept", why: "neither HOME nor XDG_DATA_HOME is set",
                advice: "name a file with --token-file")
        }
        let folder = URL(filePath: store).deletingLastPathComponent().path
        let own = "\(folder)/dashboard-token"
        guard !FileManager.default.fileExists(atPath: own) else {
            messages.tell("log in with the token in \(own)")
            return try token(own, environment)
        }
        do {
            try PrivateFolder.create(folder)
        } catch {
            throw Failure(
                "the token cannot be kept", why: "the folder \(folder) cannot be made",
                advice: "name a file with --token-file", cause: error)
        }
        let text = AccessToken.random()
        try OutputFile.write(Array("\(text)\n".utf8), to: own, isPrivate: true)
        messages.tell(
            messages.isTerminal
                ? "log in with the token \(text) (kept in \(own))" : "log in with the token in \(own)")
        return try AccessToken(text, from: own)
    }

    /// Reads a token, and warns if other users can read it too.
    static func token(_ path: String, _ environment: RunEnvironment) throws(Failure) -> AccessToken {
        let lines = try InputFile.text(path).split(separator: "\n", maxSplits: 1).map(String.init)
        let token = try AccessToken((lines.first ?? "").filter { $0 != "\r" }, from: path)
        let file = try? FileManager.default.attributesOfItem(atPath: path)
        if file?[.type] as? FileAttributeType == .typeRegular, (file?[.posixPermissions] as? Int ?? 0) & 0o077 != 0 {
            environment.warn("other users can read the token in \(path): run chmod 600 \(path)")
        }
        return token
    }
}

/// The files and connections that this process may have open.
enum OpenFiles {
    /// Raises the limit as far as this user may.
    /// - Returns: the number of connections that leaves room for the store and other files.
    static func connections() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 500 }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return max(50, min(12_000, Int(clamping: limit.rlim_cur) - 200))
    }
}
