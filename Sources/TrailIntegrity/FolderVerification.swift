import Basics
import AWSClient
import FoundationEssentials
import LogSources

/// Verifies the digests and log files of one account and Region.
struct FolderVerification: Sendable {
    private let verifier: TrailVerifier
    private let task: TrailFolderTask
    private let loader: DigestLoader
    private let check: LogFileCheck

    private var folder: TrailFolder { task.folder }
    private var store: any LogStore { verifier.reader.store }

    init(_ verifier: TrailVerifier, _ task: TrailFolderTask) {
        self.verifier = verifier
        self.task = task
        loader = DigestLoader(reader: verifier.reader, keys: verifier.keys[task.folder.region])
        check = LogFileCheck(reader: verifier.reader)
    }

    /// - Throws: ``Failure``
    func verify() async throws -> Verification {
        let listing = try await DigestListing(store, folder, range: verifier.range)
        let trails = task.trails.isEmpty ? listing.trails : task.trails
        verifier.progress.update {
            $0.startedFolders += 1
            $0.listedDigests += trails.reduce(0) { $0 + listing.count(of: $1) }
        }
        var result = FolderResult(folder: folder, range: verifier.range)
        try await withThrowingTaskGroup(of: LogFileCheck.Verdict.self) { group in
            var files = LogFiles(check: check, progress: verifier.progress)
            for trail in trails.sorted(by: { ($0.name, $0.homeRegion) < ($1.name, $1.homeRegion) }) {
                result.begin(trail)
                for finding in overdue(trail, listing) { result.add(finding) }
                try await walk(trail, listing, into: &result, &files, &group)
                try await verifyBackfills(listing.backfills(of: trail), into: &result, &files, &group)
            }
            // The last log files are checked concurrently.
            let others = listing.keys.filter { !trails.contains($0.trail) }
            try await UndigestedLogs(store: store, folder: folder, loader: loader).find(in: &result, others: others)
            try await files.finish(&result, &group)
        }
        if listing.trails.isEmpty, try await hasUndigestedLogs() { result.addWithoutDigests() }
        result.finish()
        return result.verification
    }

    // MARK: The chain

    /// Number of digests that are fetched ahead of the walk.
    private static let digestsAhead = 16

    private func walk(
        _ trail: TrailName, _ listing: DigestListing, into result: inout FolderResult, _ files: inout LogFiles,
        _ group: inout ThrowingTaskGroup<LogFileCheck.Verdict, any Error>
    ) async throws {
        var walk = ChainWalk(
            folder: folder, trail: trail, listed: listing.digests(of: trail), before: listing.before[trail]?.date,
            start: verifier.range.lowerBound)
        var loaded: [ObjectAddress: ChainWalk.Load] = [:]
        while true {
            switch walk.next() {
            case .end:
                return
            case .list(let place, let end):
                guard store.holds(bucket: place.bucket) else {
                    result.add(
                        .init(
                            kind: .gap, object: ObjectAddress(bucket: place.bucket, key: place.digests),
                            message: "The chain of digests leads to the bucket \(place.bucket) before "
                                + "\(end.rfc3339), which is not part of this copy.",
                            period: min(end, verifier.range.lowerBound)...end))
                    return
                }
                let start = min(end, verifier.range.lowerBound)
                let there = try await DigestListing(store, place, range: start...end)
                walk.take(listed: there.digests(of: trail))
            case .load(let address):
                if loaded[address] == nil {
                    // Digests that were loaded ahead but not needed are dropped.
                    loaded = try await load([address] + walk.ahead.prefix(Self.digestsAhead - 1))
                }
                guard let load = loaded.removeValue(forKey: address) else { return }
                verifier.progress.update { $0.digests += 1 }
                let outcome = walk.take(load)
                for problem in outcome.problems { result.add(problem) }
                if let digest = outcome.proven {
                    result.add(digest)
                    try await files.verify(digest.logs, of: trail, into: &result, &group)
                }
            }
        }
    }

    private func load(_ addresses: [ObjectAddress]) async throws -> [ObjectAddress: ChainWalk.Load] {
        let loads = try await concurrently(addresses) { try await loader.load($0) }
        return Dictionary(zip(addresses, loads)) { first, _ in first }
    }

    // MARK: Beside the chain

    private func verifyBackfills(
        _ backfills: [DigestKey], into result: inout FolderResult, _ files: inout LogFiles,
        _ group: inout ThrowingTaskGroup<LogFileCheck.Verdict, any Error>
    ) async throws {
        for key in backfills {
            verifier.progress.update { $0.digests += 1 }
            switch try await loader.load(key.address, isBackfill: true) {
            case .valid(let digest):
                result.add(digest)
                try await files.verify(digest.logs, of: key.trail, into: &result, &group)
            case .missing:
                result.add(
                    .init(
                        kind: .digestNotFound, object: key.address,
                        message: "The backfill digest was listed, but is gone: it was deleted meanwhile."))
            case .invalid(let kind, let message):
                result.add(.init(kind: kind, object: key.address, message: message))
            }
        }
    }

    /// Whether log files were delivered in the period for which digests are due.
    private func hasUndigestedLogs() async throws(Failure) -> Bool {
        let due = min(verifier.range.upperBound, verifier.now.addingTimeInterval(-2 * 3600))
        guard verifier.range.lowerBound <= due else { return false }
        return try await UndigestedLogs(store: store, folder: folder, loader: loader)
            .areDelivered(in: verifier.range.lowerBound...due)
    }

    /// Reports that a newer digest is missing. CloudTrail delivers a digest each hour, within the next hour.
    private func overdue(_ trail: TrailName, _ listing: DigestListing) -> [ChainWalk.Defect] {
        let newest = listing.digests(of: trail).max { $0.date < $1.date } ?? listing.before[trail]
        guard let newest, verifier.range.upperBound > newest.date else { return [] }
        let due = newest.date.addingTimeInterval(2 * 3600)
        guard verifier.now >= due else { return [] }
        return [
            .init(
                kind: .gap, object: newest.address,
                message: "The newest digest ends at \(newest.date.rfc3339); a newer one is due since "
                    + "\(due.rfc3339): it was deleted, or logging or log file validation is off.",
                period: newest.date...verifier.range.upperBound)
        ]
    }
}

/// The digests that a folder lists for a period.
struct DigestListing: Sendable {
    /// The digests of all trails that write to the folder, backfills included, in the order of their keys.
    private(set) var keys: [DigestKey] = []
    /// The newest digest before the period for each trail, within ``lookBack``.
    private(set) var before: [TrailName: DigestKey] = [:]

    /// Search period for ``before``, in seconds.
    private static let lookBack: TimeInterval = 86_400

    /// - Throws: ``Failure``
    init(_ store: any LogStore, _ folder: TrailFolder, range: ClosedRange<Date>) async throws(Failure) {
        // Log files of the last hour may be listed in the next digest.
        let end = range.upperBound.addingTimeInterval(3600)
        let first = folder.digests + KeyTime.day(range.lowerBound.addingTimeInterval(-Self.lookBack))
        // A digest is in the folder of its day. At midnight it may be in that of the next day.
        let last = folder.digests + KeyTime.day(end.addingTimeInterval(86_400)) + "/~"
        var keys: [DigestKey] = []
        var before: [TrailName: DigestKey] = [:]
        try await store.forEachObject(in: folder.bucket, under: folder.digests, after: first) { object in
            guard object.key.isBefore(last) else { return false }
            guard let key = DigestKey(object.key, in: folder), key.date <= end else { return true }
            if key.date >= range.lowerBound {
                keys.append(key)
            } else if !key.isBackfill {
                if key.date > before[key.trail]?.date ?? .distantPast { before[key.trail] = key }
            }
            return true
        }
        self.keys = keys
        self.before = before
    }

    var trails: Set<TrailName> { Set(keys.map(\.trail)).union(before.keys) }

    func count(of trail: TrailName) -> Int { keys.count { $0.trail == trail } }

    func digests(of trail: TrailName) -> [DigestKey] { keys.filter { $0.trail == trail && !$0.isBackfill } }

    func backfills(of trail: TrailName) -> [DigestKey] { keys.filter { $0.trail == trail && $0.isBackfill } }
}

/// Checks several log files at once during the walk of the digests.
private struct LogFiles {
    let check: LogFileCheck
    let progress: VerificationProgress
    private var pending = 0

    /// Limit above the number of concurrent fetches, so that fetching never waits for the walk.
    private static let pendingAtMost = 64

    init(check: LogFileCheck, progress: VerificationProgress) {
        self.check = check
        self.progress = progress
    }

    mutating func verify(
        _ logs: [Digest.Entry], of trail: TrailName, into result: inout FolderResult,
        _ group: inout ThrowingTaskGroup<LogFileCheck.Verdict, any Error>
    ) async throws {
        progress.update { $0.listedLogs += logs.count }
        for log in logs {
            if pending >= Self.pendingAtMost { try await take(&result, &group) }
            group.addTask { [check] in try await check.verdict(on: log, of: trail) }
            pending += 1
        }
    }

    mutating func finish(
        _ result: inout FolderResult, _ group: inout ThrowingTaskGroup<LogFileCheck.Verdict, any Error>
    ) async throws {
        while pending > 0 { try await take(&result, &group) }
    }

    private mutating func take(
        _ result: inout FolderResult, _ group: inout ThrowingTaskGroup<LogFileCheck.Verdict, any Error>
    ) async throws {
        guard let verdict = try await group.next() else { return }
        pending -= 1
        result.add(verdict)
        progress.update {
            $0.logs += 1
            $0.bytes += verdict.bytes
        }
    }
}
