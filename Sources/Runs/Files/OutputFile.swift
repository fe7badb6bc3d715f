import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// Writes whole files or nothing.
public enum OutputFile {
    /// Puts `bytes` into a temporary file beside `path` and renames it; writes through to a device or pipe.
    /// - Throws: ``Failure`` that names the file.
    public static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        if isDeviceOrPipe(path) { return try writeThrough(bytes, to: path) }
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            let reason = (error as? CocoaError)?.plainReason ?? "\(error)"
            throw Failure(
                "\(path) cannot be written", why: reason, advice: "choose a folder that exists and is yours to write")
        }
    }

    /// Finds out before any work is done that the file could not be written at the end.
    /// - Throws: ``Failure`` that names the file.
    public static func check(_ path: String) throws(Failure) {
        let parent = URL(filePath: path).deletingLastPathComponent().path
        let folder = parent.isEmpty ? "." : parent
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory else {
            throw Failure(
                "\(path) cannot be written", why: "the folder \(parent) does not exist", advice: "make it first")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw Failure(
                "\(path) cannot be written", why: "the folder \(parent) may not be written", advice: "choose another")
        }
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory {
            throw Failure("\(path) cannot be written", why: "it is a folder", advice: "name a file in it")
        }
    }

    /// Writes all of `bytes` to an open file.
    /// - Returns: whether that succeeded; if not, `errno` says why.
    public static func put(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 || errno == EINTR else { return false }
            rest = rest.dropFirst(max(0, written))
        }
        return true
    }

    /// Renaming a file over a device such as `/dev/null` would replace the device for the whole machine.
    private static func isDeviceOrPipe(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    private static func writeThrough(_ bytes: [UInt8], to path: String) throws(Failure) {
        let descriptor = open(path, O_WRONLY)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, put(bytes, to: descriptor) else {
            throw Failure(
                "\(path) cannot be written", why: String(cString: strerror(errno)), advice: "choose another place")
        }
    }
}

extension CocoaError {
    fileprivate var plainReason: String? {
        switch code {
        case .fileNoSuchFile, .fileReadNoSuchFile: "the folder does not exist"
        case .fileWriteNoPermission, .fileReadNoPermission: "permission denied"
        case .fileWriteOutOfSpace: "the disk is full"
        default: nil
        }
    }
}
