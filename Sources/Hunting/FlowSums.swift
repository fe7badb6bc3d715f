internal import Analytics
internal import LogReaders

/// Flow records that an engine has summed up: see ``SummableFlows``.
public struct FlowSums: Sendable {
    /// The sums as lines of a flow log, with a header line.
    private var lines: [UInt8]
    private var rows: [Row] = []
    /// The number of summed records.
    public private(set) var records = 0

    private struct Row: Sendable {
        var count: Int
        var lastStart: Int
        var bytes: [UInt64]
    }

    /// - Parameter header: the header line, with its end of line.
    public init(header: [UInt8]) {
        lines = header
    }

    /// The number of rows.
    public var rowCount: Int { rows.count }

    /// Adds a row.
    /// - Parameters:
    ///   - line: the sums, with an end of line.
    ///   - count: the number of records.
    ///   - lastStart: the latest start, in seconds since 1970.
    ///   - bytes: the bytes of the hour's twelve periods of five minutes.
    public mutating func add(_ line: [UInt8], count: Int, lastStart: Int, bytes: [UInt64]) {
        lines += line
        rows.append(Row(count: count, lastStart: lastStart, bytes: bytes))
        records += count
    }

    /// Hands out each row.
    /// - Returns: whether every row could be read.
    func forEach(_ body: (SummedFlows) -> Void) -> Bool {
        var reader = FlowLogReader()
        var place = 0
        lines.withUnsafeBufferPointer { bytes in
            reader.read(bytes) { record in
                guard place < rows.count else { return }
                let row = rows[place]
                body(SummedFlows(record, count: row.count, lastStart: row.lastStart, bytes: row.bytes))
                place += 1
            }
        }
        return place == rows.count && reader.damaged.count == 0
    }

    /// Whether every row can be read. If one cannot, the others would be taken for their neighbors.
    var isReadable: Bool { forEach { _ in } }
}
