public import Basics
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// Writes whole files or none. Every file that a run writes is written here.
///
/// A file is written beside its place and then renamed, so that an interrupted run leaves either the old file or the
/// new one. An existing file keeps its mode. If the path is a symbolic link, its target is written.
public enum OutputFile {
    /// Writes `bytes` to a temporary file beside `path` and renames it. Writes directly to a device or pipe.
    /// - Parameter isPrivate: whether a new file is readable by its owner only.
    /// - Throws: ``Failure`` with the file's name.
    public static func write(_ bytes: [UInt8], to path: String, isPrivate: Bool = false) throws(Failure) {
        do {
            try write(to: path, isPrivate: isPrivate) { try $0(bytes) }
        } catch {
            throw (error as? Failure) ?? failure(path)
        }
    }

    /// Writes a file like ``write(_:to:isPrivate:)``, but piece by piece, for content that does not fit in memory.
    /// - Parameter produce: receives the function that writes the next piece.
    /// - Throws: ``Failure`` with the file's name; errors that `produce` throws, and then `path` is unchanged.
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
            // Without fsync, a crash of the machine could leave the new name with half of its content.
            guard fsync(temporary.descriptor) == 0, rename(temporary.path, place) == 0 else { throw failure(path) }
        } catch {
            unlink(temporary.path)
            throw error
        }
    }

    /// Checks before any work is done that the files can be written.
    /// - Throws: ``Failure`` with the file's name, also if two of the paths lead to the same file.
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

    /// Returns the target of `path` if it is a symbolic link, else `path`.
    /// - Throws: ``Failure`` if the link has no target.
    static func place(of path: String) throws(Failure) -> String {
        guard FileStatus(path, followsLink: false)?.kind == .link else { return path }
        guard let real = realpath(path, nil) else {
            throw Failure(
                "\(path) cannot be written", why: "it is a symbolic link without a target",
                advice: "delete the link, or use another file")
        }
        defer { free(real) }
        return String(cString: real)
    }

    /// Returns a text that is equal for two paths of the same file, even if the file does not exist yet.
    private static func identity(of path: String) throws(Failure) -> String {
        let place = try place(of: path)
        if let file = FileStatus(place)?.identity { return "\(file.device):\(file.number)" }
        let url = URL(filePath: place)
        let parent = url.deletingLastPathComponent().path
        guard let folder = FileStatus(parent.isEmpty ? "." : parent)?.identity else { return place }
        return "\(folder.device):\(folder.number)/\(url.lastPathComponent)"
    }

    /// Writes all of `bytes` to an open file.
    /// - Returns: whether that succeeded; if not, `errno` has the reason.
    public static func put(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 || errno == EINTR else { return false }
            rest = rest.dropFirst(max(0, written))
        }
        return true
    }

    /// Writes the whole of a result to an open file.
    /// - Throws: ``Failure`` if a part would be lost, as on a full disk; ``ClosedPipe`` if the reader closed the pipe.
    public static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        guard put(bytes, to: descriptor) else {
            if errno == EPIPE { throw ClosedPipe() }
            throw Failure(
                "the result cannot be written", why: String(cString: strerror(errno)),
                advice: "use another place with --output")
        }
    }

    /// Whether the path is a device or pipe. Renaming a file over a device such as `/dev/null` would replace it for the
    /// whole machine.
    private static func isDeviceOrPipe(_ path: String) -> Bool {
        FileStatus(path)?.kind == .other
    }

    /// Returns a failure with the description of `errno`.
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

/// The reader closed the pipe, as `head` does, so the rest is not needed.
public struct ClosedPipe: Error, Sendable {
    public init() {}
}

/// A file that gets its name when it is complete, until then `NAME.PROCESS.RANDOM.tmp` beside its place. It is locked
/// while it is written. The lock distinguishes it from a file that a killed run left.
private struct TemporaryFile {
    let path: String
    let descriptor: Int32

    /// - Parameter mode: the mode of a new file, to which the process's umask applies. A replaced file keeps its mode.
    /// - Returns: `nil` if the file cannot be created; `errno` has the reason.
    init?(beside place: String, mode: mode_t) {
        let path = "\(place).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).tmp"
        let old = FileStatus(place)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, old == nil ? mode : 0o600)
        guard descriptor >= 0 else { return nil }
        flock(descriptor, LOCK_EX | LOCK_NB)
        if let old {
            // The owner is changed first, because that clears bits of the mode. Only the superuser can do it.
            _ = fchown(descriptor, old.owner, old.group)
            guard fchmod(descriptor, old.mode) == 0 else {
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

    /// The age in seconds at which an unlocked file counts as abandoned even if a process with its ID is running: the
    /// file may come from another container, whose IDs mean other processes. A younger file may be about to be locked.
    private static let settled = 60

    /// Deletes the temporary files that killed runs left.
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
            guard let file = FileStatus(descriptor: descriptor), file.kind == .file,
                !isRunning(process) || file.modified.seconds < time(nil) - settled,
                flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            unlink(path)
        }
    }

    private static func isRunning(_ process: pid_t) -> Bool { kill(process, 0) == 0 || errno != ESRCH }

    /// Returns the process that created the file; `nil` if the name is not that of a temporary file.
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
