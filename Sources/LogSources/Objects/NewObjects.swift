public import FoundationEssentials

/// Finds the objects that were delivered since an earlier search, by the cursors that it left.
public struct NewObjects {
    private var finder: ObjectFinder

    /// - Parameters:
    ///   - cursors: ``cursors`` of the earlier search; empty for the first one.
    ///   - since: folders and files whose names show an earlier day are skipped.
    public init(_ store: any LogStore, after cursors: [ObjectListing.Cursor], since: Date?) {
        finder = ObjectFinder(store: store, dates: DateFolders(from: since, to: nil), after: cursors)
    }

    /// The places at which the search ended, for the next one.
    public var cursors: [ObjectListing.Cursor] { finder.cursors }

    /// Passes each new object below a prefix to `visit`, which returns whether to continue.
    /// - Throws: `Failure` if a listing fails, or there is nothing below the prefix.
    public mutating func find(
        in bucket: String, below prefix: String, _ visit: (ObjectAddress, _ size: Int) async -> Bool
    ) async throws {
        try await finder.find(bucket, prefix) { file, address in await visit(address, file.size) }
    }
}
