public import Basics
import AWSClient
public import LogSources

/// A trail and its bucket, according to DescribeTrails or the user.
public struct TrailPlace: Sendable, Hashable {
    /// `nil` for all trails that have digests there.
    public var trail: TrailName?
    /// The account that owns the trail; `nil` for every account in the bucket.
    public var account: String?
    public var bucket: String
    /// Without a slash at its end; empty for none.
    public var prefix: String
    public var organization: Organization

    /// Whether the accounts' folders are in an organization's folder.
    public enum Organization: Sendable, Hashable {
        case none
        case id(String)
        /// The folders of the bucket are searched, because the trail is an organization trail or may be one.
        case find
    }

    public init(trail: TrailName?, account: String?, bucket: String, prefix: String, organization: Organization) {
        self.trail = trail
        self.account = account
        self.bucket = bucket
        self.prefix = prefix
        self.organization = organization
    }
}

/// Finds the accounts and Regions whose logs a trail delivered. It lists the folders of the bucket, because that needs
/// no permission to list Regions and also finds trails that no longer exist.
public struct TrailDiscovery: Sendable {
    private let store: any LogStore
    /// The accounts that are searched; empty for all.
    private let accounts: Set<String>
    private let regions: Set<String>

    public init(store: any LogStore, accounts: Set<String>, regions: Set<String>) {
        self.store = store
        self.accounts = accounts
        self.regions = regions
    }

    /// The accounts and Regions of all places, each once.
    /// - Throws: ``Failure``
    public func tasks(for places: [TrailPlace]) async throws(Failure) -> [TrailFolderTask] {
        var tasks: [TrailFolder: Set<TrailName>] = [:]
        for place in places {
            for folder in try await folders(of: place) {
                let known = tasks[folder]
                // An empty set means every trail.
                tasks[folder] = known == [] ? [] : place.trail.map { (known ?? []).union([$0]) } ?? []
            }
        }
        return tasks.map { TrailFolderTask(folder: $0.key, trails: $0.value) }
            .sorted { ($0.folder.digests, $0.folder.bucket) < ($1.folder.digests, $1.folder.bucket) }
    }

    /// Number of accounts whose folders are listed at once.
    private static let accountsAtOnce = 16

    private func folders(of place: TrailPlace) async throws(Failure) -> [TrailFolder] {
        var roots: [TrailFolder] = []
        for organizationID in try await organizations(of: place) {
            let root = TrailFolder.accounts(place.prefix, organizationID)
            roots += try await self.accounts(of: place, organizationID, under: root).map { account in
                TrailFolder(
                    bucket: place.bucket, prefix: place.prefix, organizationID: organizationID, account: account,
                    region: place.trail?.homeRegion ?? "")
            }
        }
        var found: [TrailFolder] = []
        while !roots.isEmpty {
            let batch = roots.prefix(Self.accountsAtOnce)
            roots.removeFirst(batch.count)
            found += try await concurrently(batch) { try await inEachRegion($0) }.flatMap(\.self)
        }
        return found + missingHome(of: place, found)
    }

    /// The home Region of the trail if it has no folder there: nothing was ever delivered, or everything was deleted.
    /// The report must at least name the Region.
    private func missingHome(of place: TrailPlace, _ found: [TrailFolder]) -> [TrailFolder] {
        guard let account = place.account, let home = place.trail?.homeRegion,
            accounts.isEmpty || accounts.contains(account), regions.isEmpty || regions.contains(home),
            !found.contains(where: { $0.account == account && $0.region == home })
        else { return [] }
        let organizationID: String? = if case .id(let id) = place.organization { id } else { nil }
        return [
            TrailFolder(
                bucket: place.bucket, prefix: place.prefix, organizationID: organizationID, account: account,
                region: home)
        ]
    }

    /// `nil` stands for accounts' folders outside an organization's folder.
    private func organizations(of place: TrailPlace) async throws(Failure) -> [String?] {
        switch place.organization {
        case .none: return [nil]
        case .id(let id): return [id]
        case .find:
            let ids = try await folders(in: place.bucket, under: TrailFolder.accounts(place.prefix, nil))
            return [nil] + ids.filter { $0.hasPrefix("o-") }
        }
    }

    private func accounts(
        of place: TrailPlace, _ organizationID: String?, under root: String
    ) async throws(Failure) -> [String] {
        guard accounts.isEmpty else { return accounts.sorted() }
        // Outside an organization's folder, a bucket can hold trails of other accounts.
        if organizationID == nil, let account = place.account { return [account] }
        return try await folders(in: place.bucket, under: root).filter { AccountID.isValid($0) }
    }

    private func inEachRegion(_ folder: TrailFolder) async throws(Failure) -> [TrailFolder] {
        let root = TrailFolder.accounts(folder.prefix, folder.organizationID) + folder.account
        let found = try await concurrently(["CloudTrail-Digest"] + TrailFolder.logKinds) { kind in
            try await folders(in: folder.bucket, under: "\(root)/\(kind)/")
        }
        return Set(found.joined()).filter { Region.isWellFormed($0) && (regions.isEmpty || regions.contains($0)) }
            .sorted()
            .map { region in
                var folder = folder
                folder.region = region
                return folder
            }
    }

    // MARK: Check of the places

    /// Checks that the bucket (or copy of one) named by the user can hold digests of the trail. A wrong trail, account,
    /// prefix or level of the folder must not look like a period without digests.
    /// - Parameters:
    ///   - tasks: the tasks that were found for the places.
    ///   - reader: reads the digests of a copy; `nil` if only their folders are listed, as in S3.
    /// - Throws: ``Failure`` that describes the actual content if no digest of the trail can be there, or if those of a
    ///   copy have no metadata or are of another bucket.
    public func check(
        _ places: [TrailPlace], _ tasks: [TrailFolderTask], inCopy reader: ObjectReader?
    ) async throws(Failure) {
        var others: Set<String> = []
        var claims: Set<DigestClaim> = []
        for task in tasks {
            guard let reader else {
                if !(try await folders(in: task.folder.bucket, under: task.folder.digests)).isEmpty { return }
                continue
            }
            var listing = ObjectListing(
                store, ObjectListing.Cursor(bucket: task.folder.bucket, prefix: task.folder.digests))
            while let objects = try await listing.next() {
                for key in objects.compactMap({ DigestKey($0.key, in: task.folder) }) {
                    guard task.trails.isEmpty || task.trails.contains(key.trail) else {
                        others.insert("\(key.trail.name) of \(key.trail.homeRegion)")
                        continue
                    }
                    let claim = try await reader.claim(of: key.address)
                    if claim == .unreadable || claim == .of(bucket: task.folder.bucket) { return }
                    claims.insert(claim)
                }
            }
        }
        guard let place = places.first else { return }
        if !claims.isEmpty { throw Self.unusable(claims, in: place.bucket) }
        let trail = place.trail.map { "of the trail \($0.name) of \($0.homeRegion)" } ?? "of any trail"
        throw Failure(
            "there is nothing to verify",
            why: "no digest \(trail) can be in s3://\(place.bucket)/"
                + TrailFolder.accounts(place.prefix, nil) + ": \(try await whatIsThere(place, others))",
            advice:
                "check the trail, --account-id, --region, --s3-prefix, and that --path names the folder above AWSLogs")
    }

    /// - Parameter claims: those of all digests of a copy. No digest is a signed one of this bucket.
    private static func unusable(_ claims: Set<DigestClaim>, in bucket: String) -> Failure {
        let others = claims.compactMap { if case .of(let bucket) = $0 { bucket } else { nil } }.sorted()
        guard others.isEmpty else {
            return Failure(
                "there is nothing to verify", why: "the digests name the bucket \(some(others)), not \(bucket)",
                advice: "check --s3-bucket")
        }
        return Failure(
            "there is nothing to verify", why: "the copy lacks the metadata of the digests, and so their signatures",
            advice: "save the output of 'aws s3api head-object' for each digest as KEY.metadata.json")
    }

    private func whatIsThere(_ place: TrailPlace, _ trails: Set<String>) async throws(Failure) -> String {
        if !trails.isEmpty { return "there are digests of " + Self.some(trails.sorted()) }
        var deeper = [""]
        var digests: [String] = []
        // The limit suffices for every level above the Regions. A bucket can have very many folders.
        for _ in 0..<100 where !deeper.isEmpty && digests.count < 4 {
            let folder = deeper.removeFirst()
            for name in try await folders(in: place.bucket, under: folder).prefix(100) {
                if name == "CloudTrail-Digest" {
                    digests.append(folder + name)
                } else if folder.utf8.count(where: { $0 == UInt8(ascii: "/") }) < 6 {
                    deeper.append("\(folder)\(name)/")
                }
            }
        }
        var filled: [String] = []
        for folder in digests
        where !(try await store.page(of: place.bucket, under: folder + "/", after: "").objects.isEmpty) {
            filled.append(folder)
        }
        if !filled.isEmpty { return "there are digests in " + Self.some(filled) }
        if !digests.isEmpty { return "there are only empty folders: " + Self.some(digests) }
        let top = try await folders(in: place.bucket, under: "")
        return top.isEmpty ? "there is no folder" : "no folder CloudTrail-Digest was found below " + Self.some(top)
    }

    private static func some(_ names: [String]) -> String {
        names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    }

    private func folders(in bucket: String, under prefix: String) async throws(Failure) -> [String] {
        return try await store.folders(in: bucket, under: prefix)
    }
}
