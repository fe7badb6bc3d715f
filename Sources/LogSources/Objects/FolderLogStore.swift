public import Basics
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// A local copy of one bucket: each object is the file of its key below the folder, and its metadata stands beside it
/// in `KEY.metadata.json`, as `aws s3api head-object` prints it.
public struct FolderLogStore: LogStore {
    private let root: String
    private let bucket: String

    /// How many keys a page holds at most, as in S3.
    private static let pageSize = 1000
    private static let metadataSuffix = ".metadata.json"

    /// - Parameters:
    ///   - root: the folder.
    ///   - bucket: the bucket that it is a copy of.
    public init(root: String, bucket: String) {
        self.root = root
        self.bucket = bucket
    }

    public func holds(bucket: String) -> Bool { bucket == self.bucket }

    public func folders(in bucket: String, under prefix: String) async throws(Failure) -> [String] {
        guard holds(bucket: bucket) else { return [] }
        return try entries(of: String(prefix.dropLast())).filter(\.isFolder).map(\.name)
    }

    public func page(
        of bucket: String, under prefix: String, after key: String
    ) async throws(Failure) -> ObjectPage {
        guard holds(bucket: bucket) else { return ObjectPage(objects: [], isLast: true) }
        var page: [ListedObject] = []
        try list(folder: String(prefix.dropLast()), after: key, into: &page)
        return ObjectPage(objects: page, isLast: page.count < Self.pageSize)
    }

    public func part(
        of object: ObjectAddress, from offset: Int, length: Int, version: String?
    ) async throws(Failure) -> ObjectPart? {
        guard holds(bucket: object.bucket), let path = path(of: object.key) else { return nil }
        guard let file = try OpenFile(path, of: object) else { return nil }
        let bytes = try file.bytes(from: offset, length: length, of: object)
        if let version, version != file.version {
            throw Failure(
                "\(object) cannot be read", why: "the file \(path) was changed meanwhile", advice: "run it again")
        }
        return ObjectPart(
            bytes: bytes, totalSize: file.size, metadata: offset == 0 ? try metadata(of: object, path: path) : [:],
            version: file.version)
    }

    // MARK: Listing

    /// Files below `folder` in the order of their keys, as far as there is room in the page.
    private func list(folder: String, after key: String, into page: inout [ListedObject]) throws(Failure) {
        for entry in try entries(of: folder) {
            guard page.count < Self.pageSize else { return }
            let path = folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
            if entry.isFolder {
                // All below stands before the key, unless the key itself is below.
                guard key.isBefore(path + "/") || key.hasPrefix(path + "/") else { continue }
                try list(folder: path, after: key, into: &page)
            } else if key.isBefore(path), !path.hasSuffix(Self.metadataSuffix) {
                page.append(ListedObject(key: path, size: entry.size))
            }
        }
    }

    private struct Entry {
        var name: String
        var isFolder: Bool
        var size: Int
    }

    /// What is in a folder, in the order of the keys below it; nothing if there is no such folder.
    private func entries(of folder: String) throws(Failure) -> [Entry] {
        guard let path = folder.isEmpty ? root : path(of: folder) else { return [] }
        guard let directory = opendir(path) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw Failure(path: path, reason: String(cString: strerror(errno)))
        }
        defer { closedir(directory) }
        var entries: [Entry] = []
        while let next = readdir(directory) {
            let name = withUnsafePointer(to: &next.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            // What vanished meanwhile, or is a link to nowhere, is not there.
            guard stat("\(path)/\(name)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: entries.append(Entry(name: name, isFolder: true, size: 0))
            case S_IFREG: entries.append(Entry(name: name, isFolder: false, size: Int(status.st_size)))
            default: continue
            }
        }
        // A folder stands where its keys do: with the slash that follows.
        return entries.sorted {
            ($0.isFolder ? $0.name + "/" : $0.name).isBefore($1.isFolder ? $1.name + "/" : $1.name)
        }
    }

    /// The file of a key; `nil` for a key that no file below the folder can have.
    private func path(of key: String) -> String? {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), !key.utf8.contains(0) else { return nil }
        return "\(root)/\(key)"
    }

    // MARK: Metadata

    private func metadata(of object: ObjectAddress, path: String) throws(Failure) -> [String: String] {
        guard let file = try OpenFile(path + Self.metadataSuffix, of: object) else { return [:] }
        let bytes = try file.bytes(from: 0, length: 1 << 20, of: object)
        struct Head: Decodable {
            var metadata: [String: String]

            enum CodingKeys: String, CodingKey {
                case metadata = "Metadata"
            }
        }
        guard let head = try? JSONDecoder().decode(Head.self, from: Data(bytes)) else {
            throw Failure(
                "\(path)\(Self.metadataSuffix) cannot be used", why: "it is not what 'aws s3api head-object' prints",
                advice: "write it again")
        }
        return Dictionary(head.metadata.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    }
}

/// A file opened for reading. What is no regular file is not there; what may not be read is an error.
private final class OpenFile {
    private let descriptor: Int32
    private let path: String
    let size: Int
    /// Changes with the file's content.
    let version: String

    init?(_ path: String, of object: ObjectAddress) throws(Failure) {
        // Without O_NONBLOCK a pipe that stands there would never open.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        self.path = path
        guard descriptor >= 0 else {
            size = 0
            version = ""
            if [ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno) { return nil }
            throw Failure(path: path, reason: String(cString: strerror(errno)))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            size = 0
            version = ""
            return nil
        }
        size = Int(status.st_size)
        version = "\(status.st_ino)-\(status.st_size)-\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func bytes(from offset: Int, length: Int, of object: ObjectAddress) throws(Failure) -> [UInt8] {
        let wanted = max(0, min(length, size - offset))
        var reason: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            while count < wanted, let base = buffer.baseAddress {
                let read = pread(descriptor, base + count, wanted - count, off_t(offset + count))
                if read > 0 {
                    count += read
                } else if read == 0 || errno != EINTR {
                    reason = read == 0 ? "the file became shorter meanwhile" : String(cString: strerror(errno))
                    return
                }
            }
        }
        if let reason { throw Failure(path: path, reason: reason) }
        return bytes
    }
}

extension Failure {
    fileprivate init(path: String, reason: String) {
        self.init("\(path) cannot be read", why: reason, advice: "check the file and its permissions")
    }
}
