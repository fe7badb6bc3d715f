import AWSClient
import Basics
public import FoundationEssentials
public import Inventory
public import Posture
import Practices
public import Reports
public import Store

/// Reads accounts and evaluates the checks on them.
public struct ScanRun: Sendable {
    public var checks: [any Check]
    public var accounts: AccountSelection
    public var settings = Settings()
    public var mutes: [Mute] = []
    /// The least severity of failing findings that makes the result ``ExitStatus/found``.
    public var failOn = FailThreshold.from(.low)
    /// The time from which ages are calculated; `nil` for the time at which each account was read.
    public var now: Date?
    /// The parts of the report's scope that the run itself does not know: title, client, options, files.
    public var scope = ScanScope()
    /// The only buckets that checks on every bucket read; `nil` for all. The findings of such checks are then about these
    /// buckets and say nothing of the account.
    var onlyBuckets: Set<String>?
    /// The store whose verifications the findings on log file validation show.
    public var store: Store?

    public init(_ checks: [any Check], of accounts: AccountSelection = AccountSelection()) {
        self.checks = checks
        self.accounts = accounts
    }

    public struct Result: Sendable {
        /// All data that was read.
        public var snapshot: Snapshot
        public var report: ScanReport
        /// Warnings about expired and unmatched mutes, unknown security groups, and a time before the scan.
        public var warnings: [String]
        public var exitStatus: ExitStatus
    }

    /// - Throws: ``Failure`` if there are no credentials, or the snapshot is invalid; `CancellationError`.
    public func run(
        in environment: RunEnvironment = RunEnvironment(), progress: ProgressReport<ReadingProgress>? = nil
    ) async throws -> Result {
        let facets = checks.reduce(into: Facet.shown) { $0.formUnion($1.about.reads) }
        var reading = AccountReading(accounts, in: environment, facets: facets)
        reading.onlyBuckets = onlyBuckets
        reading.usersToName = { evaluator(of: $0).usersToName(in: $0) }
        let snapshot = try await reading.snapshot(progress: progress)
        return try judge(
            snapshot, calls: environment.calls.all.map { .init(name: $0.operation.description, count: $0.calls) })
    }

    private func evaluator(of account: Account) -> Evaluator {
        Evaluator(checks: checks, criteria: Criteria(now: now ?? account.readAt, settings: settings))
    }

    /// - Parameter calls: the API calls of this run; empty for a snapshot.
    private func judge(_ snapshot: Snapshot, calls: [ScanScope.Call]) throws(Failure) -> Result {
        let findings = snapshot.accounts.flatMap { account in
            evaluator(of: account).findings(in: account, beside: snapshot.accounts.filter { $0.id != account.id })
        }
        let others = Set(Catalogue.checks.map(\.about.id)).subtracting(checks.map(\.about.id))
        var muted = Mutes(mutes, asOf: now ?? snapshot.reading.started).applied(to: findings, leaving: others)
        muted.findings = muted.findings.namingClosedRegionsOnce()
        if let store { try muted.findings.addLastVerifications(from: store) }
        let reading = snapshot.reading
        let regions = snapshot.accounts.flatMap { (try? $0[.regions].value) ?? [] }
        var report = ScanReport(
            scan: .init(
                id: reading.id, started: reading.started, finished: reading.finished, parapet: reading.parapet,
                accounts: snapshot.accounts.map(\.id), regions: Set(regions).sorted()),
            findings: muted.findings, checks: checks.map(\.about))
        report.scope = scope(of: snapshot, calls: calls)
        report.fixable = Fixes.checks
        report.commands = Dictionary(uniqueKeysWithValues: checks.map { ($0.about.id, RemedyCommands.of($0.about.id)) })
        return Result(
            snapshot: snapshot, report: report,
            warnings: muted.warnings + unknownGroups(in: snapshot.accounts) + earlyMoment(before: snapshot.accounts),
            exitStatus: exitStatus(of: muted.findings))
    }

    /// Warns if ages are calculated from a time before the scan: whatever was used since then has no age.
    private func earlyMoment(before accounts: [Account]) -> [String] {
        guard let now, let read = accounts.map(\.readAt).min(), now < read else { return [] }
        return ["--now is before the scan of \(read.rfc3339): whatever was used or changed since then counts as new"]
    }

    /// Warns about security groups in the settings that no account has: their names may be mistyped.
    private func unknownGroups(in accounts: [Account]) -> [String] {
        let named = Set(settings.allowedIngress.flatMap(\.groups))
        guard !named.isEmpty, checks.contains(where: { $0.about.reads.contains(.securityGroups) }) else { return [] }
        var known: Set<String> = []
        for account in accounts {
            // If a list is missing, it may contain the groups.
            guard let regions = try? account[.securityGroups].value else { return [] }
            for groups in regions.values {
                guard let groups = try? groups.value else { return [] }
                known.formUnion(groups.flatMap { [$0.groupID, $0.groupName] })
            }
        }
        return named.subtracting(known).sorted().map { "allowed-ingress: no security group has the id or name '\($0)'" }
    }

    private func scope(of snapshot: Snapshot, calls: [ScanScope.Call]) -> ScanScope {
        var scope = scope
        scope.caller = snapshot.reading.caller
        for account in snapshot.accounts {
            if let alias = try? account[.accountAliases].value.first { scope.aliases[account.id] = alias }
        }
        let unread = snapshot.accounts.flatMap { (try? $0.unreadRegions.value) ?? [] }
        scope.unreadRegions = Set(unread).sorted()
        scope.settings = settings
        scope.calls = calls
        if calls.isEmpty {
            let facets = Facet.closure(of: checks.reduce(into: Facet.shown) { $0.formUnion($1.about.reads) })
            scope.calls = Set(facets.flatMap(\.operations).map(\.description)).sorted()
                .map { .init(name: $0, count: nil) }
        }
        scope.frameworks = ComplianceFrameworks.ofReports
        return scope
    }

    func exitStatus(of findings: [Finding]) -> ExitStatus {
        var (isFound, isUnknown, isJudged) = (false, false, false)
        // Uses indices, because a loop over the elements copies each of them.
        for place in findings.indices {
            switch findings[place].status {
            case .fail: if failOn.holds(findings[place].severity) { isFound = true }
            case .unknown: isUnknown = true
            case .pass, .manual, .muted, .notApplicable: break
            }
            if findings[place].status != .notApplicable { isJudged = true }
        }
        return ExitStatus(found: isFound, undetermined: isUnknown || !isJudged)
    }
}
