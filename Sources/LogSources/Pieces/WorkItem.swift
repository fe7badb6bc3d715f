internal import Gzip

/// Something for a worker to read.
enum WorkItem: Sendable {
    case file(LogFile)
    /// The lines that begin in these bytes of a file of plain lines.
    case lines(LogFile, Range<Int>)
    /// An object, or the beginning of a large one, whose rest the worker fetches.
    case object(LogFile, FetchedObject)
    case failed(LogFile, OpenLogFile.Failure)

    /// The number of bytes to read, as stored; 0 if it is not known.
    var size: Int {
        switch self {
        case .lines(_, let range): range.count
        case .file(let file), .object(let file, _), .failed(let file, _): file.size
        }
    }
}

extension WorkItem {
    /// The items of a file on disk.
    static func items(of file: LogFile, layout: LogLayout, range: Int) -> [WorkItem] {
        guard layout == .lines, file.size > range * 2, isPlain(file) else { return [.file(file)] }
        // The number of items is limited, because a sparse file may claim to have exabytes.
        let range = max(range, file.size / 4_096)
        return stride(from: 0, to: file.size, by: range).map { start in
            .lines(file, start..<min(file.size, start + range))
        }
    }

    /// Whether the file has plain lines, so that reading can start at any offset.
    private static func isPlain(_ file: LogFile) -> Bool {
        guard let open = try? OpenLogFile(file.place), open.size != nil,
            let start = try? open.bytes(from: 0, length: LogLayout.looked)
        else { return false }
        return start.withUnsafeBytes {
            ContentKind($0) == .plain && LogLayout.lines.ofContent($0, isWhole: true) == .lines
        }
    }
}

/// A file's format, by its first bytes.
enum ContentKind: Hashable {
    case plain, gzip, zstd
    /// A known format that is not read, and what that means for the file.
    case foreign(String)

    private static let foreign: [(start: [UInt8], loss: String)] = [
        (Array("BZh".utf8), unread("bzip2")), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], unread("xz")),
        (Array("PK\u{3}\u{4}".utf8), unread("a zip archive")),
        // The second one if its footer is encrypted (Apache Parquet, "File Format", "Encryption").
        (Array("PAR1".utf8), LogLoss.parquet), (Array("PARE".utf8), LogLoss.parquet),
        ([0xFF, 0xFE], unread("UTF-16")), ([0xFE, 0xFF], unread("UTF-16")),
    ]

    private static func unread(_ format: String) -> String { "it is \(format), which is not read" }

    init(_ bytes: UnsafeRawBufferPointer) {
        if GzipStream.isGzip(bytes) {
            self = .gzip
        } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else {
            self = Self.foreign.first { bytes.starts(with: $0.start) }.map { .foreign($0.loss) } ?? .plain
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Without the byte order mark that some editors put in front of UTF-8.
    var withoutByteOrderMark: UnsafeRawBufferPointer {
        starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeRawBufferPointer(rebasing: dropFirst(3)) : self
    }
}
