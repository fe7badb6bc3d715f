/// A part of a log file that begins and ends between two records; often the whole file.
public struct LogPiece {
    /// Decompressed; valid within the call only.
    public let bytes: UnsafeBufferPointer<UInt8>
    public let file: LogFile
    /// Whether the file begins with this piece.
    public let isFirst: Bool
    /// Whether it is the whole file.
    public let isWhole: Bool
    /// Of line files: the first line, where ``isFirst`` is false and the line is not overlong: it may name the columns.
    public let header: UnsafeBufferPointer<UInt8>
    /// Of JSON: whether it begins among the rows of a query's result.
    public let isInRows: Bool
    let losses: LossLog

    /// Tells that something in the piece could not be read.
    /// - Parameters:
    ///   - count: how many records, or places where records were lost.
    ///   - what: is asked only while few enough losses are known.
    public func lost(_ count: Int, _ what: @autoclosure () -> String) {
        losses.records(count, in: file, what)
    }
}

/// What was not read, and why.
public struct LogLoss: Sendable, Hashable, CustomStringConvertible {
    /// The file's ``LogFile/name``.
    public var file: String
    public var what: String

    public var description: String { "\(file): \(what)" }
}

/// What a run read and what it did not.
public struct ReadingAccount: Sendable, Hashable {
    /// How many of ``losses`` are kept.
    public static let kept = 8

    public var files = 0
    /// As they lie there: compressed.
    public var bytes = 0
    /// After decompression.
    public var contentBytes = 0
    /// Files of which nothing, or not all, could be read.
    public var damagedFiles = 0
    /// Records, or places where records were lost.
    public var lostRecords = 0
    /// The first few, in no certain order.
    public var losses: [LogLoss] = []
    /// Names of the damaged files that several workers read: each is one of ``damagedFiles`` in the end.
    var sharedFiles: Set<String> = []

    /// Whether all was read.
    public var isWhole: Bool { damagedFiles == 0 && lostRecords == 0 }

    public init() {}

    /// Adds what another worker has read.
    public mutating func merge(_ other: ReadingAccount) {
        files += other.files
        bytes += other.bytes
        contentBytes += other.contentBytes
        damagedFiles += other.damagedFiles
        lostRecords += other.lostRecords
        sharedFiles.formUnion(other.sharedFiles)
        let new = other.losses.filter { !losses.contains($0) }
        losses.append(contentsOf: new.prefix(Self.kept - losses.count))
    }
}

/// What one worker has read and lost.
final class LossLog {
    var account = ReadingAccount()

    func file(_ file: LogFile, _ what: String) {
        account.damagedFiles += 1
        keep(file, what)
    }

    /// Of a file that several workers read, something could not be read.
    func partly(_ file: LogFile, _ what: String) {
        account.sharedFiles.insert(file.name)
        keep(file, what)
    }

    func records(_ count: Int, in file: LogFile, _ what: () -> String) {
        guard count > 0 else { return }
        account.lostRecords += count
        if account.losses.count < ReadingAccount.kept { keep(file, what()) }
    }

    private func keep(_ file: LogFile, _ what: String) {
        guard account.losses.count < ReadingAccount.kept else { return }
        let loss = LogLoss(file: file.name, what: what)
        if !account.losses.contains(loss) { account.losses.append(loss) }
    }
}
