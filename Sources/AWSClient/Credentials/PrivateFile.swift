import FoundationEssentials

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Files that hold secrets: reads are limited, and writes replace the whole file, readable by its owner only.
enum PrivateFile {
    /// Limit far above any configuration or token; a longer file is not one of these.
    static let maximumBytes = 16 << 20

    /// - Returns: `nil` if there is no such file.
    static func contents(of path: String) throws(FileError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError(path: path)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError(path: path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= maximumBytes else {
                throw FileError(path: path, reason: "longer than \(maximumBytes >> 20) MB")
            }
        }
    }

    /// Replaces a file. A reader sees the old file or the new one, never a part. Only the owner can read it.
    static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        var template = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw FileError(path: path) }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                let error = FileError(path: path)
                close(descriptor)
                unlink(temporary)
                throw error
            }
            rest = rest.dropFirst(count)
        }
        guard close(descriptor) == 0, rename(temporary, path) == 0 else {
            let error = FileError(path: path)
            unlink(temporary)
            throw error
        }
    }
}

/// Reason why a file could not be read or written, in the system's words.
struct FileError: Error, CustomStringConvertible {
    var path: String
    var reason: String

    init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// Creates an error whose reason is the system's last error.
    init(path: String) {
        self.init(path: path, reason: String(cString: strerror(errno)))
    }

    var description: String { "\(path): \(reason)" }
}

extension Error {
    /// Reason why a file could not be read or written, in the system's words if it has any.
    var fileReason: String { (self as? FileError)?.reason ?? "\(self)" }
}
