public import AWSClient
public import FoundationEssentials

/// Reads what the chosen checks need of one account: each call once, all regions and services at the same time,
/// within the client's budgets. It judges nothing.
public struct Collector: Sendable {
    let client: Client
    let accountID: String
    let partition: String
    /// Where calls go that concern no region in particular.
    let baseRegion: String
    let facets: Set<Facet>
    let buckets: Set<String>
    let keys: Set<String>
    let directory: OrganizationDirectory?
    let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - facets: what is to be read; what these require is read with them.
    ///   - baseRegion: a region of the partition that is enabled in every account.
    ///   - buckets: the names of buckets that are read besides those of the trails.
    ///   - keys: the ARNs of KMS keys that are read besides those of the trails.
    ///   - organization: who else may be asked about the organisation, where several accounts are read in one run.
    public init(
        client: Client, accountID: String, partition: String, baseRegion: String, facets: Set<Facet>,
        buckets: [String] = [], keys: [String] = [], organization: OrganizationDirectory? = nil,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        var client = client
        client.accountID = accountID
        self.client = client
        self.accountID = accountID
        self.partition = partition
        self.baseRegion = baseRegion
        self.facets = Facet.closure(of: facets)
        self.buckets = Set(buckets)
        self.keys = Set(keys)
        directory = organization
        self.sleep = sleep
    }

    /// The regions that are enabled for the account, in alphabetical order.
    public func enabledRegions() async -> Fact<[String]> {
        await fact(.regions) { () throws(AWSError) in
            let answer = try await client.send(EC2.describeRegions(), in: baseRegion)
            return answer.regionInfo
                .filter { $0.optInStatus != "not-opted-in" && Partition.of(region: $0.regionName).id == partition }
                .map(\.regionName).sorted()
        }
    }

    /// The account as it is now. What could not be read is unknown in it, with the reason.
    /// - Parameters:
    ///   - regions: the regions to read.
    ///   - time: what the reading is dated with.
    public func collect(regions: Fact<[String]>, at time: Date) async -> Account {
        async let audit = readTrails(in: regions)
        async let network = readNetwork(in: regions)
        async let identity = readIdentity()
        async let block = readAccountPublicAccessBlock()
        async let organization = readOrganization()
        async let workloads = readWorkloads(in: regions)

        var account = Account(id: accountID, partition: partition, readAt: time, regions: regions)
        await audit.fill(&account)
        await network.fill(&account)
        await identity.fill(&account)
        account.publicAccessBlock = await block
        account.organization = await organization
        account.organizationPolicies = await readPolicies(of: account.organization)
        account.workloads = await workloads
        return account
    }

    // MARK: What the readers share

    /// The value that `read` gives, or why it gives none.
    func fact<Value>(_ read: () async throws(AWSError) -> Value) async -> Fact<Value> {
        do throws(AWSError) {
            return .known(try await read())
        } catch {
            return .unknown(Unknown(error))
        }
    }

    /// The value that `read` gives, if `facet` is wanted.
    func fact<Value>(
        _ facet: Facet, _ read: () async throws(AWSError) -> Value
    ) async -> Fact<Value> {
        guard facets.contains(facet) else { return .notCollected }
        return await fact(read)
    }

    /// What each region answers, all asked at the same time; nothing where `facet` is not wanted.
    func regional<Value>(
        _ facet: Facet, in regions: Fact<[String]>,
        _ read: @escaping @Sendable (String) async throws(AWSError) -> Value
    ) async -> Regional<Value> {
        guard facets.contains(facet), case .known(let regions) = regions else { return Regional() }
        return Regional(
            await concurrently(regions) { region in
                await fact { () throws(AWSError) in try await read(region) }
            })
    }

    /// What `read` makes of each key, all at the same time.
    func concurrently<Key: Hashable & Sendable, Value: Sendable>(
        _ keys: some Sequence<Key>, _ read: @escaping @Sendable (Key) async -> Value
    ) async -> [Key: Value] {
        await withTaskGroup(of: (Key, Value).self) { group in
            for key in keys {
                group.addTask { (key, await read(key)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}

extension String {
    /// EC2 adds to a refusal a long text that only `sts:DecodeAuthorizationMessage` can read.
    fileprivate var withoutEncodedPart: String {
        guard let range = firstRange(of: "Encoded authorization failure message") else { return self }
        return String(self[..<range.lowerBound]).trimmingSuffix(while: \.isWhitespace)
    }

    private func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, isTrimmed(last) { text.removeLast() }
        return text
    }
}

extension Unknown {
    /// Why a call's failure leaves the fact unknown.
    init(_ error: AWSError) {
        let reason: Reason =
            if error.isAccessDenied {
                .accessDenied
            } else if error.isThrottling {
                .throttled
            } else if error.kind == .brokenPaging {
                .truncated
            } else {
                .failed
            }
        let code = error.code.map { "\($0): " } ?? ""
        self.init(
            reason, call: error.operation.description,
            permission: reason == .accessDenied ? error.operation.permission : nil,
            detail: code + error.message.withoutEncodedPart)
    }
}
