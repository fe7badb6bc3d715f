public import Basics
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// Writes whole files or nothing. Every file that a run writes goes through here.
///
/// A file is written beside its place and renamed, so that whoever stops the run leaves the old file or the new one. An
/// existing file keeps its mode. A symbolic link is followed: the file that it leads to is written.
public enum OutputFile {
    /// Puts `bytes` into a temporary file beside `path` and renames it; writes through to a device or pipe.
    /// - Parameter isPrivate: whether only the owner may read the file if it is new.
    /// - Throws: ``Failure`` that names the file.
    public static func write(_ bytes: [UInt8], to path: String, isPrivate: Bool = false) throws(Failure) {
        do {
            try write(to: path, isPrivate: isPrivate) { try $0(bytes) }
        } catch {
            throw (error as? Failure) ?? failure(path)
        }
    }

    /// As above, piece by piece, for what is too large to be in memory.
    /// - Parameter produce: is given what takes the next piece.
    /// - Throws: ``Failure`` that names the file; what `produce` throws, and then `path` is as it was.
    public static func write(
        to path: String, isPrivate: Bool = false,
        _ produce: (_ pass: @escaping ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        if isDeviceOrPipe(path) {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure(path) }
            defer { close(descriptor) }
            try produce { bytes in
                guard !put(bytes, to: descriptor) else { return }
                throw errno == EPIPE ? ClosedPipe() : failure(path) as any Error
            }
            return
        }
        let place = try place(of: path)
        TemporaryFile.removeAbandoned(beside: place)
        guard let temporary = TemporaryFile(beside: place, mode: isPrivate ? 0o600 : 0o666) else { throw failure(path) }
        defer { temporary.close() }
        do {
            try produce { if !put($0, to: temporary.descriptor) { throw failure(path) } }
            // Otherwise a crash of the machine might leave the new name with half of its content.
            guard fsync(temporary.descriptor) == 0, rename(temporary.path, place) == 0 else { throw failure(path) }
        } catch {
            unlink(temporary.path)
            throw error
        }
    }

    /// Finds out before any work is done that files could not be written at the end.
    /// - Throws: ``Failure`` that names the file; also if two of the paths lead to one file.
    public static func check(_ paths: [String]) throws(Failure) {
        var places: [String: String] = [:]
        for path in paths {
            try check(path)
            if isDeviceOrPipe(path) { continue }
            if let other = places.updateValue(path, forKey: try identity(of: path)) {
                throw Failure(
                    "\(path) cannot be written", why: "\(other) is the same file and is also written",
                    advice: "use another file for one of them")
            }
        }
    }

    private static func check(_ path: String) throws(Failure) {
        let place = isDeviceOrPipe(path) ? path : try place(of: path)
        let parent = URL(filePath: place).deletingLastPathComponent().path
        let folder = parent.isEmpty ? "." : parent
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory else {
            throw Failure(
                "\(path) cannot be written", why: "the folder \(parent) does not exist", advice: "create it first")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw Failure(
                "\(path) cannot be written", why: "no write permission for folder \(parent)",
                advice: "use another folder")
        }
        if FileManager.default.fileExists(atPath: place, isDirectory: &isDirectory), isDirectory {
            throw Failure("\(path) cannot be written", why: "it is a folder", advice: "use a file in it")
        }
    }

    /// The path of the file itself if `path` is a symbolic link to it.
    /// - Throws: ``Failure`` for a link to nowhere.
    static func place(of path: String) throws(Failure) -> String {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
        guard let real = realpath(path, nil) else {
            throw Failure(
                "\(path) cannot be written", why: "it is a symbolic link without a target",
                advice: "delete the link, or use another file")
        }
        defer { free(real) }
        return String(cString: real)
    }

    /// Equal for two paths of one file, whether it exists or not.
    private static func identity(of path: String) throws(Failure) -> String {
        let place = try place(of: path)
        var status = stat()
        if stat(place, &status) == 0 { return "\(status.st_dev):\(status.st_ino)" }
        let url = URL(filePath: place)
        let parent = url.deletingLastPathComponent().path
        guard stat(parent.isEmpty ? "." : parent, &status) == 0 else { return place }
        return "\(status.st_dev):\(status.st_ino)/\(url.lastPathComponent)"
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

    /// Writes all of a result to an open file.
    /// - Throws: ``Failure`` if some of it would be lost, as on a full disk; ``ClosedPipe`` if its reader is gone.
    public static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        guard put(bytes, to: descriptor) else {
            if errno == EPIPE { throw ClosedPipe() }
            throw Failure(
                "the result cannot be written", why: String(cString: strerror(errno)),
                advice: "use another place with --output")
        }
    }

    /// Renaming a file over a device such as `/dev/null` would replace the device for the whole machine.
    private static func isDeviceOrPipe(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    /// For what `errno` says.
    static func failure(_ path: String) -> Failure {
        let reason =
            switch errno {
            case ENOENT: "the folder does not exist"
            case EACCES, EPERM, EROFS: "permission denied"
            case ENOSPC, EDQUOT: "the disk is full"
            default: String(cString: strerror(errno))
            }
        return Failure(
            "\(path) cannot be written", why: reason, advice: "use an existing folder with write permission")
    }
}

/// The reader of a pipe has ended, as `head` does: nobody wants the rest.
public struct ClosedPipe: Error, Sendable {
    public init() {}
}

/// A file that gets its name when it is complete: `NAME.PROCESS.RANDOM.tmp` beside its place. It is locked for as long as
/// somebody writes it, so that what a killed run left is told from what another run writes.
private struct TemporaryFile {
    let path: String
    let descriptor: Int32

    /// - Parameter mode: of a new file; the process's umask applies to it. A file that is replaced keeps its own mode.
    /// - Returns: `nil` if it cannot be made; `errno` says why.
    init?(beside place: String, mode: mode_t) {
        let path = "\(place).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).tmp"
        var old = stat()
        let isReplacing = stat(place, &old) == 0
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isReplacing ? 0o600 : mode)
        guard descriptor >= 0 else { return nil }
        flock(descriptor, LOCK_EX | LOCK_NB)
        if isReplacing {
            // The owner changes first, since that takes bits off the mode. Only the superuser can.
            _ = fchown(descriptor, old.st_uid, old.st_gid)
            guard fchmod(descriptor, old.st_mode & 0o7777) == 0 else {
                let reason = errno
                Glibc.close(descriptor)
                unlink(path)
                errno = reason
                return nil
            }
        }
        self.path = path
        self.descriptor = descriptor
    }

    func close() { Glibc.close(descriptor) }

    /// In seconds. A file is made, and locked the next moment; its process may be one of another container.
    private static let settled = 60

    /// Removes what killed runs left.
    static func removeAbandoned(beside place: String) {
        let url = URL(filePath: place)
        let parent = url.deletingLastPathComponent().path
        let folder = parent.isEmpty ? "." : parent
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names {
            guard let process = process(ofTemporary: name, of: url.lastPathComponent) else { continue }
            let path = "\(folder)/\(name)"
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else { continue }
            defer { Glibc.close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                !isRunning(process) || status.st_mtim.tv_sec < time(nil) - settled,
                flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            unlink(path)
        }
    }

    private static func isRunning(_ process: pid_t) -> Bool { kill(process, 0) == 0 || errno != ESRCH }

    /// The process that made the file; `nil` if the name is not that of a temporary file.
    private static func process(ofTemporary name: String, of final: String) -> pid_t? {
        guard name.hasPrefix(final + "."), name.hasSuffix(".tmp") else { return nil }
        let numbers = name.dropFirst(final.count + 1).dropLast(4).split(
            separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 2, UInt32(numbers[1]) != nil, let process = pid_t(numbers[0]), process > 0 else {
            return nil
        }
        return process
    }
}
