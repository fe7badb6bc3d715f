public import Basics

/// Lists the objects under a prefix, page by page, in the order of their keys. The one way in which hunts and verifications
/// list a bucket.
///
/// ```swift
/// var listing = ObjectListing(store, Cursor(bucket: "logs", prefix: "AWSLogs/"))
/// while let objects = try await listing.next() { … }
/// save(listing.cursor)                                // a watch continues here: each object is listed once
/// ```
public struct ObjectListing: Sendable {
    /// Where a listing stands. It can be kept, and a listing made of it later continues with the next object.
    ///
    /// An object that is delivered afterwards with a key before the cursor is not found: use one cursor for each folder in
    /// which keys grow with time, such as `AWSLogs/123456789012/CloudTrail/eu-west-1/`.
    public struct Cursor: Sendable, Hashable, Codable {
        public let bucket: String
        public let prefix: String
        /// The last key that was handed out or passed over; empty at the beginning.
        public fileprivate(set) var lastKey = ""

        public init(bucket: String, prefix: String) {
            self.bucket = bucket
            self.prefix = prefix
        }

        /// - Parameter lastKey: only objects after it are listed, whether it exists or not.
        public init(bucket: String, prefix: String, after lastKey: String) {
            self.init(bucket: bucket, prefix: prefix)
            self.lastKey = lastKey
        }
    }

    public private(set) var cursor: Cursor
    private let store: any LogStore
    private var isAtEnd = false
    /// Where the last page began.
    private var pageStart = ""

    public init(_ store: any LogStore, _ cursor: Cursor) {
        self.store = store
        self.cursor = cursor
    }

    /// The next objects; `nil` at the end.
    /// - Throws: ``Failure``, also if the store begins to repeat itself.
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

    /// Goes on behind a key, as if all up to it had been listed.
    /// - Throws: ``Failure`` if that would be a step back.
    public mutating func pass(_ key: String) throws(Failure) {
        guard cursor.lastKey.isBefore(key) else {
            throw Failure(
                "the objects of s3://\(cursor.bucket)/\(cursor.prefix) cannot be listed",
                why: "the list repeats itself after \(cursor.lastKey)", advice: "try again")
        }
        cursor.lastKey = key
    }

    /// Goes back to a key of the objects that were handed out last: those behind it will be listed again.
    /// - Parameter key: the last one that was looked at.
    public mutating func stop(at key: String) {
        guard key.isBefore(cursor.lastKey) else { return }
        cursor.lastKey = key
        isAtEnd = false
    }

    /// Goes on behind all objects of a folder without listing them.
    /// - Parameter folder: ends with a slash, and an object in it was handed out last.
    mutating func leave(_ folder: String) throws(Failure) {
        // No key of the folder comes after this.
        cursor.lastKey = pageStart
        isAtEnd = false
        try pass(folder + "\u{10FFFF}")
    }
}
