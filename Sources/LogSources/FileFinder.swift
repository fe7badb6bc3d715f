import Basics
internal import FoundationEssentials
internal import Glibc

/// Finds log files on disk: in folders, and by patterns. Links are followed. Each file and folder is found once,
/// whatever its names, so that links in a circle end.
struct FileFinder {
    private let dates: DateFolders
    private let services: ServiceFolders
    private let visit: (LogFile) -> Void
    private let skip: (LogFile, String) -> Void
    private var seen: Set<FileStatus.Identity> = []
    /// Skipped folders of other services.
    private(set) var passed: Set<ServiceFolders.Folder> = []
    /// The parts of the pattern. A service whose name is one of them is wanted.
    private var named: Set<String> = []
    /// Reason why the first unreadable folder could not be read.
    private var refusal: String?

    /// - Parameters:
    ///   - visit: receives each file, folder by folder, sorted by name.
    ///   - skip: receives each file and folder that could not be read, and the reason.
    init(
        dates: DateFolders, services: ServiceFolders = .all, visit: @escaping (LogFile) -> Void,
        skip: @escaping (LogFile, String) -> Void
    ) {
        self.dates = dates
        self.services = services
        self.visit = visit
        self.skip = skip
    }

    /// - Throws: ``Failure`` if there is no such file.
    mutating func find(_ path: String) throws(Failure) {
        if let status = FileStatus(path) {
            take(Found(path), status, isNamed: true)
            return
        }
        let reason = String(cString: strerror(errno))
        guard path.contains(where: { "*?[".contains($0) }) else {
            throw Failure("\(path) cannot be read", why: reason, advice: "check the path")
        }
        let parts = path.split(separator: "/").map(String.init)
        named = Set(parts)
        var matched = 0
        match(parts[...], in: path.hasPrefix("/") ? "/" : "", &matched)
        guard matched > 0 else {
            throw Failure(
                "\(path) cannot be read", why: refusal ?? "no file matches the pattern",
                advice: "check the pattern and the permissions of its folders")
        }
    }

    /// A path, and the number of its leading bytes that the user named. Dates in that part need not be the days of the
    /// logs: see ``DateFolders/folders(of:below:)``.
    private struct Found {
        let path: String
        let below: Int

        init(_ path: String, below: Int? = nil) {
            self.path = path
            self.below = below ?? path.utf8.count
        }

        func appending(_ name: String) -> Found {
            Found((path.hasSuffix("/") ? path : path + "/") + name, below: below)
        }

        var folders: [Substring] { DateFolders.folders(of: path, below: below) }
    }

    private mutating func match(_ parts: ArraySlice<String>, in folder: String, _ matched: inout Int) {
        guard let pattern = parts.first else {
            guard let status = FileStatus(folder) else { return }
            matched += 1
            let isFolder = status.kind == .folder
            if let other = services.other(in: folder + (isFolder ? "/" : ""), below: 0), !named.contains(other.service)
            {
                passed.insert(other)
            } else if isFolder || !isNoLog(folder), !isMetadata(folder) {
                take(Found(folder), status, isNamed: false)
            }
            return
        }
        let rest = parts.dropFirst()
        guard pattern.contains(where: { "*?[\\".contains($0) }) else {
            match(rest, in: folder + pattern + (rest.isEmpty ? "" : "/"), &matched)
            return
        }
        // `**` also matches no folder.
        if pattern == "**", !rest.isEmpty { match(rest, in: folder, &matched) }
        guard let names = names(in: folder.isEmpty ? "." : folder) else {
            // A file in the place of a folder matches nothing.
            if errno != ENOTDIR, errno != ENOENT { refuse(folder, "the folder cannot be read: " + reason()) }
            return
        }
        for name in names where !name.hasPrefix(".") && fnmatch(pattern, name, FNM_PERIOD) == 0 {
            let path = folder + name
            guard let status = FileStatus(path) else {
                if rest.isEmpty || pattern == "**" { skip(LogFile(.file(path), size: 0), missing()) }
                continue
            }
            let isFolder = status.kind == .folder
            if pattern == "**" {
                // Links to folders are not followed: a link to a parent folder would recurse without end.
                if isFolder, FileStatus(path, followsLink: false)?.kind == .folder {
                    match(parts, in: path + "/", &matched)
                } else if rest.isEmpty {
                    match(rest, in: path, &matched)
                }
            } else if isFolder || rest.isEmpty {
                match(rest, in: path + (rest.isEmpty ? "" : "/"), &matched)
            }
        }
    }

    /// Whether a matched file is known not to be a log. False if the pattern names the file or the folder of digests.
    private func isNoLog(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return FoundObjects.isNoLog(key: path) && !named.contains(name) && !named.contains("CloudTrail-Digest")
    }

    /// Whether a file holds the metadata of the file beside it: see ``FolderLogStore``.
    private func isMetadata(_ path: String) -> Bool {
        let suffix = FolderLogStore.metadataSuffix
        return path.hasSuffix(suffix) && FileStatus(String(path.dropLast(suffix.count))) != nil
    }

    /// - Parameter isNamed: true if the user named the path. Only then are pipes and other special files read.
    private mutating func take(_ found: Found, _ status: FileStatus, isNamed: Bool) {
        let path = found.path
        switch status.kind {
        case .folder:
            guard seen.insert(status.identity).inserted else { return }
            walk(found)
        case .file:
            guard seen.insert(status.identity).inserted else { return }
            visit(LogFile(.file(path), size: status.size))
        default:
            if isNamed { visit(LogFile(.file(path), size: 0)) }
        }
    }

    private mutating func walk(_ folder: Found) {
        guard let names = names(in: folder.path) else {
            return refuse(folder.path, "the folder cannot be read: " + reason())
        }
        for name in names where !FoundObjects.isNoLog(name[...]) {
            let found = folder.appending(name)
            if name.hasPrefix(".") {
                if FoundObjects.isHiddenLog(name) {
                    skip(LogFile(.file(found.path), size: 0), "it is hidden: set --logs to its path")
                }
                continue
            }
            guard let status = FileStatus(found.path) else {
                skip(LogFile(.file(found.path), size: 0), missing())
                continue
            }
            let isFolder = status.kind == .folder
            guard isFolder ? dates.admits(found.folders) : dates.admits(fileName: name[...]) else { continue }
            if isFolder ? FoundObjects.areDigests(in: found.path) : isMetadata(found.path) { continue }
            if isFolder, let other = services.other(in: found.path + "/", below: found.below) {
                passed.insert(other)
                continue
            }
            take(found, status, isNamed: false)
        }
    }

    private mutating func refuse(_ folder: String, _ why: String) {
        refusal = refusal ?? "\(folder.isEmpty ? "." : folder): \(why)"
        skip(LogFile(.file(folder), size: 0), why)
    }

    private func reason() -> String { String(cString: strerror(errno)) }

    private func missing() -> String {
        errno == ENOENT ? "it vanished, or is a link to nowhere" : reason()
    }

    private func names(in folder: String) -> [String]? {
        guard let found = FolderNames(folder) else { return nil }
        for name in found.illFormed {
            skip(LogFile(.file(folder + "/" + name), size: 0), "its name is no UTF-8: rename it")
        }
        return found.names
    }
}

/// Objects that lie among logs but are not logs: digests (also in a copy without folders), and the test files that
/// services write to check their permissions.
enum FoundObjects {
    private static let tests: Set = [
        "aws-logs-write-test", "ELBAccessLogTestFile", "ELBConnectionLogTestFile", "ConfigWritabilityCheckFile",
    ]
    private static let digest = "_CloudTrail-Digest_"
    private static let endings = [".json", ".ndjson", ".log", ".csv", ".txt", ".gz", ".zst"]

    /// - Parameter name: the name of a file: `ACCOUNT_CloudTrail-Digest_REGION_…` for a digest.
    static func isNoLog(_ name: Substring) -> Bool {
        if tests.contains(String(name)) { return true }
        guard let place = name.firstRange(of: digest)?.lowerBound else { return false }
        return AccountID.isValid(String(name[..<place].suffix(12)))
    }

    static func isNoLog(key: String) -> Bool {
        key.contains("/CloudTrail-Digest/") && LogObjectKind(key: key) == .digest || key.hasSuffix("/")
            || isNoLog(key[(key.lastIndex(of: "/").map(key.index(after:)) ?? key.startIndex)...])
    }

    /// Whether a folder is the one in which CloudTrail keeps the digests of an account. Others can have its name.
    static func areDigests(in folder: String) -> Bool {
        folder.hasSuffix("/CloudTrail-Digest") && LogObjectKind(key: folder + "/x") == .digest
    }

    /// Whether a hidden file may be a log. Those of macOS (`._NAME`) hold properties of the file beside them.
    static func isHiddenLog(_ name: String) -> Bool {
        !name.hasPrefix("._") && endings.contains(where: name.hasSuffix)
    }
}
