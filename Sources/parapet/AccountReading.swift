import AWSClient
import FoundationEssentials
import Inventory

/// Reads the accounts that the options choose, or opens the snapshot that they name.
struct AccountReading {
    private let selection: AccountSelection
    private let verbosity: Verbosity
    /// What is read of each account.
    private let facets: Set<Facet>
    /// Read besides those of the trails: names of buckets, ARNs of keys.
    var buckets: [String] = []
    var keys: [String] = []
    /// Whether what is read exists in regions; identities, buckets and the keys that are named do not ask for them.
    var isRegional = true

    init(_ selection: AccountSelection, _ verbosity: Verbosity, facets: Set<Facet>) {
        self.selection = selection
        self.verbosity = verbosity
        self.facets = facets
    }

    /// - Throws: ``CommandFailure`` where there are no credentials, or the snapshot is none.
    func snapshot() async throws -> Snapshot {
        guard let file = selection.snapshot else { return try await readAccounts() }
        let bytes = try InputFile.bytes(file)
        do throws(SnapshotError) {
            return try Snapshot(decoding: bytes)
        } catch {
            throw CommandFailure(
                "\(file) cannot be used", why: error.reason, advice: "save one with scan --save-snapshot")
        }
    }

    private func readAccounts() async throws -> Snapshot {
        let transport = AsyncHTTPTransport(userAgent: Version.userAgent)
        let session = try await AWSSession(selection.aws, verbosity: verbosity, transport: transport)
        let started = Date().wholeSeconds
        let ids = try await accountIDs(session)
        let label = ids.count == 1 ? "reading account \(ids[0])" : "reading \(ids.count) accounts"
        let calls = session.client.calls
        let progress = ProgressLine(verbosity) { "\(label): \(calls.total) answers, \(Int($0)) s" }
        let read = await progress.during {
            await self.read(ids, session: session, at: started)
        }
        if verbosity.isVerbose { tellCalls(calls) }
        let accounts = try read.map { try $0.get() }
        return Snapshot(
            reading: .init(
                id: UUID().uuidString.lowercased(), started: started, finished: Date().wholeSeconds,
                parapet: Version.current),
            accounts: accounts.sorted { $0.id < $1.id })
    }

    private func accountIDs(_ session: AWSSession) async throws(CommandFailure) -> [String] {
        guard selection.organization else {
            return selection.account.isEmpty ? [session.accountID] : Array(Set(selection.account)).sorted()
        }
        do throws(AWSError) {
            return try await session.client
                .all(Organizations.listAccounts(), in: session.baseRegion, \.accounts)
                .filter { $0.status == nil || $0.status == "ACTIVE" }.map(\.id).sorted()
        } catch {
            throw CommandFailure("the organisation's accounts cannot be listed", error, verbose: verbosity.isVerbose)
        }
    }

    /// How many accounts are read at the same time: their answers are in memory together.
    private static let accountsAtOnce = 4

    private func read(
        _ ids: [String], session: AWSSession, at time: Date
    ) async -> [Result<Account, CommandFailure>] {
        let directory = OrganizationDirectory(
            client: session.client, accountID: session.accountID, region: session.baseRegion)
        return await withTaskGroup(of: Result<Account, CommandFailure>.self) { group in
            var results: [Result<Account, CommandFailure>] = []
            for (index, id) in ids.enumerated() {
                if index >= Self.accountsAtOnce, let result = await group.next() { results.append(result) }
                group.addTask {
                    await self.read(
                        id, session: session, directory: id == session.accountID ? nil : directory, at: time)
                }
            }
            for await result in group { results.append(result) }
            return results
        }
    }

    private func read(
        _ id: String, session: AWSSession, directory: OrganizationDirectory?, at time: Date
    ) async -> Result<Account, CommandFailure> {
        var client = session.client
        if id != session.accountID, let roleName = selection.roleName {
            client = session.client(inAccount: id, roleName: roleName)
            do throws(AWSError) {
                _ = try await client.send(STS.getCallerIdentity(), in: session.baseRegion)
            } catch {
                // The others are read all the same; this one is unknown in every check.
                let isDenied = error.isAccessDenied || error.message.contains("AccessDenied")
                let unknown = Unknown(
                    isDenied ? .accessDenied : .failed, call: Operation.assumeRole.description,
                    permission: isDenied ? Operation.assumeRole.permission : nil, detail: error.message)
                return .success(Account(unreadable: id, partition: session.partition, readAt: time, because: unknown))
            }
        }
        let collector = Collector(
            client: client, accountID: id, partition: session.partition, baseRegion: session.baseRegion,
            facets: facets, buckets: buckets, keys: keys.filter { Self.isKey($0, of: id) }, organization: directory)
        guard isRegional else { return .success(await collector.collect(regions: .known([]), at: time)) }
        let enabled = await collector.enabledRegions()
        guard !selection.aws.region.isEmpty else {
            return .success(await collector.collect(regions: enabled, at: time))
        }
        if case .known(let enabled) = enabled,
            let stranger = selection.aws.region.first(where: { !enabled.contains($0) })
        {
            return .failure(
                CommandFailure(
                    "the region \(stranger) cannot be read",
                    why: "it is not among the regions that are enabled for account \(id)",
                    advice: "choose from \(enabled.joined(separator: ", "))"))
        }
        return .success(await collector.collect(regions: .known(Set(selection.aws.region).sorted()), at: time))
    }

    /// Only the owner of a key is asked about it.
    private static func isKey(_ arn: String, of account: String) -> Bool {
        arn.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first.map { $0 == account } ?? true
    }

    private func tellCalls(_ calls: CallLog) {
        for count in calls.all {
            let retries = count.retries > 0 ? " (\(count.retries) of them retries)" : ""
            Terminal.standardError.tell("\(count.calls) × \(count.operation)\(retries)\n")
        }
        Terminal.standardError.tell("\(calls.total) API calls\n")
    }
}

extension Date {
    /// Reports show no fractions, and a snapshot must give back the same report.
    fileprivate var wholeSeconds: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }
}
