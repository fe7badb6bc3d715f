import Basics

/// Finds log objects below a prefix, and leaves out the folders of days that are not wanted without listing them.
struct ObjectFinder {
    let store: any LogStore
    let bucket: String
    let dates: DateFolders

    /// Gives each object to `visit`, which says whether to go on.
    /// - Throws: ``Failure`` if there is no such object.
    func find(_ prefix: String, _ visit: (LogFile) async -> Bool) async throws {
        var hasFolders = false
        var hasObjects = false
        func consider(_ object: ListedObject) async -> Bool {
            hasObjects = true
            let name = object.key.split(separator: "/").last ?? ""
            guard !FoundObjects.isNoLog(key: object.key), dates.admits(fileName: name) else {
                return true
            }
            return await visit(
                LogFile(.object(ObjectAddress(bucket: bucket, key: object.key)), size: object.size))
        }
        let folder = prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/"
        _ = try await walk(folder, named: folder, &hasFolders, consider)
        // Not a folder, but how keys begin, or a whole key.
        if !hasFolders, !hasObjects, folder != prefix { _ = try await list(prefix, consider) }
        guard hasFolders || hasObjects else {
            throw Failure(
                "s3://\(bucket)/\(prefix) cannot be read", why: "there is no such object",
                advice: "check the bucket and the prefix")
        }
    }

    /// - Parameters:
    ///   - named: what the user named, above which no folder says of which day the logs are.
    ///   - exists: becomes true if something is below the prefix, wanted or not.
    /// - Returns: whether to go on.
    private func walk(
        _ prefix: String, named: String, _ exists: inout Bool, _ visit: (ListedObject) async -> Bool
    ) async throws -> Bool {
        guard !dates.isEverything else { return try await list(prefix, visit) }
        let folders = try await store.folders(in: bucket, under: prefix)
        guard !folders.isEmpty else { return try await list(prefix, visit) }
        exists = true
        for folder in folders where folder != "CloudTrail-Digest" {
            let path = prefix + folder + "/"
            guard dates.admits(DateFolders.folders(of: path, below: named.utf8.count)) else { continue }
            guard try await walk(path, named: named, &exists, visit) else { return false }
        }
        return try await list(prefix, without: folders, visit)
    }

    private func list(_ prefix: String, _ visit: (ListedObject) async -> Bool) async throws -> Bool {
        try await list(prefix, without: [], visit)
    }

    /// The objects right below the prefix: the listing goes past each folder in one step.
    private func list(
        _ prefix: String, without folders: [String], _ visit: (ListedObject) async -> Bool
    ) async throws -> Bool {
        let below = Set(folders)
        var listing = ObjectListing(store, ObjectListing.Cursor(bucket: bucket, prefix: prefix))
        pages: while let objects = try await listing.next() {
            for object in objects {
                let rest = object.key.dropFirst(prefix.count)
                if !below.isEmpty, let slash = rest.firstIndex(of: "/"),
                    below.contains(String(rest[..<slash]))
                {
                    try listing.leave(prefix + rest[...slash])
                    continue pages
                }
                guard await visit(object) else { return false }
            }
        }
        return true
    }
}
