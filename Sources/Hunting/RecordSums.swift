internal import Analytics
public import LogReaders

/// Records that an engine has summed up: see ``Summable``.
public struct RecordSums: Sendable {
    public let source: LogSource
    /// The sums as records of the log, one a line, after its header line.
    private var lines: [UInt8]
    private var rows: [Row] = []
    /// The number of summed records.
    public private(set) var records = 0

    private struct Row: Sendable {
        var count: Int
        var last: Int
        var parts: [UInt64]
    }

    /// - Parameter header: the header line, with its end of line; empty if the log has none.
    public init(_ source: LogSource, header: [UInt8] = []) {
        self.source = source
        lines = header
    }

    /// The number of rows.
    public var rowCount: Int { rows.count }

    /// The number of equal parts of the hour that a row has a sum for.
    public static func parts(of source: LogSource) -> Int { source == .s3Access ? 60 : 12 }

    /// Adds a row.
    /// - Parameters:
    ///   - line: the sums in the form of a record, with an end of line. Its time is the earliest one.
    ///   - count: the number of records.
    ///   - last: the latest time, in seconds since 1970; of flows, the latest start.
    ///   - parts: of flows, the bytes of the hour's twelve periods of five minutes; of requests, their number in each
    ///     minute of the hour.
    public mutating func add(_ line: [UInt8], count: Int, last: Int, parts: [UInt64]) {
        lines += line
        rows.append(Row(count: count, last: last, parts: parts))
        records += count
    }

    /// Hands out each row.
    /// - Returns: whether every row could be read.
    func forEachFlow(_ body: (SummedFlows) -> Void) -> Bool {
        var reader = FlowLogReader()
        var place = 0
        lines.withUnsafeBufferPointer { bytes in
            reader.read(bytes) { record in
                guard place < rows.count else { return }
                let row = rows[place]
                body(SummedFlows(record, count: row.count, lastStart: row.last, bytes: row.parts))
                place += 1
            }
        }
        return place == rows.count && reader.damaged.count == 0
    }

    /// Hands out each row.
    /// - Returns: whether every row could be read.
    func forEachAccess(_ body: (SummedAccesses) -> Void) -> Bool {
        var reader = AccessLogReader()
        var place = 0
        var isReadable = true
        let exported = lines.withUnsafeBufferPointer { ExportedLines(of: source).lines(inJSON: $0, isWhole: true) }
        exported.bytes.withUnsafeBufferPointer { bytes in
            reader.read(bytes) { record in
                defer { place += 1 }
                guard place < rows.count, let first = record.time, let bytes = record.number(.bytesSent),
                    rows[place].parts.reduce(0, &+) == rows[place].count
                else { return isReadable = false }
                let row = rows[place]
                body(
                    SummedAccesses(
                        record, count: row.count, first: first, last: row.last, bytes: bytes,
                        minutes: row.parts.map { Int(clamping: $0) }))
            }
        }
        return isReadable && place == rows.count && exported.damaged == 0 && reader.damaged.count == 0
    }

    /// Whether every row can be read. If one cannot, the others would be taken for their neighbors.
    var isReadable: Bool { source == .s3Access ? forEachAccess { _ in } : forEachFlow { _ in } }
}
