internal import Basics
internal import Glibc

/// A file on disk, or standard input, opened for reading.
final class OpenLogFile {
    private let descriptor: Int32
    /// Size in bytes when the file was opened; `nil` for pipes and other special files.
    let size: Int?
    /// An identifier of the content. It differs if the file was changed or replaced; empty for pipes and other special
    /// files.
    let version: String

    struct Failure: Error {
        var why: String
        /// Whether there is no such file.
        var isAbsence = false
        /// Why the object's store did not answer; `nil` if the failure is the object's own.
        var trouble: FetchTrouble?

        static var cut: Failure { Failure(why: "it became shorter while it was read") }

        fileprivate static func last() -> Failure {
            Failure(
                why: errno == ENOENT ? "the file vanished" : String(cString: strerror(errno)),
                isAbsence: [ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno))
        }
    }

    /// - Throws: ``Failure``
    convenience init(_ place: LogFile.Place) throws(Failure) {
        switch place {
        case .file(let path): try self.init(open(path, O_RDONLY | O_CLOEXEC))
        default: try self.init(dup(STDIN_FILENO))
        }
    }

    /// Opens a regular file.
    /// - Throws: ``Failure``, also if the path is not a regular file.
    convenience init(regular path: String) throws(Failure) {
        // Without O_NONBLOCK, opening a pipe would block until a writer opens it.
        try self.init(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK))
        if size == nil { throw Failure(why: "it is no file", isAbsence: true) }
    }

    private init(_ descriptor: Int32) throws(Failure) {
        self.descriptor = descriptor
        guard descriptor >= 0 else {
            size = nil
            version = ""
            throw .last()
        }
        guard let status = FileStatus(descriptor: descriptor), status.kind == .file else {
            size = nil
            version = ""
            return
        }
        size = status.size
        let (seconds, nanoseconds) = status.modified
        version = "\(status.identity.number)-\(status.size)-\(seconds).\(nanoseconds)"
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Number of bytes by which the file has grown beyond `size`; `nil` if it has not grown.
    func growth(since size: Int) -> Int? {
        guard let status = FileStatus(descriptor: descriptor), status.kind == .file else { return nil }
        return status.size > size ? status.size - size : nil
    }

    /// Whether no bytes are available: the writer of the pipe has paused.
    var isIdle: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) == 0
    }

    /// Reads the available bytes. Waits only if there are none.
    /// - Returns: the number of bytes; 0 at the end.
    func readSome(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw .last() }
        }
    }

    /// Reads until the buffer is full or the file ends.
    /// - Parameter offset: in bytes; `nil` to continue after the last read.
    /// - Returns: the number of bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int? = nil) throws(Failure) -> Int {
        var filled = 0
        while filled < buffer.count, let base = buffer.baseAddress {
            let count =
                offset.map { pread(descriptor, base + filled, buffer.count - filled, off_t($0 + filled)) }
                ?? Glibc.read(descriptor, base + filled, buffer.count - filled)
            if count > 0 {
                filled += count
            } else if count == 0 {
                break
            } else if errno != EINTR {
                throw .last()
            }
        }
        return filled
    }

    /// A part of a regular file.
    /// - Throws: ``Failure``, also if the file has become shorter.
    func bytes(from offset: Int, length: Int) throws(Failure) -> [UInt8] {
        let wanted = max(0, min(length, (size ?? 0) - offset))
        var failure: Failure?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            do throws(Failure) {
                count = try read(into: .init(start: buffer.baseAddress, count: wanted), at: offset)
                if count < wanted { failure = .cut }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}

/// Memory that one thread reuses.
final class ReusedBuffer {
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { buffer.deallocate() }

    /// At least `count` bytes, whose content is undefined if the buffer had to grow.
    func bytes(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if buffer.count < count {
            buffer.deallocate()
            buffer = .allocate(byteCount: count + count / 4, alignment: 64)
        }
        return UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    }
}

/// The names in a folder on disk, sorted.
struct FolderNames {
    var names: [String] = []
    /// Names that are not UTF-8, repaired for display.
    var illFormed: [String] = []

    /// - Returns: `nil` if the folder cannot be read; `errno` says why.
    init?(_ path: String) {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    guard let text = String(validatingCString: name) else {
                        return illFormed.append(String(cString: name))
                    }
                    if text != ".", text != ".." { names.append(text) }
                }
            }
        }
        names.sort()
    }
}
