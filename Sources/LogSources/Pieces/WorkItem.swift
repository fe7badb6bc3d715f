/// What a worker is to read.
enum WorkItem: Sendable {
    case file(LogFile)
    /// The lines that begin in these bytes of a file of plain lines.
    case lines(LogFile, Range<Int>)
    /// A small object, as it came, which holds so much of the lane until it was read.
    case fetched(LogFile, [UInt8], share: Int)
    /// An object that is fetched part by part.
    case large(LogFile)
    case failed(LogFile, String)
}

extension WorkItem {
    /// The items of a file on disk.
    static func items(of file: LogFile, layout: LogLayout, range: Int) -> [WorkItem] {
        guard layout == .lines, file.size > range * 2, isPlain(file) else { return [.file(file)] }
        return stride(from: 0, to: file.size, by: range).map { start in
            .lines(file, start..<min(file.size, start + range))
        }
    }

    private static func isPlain(_ file: LogFile) -> Bool {
        guard let open = try? OpenLogFile(file.place), open.size != nil else { return false }
        var start: (UInt64, UInt64) = (0, 0)
        return withUnsafeMutableBytes(of: &start) { buffer in
            guard let count = try? open.read(into: buffer) else { return false }
            return ContentKind(UnsafeRawBufferPointer(rebasing: buffer[..<count])) == .plain
        }
    }
}

/// What the first bytes of a file say of it.
enum ContentKind: Hashable {
    case plain, gzip
    /// Something that is known, but not read.
    case foreign(String)

    init(_ bytes: UnsafeRawBufferPointer) {
        func begins(_ start: [UInt8]) -> Bool { bytes.starts(with: start) }
        if begins([0x1F, 0x8B]) {
            self = .gzip
        } else if begins([0x28, 0xB5, 0x2F, 0xFD]) {
            self = .foreign("Zstandard")
        } else if begins(Array("BZh".utf8)) {
            self = .foreign("bzip2")
        } else if begins([0xFD, 0x37, 0x7A, 0x58, 0x5A]) {
            self = .foreign("xz")
        } else if begins(Array("PK\u{3}\u{4}".utf8)) {
            self = .foreign("a zip archive")
        } else if begins(Array("PAR1".utf8)) {
            self = .foreign("Parquet")
        } else if begins([0xFF, 0xFE]) || begins([0xFE, 0xFF]) {
            self = .foreign("UTF-16")
        } else {
            self = .plain
        }
    }
}

extension UnsafeRawBufferPointer {
    /// What some editors put in front of UTF-8 is no content.
    var withoutByteOrderMark: UnsafeRawBufferPointer {
        starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeRawBufferPointer(rebasing: dropFirst(3)) : self
    }
}
