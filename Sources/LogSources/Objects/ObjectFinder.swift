internal import Basics

/// Finds log objects below prefixes. Folders of days that are not wanted are not listed.
///
/// If cursors are kept, each folder in which keys grow with time is listed separately, from its own cursor. Such a
/// folder contains the folders of the years, or is the last folder of a path.
struct ObjectFinder {
    let store: any LogStore
    let dates: DateFolders
    let services: ServiceFolders
    /// Skipped folders of other services.
    private(set) var passed: Set<ServiceFolders.Folder> = []
    /// Positions at which listings ended, in this run or an earlier one, by bucket and prefix; `nil` if cursors are not
    /// kept.
    private var kept: [ObjectAddress: ObjectListing.Cursor]?

    typealias Visit = (LogFile, ObjectAddress) async -> Bool

    /// - Parameter cursors: the cursors of an earlier run; `nil` to keep none.
    init(
        store: any LogStore, dates: DateFolders, services: ServiceFolders = .all,
        after cursors: [ObjectListing.Cursor]?
    ) {
        self.store = store
        self.dates = dates
        self.services = services
        kept = cursors.map { cursors in
            Dictionary(cursors.map { (ObjectAddress(bucket: $0.bucket, key: $0.prefix), $0) }) { _, last in last }
        }
    }

    /// Positions at which the listings ended, sorted by bucket and prefix.
    var cursors: [ObjectListing.Cursor] {
        (kept ?? [:]).values.sorted { ($0.bucket, $0.prefix) < ($1.bucket, $1.prefix) }
    }

    /// Passes each object to `visit`, which returns whether to continue.
    /// - Throws: ``Failure`` if there is no such object.
    mutating func find(_ bucket: String, _ prefix: String, _ visit: Visit) async throws {
        let folder = prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/"
        var search = Search(bucket: bucket, named: folder)
        _ = try await walk(folder, &search, visit)
        // The prefix is not a folder: keys begin with it, or it is a whole key.
        if !search.hasFound, folder != prefix { _ = try await list(prefix, &search, visit) }
        guard search.hasFound else {
            throw Failure(
                "s3://\(bucket)/\(prefix) cannot be read", why: "there is no such object",
                advice: "check the bucket and the prefix")
        }
    }

    /// The search of one prefix.
    private struct Search {
        let bucket: String
        /// The prefix that the user named. Dates in it say where logs are kept, not which days they cover.
        let named: String
        /// Whether anything is below the prefix, wanted or not.
        var hasFound = false
    }

    /// - Returns: whether to continue.
    private mutating func walk(_ prefix: String, _ search: inout Search, _ visit: Visit) async throws -> Bool {
        if dates.isEverything, kept == nil { return try await list(prefix, &search, visit) }
        let folders = try await store.folders(in: search.bucket, under: prefix)
        if folders.isEmpty || kept != nil && folders.contains(where: DateFolders.isYear) {
            return try await list(prefix, &search, visit)
        }
        search.hasFound = true
        for folder in folders where !FoundObjects.areDigests(in: prefix + folder) {
            let path = prefix + folder + "/"
            guard admits(path, search), passBy(path, &search) == nil else { continue }
            guard try await walk(path, &search, visit) else { return false }
        }
        return try await list(prefix, without: Set(folders), &search, visit)
    }

    /// Records the folder of another service if the path leads into one.
    /// - Returns: the path of that folder, which ends with a slash; `nil` if there is none.
    private mutating func passBy(_ path: String, _ search: inout Search) -> String? {
        guard let other = services.other(in: path, below: search.named.utf8.count) else { return nil }
        search.hasFound = true
        passed.insert(other)
        return other.path
    }

    private func admits(_ path: String, _ search: Search) -> Bool {
        dates.admits(DateFolders.folders(of: path, below: search.named.utf8.count))
    }

    /// Lists the objects below the prefix, and skips each of the folders in one step.
    private mutating func list(
        _ prefix: String, without folders: Set<String> = [], _ search: inout Search, _ visit: Visit
    ) async throws -> Bool {
        let place = ObjectAddress(bucket: search.bucket, key: prefix)
        let cursor = kept?[place] ?? ObjectListing.Cursor(bucket: search.bucket, prefix: prefix)
        if !cursor.lastKey.isEmpty { search.hasFound = true }
        var listing = ObjectListing(store, cursor)
        pages: while let objects = try await listing.next() {
            for object in objects {
                let rest = object.key.dropFirst(prefix.count)
                if !folders.isEmpty, let slash = rest.firstIndex(of: "/"), folders.contains(String(rest[..<slash])) {
                    try listing.leave(prefix + rest[...slash])
                    continue pages
                }
                if let other = passBy(object.key, &search) {
                    // A cursor must not skip keys that are still to be delivered.
                    guard kept == nil else { continue }
                    try listing.leave(other)
                    continue pages
                }
                search.hasFound = true
                let name = object.key.split(separator: "/").last ?? ""
                // With cursors, the folders of all days are listed at once.
                guard !FoundObjects.isNoLog(key: object.key), dates.admits(fileName: name),
                    kept == nil || admits(object.key, search)
                else { continue }
                let address = ObjectAddress(bucket: search.bucket, key: object.key)
                guard await visit(LogFile(.object(address), size: object.size), address) else { return false }
            }
        }
        kept?[place] = listing.cursor
        return true
    }
}
