import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture
import Practices
import Reports
import Store

/// Scans regularly, and checks resources that an event touched. There is never more than one scan at a time.
actor ScanSchedule {
    private let configuration: Configuration
    private let mutes: [Mute]
    private let session: SessionOptions
    private let environment: RunEnvironment
    private let store: Store
    private let state: WatchState
    private let log: WatchLog
    private let route: WatchRun.FindingRouting
    private let account: String
    private let checks: [any Check]
    private let touched: TouchedChecks
    private let turn = Turn()
    private var pending: Set<TouchedResource> = []
    private var firstTouch: ContinuousClock.Instant?
    private var lastTouch: ContinuousClock.Instant?

    /// A check begins when no further event has come for this long, because changes come in groups.
    private static let quiet: Duration = .seconds(3)
    /// A check begins at the latest after this time.
    private static let longest: Duration = .seconds(15)

    /// - Parameter account: the caller's account.
    init(
        _ configuration: Configuration, mutes: [Mute], session: SessionOptions, account: String,
        environment: RunEnvironment, store: Store, state: WatchState, log: WatchLog,
        route: @escaping WatchRun.FindingRouting
    ) {
        (self.configuration, self.mutes, self.session, self.account) = (configuration, mutes, session, account)
        (self.environment, self.store, self.state, self.log, self.route) = (environment, store, state, log, route)
        checks = Catalogue.checks.filter { $0.about.onRequest == nil }
        touched = TouchedChecks(checks)
    }

    /// Takes up the resources that an earlier process did not check again. A scan that was complete since has done so.
    func takeUp() throws {
        let scanned = try store.lastCompleteScan() ?? .distantPast
        var open: Set<TouchedResource> = []
        var done: [String] = []
        for (text, time) in try store.touched() {
            // A scan takes a while, and sees an early or a late state.
            if time > scanned.addingTimeInterval(-900), let resource = TouchedResource(text), isWatched(resource) {
                open.insert(resource)
            } else {
                done.append(text)
            }
        }
        if !done.isEmpty {
            try store.change("the resources to check again") { writer in
                for text in done { try writer.forgetTouched(text, until: .distantFuture) }
            }
        }
        touch(open)
    }

    private var selection: AccountSelection {
        let watch = configuration.watch
        if let role = watch.roleName {
            if watch.isOrganization { return AccountSelection(.organization(roleName: role), session: session) }
            if !watch.accounts.isEmpty {
                return AccountSelection(.named(watch.accounts, roleName: role), session: session)
            }
        }
        return AccountSelection(.caller, session: session)
    }

    /// The account alone, if the watch can read it.
    private nonisolated func selection(of account: String) -> AccountSelection? {
        if let role = configuration.watch.roleName,
            configuration.watch.isOrganization || configuration.watch.accounts.contains(account)
        {
            return AccountSelection(.named([account], roleName: role), session: session)
        }
        return account == self.account ? AccountSelection(.caller, session: session) : nil
    }

    private func run(
        _ checks: [any Check], _ selection: AccountSelection, onlyBuckets: Set<String>? = nil
    ) async throws -> ScanReport {
        var scan = ScanRun(checks, of: selection)
        scan.onlyBuckets = onlyBuckets
        scan.settings = configuration.settings
        scan.mutes = mutes
        let result = try await scan.run(in: environment)
        state.judged(result.exitStatus)
        return result.report
    }

    /// Scans everything.
    func scan() async throws {
        let report = try await turn.take { try await self.run(self.checks, self.selection) }
        let changes = try record(StoredScan(report), StoredFinding.all(of: report))
        state.scanned(at: report.scan.finished)
        log(
            .information,
            "scanned \(report.scan.accounts.count) account(s): \(report.findings.count) findings, \(changes) changed")
    }

    /// Whether there are checks on what an event touched, and its account can be read.
    nonisolated func isWatched(_ resource: TouchedResource) -> Bool {
        selection(of: resource.account) != nil && !touched.checks(for: resource).isEmpty
    }

    /// Remembers what events touched, for ``recheckIfDue()``.
    func touch(_ changes: Set<TouchedResource>) {
        let known = changes.filter(isWatched)
        guard !known.isEmpty else { return }
        pending.formUnion(known)
        lastTouch = .now
        firstTouch = firstTouch ?? .now
    }

    /// Checks what was touched if no event has come for a while.
    func recheckIfDue(now isNow: Bool = false) async throws {
        guard !pending.isEmpty, let firstTouch, let lastTouch else { return }
        guard isNow || .now - lastTouch >= Self.quiet || .now - firstTouch >= Self.longest else { return }
        let changes = pending
        let time = environment.aws.now()
        (pending, self.firstTouch, self.lastTouch) = ([], nil, nil)
        do {
            for (account, changes) in Dictionary(grouping: changes, by: \.account) {
                try await recheck(changes, in: account)
            }
            try store.change("the resources that were checked again") { writer in
                for resource in changes { try writer.forgetTouched(resource.text, until: time) }
            }
        } catch {
            // The next round tries again.
            pending.formUnion(changes)
            (self.firstTouch, self.lastTouch) = (firstTouch, .now)
            throw error
        }
    }

    private func recheck(_ changes: [TouchedResource], in account: String) async throws {
        guard let selection = selection(of: account) else { return }
        var regional: [String: [String: any Check]] = [:]
        var others: [String: any Check] = [:]
        var ofBuckets: [String: (check: any Check, buckets: Set<String>)] = [:]
        for change in changes {
            for check in touched.checks(for: change) {
                if TouchedChecks.isRegional(check) {
                    regional[change.region, default: [:]][check.about.id] = check
                } else if let bucket = change.bucket, TouchedChecks.isOfEachBucket(check) {
                    ofBuckets[check.about.id, default: (check, [])].buckets.insert(bucket)
                } else {
                    others[check.about.id] = check
                }
            }
        }
        let names = Set(changes.map(\.event)).sorted().joined(separator: ", ")
        for id in others.keys { ofBuckets[id] = nil }
        if !others.isEmpty { try await recheck(Array(others.values), selection, account, .all, after: names) }
        for (buckets, entries) in Dictionary(grouping: ofBuckets.values, by: \.buckets) {
            try await recheck(entries.map(\.check), selection, account, .buckets(buckets), after: names)
        }
        for (region, checks) in regional.sorted(by: { $0.key < $1.key }) {
            var selection = selection
            selection.session.regions = [region]
            try await recheck(Array(checks.values), selection, account, .region(region), after: names)
        }
    }

    private func recheck(
        _ checks: [any Check], _ selection: AccountSelection, _ account: String, _ extent: Recheck.Extent,
        after events: String
    ) async throws {
        var region: String?
        var buckets: Set<String>?
        switch extent {
        case .all: break
        case .region(let name): region = name
        case .buckets(let names): buckets = names
        }
        let report = try await turn.take { [buckets] in try await self.run(checks, selection, onlyBuckets: buckets) }
        let found = StoredFinding.all(of: report)
        let known = try store.findings(of: checks.map(\.about.id), in: account)
        let rows = Recheck.rows(found, known: known, extent)
        var scan = StoredScan(report, isPartial: true)
        if let region { scan.regions = [region] }
        let changed = try record(scan, rows)
        state.rechecked()
        log(
            .information,
            "checked again after \(events)\(extent): \(checks.count) checks, \(changed) changed"
        )
    }

    /// - Returns: the number of changes.
    private func record(_ scan: StoredScan, _ findings: [StoredFinding]) throws -> Int {
        try store.record(scan, findings) { [route] writer, changes in
            try writer.add(changes, of: findings, route)
        }.count
    }
}

extension StoreWriter {
    /// Adds the messages about changes of findings. While a finding is muted on the dashboard, only the message that it
    /// fails no longer is added; when the mute has ended, the message that it fails is.
    func add(_ changes: [FindingChange], of findings: [StoredFinding], _ route: WatchRun.FindingRouting) throws {
        let byID = Dictionary(findings.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let untold = try untoldFindings()
        for change in changes {
            guard let finding = byID[change.finding] else { continue }
            let isResolved = [Finding.Status.pass.rawValue, StoredFinding.gone].contains(change.after)
            if untold.contains(change.finding) { try forgetUntold(change.finding) }
            if try isResolved || !isMuted(change.finding, at: change.time) {
                try add(route(change, finding))
            } else if change.after == Finding.Status.fail.rawValue {
                try setUntold(change.finding, at: change.time)
            }
        }
        // What began to fail while it was muted, and still does when the mute has ended. What the notifier knows already
        // is not sent again.
        for id in untold.subtracting(changes.map(\.finding)) {
            guard let finding = byID[id], try !isMuted(id, at: finding.lastSeen) else { continue }
            try forgetUntold(id)
            guard finding.status == Finding.Status.fail.rawValue else { continue }
            try add(
                route(
                    FindingChange(
                        finding: id, time: finding.lastSeen, scan: "", before: nil, after: finding.status,
                        message: finding.message), finding))
        }
    }
}

/// What a check of some resources says about the stored findings.
enum Recheck {
    /// What was read.
    enum Extent: CustomStringConvertible {
        case all
        case region(String)
        /// The buckets of these names alone.
        case buckets(Set<String>)

        func contains(_ finding: StoredFinding) -> Bool {
            switch self {
            case .all: true
            case .region(let region): finding.region == region
            case .buckets(let names): finding.resourceType == "AWS::S3::Bucket" && names.contains(finding.resource)
            }
        }

        /// For the end of a sentence.
        var description: String {
            switch self {
            case .all: ""
            case .region(let region): " in \(region)"
            case .buckets(let names): " on " + names.sorted().prefix(5).joined(separator: ", ")
            }
        }
    }

    /// - Parameter known: the stored findings of the checks in the account.
    /// - Returns: the findings to store: what was read, and what is gone. What could not be read stays as it was.
    static func rows(_ found: [StoredFinding], known: [StoredFinding], _ extent: Extent) -> [StoredFinding] {
        let here = found.filter(extent.contains)
        let present = Set(here.map(\.id))
        let doubtful = Set(here.filter { $0.status == "unknown" }.map(\.check))
        let gone = known.filter { finding in
            !present.contains(finding.id) && !doubtful.contains(finding.check)
                && extent.contains(finding)
        }.map { finding in
            var finding = finding
            finding.status = StoredFinding.gone
            finding.message = "the resource no longer exists"
            return finding
        }
        return here.filter { $0.status != "unknown" } + gone
    }
}
