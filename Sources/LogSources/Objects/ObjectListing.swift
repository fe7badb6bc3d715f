public import Basics

/// Lists the objects under a prefix, page by page, in the order of their keys, for hunts and verifications alike.
///
/// ```swift
/// var listing = ObjectListing(store, Cursor(bucket: "logs", prefix: "AWSLogs/"))
/// while let objects = try await listing.next() { … }
/// save(listing.cursor)                                // a watch continues here: each object is listed once
/// ```
public struct ObjectListing: Sendable {
    /// The position of a listing. It can be saved, and a listing made from it later continues with the next object.
    ///
    /// An object that is delivered afterwards with a key before the cursor is not found: use one cursor for each folder
    /// in which keys grow with time, such as `AWSLogs/123456789012/CloudTrail/eu-west-1/`.
    public struct Cursor: Sendable, Hashable, Codable {
        public let bucket: String
        public let prefix: String
        /// The last key that was listed or skipped; empty at the beginning.
        public fileprivate(set) var lastKey = ""

        public init(bucket: String, prefix: String) {
            self.bucket = bucket
            self.prefix = prefix
        }

        /// - Parameter lastKey: only objects after this key are listed. It need not exist.
        public init(bucket: String, prefix: String, after lastKey: String) {
            self.init(bucket: bucket, prefix: prefix)
            self.lastKey = lastKey
        }
    }

    public private(set) var cursor: Cursor
    private let store: any LogStore
    private var isAtEnd = false
    /// The cursor's key before the last page was listed.
    private var pageStart = ""

    public init(_ store: any LogStore, _ cursor: Cursor) {
        self.store = store
        self.cursor = cursor
    }

    /// The next objects; `nil` at the end.
    /// - Throws: ``Failure``, also if the store repeats itself.
    public mutating func next() async throws(Failure) -> [ListedObject]? {
        guard !isAtEnd else { return nil }
        let page = try await store.page(of: cursor.bucket, under: cursor.prefix, after: cursor.lastKey)
        isAtEnd = page.isLast
        pageStart = cursor.lastKey
        guard let end = page.objects.last else {
            isAtEnd = true
            return nil
        }
        try pass(end.key)
        return page.objects
    }

    /// Continues after a key, as if all objects up to it had been listed.
    /// - Throws: ``Failure`` if the key is not after the cursor.
    public mutating func pass(_ key: String) throws(Failure) {
        guard cursor.lastKey.isBefore(key) else {
            throw Failure(
                "the objects of s3://\(cursor.bucket)/\(cursor.prefix) cannot be listed",
                why: "the list repeats itself after \(cursor.lastKey)", advice: "try again")
        }
        cursor.lastKey = key
    }

    /// Goes back to a key of the last page. The objects after it will be listed again.
    /// - Parameter key: the key of the last object that was used.
    public mutating func stop(at key: String) {
        guard key.isBefore(cursor.lastKey) else { return }
        cursor.lastKey = key
        isAtEnd = false
    }

    /// Continues after all objects of a folder without listing them.
    /// - Parameter folder: ends with a slash; an object in it is on the last page.
    mutating func leave(_ folder: String) throws(Failure) {
        // No key of the folder comes after this.
        cursor.lastKey = pageStart
        isAtEnd = false
        try pass(folder + "\u{10FFFF}")
    }
}
