import AWSClient
import ArgumentParser
import FoundationEssentials
import Inventory
import Posture
import Practices
import Reports

/// Reads accounts and judges them.
struct Scan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check accounts, or a saved snapshot, against the ten practices.",
        discussion: """
            Reads every enabled region of the caller's account with reading calls only; 'parapet policy' prints \
            the permissions that it takes. What could not be read is reported as unknown, never as a pass.
            """)

    @OptionGroup(title: "Checks") var selection: CheckSelection
    @OptionGroup(title: "Account") var aws: AWSOptions

    @Option(name: .long, help: "An account to read through --role-name; may be repeated.")
    var account: [String] = []

    @Option(name: .customLong("role-name"), help: "The role to assume in each of the accounts.")
    var roleName: String?

    @Flag(name: .long, help: "Read every active account of the organisation, through --role-name.")
    var organization = false

    @Option(name: .long, help: "Judge this saved snapshot instead of reading an account; no call is made.")
    var snapshot: String?

    @Option(name: .customLong("save-snapshot"), help: "Save what was read in this file.")
    var saveSnapshot: String?

    @Option(name: .customLong("fail-on"), help: "Exit with 2 only for failing findings of at least this severity.")
    var failOn: Severity = .low

    @Option(name: .long, help: "A YAML file with thresholds and exceptions.")
    var config: String?

    @Option(name: .long, help: "A YAML file that says which failing findings are accepted, by whom and until when.")
    var mute: String?

    @Option(name: .long, help: "Judge ages as of this moment (ISO 8601) instead of the time of the reading.")
    var now: String?

    @OptionGroup(title: "Output") var output: OutputOptions<ReportFormat>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        if snapshot != nil, saveSnapshot != nil || organization || !account.isEmpty {
            throw ValidationError(
                "--snapshot reads no account, so it goes with none of --save-snapshot, --account, --organization")
        }
        if snapshot != nil, aws.isGiven {
            throw ValidationError("--snapshot reads no account, so it goes with none of the options that choose one")
        }
        if organization, !account.isEmpty { throw ValidationError("--organization and --account exclude each other") }
        if (organization || !account.isEmpty) != (roleName != nil) {
            throw ValidationError("--role-name goes with --account or --organization, and they with it")
        }
        for id in account where id.count != 12 || !id.allSatisfy(\.isASCIIDigit) {
            throw ValidationError("'\(id)' is not an account id, which has twelve digits")
        }
        if let now, Moment.parse(now) == nil {
            throw ValidationError("'\(now)' is not a date in ISO 8601, such as 2026-01-31T12:00:00Z or 2026-01-31")
        }
    }

    func run() async throws {
        let checks = try selection.selected()
        let settings = try config.map(SettingsFile.read) ?? Settings()
        let mutes = try mute.map(MuteFile.read) ?? []
        for file in output.destinations.compactMap(\.file) + [saveSnapshot].compactMap(\.self) {
            try OutputFile.check(file)
        }
        let reading = try await read(for: checks)
        if let saveSnapshot {
            try OutputFile.write(try reading.encoded(), to: saveSnapshot)
        }
        let findings = reading.accounts.flatMap { account in
            let criteria = Criteria(now: now.flatMap(Moment.parse) ?? account.readAt, settings: settings)
            return Evaluator(checks: checks, criteria: criteria).findings(in: account)
        }
        let judgedAt = now.flatMap(Moment.parse) ?? reading.reading.started
        let muted = Mutes(mutes, asOf: judgedAt).applied(to: findings)
        for warning in muted.warnings { verbosity.warn(warning) }
        let report = ScanReport(reading, findings: muted.findings, checks: checks.map(\.about))
        try write(report)
        throw ExitCode(exitCode(of: muted.findings))
    }

    private func exitCode(of findings: [Finding]) -> Int32 {
        if findings.contains(where: { $0.status == .fail && $0.severity >= failOn }) { return 2 }
        return findings.contains { $0.status == .unknown } ? 3 : 0
    }

    private func write(_ report: ScanReport) throws {
        try output.write { format, text in
            switch format {
            case .json: Array(try report.json())
            case .ndjson: Array(try report.ndjson())
            case .table: Array(ScanTable(report, text: text, limit: verbosity.isVerbose ? nil : 8).rendered().utf8)
            }
        } text: {
            Terminal.standardOutput.text(noColor: verbosity.noColor)
        }
    }
}

// MARK: Reading

extension Scan {
    /// The snapshot that the user names, or a reading of the accounts.
    private func read(for checks: [any Check]) async throws -> Snapshot {
        if let snapshot {
            let bytes = try InputFile.bytes(snapshot)
            do throws(SnapshotError) {
                return try Snapshot(decoding: bytes)
            } catch {
                throw CommandFailure(
                    "\(snapshot) cannot be used", why: error.reason, advice: "save one with scan --save-snapshot")
            }
        }
        return try await readAccounts(for: checks)
    }

    private func readAccounts(for checks: [any Check]) async throws -> Snapshot {
        let transport = AsyncHTTPTransport(userAgent: Version.userAgent)
        let session = try await AWSSession(aws, verbosity: verbosity, transport: transport)
        let facets = checks.reduce(into: Set<Facet>()) { $0.formUnion($1.about.reads) }
        let started = Date().wholeSeconds
        let ids = try await accountIDs(session)
        let label = ids.count == 1 ? "reading account \(ids[0])" : "reading \(ids.count) accounts"
        let calls = session.client.calls
        let progress = ProgressLine(verbosity) { "\(label): \(calls.total) answers, \(Int($0)) s" }
        let read = await progress.during {
            await self.read(ids, session: session, facets: facets, at: started)
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
        guard organization else { return account.isEmpty ? [session.accountID] : Array(Set(account)).sorted() }
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
        _ ids: [String], session: AWSSession, facets: Set<Facet>, at time: Date
    ) async -> [Result<Account, CommandFailure>] {
        await withTaskGroup(of: Result<Account, CommandFailure>.self) { group in
            var results: [Result<Account, CommandFailure>] = []
            for (index, id) in ids.enumerated() {
                if index >= Self.accountsAtOnce, let result = await group.next() { results.append(result) }
                group.addTask { await self.read(id, session: session, facets: facets, at: time) }
            }
            for await result in group { results.append(result) }
            return results
        }
    }

    private func read(
        _ id: String, session: AWSSession, facets: Set<Facet>, at time: Date
    ) async -> Result<Account, CommandFailure> {
        var client = session.client
        if id != session.accountID, let roleName {
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
            facets: facets)
        let enabled = await collector.enabledRegions()
        guard !aws.region.isEmpty else { return .success(await collector.collect(regions: enabled, at: time)) }
        if case .known(let enabled) = enabled, let stranger = aws.region.first(where: { !enabled.contains($0) }) {
            return .failure(
                CommandFailure(
                    "the region \(stranger) cannot be read",
                    why: "it is not among the regions that are enabled for account \(id)",
                    advice: "choose from \(enabled.joined(separator: ", "))"))
        }
        return .success(await collector.collect(regions: .known(Set(aws.region).sorted()), at: time))
    }

    private func tellCalls(_ calls: CallLog) {
        for count in calls.all {
            let retries = count.retries > 0 ? " (\(count.retries) of them retries)" : ""
            Terminal.standardError.tell("\(count.calls) × \(count.operation)\(retries)\n")
        }
        Terminal.standardError.tell("\(calls.total) API calls\n")
    }
}

extension ScanReport {
    fileprivate init(_ snapshot: Snapshot, findings: [Finding], checks: [About]) {
        let regions = snapshot.accounts.flatMap { (try? $0.regions.value) ?? [] }
        self.init(
            scan: Scan(
                id: snapshot.reading.id, started: snapshot.reading.started, finished: snapshot.reading.finished,
                parapet: snapshot.reading.parapet, accounts: snapshot.accounts.map(\.id),
                regions: Set(regions).sorted()),
            findings: findings, checks: checks)
    }
}

extension Date {
    /// Reports show no fractions, and a snapshot must give back the same report.
    fileprivate var wholeSeconds: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
