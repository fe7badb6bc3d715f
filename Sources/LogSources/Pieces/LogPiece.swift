/// A part of a log file that begins and ends between two records; often the whole file.
public struct LogPiece {
    /// Decompressed content; valid only during the call.
    public let bytes: UnsafeBufferPointer<UInt8>
    public let file: LogFile
    /// The layout of this file, which may differ from that of others.
    public let layout: LogLayout
    /// Whether the file begins with this piece.
    public let isFirst: Bool
    /// Whether the piece is the whole file.
    public let isWhole: Bool
    /// The file's first line, which may name the columns. Empty if ``isFirst`` is true, for JSON, and if the line is
    /// too long.
    public let header: UnsafeBufferPointer<UInt8>
    /// Whether the piece starts inside a CloudTrail Lake result array.
    public let isInRows: Bool
    let losses: LossLog

    /// Reports that something in the piece could not be read.
    /// - Parameters:
    ///   - count: the number of lost records, or of places where records were lost.
    ///   - what: describes the loss. It is evaluated only for the first few losses.
    public func lost(_ count: Int, _ what: @autoclosure () -> String) {
        losses.records(count, in: file, what)
    }

    /// Reports that the file holds something else than records of the log, so that it is listed as incomplete.
    public func note(_ what: String) { losses.note(file, what) }
}

/// A part of the logs that was not read, and the reason.
public struct LogLoss: Sendable, Hashable, CustomStringConvertible {
    /// The file's ``LogFile/name``.
    public var file: String
    public var what: String

    public var description: String { "\(file): \(what)" }

    /// The loss of a file in Apache Parquet, which this machine does not read.
    static let parquet = "it is Parquet, which only hunt --engine athena and --engine spark read"

    public var isParquet: Bool { what == Self.parquet }

    public init(file: String, what: String) {
        self.file = file
        self.what = what
    }
}

/// Counts of the data that a run read, and of its losses.
public struct ReadingAccount: Sendable, Hashable {
    /// Maximum number of ``losses`` that are kept.
    public static let kept = 8
    /// Maximum number of files in ``incomplete``.
    public static let keptFiles = 1_000

    public var files = 0
    /// Bytes read, before decompression.
    public var bytes = 0
    /// Bytes of content, after decompression.
    public var contentBytes = 0
    /// Number of files that could not be read completely.
    public var damagedFiles = 0
    /// Number of lost records, or of places where records were lost.
    public var lostRecords = 0
    /// Files that were not read completely, each with the first reason: at most ``keptFiles``.
    public var incomplete: [String: String] = [:]
    /// Number of further files that were not read completely.
    public var moreIncomplete = 0
    /// Names of the objects that could not be fetched. Trying again may help, unlike for damaged ones.
    public var unfetched: Set<String> = []
    /// Those of ``unfetched`` whose store did not answer, so that the failure may not be the object's own.
    public var troubles: [String: FetchTrouble] = [:]
    /// Number of skipped folders of other services, by the services' names.
    public var otherServices: [String: Int] = [:]
    /// The first few losses, in the order of the lanes.
    public var losses: [LogLoss] = []
    /// The cursors at which the listings of buckets ended, for the next run of a watch:
    /// ``LogPipeline/init(_:layout:dates:store:after:workers:fetches:)``. If the run was stopped or reached its
    /// deadline, the cursors that it was given.
    public var cursors: [ObjectListing.Cursor] = []
    /// Names of the damaged files that are in several lanes. In the end each one is counted once in ``damagedFiles``.
    var sharedFiles: Set<String> = []

    /// Whether all was read.
    public var isWhole: Bool { damagedFiles == 0 && lostRecords == 0 }

    public init() {}

    mutating func note(_ file: String, _ what: @autoclosure () -> String) {
        guard incomplete[file] == nil else { return }
        if incomplete.count < Self.keptFiles {
            incomplete[file] = what()
        } else {
            moreIncomplete += 1
        }
    }

    /// Adds another lane's account.
    public mutating func merge(_ other: ReadingAccount) {
        files += other.files
        bytes += other.bytes
        contentBytes += other.contentBytes
        damagedFiles += other.damagedFiles
        lostRecords += other.lostRecords
        sharedFiles.formUnion(other.sharedFiles)
        unfetched.formUnion(other.unfetched)
        troubles.merge(other.troubles) { first, _ in first }
        cursors += other.cursors
        otherServices.merge(other.otherServices, uniquingKeysWith: +)
        moreIncomplete += other.moreIncomplete
        for (file, what) in other.incomplete { note(file, what) }
        let new = other.losses.filter { !losses.contains($0) }
        losses.append(contentsOf: new.prefix(Self.kept - losses.count))
    }
}

/// One lane's account.
final class LossLog {
    var account = ReadingAccount()
    /// The last damaged file.
    private var damaged: LogFile?
    /// The last file with a loss.
    private var lossy: LogFile?

    /// Reports that a file could not be read completely. Consecutive reports of one file count as one damaged file.
    func file(_ file: LogFile, _ what: String) {
        if damaged != file { account.damagedFiles += 1 }
        damaged = file
        note(file, what)
    }

    /// Reports that a part of a file could not be read. The file is in several lanes, so it is counted after their
    /// accounts are merged.
    func partly(_ file: LogFile, _ what: String) {
        account.sharedFiles.insert(file.name)
        note(file, what)
    }

    func records(_ count: Int, in file: LogFile, _ what: () -> String) {
        guard count > 0 else { return }
        account.lostRecords += count
        // If enough losses are kept, only the first loss of a file is described: a file may have a million broken
        // lines.
        if account.losses.count < ReadingAccount.kept || lossy != file { note(file, what()) }
    }

    func note(_ file: LogFile, _ what: String) {
        if lossy != file { account.note(file.name, what) }
        lossy = file
        guard account.losses.count < ReadingAccount.kept else { return }
        let loss = LogLoss(file: file.name, what: what)
        if !account.losses.contains(loss) { account.losses.append(loss) }
    }
}
