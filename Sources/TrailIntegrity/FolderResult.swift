import Crypto
import FoundationEssentials
import LogSources

/// The result for one account and Region during its verification.
struct FolderResult {
    private let folder: TrailFolder
    private(set) var verification: Verification
    private var trail = ""
    /// The log files that valid digests list.
    private(set) var listed = KeySet()
    /// The periods that valid digests cover, including those outside the range.
    private(set) var proven: [Stretch] = []

    struct Stretch: Equatable {
        var from: Date
        var to: Date
    }

    init(folder: TrailFolder, range: ClosedRange<Date>) {
        self.folder = folder
        verification = Verification(range: range)
    }

    /// Sets the trail of all results that are added after this call.
    mutating func begin(_ trail: TrailName) {
        self.trail = trail.name
    }

    mutating func add(_ digest: Digest) {
        verification.digests.valid += 1
        for log in digest.logs { listed.insert(log.address.description) }
        let stretch = Stretch(from: digest.start, to: digest.end)
        proven = (proven + [stretch]).joined()
        cover(stretch)
    }

    mutating func add(_ finding: ChainWalk.Defect) {
        if finding.kind.isOfDigest { verification.digests.invalid += 1 }
        add(finding.kind, finding.object, finding.message, trail: trail, finding.period)
    }

    mutating func add(_ verdict: LogFileCheck.Verdict) {
        verification.bytes += verdict.bytes
        guard let problem = verdict.problem else {
            verification.logs.valid += 1
            return
        }
        verification.logs.invalid += 1
        add(problem.kind, verdict.file.address, problem.message, trail: verdict.trail.name)
    }

    /// Adds a log file that no digest lists.
    mutating func addUndigested(_ key: String, _ message: String) {
        add(.logNotInDigest, ObjectAddress(bucket: folder.bucket, key: key), message, trail: "")
    }

    /// Reports that log files were delivered, but no digest.
    mutating func addWithoutDigests() {
        add(
            .gap, ObjectAddress(bucket: folder.bucket, key: folder.digests),
            "Log files of this time have no digest: the digests were deleted, or log file validation is off.",
            trail: "", verification.range)
    }

    /// Reports the folder if it has no digest at all.
    mutating func finish() {
        guard verification.digests.total == 0 else { return }
        verification.withoutDigests = [.init(account: folder.account, region: folder.region)]
    }

    private mutating func add(
        _ kind: Problem.Kind, _ object: ObjectAddress, _ message: String, trail: String,
        _ period: ClosedRange<Date>? = nil
    ) {
        verification.problems.append(
            Problem(
                kind, object: object.description, message: message, account: folder.account, region: folder.region,
                trail: trail, period: period))
    }

    private mutating func cover(_ stretch: Stretch) {
        let range = verification.range
        let clipped = Stretch(from: max(stretch.from, range.lowerBound), to: min(stretch.to, range.upperBound))
        guard clipped.from <= clipped.to else { return }
        let others = verification.coverage.filter { $0.trail != trail }
        let own = verification.coverage.filter { $0.trail == trail }.map { Stretch(from: $0.from, to: $0.to) }
        verification.coverage =
            others
            + (own + [clipped]).joined().map {
                .init(account: folder.account, region: folder.region, trail: trail, from: $0.from, to: $0.to)
            }
    }
}

extension [FolderResult.Stretch] {
    /// Sorts the periods, and merges those that touch or overlap.
    func joined() -> Self {
        sorted { $0.from < $1.from }.reduce(into: []) { joined, next in
            if let last = joined.last, next.from <= last.to {
                joined[joined.count - 1].to = Swift.max(last.to, next.to)
            } else {
                joined.append(next)
            }
        }
    }
}

/// A set of names in which each name needs the same memory, however long it is: sixteen bytes of its SHA-256.
struct KeySet {
    private var hashes: Set<UInt128> = []

    mutating func insert(_ name: String) {
        hashes.insert(Self.hash(name))
    }

    func contains(_ name: String) -> Bool {
        hashes.contains(Self.hash(name))
    }

    mutating func formUnion(_ other: KeySet) {
        hashes.formUnion(other.hashes)
    }

    private static func hash(_ name: String) -> UInt128 {
        SHA256.hash(data: Array(name.utf8)).prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }
}
