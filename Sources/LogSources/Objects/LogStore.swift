public import Basics

/// Where log objects lie: buckets with keys, as in Amazon S3. Nothing is ever written.
///
/// An object that is not there is an answer (`nil`); whatever else keeps one from being read is an error, so that no
/// missing permission and no failed call is ever taken for a deleted object, or for a sound one.
public protocol LogStore: Sendable {
    /// The names of the folders right below `prefix`, in their order.
    /// - Parameter prefix: empty, or ending with a slash.
    /// - Throws: ``Failure``
    func folders(in bucket: String, under prefix: String) async throws(Failure) -> [String]

    /// The next objects in the order of their keys' UTF-8 bytes, some at a time.
    /// - Parameters:
    ///   - prefix: ends with a slash.
    ///   - key: only objects after it, whether it exists or not.
    /// - Throws: ``Failure``
    func page(
        of bucket: String, under prefix: String, after key: String
    ) async throws(Failure) -> ObjectPage

    /// A part of an object, and what is known of the whole; `nil` if there is no such object.
    /// - Parameters:
    ///   - offset: in bytes, below the object's size, or 0.
    ///   - length: at most so many bytes.
    ///   - version: the ``ObjectPart/version`` of a part read before: an object that has changed since is an error.
    /// - Throws: ``Failure``
    func part(
        of object: ObjectAddress, from offset: Int, length: Int, version: String?
    ) async throws(Failure) -> ObjectPart?

    /// Whether the bucket is one that this store can read at all: a local copy holds only one.
    func holds(bucket: String) -> Bool
}

/// An object's bucket and key.
public struct ObjectAddress: Sendable, Hashable, CustomStringConvertible {
    public var bucket: String
    public var key: String

    public init(bucket: String, key: String) {
        self.bucket = bucket
        self.key = key
    }

    /// `s3://bucket/key`
    public var description: String { "s3://\(bucket)/\(key)" }
}

/// An object as a listing shows it.
public struct ListedObject: Sendable, Hashable {
    public var key: String
    /// In bytes, compressed as it lies there.
    public var size: Int

    public init(key: String, size: Int) {
        self.key = key
        self.size = size
    }
}

/// Some objects of a listing.
public struct ObjectPage: Sendable {
    public var objects: [ListedObject]
    /// Nothing comes after these.
    public var isLast: Bool

    public init(objects: [ListedObject], isLast: Bool) {
        self.objects = objects
        self.isLast = isLast
    }
}

/// Some bytes of an object.
public struct ObjectPart: Sendable {
    public var bytes: [UInt8]
    /// Of the whole object, in bytes.
    public var totalSize: Int
    /// The object's own metadata, its names in lower case and without S3's prefix.
    public var metadata: [String: String]
    /// What changes when the object does.
    public var version: String

    public init(bytes: [UInt8], totalSize: Int, metadata: [String: String], version: String) {
        self.bytes = bytes
        self.totalSize = totalSize
        self.metadata = metadata
        self.version = version
    }
}

extension LogStore {
    public func holds(bucket: String) -> Bool { true }

    /// Goes through all objects under `prefix`, page by page, in the order of their keys.
    /// - Parameters:
    ///   - key: only objects after it; empty for all.
    ///   - visit: says whether to go on.
    /// - Throws: ``Failure``
    public func forEachObject(
        in bucket: String, under prefix: String, after key: String = "", _ visit: (ListedObject) -> Bool
    ) async throws(Failure) {
        var listing = ObjectListing(
            self, ObjectListing.Cursor(bucket: bucket, prefix: prefix, after: key))
        while let objects = try await listing.next() {
            for object in objects where !visit(object) { return }
        }
    }
}

extension String {
    /// The order in which S3 lists keys: by their UTF-8 bytes.
    public func isBefore(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}
