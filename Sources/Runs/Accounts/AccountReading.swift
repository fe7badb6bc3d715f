import Basics
import AWSClient
import FoundationEssentials
import Inventory

/// The progress of reading accounts.
public struct ReadingProgress: Sendable, Hashable {
    /// The IDs of the accounts to read.
    public var accounts: [String]
    /// The number of answers so far.
    public var answers: Int
}

/// Reads the selected accounts, or opens the selected snapshot.
struct AccountReading {
    private let selection: AccountSelection
    private let environment: RunEnvironment
    /// The facets to read of each account.
    private let facets: Set<Facet>
    /// Names of buckets and ARNs of keys to read in addition to those of the trails.
    var buckets: [String] = []
    var keys: [String] = []
    /// See ``ScanRun/onlyBuckets``.
    var onlyBuckets: Set<String>?
    /// The users whose access keys are listed, by the account with its credential report.
    var usersToName: @Sendable (Account) -> Set<String> = { _ in [] }
    /// Whether Regions are read. Identities, buckets and named keys do not need them.
    var isRegional = true

    init(_ selection: AccountSelection, in environment: RunEnvironment, facets: Set<Facet>) {
        self.selection = selection
        self.environment = environment
        self.facets = facets
    }

    /// - Throws: ``Failure`` if there are no credentials, or the file is not a snapshot; `CancellationError`.
    func snapshot(progress: ProgressReport<ReadingProgress>?) async throws -> Snapshot {
        guard case .snapshot(let file) = selection.accounts else {
            do {
                return try await readAccounts(progress)
            } catch {
                // A cancellation makes calls fail, so the error may only be its consequence.
                try Task.checkCancellation()
                throw error
            }
        }
        let bytes = try InputFile.bytes(file)
        do throws(Failure) {
            return try Snapshot(decoding: bytes)
        } catch {
            throw Failure("\(file) cannot be used", why: error.why, advice: error.advice)
        }
    }

    private func readAccounts(_ progress: ProgressReport<ReadingProgress>?) async throws -> Snapshot {
        let session = try await AWSSession(
            selection.session, in: environment, deadline: .now + selection.timeout)
        let started = session.now.wholeSeconds
        let ids = try await accountIDs(session)
        let read = try await reporting(
            { ReadingProgress(accounts: ids, answers: session.client.calls.total) }, to: progress
        ) {
            await self.read(ids, session: session, at: started)
        }
        // A cancellation turns the facts of unfinished calls into unknown ones, so the reading is useless.
        try Task.checkCancellation()
        let accounts = try read.map { try $0.get() }
        return Snapshot(
            reading: .init(
                id: UUID().uuidString.lowercased(), started: started, finished: session.now.wholeSeconds,
                parapet: Version.current, caller: session.callerARN),
            accounts: accounts.sorted { $0.id < $1.id })
    }

    /// Returns the IDs of the selected accounts.
    /// - Throws: ``Failure`` if there are no credentials, or the organization's accounts cannot be listed.
    func accountIDs() async throws(Failure) -> [String] {
        if case .named(let ids, _) = selection.accounts { return Set(ids).sorted() }
        return try await accountIDs(try await AWSSession(selection.session, in: environment))
    }

    private func accountIDs(_ session: AWSSession) async throws(Failure) -> [String] {
        switch selection.accounts {
        case .caller, .snapshot: return [session.accountID]
        case .named(let ids, _): return Set(ids).sorted()
        case .organization: break
        }
        do throws(AWSError) {
            return try await session.client
                .all(Organizations.listAccounts(), in: session.baseRegion, \.accounts)
                .filter(\.isActive).map(\.id).sorted()
        } catch {
            throw Failure("the organization's accounts cannot be listed", error)
        }
    }

    /// The number of accounts that are read at once. Their answers are in memory together.
    private static let accountsAtOnce = 4

    private func read(
        _ ids: [String], session: AWSSession, at time: Date
    ) async -> [Result<Account, Failure>] {
        // The directory serves all accounts, each of which has its own deadline.
        var shared = session.client
        shared.deadline = nil
        let directory = OrganizationDirectory(
            client: shared, accountID: session.accountID, region: session.baseRegion)
        return await withTaskGroup(of: Result<Account, Failure>.self) { group in
            var results: [Result<Account, Failure>] = []
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
    ) async -> Result<Account, Failure> {
        // The limit of a year keeps the sum within the clock's range.
        let deadline = ContinuousClock.now + min(selection.timeout, .seconds(366 * 86_400))
        var client = session.client
        client.deadline = deadline
        if id != session.accountID, let roleName = selection.roleName {
            client = session.client(inAccount: id, roleName: roleName)
            client.deadline = deadline
            do throws(AWSError) {
                let caller = try await client.send(STS.getCallerIdentity(), in: session.baseRegion)
                guard caller.account == id else {
                    let unknown = Unknown(
                        .failed, call: Operation.getCallerIdentity.description,
                        detail: "the credentials of the role \(roleName) belong to account \(caller.account)")
                    return .success(
                        Account(unreadable: id, partition: session.partition, readAt: time, because: unknown))
                }
            } catch {
                // Other accounts are read nevertheless. This one is unknown in every check.
                let denial = error.refusal.denial
                let unknown = Unknown(
                    denial != nil ? .accessDenied : .failed, call: Operation.assumeRole.description,
                    permission: denial.map { _ in Operation.assumeRole.permission },
                    isExplicitlyDenied: denial?.isFinal ?? false, detail: error.message)
                return .success(Account(unreadable: id, partition: session.partition, readAt: time, because: unknown))
            }
        }
        let collector = Collector(
            client: client, accountID: id, partition: session.partition, baseRegion: session.baseRegion,
            facets: facets, buckets: buckets, keys: keys.filter { Self.isKey($0, of: id) },
            onlyBuckets: onlyBuckets, usersToName: usersToName, organization: directory, warn: environment.warn)
        guard isRegional else { return .success(await collector.collect(regions: .known([]), at: time)) }
        let enabled = await collector.enabledRegions()
        guard !selection.session.regions.isEmpty else {
            return .success(await collector.collect(regions: enabled, at: time))
        }
        if case .known(let enabled) = enabled.state,
            let stranger = selection.session.regions.first(where: { !enabled.contains($0) })
        {
            return .failure(
                Failure(
                    "Region \(stranger) cannot be read",
                    why: "it is not enabled for account \(id)",
                    advice: "use one of \(enabled.joined(separator: ", "))"))
        }
        let chosen = Set(selection.session.regions)
        var account = await collector.collect(regions: .known(chosen.sorted()), at: time)
        account.unreadRegions = enabled.map { $0.filter { !chosen.contains($0) } }
        return .success(account)
    }

    /// Whether the key belongs to the account. Only the owner of a key is queried about it.
    private static func isKey(_ arn: String, of account: String) -> Bool {
        Basics.ARN(arn).map { $0.account == account } ?? true
    }
}

extension Date {
    /// The time without fractions of a second: reports do not show them, and a snapshot must lead to the same report.
    fileprivate var wholeSeconds: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }
}
