public import Basics
internal import FoundationEssentials
internal import Glibc

/// A local copy of one bucket: each object is a file whose path below the folder is its key. The file
/// `KEY.metadata.json` beside it holds the object's metadata, as `aws s3api head-object` prints them.
public struct FolderLogStore: LogStore {
    private let root: String
    private let bucket: String

    /// Maximum number of keys on a page, as in S3.
    private static let pageSize = 1000
    static let metadataSuffix = ".metadata.json"

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
        guard let part = try read(path, from: offset, length: length) else { return nil }
        if let version, version != part.version {
            throw Failure(
                "\(object) cannot be read", why: "the file \(path) was changed meanwhile", advice: "run it again")
        }
        return ObjectPart(
            bytes: part.bytes, totalSize: part.totalSize, metadata: offset == 0 ? try metadata(of: path) : [:],
            version: part.version)
    }

    /// - Returns: `nil` if there is no file of that path.
    private func read(_ path: String, from offset: Int, length: Int) throws(Failure) -> ObjectPart? {
        do throws(OpenLogFile.Failure) {
            let file = try OpenLogFile(regular: path)
            return ObjectPart(
                bytes: try file.bytes(from: offset, length: length), totalSize: file.size ?? 0, metadata: [:],
                version: file.version)
        } catch {
            if error.isAbsence { return nil }
            throw Failure(path: path, reason: error.why)
        }
    }

    // MARK: Listing

    /// Adds the files below `folder` in the order of their keys, until the page is full.
    private func list(folder: String, after key: String, into page: inout [ListedObject]) throws(Failure) {
        for entry in try entries(of: folder) {
            guard page.count < Self.pageSize else { return }
            let path = folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
            if entry.isFolder {
                // All keys of the folder are before `key`, unless `key` is one of them.
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

    /// The files and folders in a folder, in the order of the keys below it; none if there is no such folder.
    private func entries(of folder: String) throws(Failure) -> [Entry] {
        guard let path = folder.isEmpty ? root : path(of: folder) else { return [] }
        guard let found = FolderNames(path) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw Failure(path: path, reason: String(cString: strerror(errno)))
        }
        var entries: [Entry] = []
        for name in found.names {
            // A deleted file or a broken link counts as absent.
            guard let status = FileStatus("\(path)/\(name)") else { continue }
            switch status.kind {
            case .folder: entries.append(Entry(name: name, isFolder: true, size: 0))
            case .file: entries.append(Entry(name: name, isFolder: false, size: status.size))
            default: continue
            }
        }
        // A folder is sorted as its keys are: by its name with a slash.
        return entries.sorted {
            ($0.isFolder ? $0.name + "/" : $0.name).isBefore($1.isFolder ? $1.name + "/" : $1.name)
        }
    }

    /// The path of a key's file; `nil` if the key would lead out of the folder.
    private func path(of key: String) -> String? {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), !key.utf8.contains(0) else { return nil }
        return "\(root)/\(key)"
    }

    // MARK: Metadata

    private func metadata(of path: String) throws(Failure) -> [String: String] {
        guard let file = try read(path + Self.metadataSuffix, from: 0, length: 1 << 20) else { return [:] }
        struct Head: Decodable {
            var metadata: [String: String]

            enum CodingKeys: String, CodingKey {
                case metadata = "Metadata"
            }
        }
        guard let head = try? JSONDecoder().decode(Head.self, from: Data(file.bytes)) else {
            throw Failure(
                "\(path)\(Self.metadataSuffix) cannot be used", why: "it is not what 'aws s3api head-object' prints",
                advice: "write it again")
        }
        return Dictionary(head.metadata.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    }
}

extension Failure {
    fileprivate init(path: String, reason: String) {
        self.init("\(path) cannot be read", why: reason, advice: "check the file and its permissions")
    }
}
