import Basics
import FoundationEssentials
import LogSources

/// Finds log files that no digest lists, in the periods that valid digests cover.
///
/// Digests of other trails that write to the same folder are read as well, because the names of log files do not
/// identify their trail.
struct UndigestedLogs: Sendable {
    let store: any LogStore
    let folder: TrailFolder
    let loader: DigestLoader

    /// Delay of delivery, in seconds. A file is named some minutes before it is delivered, so it may be listed in the
    /// digest after the last one that was read.
    private static let lateness: TimeInterval = 15 * 60
    /// Resolution of the times in names, in seconds: names contain the time in steps of five minutes.
    private static let coarseness: TimeInterval = 5 * 60
    /// How far a file's time can lie outside the day of its folder, in seconds: at midnight.
    private static let aboutMidnight: TimeInterval = 3600
    private static let day: TimeInterval = 24 * 3600

    /// - Parameter others: digests of trails that are not being verified.
    /// - Throws: ``Failure``
    func find(in result: inout FolderResult, others: [DigestKey]) async throws(Failure) {
        let range = result.verification.range
        let stretches = result.proven.compactMap { stretch -> ClosedRange<Date>? in
            let from = max(stretch.from.addingTimeInterval(Self.coarseness), range.lowerBound)
            let to = min(stretch.to.addingTimeInterval(-Self.lateness), range.upperBound)
            return from <= to ? from...to : nil
        }
        var suspects = try await unlisted(in: stretches, result.listed)
        guard !suspects.isEmpty else { return }
        let listedByOthers = try await logs(of: others)
        suspects.removeAll { listedByOthers.contains("s3://\(folder.bucket)/\($0)") }
        for key in suspects {
            result.addUndigested(
                key,
                "No digest lists this log file: it was put here by someone else than CloudTrail, or by a trail without "
                    + "log file validation.")
        }
    }

    /// Whether any log file was delivered in the period.
    /// - Throws: ``Failure``
    func areDelivered(in period: ClosedRange<Date>) async throws(Failure) -> Bool {
        for kind in TrailFolder.logKinds {
            let logs = folder.logs(kind)
            let end = logs + KeyTime.day(period.upperBound) + "/~"
            var isThere = false
            try await store.forEachObject(
                in: folder.bucket, under: logs, after: logs + KeyTime.day(period.lowerBound)
            ) { object in
                guard object.key.isBefore(end) else { return false }
                isThere = isDelivered(object.key, kind, in: [period])
                return !isThere
            }
            if isThere { return true }
        }
        return false
    }

    private func unlisted(
        in stretches: [ClosedRange<Date>], _ listed: KeySet
    ) async throws(Failure) -> [String] {
        guard let first = stretches.first?.lowerBound, let last = stretches.last?.upperBound else { return [] }
        var found: [String] = []
        for kind in TrailFolder.logKinds {
            let logs = folder.logs(kind)
            // A planted file can lie in a neighboring folder.
            let start = logs + KeyTime.day(first.addingTimeInterval(-Self.day))
            let end = logs + KeyTime.day(last.addingTimeInterval(Self.day)) + "/~"
            try await store.forEachObject(in: folder.bucket, under: logs, after: start) { object in
                guard object.key.isBefore(end) else { return false }
                if !listed.contains("s3://\(folder.bucket)/\(object.key)"), isDelivered(object.key, kind, in: stretches)
                {
                    found.append(object.key)
                }
                return true
            }
        }
        return found
    }

    /// Whether a file was delivered in one of the periods. The time in its name decides,
    /// `ACCOUNT_KIND_REGION_YYYYMMDDTHHMMZ_UNIQUE.json.gz`. If it has another name, or lies in the folder of another
    /// day, where CloudTrail does not put it, the day of its folder decides as well.
    private func isDelivered(_ key: String, _ kind: String, in stretches: [ClosedRange<Date>]) -> Bool {
        guard !key.hasSuffix("/") else { return false }
        let path = key.dropFirst(folder.logs(kind).count).split(separator: "/", omittingEmptySubsequences: false)
        let noon = path.count >= 4 ? KeyTime.parse("\(path[0])\(path[1])\(path[2])T120000Z") : nil
        let lead = "\(folder.account)_\(kind)_\(folder.region)_"
        if let name = path.last, name.hasPrefix(lead),
            let time = KeyTime.parse(name.dropFirst(lead.count).prefix { $0 != "_" })
        {
            if stretches.contains(where: { $0.contains(time) }) { return true }
            guard let noon, abs(time.timeIntervalSince(noon)) > Self.day / 2 + Self.aboutMidnight else { return false }
        }
        guard let noon else { return false }
        let day = noon.addingTimeInterval(-Self.day / 2)...noon.addingTimeInterval(Self.day / 2)
        return stretches.contains { $0.overlaps(day) }
    }

    /// The log files that valid digests of other trails list.
    private func logs(of others: [DigestKey]) async throws(Failure) -> KeySet {
        var listed = KeySet()
        var rest = others[...]
        while !rest.isEmpty {
            let batch = rest.prefix(16)
            rest = rest.dropFirst(batch.count)
            let parts = try await concurrently(batch) { key in
                guard case .valid(let digest) = try await loader.load(key.address, isBackfill: key.isBackfill)
                else { return KeySet() }
                return digest.logs.reduce(into: KeySet()) { $0.insert($1.address.description) }
            }
            for part in parts { listed.formUnion(part) }
        }
        return listed
    }
}
