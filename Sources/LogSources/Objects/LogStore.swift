public import Basics

/// A store of log objects: buckets with keys, as in Amazon S3. Nothing is ever written.
///
/// A missing object is a result (`nil`). Any other obstacle to reading is an error, so that a missing permission or a
/// failed call is never mistaken for a deleted or an intact object.
public protocol LogStore: Sendable {
    /// The names of the folders right below `prefix`, in their order.
    /// - Parameter prefix: empty, or ending with a slash.
    /// - Throws: ``Failure``
    func folders(in bucket: String, under prefix: String) async throws(Failure) -> [String]

    /// The next page of objects, in the order of their keys' UTF-8 bytes.
    /// - Parameters:
    ///   - prefix: ends with a slash.
    ///   - key: only objects after this key are listed. It need not exist.
    /// - Throws: ``Failure``
    func page(
        of bucket: String, under prefix: String, after key: String
    ) async throws(Failure) -> ObjectPage

    /// A part of an object, and the properties of the whole; `nil` if there is no such object.
    /// - Parameters:
    ///   - offset: in bytes, below the object's size, or 0.
    ///   - length: the maximum number of bytes to return.
    ///   - version: the ``ObjectPart/version`` of an earlier part. The call throws if the object has changed since.
    /// - Throws: ``Failure``
    func part(
        of object: ObjectAddress, from offset: Int, length: Int, version: String?
    ) async throws(Failure) -> ObjectPart?

    /// Whether this store can read the bucket: a local copy holds only one.
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

    /// `s3://bucket/key`; without a bucket, the path of a file or a URL of another store.
    public var description: String {
        guard bucket.isEmpty else { return "s3://\(bucket)/\(key)" }
        return key.contains(":/") ? key : "/\(key)"
    }
}

/// An object as a listing shows it.
public struct ListedObject: Sendable, Hashable {
    public var key: String
    /// In bytes, as stored: compressed.
    public let size: Int

    /// - Parameter size: the size that the store reports. An impossible size is clamped, so that sums of sizes do not
    ///   overflow. Reading the object shows that the size was wrong.
    public init(key: String, size: Int) {
        self.key = key
        self.size = min(max(0, size), Self.largest)
    }

    /// Upper bound of a size in bytes: above Amazon S3's limit of 50 TB for an object.
    static let largest = 1 << 46
}

/// A page of a listing.
public struct ObjectPage: Sendable {
    public var objects: [ListedObject]
    /// Whether this is the last page.
    public var isLast: Bool

    public init(objects: [ListedObject], isLast: Bool) {
        self.objects = objects
        self.isLast = isLast
    }
}

/// A part of an object.
public struct ObjectPart: Sendable {
    public var bytes: [UInt8]
    /// The size of the whole object, in bytes.
    public var totalSize: Int
    /// The object's user-defined metadata. Names are in lower case, without S3's prefix.
    public var metadata: [String: String]
    /// An identifier of the content. It differs if the object was replaced.
    public var version: String

    public init(bytes: [UInt8], totalSize: Int, metadata: [String: String], version: String) {
        self.bytes = bytes
        self.totalSize = min(max(0, totalSize), ListedObject.largest)
        self.metadata = metadata
        self.version = version
    }
}

extension LogStore {
    public func holds(bucket: String) -> Bool { true }

    /// Visits all objects under `prefix`, page by page, in the order of their keys.
    /// - Parameters:
    ///   - key: only objects after this key are visited; empty for all.
    ///   - visit: returns whether to continue.
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
    /// Whether S3 lists this key before another. S3 sorts keys by their UTF-8 bytes.
    public func isBefore(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}
