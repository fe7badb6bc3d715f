import AWSClient
public import LogReaders

/// A trail and where it delivers, as DescribeTrails or the user says.
public struct TrailPlace: Sendable, Hashable {
    /// `nil` for every trail that has digests there.
    public var trail: TrailName?
    /// The account that owns the trail; `nil` for every account in the bucket.
    public var account: String?
    public var bucket: String
    /// Without a slash at its end; empty for none.
    public var prefix: String
    public var organization: Organization

    /// Whether accounts' folders lie in an organisation's folder.
    public enum Organization: Sendable, Hashable {
        case none
        case id(String)
        /// The trail is an organisation's, or nobody said whether it is one: the bucket's folders tell.
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

/// Finds by the bucket's folders in which accounts and regions a trail delivered: a folder outlives the permission to ask
/// for regions, and trails that no longer exist.
public struct TrailDiscovery: Sendable {
    private let store: any LogStore
    /// Only these; empty for all.
    private let accounts: Set<String>
    private let regions: Set<String>

    public init(store: any LogStore, accounts: Set<String>, regions: Set<String>) {
        self.store = store
        self.accounts = accounts
        self.regions = regions
    }

    /// The accounts and regions of all the places, each once.
    /// - Throws: ``VerificationError``
    public func tasks(for places: [TrailPlace]) async throws(VerificationError) -> [TrailFolderTask] {
        var tasks: [TrailFolder: Set<TrailName>] = [:]
        for place in places {
            for folder in try await folders(of: place) {
                let known = tasks[folder]
                // An empty set stands for every trail.
                tasks[folder] = known == [] ? [] : place.trail.map { (known ?? []).union([$0]) } ?? []
            }
        }
        return tasks.map { TrailFolderTask(folder: $0.key, trails: $0.value) }
            .sorted { ($0.folder.digests, $0.folder.bucket) < ($1.folder.digests, $1.folder.bucket) }
    }

    private func folders(of place: TrailPlace) async throws(VerificationError) -> [TrailFolder] {
        var found: [TrailFolder] = []
        for organizationID in try await organizations(of: place) {
            let root = TrailFolder.accounts(place.prefix, organizationID)
            for account in try await self.accounts(of: place, organizationID, under: root) {
                for region in try await self.regions(of: account, under: root, in: place.bucket) {
                    found.append(
                        TrailFolder(
                            bucket: place.bucket, prefix: place.prefix, organizationID: organizationID,
                            account: account, region: region))
                }
            }
        }
        guard found.isEmpty, let account = place.account, accounts.isEmpty || accounts.contains(account),
            let trail = place.trail, regions.isEmpty || regions.contains(trail.homeRegion)
        else { return found }
        // Nothing was ever delivered, or all of it is gone: the report names at least the trail's home.
        let organizationID: String? = if case .id(let id) = place.organization { id } else { nil }
        return [
            TrailFolder(
                bucket: place.bucket, prefix: place.prefix, organizationID: organizationID, account: account,
                region: trail.homeRegion)
        ]
    }

    /// `nil` stands for accounts' folders that lie in no organisation's folder.
    private func organizations(of place: TrailPlace) async throws(VerificationError) -> [String?] {
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
    ) async throws(VerificationError) -> [String] {
        guard accounts.isEmpty else { return accounts.sorted() }
        // Outside of an organisation a bucket may hold other accounts' trails.
        if organizationID == nil, let account = place.account { return [account] }
        return try await folders(in: place.bucket, under: root).filter { $0.count == 12 && $0.allSatisfy(\.isNumber) }
    }

    private func regions(
        of account: String, under root: String, in bucket: String
    ) async throws(VerificationError) -> [String] {
        var found: Set<String> = []
        for kind in ["CloudTrail-Digest", "CloudTrail"] {
            found.formUnion(try await folders(in: bucket, under: "\(root)\(account)/\(kind)/"))
        }
        return found.filter { Region.isWellFormed($0) && (regions.isEmpty || regions.contains($0)) }.sorted()
    }

    private func folders(in bucket: String, under prefix: String) async throws(VerificationError) -> [String] {
        do throws(LogStoreError) {
            return try await store.folders(in: bucket, under: prefix)
        } catch {
            throw VerificationError(error)
        }
    }
}
