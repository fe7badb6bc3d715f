internal import FoundationEssentials
internal import Glibc

/// Finds log files on disk: below folders, and by patterns. Links are followed; what was found once, under whatever name,
/// is not found again, so that links in a circle end.
struct FileFinder {
    private let dates: DateFolders
    private let visit: (LogFile) -> Void
    private let skip: (LogFile, String) -> Void
    private var seen: Set<Identity> = []

    private struct Identity: Hashable {
        var device: UInt64
        var node: UInt64
    }

    /// - Parameters:
    ///   - visit: is given each file, folder by folder in the order of their names.
    ///   - skip: is told what could not be looked into.
    init(dates: DateFolders, visit: @escaping (LogFile) -> Void, skip: @escaping (LogFile, String) -> Void) {
        self.dates = dates
        self.visit = visit
        self.skip = skip
    }

    /// - Throws: ``LogSourceError`` where nothing is there.
    mutating func find(_ path: String) throws(LogSourceError) {
        var status = stat()
        if stat(path, &status) == 0 {
            take(path, status, isNamed: true)
            return
        }
        let reason = String(cString: strerror(errno))
        guard path.contains(where: { "*?[".contains($0) }) else {
            throw LogSourceError(what: "\(path) cannot be read", why: reason, advice: "check the path")
        }
        let parts = path.split(separator: "/").map(String.init)
        var matched = 0
        match(parts[...], in: path.hasPrefix("/") ? "/" : "", &matched)
        guard matched > 0 else {
            throw LogSourceError(
                what: "\(path) cannot be read", why: "no file matches the pattern", advice: "check the pattern")
        }
    }

    private mutating func match(_ parts: ArraySlice<String>, in folder: String, _ matched: inout Int) {
        guard let pattern = parts.first else {
            var status = stat()
            guard stat(folder, &status) == 0 else { return }
            matched += 1
            take(folder, status, isNamed: true)
            return
        }
        let rest = parts.dropFirst()
        guard pattern.contains(where: { "*?[\\".contains($0) }) else {
            match(rest, in: folder + pattern + (rest.isEmpty ? "" : "/"), &matched)
            return
        }
        // `**` stands for no folder too.
        if pattern == "**", !rest.isEmpty { match(rest, in: folder, &matched) }
        for name in names(in: folder.isEmpty ? "." : folder) ?? [] where !name.hasPrefix(".") {
            let path = folder + name
            var status = stat()
            guard fnmatch(pattern, name, FNM_PERIOD) == 0, stat(path, &status) == 0 else { continue }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            if pattern == "**" {
                // A link back up would never end here, so links to folders are not followed.
                var link = stat()
                if isFolder, lstat(path, &link) == 0, link.st_mode & S_IFMT == S_IFDIR {
                    match(parts, in: path + "/", &matched)
                } else if rest.isEmpty {
                    match(rest, in: path, &matched)
                }
            } else if isFolder || rest.isEmpty {
                match(rest, in: path + (rest.isEmpty ? "" : "/"), &matched)
            }
        }
    }

    /// - Parameter isNamed: whether the user named it: then pipes and the like are read too.
    private mutating func take(_ path: String, _ status: stat, isNamed: Bool) {
        let identity = Identity(device: UInt64(status.st_dev), node: UInt64(status.st_ino))
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            guard seen.insert(identity).inserted else { return }
            walk(path)
        case S_IFREG:
            guard seen.insert(identity).inserted else { return }
            visit(LogFile(.file(path), size: Int(status.st_size)))
        default:
            if isNamed { visit(LogFile(.file(path), size: 0)) }
        }
    }

    private mutating func walk(_ folder: String) {
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        guard let names = names(in: folder) else {
            skip(LogFile(.file(folder), size: 0), "the folder cannot be read: " + String(cString: strerror(errno)))
            return
        }
        for name in names where !name.hasPrefix(".") && !FoundObjects.isNoLog(name[...]) {
            var status = stat()
            let path = base + name
            // What vanished meanwhile, or is a link to nowhere.
            guard stat(path, &status) == 0 else { continue }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            guard isFolder ? dates.admits(path.split(separator: "/")) : dates.admits(fileName: name[...]) else {
                continue
            }
            take(path, status, isNamed: false)
        }
    }

    private func names(in folder: String) -> [String]? {
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

/// What lies beside logs in their folders and is none.
enum FoundObjects {
    static func isNoLog(_ name: Substring) -> Bool {
        name == "CloudTrail-Digest" || name.hasSuffix(".metadata.json")
    }

    static func isNoLog(key: String) -> Bool {
        key.contains("/CloudTrail-Digest/") || key.hasSuffix(".metadata.json") || key.hasSuffix("/")
    }
}
