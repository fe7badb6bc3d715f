internal import Glibc

/// Reads VPC and Transit Gateway flow logs in their text form: the default formats, any custom format that a header
/// line or the caller names, and lines that CloudWatch Logs prefixes with a time.
public struct FlowLogReader {
    /// The lines that could not be parsed.
    public private(set) var damaged = DamagedLines()
    /// Number of records that were handed out.
    public private(set) var records = 0
    /// The columns of the current file.
    public private(set) var format: FlowFormat {
        didSet {
            isNoted = false
            formatChanged?(format)
        }
    }
    /// The fields that analytics need and that some of the records lack.
    public private(set) var lackingFields: Set<FlowField> = []
    /// Whether ``lackingFields`` has those of the current format.
    private var isNoted = false
    /// Names in header lines that are not fields: the first few. Their columns were not read.
    public private(set) var unknownNames: Set<String> = []
    private static let unknownNamesKept = 20
    /// Receives the columns whenever they may have changed, before records with these columns are handed out.
    public var formatChanged: ((FlowFormat) -> Void)?

    private let stated: FlowFormat?
    private var atFileStart = true

    /// - Parameter format: the columns of files without a header line; `nil` for one of the default formats.
    public init(format: FlowFormat? = nil) {
        stated = format
        self.format = format ?? .version2
    }

    /// Begins a file, whose first line may be a header.
    public mutating func beginFile() {
        atFileStart = true
        format = stated ?? .version2
    }

    /// Begins in the middle of a file.
    /// - Parameter firstLine: the file's first line, which may be a header.
    public mutating func beginInFile(firstLine: Bytes) {
        format = stated ?? .version2
        atFileStart = false
        let end = firstLine.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? firstLine.endIndex
        if let header = FlowFormat(header: Bytes(rebasing: firstLine[..<end])) { use(header) }
    }

    private mutating func use(_ header: FlowFormat) {
        format = header
        for name in header.unknownNames where unknownNames.count < Self.unknownNamesKept { unknownNames.insert(name) }
    }

    /// Hands out each record of a chunk of whole lines; the last one may lack its end of line.
    public mutating func read(_ chunk: Bytes, _ body: (FlowRecord) throws -> Void) rethrows {
        try readBatches(chunk) { batch in for record in batch { try body(record) } }
    }

    /// Hands out many records at once. The receiver may change the batch.
    public mutating func readBatches(
        _ chunk: Bytes, _ body: (UnsafeMutableBufferPointer<FlowRecord>) throws -> Void
    ) rethrows {
        try withUnsafeTemporaryAllocation(of: FlowRecord.self, capacity: 64) { room in
            var batch = Batch(room: room)
            try read(chunk, &batch, body)
        }
    }

    /// The records that are not yet handed out.
    private struct Batch {
        let room: UnsafeMutableBufferPointer<FlowRecord>
        var count = 0

        var isFull: Bool { count == room.count }

        mutating func append(_ record: FlowRecord) {
            room.initializeElement(at: count, to: record)
            count += 1
        }
    }

    private mutating func handOut(
        _ batch: inout Batch, _ body: (UnsafeMutableBufferPointer<FlowRecord>) throws -> Void
    ) rethrows {
        guard batch.count > 0 else { return }
        records += batch.count
        if !isNoted {
            lackingFields.formUnion(format.lackingFields)
            isNoted = true
        }
        let whole = UnsafeMutableBufferPointer(rebasing: batch.room[..<batch.count])
        batch.count = 0
        try body(whole)
    }

    private mutating func read(
        _ chunk: Bytes, _ batch: inout Batch, _ body: (UnsafeMutableBufferPointer<FlowRecord>) throws -> Void
    ) rethrows {
        guard var at = chunk.baseAddress, !chunk.isEmpty else { return }
        let end = at + chunk.count
        if atFileStart {
            atFileStart = false
            let line = Self.line(at, end)
            if let header = FlowFormat(header: line) {
                use(header)
                at += line.count
            }
        }
        var record = FlowRecord()
        var scanner = FlowScanner(format)
        let areUsual = UsualFlowLines.areRead
        // Each field ends at the end of its line at the latest. So lines with a newline need no bounds check for each
        // byte.
        var terminated = end
        while terminated > at, terminated[-1] != 0x0A { terminated -= 1 }
        while at < terminated {
            if areUsual, scanner.isVersion2 {
                let room = UnsafeMutableBufferPointer(rebasing: batch.room[batch.count...])
                batch.count += UsualFlowLines.read(&at, end, into: room)
                if batch.isFull {
                    try handOut(&batch, body)
                    continue
                }
                guard at < terminated else { break }
            }
            if at.pointee == 0x0A {
                at += 1
            } else {
                at = try readLine(at, terminated, &scanner, &record, &batch, body)
            }
        }
        if at < end {
            let rest = [UInt8](Bytes(start: at, count: end - at)) + [0x0A]
            try rest.withUnsafeBufferPointer { rest in
                guard let start = rest.baseAddress else { return }
                _ = try readLine(start, start + rest.count, &scanner, &record, &batch, body)
                try handOut(&batch, body)
            }
        }
        try handOut(&batch, body)
    }

    /// Reads one line in any form.
    /// - Returns: the beginning of the next line.
    private mutating func readLine(
        _ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ scanner: inout FlowScanner,
        _ record: inout FlowRecord, _ batch: inout Batch,
        _ body: (UnsafeMutableBufferPointer<FlowRecord>) throws -> Void
    ) rethrows -> UnsafePointer<UInt8> {
        var next: UnsafePointer<UInt8>
        if let stop = scanner.scan(at, into: &record) {
            record.line = Bytes(start: at, count: stop - at - (stop[-1] == 0x0D ? 1 : 0))
            next = stop + 1
        } else {
            let isRecord: Bool
            (next, isRecord) = try retry(at, end, &scanner, &record, &batch, body)
            guard isRecord else { return next }
        }
        batch.append(record)
        if batch.isFull { try handOut(&batch, body) }
        return next
    }

    /// Reads a line that is not a record of the current format: a header, a record after a time, a record of the other
    /// default format, or a damaged line.
    /// - Returns: the beginning of the next line, and whether this one was a record.
    private mutating func retry(
        _ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ scanner: inout FlowScanner,
        _ record: inout FlowRecord, _ batch: inout Batch,
        _ body: (UnsafeMutableBufferPointer<FlowRecord>) throws -> Void
    ) rethrows -> (next: UnsafePointer<UInt8>, isRecord: Bool) {
        let whole = Self.rawLine(at, end)
        let line = Self.line(at, end)
        let next = at + whole.count + 1
        guard line.contains(where: { $0 != 0x20 }) else { return (next, false) }
        if let header = FlowFormat(header: line) {
            // The records in the batch have the old columns.
            try handOut(&batch, body)
            use(header)
            scanner = FlowScanner(header)
            // Fields that the new columns lack must not keep the values of the last record.
            record = FlowRecord()
            return (next, false)
        }
        let start = Self.afterTime(line) ?? 0
        if start > 0, let stop = scanner.scan(at + start, into: &record) {
            record.line = Self.line(at + start, stop)
            return (next, true)
        }
        // A file may have records in both default formats.
        if stated == nil, format == .version2 || format == .transitGateway {
            let (other, another) =
                format == .version2
                ? (FlowFormat.transitGateway, Self.gatewayScanner) : (FlowFormat.version2, Self.version2Scanner)
            // Fields that the new columns lack must not keep the values of the last record.
            var first = FlowRecord()
            if let stop = another.scan(at + start, into: &first) {
                record = first
                try handOut(&batch, body)
                format = other
                scanner = another
                record.line = Self.line(at + start, stop)
                return (next, true)
            }
        }
        let format = format
        damaged.add(line, Self.misfit(line, format))
        return (next, false)
    }

    /// Why a line is no record of the format.
    private static func misfit(_ line: Bytes, _ format: FlowFormat) -> String {
        let found = line.split(separator: format.separator, omittingEmptySubsequences: format.separator == 0x20).count
        let isInCommas = format.separator == FlowFormat.comma
        if line.contains(UInt8(ascii: "\t")) { return "the columns are separated by tabs instead of spaces" }
        if isInCommas, line.contains(0x20) {
            return line.split(separator: 0x20).count > found
                ? "the header is separated by commas, the record by spaces"
                : "the columns are separated by commas with spaces: remove the spaces"
        }
        return found == format.columns.count
            ? "a field that does not fit its column"
            : "\(found) fields instead of \(format.columns.count): a custom format has to be named"
    }

    private static let version2Scanner = FlowScanner(.version2)
    private static let gatewayScanner = FlowScanner(.transitGateway)

    private static func rawLine(_ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Bytes {
        guard end > at else { return Bytes(start: at, count: 0) }
        let newline = memchr(at, 0x0A, end - at)
        return Bytes(start: at, count: newline.map { UnsafeRawPointer($0) - UnsafeRawPointer(at) } ?? end - at)
    }

    private static func line(_ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Bytes {
        let raw = rawLine(at, end)
        return raw.last == 0x0D ? Bytes(rebasing: raw.dropLast()) : raw
    }

    /// The offset after `2026-03-01T00:00:00.000Z `, with which lines of CloudWatch Logs exports begin; `nil` if the
    /// line begins otherwise.
    private static func afterTime(_ line: Bytes) -> Int? {
        guard line.count > 21, line[4] == UInt8(ascii: "-"), line[10] == UInt8(ascii: "T"),
            let space = line.prefix(40).firstIndex(of: 0x20), space > 0, line[space - 1] == UInt8(ascii: "Z")
        else { return nil }
        return space + 1
    }
}
