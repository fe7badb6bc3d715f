internal import Glibc

/// A file on disk, or standard input, opened for reading.
final class OpenLogFile {
    private let descriptor: Int32
    /// In bytes when it was opened; `nil` for pipes and the like.
    let size: Int?

    struct Failure: Error {
        var why: String
    }

    /// - Throws: ``Failure``
    init(_ place: LogFile.Place) throws(Failure) {
        switch place {
        case .file(let path): descriptor = open(path, O_RDONLY | O_CLOEXEC)
        default: descriptor = dup(STDIN_FILENO)
        }
        guard descriptor >= 0 else {
            size = nil
            throw Failure(why: errno == ENOENT ? "the file vanished" : String(cString: strerror(errno)))
        }
        var status = stat()
        let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        size = isRegular ? Int(status.st_size) : nil
        if isRegular { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// In bytes now; it tells whether the file has changed meanwhile.
    var currentSize: Int? {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    /// Whether nothing waits to be read: whoever writes into the pipe has paused.
    var isIdle: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) == 0
    }

    /// Reads what there is, and waits only where there is nothing; 0 at the end.
    /// - Throws: ``Failure``
    func readSome(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw Failure(why: String(cString: strerror(errno))) }
        }
    }

    /// Reads on, until the buffer is full or the file ends.
    /// - Parameter offset: where to read in the file; `nil` to go on.
    /// - Throws: ``Failure``
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
                throw Failure(why: String(cString: strerror(errno)))
            }
        }
        return filled
    }
}

/// Memory that grows and is used again and again by one thread.
final class ReusedBuffer {
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { buffer.deallocate() }

    /// At least so many bytes; what was in them before is gone when it grows.
    func bytes(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if buffer.count < count {
            buffer.deallocate()
            buffer = .allocate(byteCount: count + count / 4, alignment: 64)
        }
        return UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    }
}
