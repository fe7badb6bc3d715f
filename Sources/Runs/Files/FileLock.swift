import Basics
import FoundationEssentials
import Glibc

/// A lock that prevents other runs from using a file while it exists. It is a file `NAME.lock` beside the file, and
/// contains the process ID. The file itself cannot be locked, because it is replaced. The lock of a killed process is
/// free.
final class FileLock: Sendable {
    private let path: String
    private let descriptor: Int32

    /// - Parameters:
    ///   - file: a file that need not exist.
    ///   - user: what uses the file, such as `a hunt`.
    /// - Throws: ``Failure`` with the process that holds the lock.
    init(_ file: String, of user: String = "a hunt") throws(Failure) {
        path = try OutputFile.place(of: file) + ".lock"
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw OutputFile.failure(path) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                defer { close(descriptor) }
                throw Failure(
                    "\(file) cannot be used", why: "it is in use by \(Self.holder(descriptor, user))",
                    advice: "wait for that run to end, or use another file")
            }
            // The previous holder may have deleted the lock file in the meantime, so that the lock is on a file without
            // a name.
            if let opened = FileStatus(descriptor: descriptor), opened.identity == FileStatus(path)?.identity {
                self.descriptor = descriptor
                break
            }
            close(descriptor)
        }
        ftruncate(descriptor, 0)
        _ = OutputFile.put(Array("process \(getpid())\n".utf8), to: descriptor)
    }

    deinit {
        unlink(path)
        close(descriptor)
    }

    private static func holder(_ descriptor: Int32, _ user: String) -> String {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").first ?? ""
        let isOurs = text.hasPrefix("process ") && UInt32(text.dropFirst("process ".count)) != nil
        return isOurs ? "\(user) (\(text))" : user
    }
}
