public import Basics
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// Writes whole files or nothing.
public enum OutputFile {
    /// Puts `bytes` into a temporary file beside `path` and renames it; writes through to a device or pipe.
    /// - Throws: ``Failure`` that names the file.
    public static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do {
            try write(to: path) { try $0(bytes) }
        } catch {
            throw (error as? Failure) ?? failure(path)
        }
    }

    /// As above, piece by piece, for what is too large to be in memory.
    /// - Parameter produce: is given what takes the next piece.
    /// - Throws: ``Failure`` that names the file; what `produce` throws, and then `path` is as it was.
    public static func write(
        to path: String, _ produce: (_ pass: @escaping ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let isInPlace = isDeviceOrPipe(path)
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).tmp"
        // The process's umask applies to the mode.
        let descriptor = isInPlace ? open(path, O_WRONLY) : open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666)
        guard descriptor >= 0 else { throw failure(path) }
        do {
            defer { close(descriptor) }
            try produce { if !put($0, to: descriptor) { throw failure(path) } }
        } catch {
            if !isInPlace { unlink(temporary) }
            throw error
        }
        guard isInPlace || rename(temporary, path) == 0 else {
            let failure = failure(path)
            unlink(temporary)
            throw failure
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

    /// Writes all of a result to an open file.
    /// - Throws: ``Failure`` if some of it would be lost, as on a full disk.
    public static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
        guard put(bytes, to: descriptor) else {
            throw Failure(
                "the result cannot be written", why: String(cString: strerror(errno)),
                advice: "choose another place with --output")
        }
    }

    /// Renaming a file over a device such as `/dev/null` would replace the device for the whole machine.
    private static func isDeviceOrPipe(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    /// For what `errno` says.
    private static func failure(_ path: String) -> Failure {
        let reason =
            switch errno {
            case ENOENT: "the folder does not exist"
            case EACCES, EPERM, EROFS: "permission denied"
            case ENOSPC, EDQUOT: "the disk is full"
            default: String(cString: strerror(errno))
            }
        return Failure(
            "\(path) cannot be written", why: reason, advice: "choose a folder that exists and is yours to write")
    }
}
