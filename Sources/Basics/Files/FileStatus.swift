internal import Glibc

/// What `stat` says about a file.
///
/// Only this file reads the C structure: in rooms that also load other C libraries, the compiler does not always find
/// the module that its members belong to.
public struct FileStatus: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case file, folder, link
        /// A device, a pipe or a socket.
        case other
    }

    /// Equal for two names of one file, as long as it exists.
    public struct Identity: Sendable, Hashable {
        public var device: UInt64
        public var number: UInt64
    }

    public var kind: Kind
    public var identity: Identity
    /// Size in bytes.
    public var size: Int
    /// The permissions, with the bits for set-user-ID, set-group-ID and sticky.
    public var mode: UInt32
    public var owner: UInt32
    public var group: UInt32
    /// When the content was changed, in seconds and nanoseconds since 1970.
    public var modified: (seconds: Int, nanoseconds: Int) { (seconds, nanoseconds) }
    private var seconds: Int
    private var nanoseconds: Int

    /// - Parameter followsLink: whether the status of a symbolic link is that of its target.
    /// - Returns: `nil` if it cannot be read; `errno` has the reason.
    public init?(_ path: String, followsLink: Bool = true) {
        var status = stat()
        guard (followsLink ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        self.init(status)
    }

    /// - Parameter descriptor: an open file.
    /// - Returns: `nil` if it cannot be read; `errno` has the reason.
    public init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
        size = Int(status.st_size)
        mode = status.st_mode & 0o7777
        (owner, group) = (status.st_uid, status.st_gid)
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
}
