public import Basics
public import Hunting
import LogReaders
public import LogSources

/// The records that an engine brought back, as log objects in memory: each record is in the object that its row comes
/// from, so that a hunt reads them as if it had read these objects, and names them in its alerts.
public struct RowStore: LogStore {
    private let rows: RecordRows
    /// Makes lines of sums.
    private let summed: RecordRows
    private let hasLines: Bool
    private var objects: [ObjectAddress: [UInt8]] = [:]
    /// The header line of each object of flow logs that has one.
    private var headers: [ObjectAddress: [UInt8]] = [:]
    /// The number of records.
    public private(set) var count = 0
    /// The number of rows without a value: lines that the table's definition does not fit.
    public private(set) var unreadable = 0
    /// The number of records whose time the query could not read, so that others of their groups can be missing.
    public private(set) var untimed = 0
    /// The rows that are sums of records.
    public private(set) var sums: RecordSums

    /// The number of values of a row that is a sum.
    private let width: Int
    private let hasRecords: Bool

    public init(_ table: LogTable) {
        rows = RecordRows(table)
        width = table.leaves.count
        hasRecords = table.recordColumn != nil
        var columns = table
        columns.recordColumn = nil
        summed = RecordRows(columns)
        sums = RecordSums(table.source, header: summed.header)
        hasLines = table.source == .vpcFlow && table.recordColumn != nil
    }

    /// The columns that header lines of flow logs name.
    var formats: Set<FlowFormat> {
        Set(headers.values.compactMap { FlowFormat(String(decoding: $0, as: UTF8.self)) })
    }

    /// Adds a row.
    /// - Parameters:
    ///   - path: the place of its object, such as `s3://bucket/key`; `nil` if it is not known.
    ///   - values: as for ``RecordRows/record(_:)``, and the further ones of a query that sums or that omits groups.
    /// - Throws: ``Failure`` if the row has another number of values.
    public mutating func add(path: String?, _ values: [String?]) throws(Failure) {
        if values.count == width + (hasRecords ? 1 : 0) + RowQuery.sumColumns.count {
            let extra = values.suffix(RowQuery.sumColumns.count)
            return try add(path: path, values.prefix(width), record: hasRecords ? values[width] : nil, extra)
        }
        if values.count == (hasRecords ? 1 : width) + 1 {
            if (values.last ?? nil) != nil { untimed += 1 }
            return try add(path: path, Array(values.dropLast()))
        }
        guard let record = try rows.record(values) else {
            unreadable += 1
            return
        }
        let address = Self.address(path ?? "")
        // Rows come in any order, and a header counts for what follows it.
        if hasLines, record.withUnsafeBufferPointer(FlowFormat.isHeader) {
            headers[address] = record
            return
        }
        count += 1
        objects[address, default: rows.header] += record
    }

    /// Adds a sum, or a number of equal records.
    private mutating func add(
        path: String?, _ values: ArraySlice<String?>, record: String?, _ extra: ArraySlice<String?>
    ) throws(Failure) {
        let numbers = extra.prefix(2).map { $0.flatMap { Int($0) } }
        guard let count = numbers[0], count > 0 else { throw Self.unreadableSum }
        guard let texts = extra.last ?? nil else {
            let one = hasRecords ? [record] : Array(values)
            for _ in 0..<count { try add(path: path, one) }
            return
        }
        let parts = texts.split(separator: " ").map { UInt64($0) }
        guard let last = numbers[1], parts.count == RecordSums.parts(of: sums.source), !parts.contains(nil),
            let line = try summed.record(Array(values))
        else {
            throw Self.unreadableSum
        }
        sums.add(line, count: count, last: last, parts: parts.compactMap(\.self))
    }

    private static let unreadableSum = Failure(
        "a row of the result cannot be read", why: "its sums are not numbers",
        advice: "run the hunt again; if it happens again, report it")

    /// The number of rows that the engine brought back, without those that are not readable.
    public var rowCount: Int { count + sums.rowCount }

    /// The places that a pipeline has to read.
    public var locations: [LogLocation] {
        Set(objects.keys.map(\.bucket)).sorted().map { .objects(bucket: $0, prefix: "") }
    }

    /// The bucket and key in a URL; other texts are keys of a bucket without a name. A file on a disk and a place in another
    /// store have no bucket.
    private static func address(_ path: String) -> ObjectAddress {
        if path.hasPrefix("file:/") {
            return ObjectAddress(bucket: "", key: String(path.dropFirst(5).drop { $0 == "/" }))
        }
        if path.contains(":/"), !["s3:", "s3a:", "s3n:"].contains(where: path.hasPrefix) {
            return ObjectAddress(bucket: "", key: path)
        }
        guard let scheme = path.firstRange(of: "://") else {
            return ObjectAddress(bucket: "rows", key: path.isEmpty ? "rows" : path)
        }
        let rest = path[scheme.upperBound...]
        let bucket = rest.prefix { $0 != "/" }
        return ObjectAddress(bucket: String(bucket), key: String(rest.dropFirst(bucket.count + 1)))
    }

    public func folders(in bucket: String, under prefix: String) async throws(Failure) -> [String] { [] }

    public func page(of bucket: String, under prefix: String, after key: String) async throws(Failure) -> ObjectPage {
        let listed = objects.filter {
            $0.key.bucket == bucket && $0.key.key.hasPrefix(prefix) && key.isBefore($0.key.key)
        }
        return ObjectPage(
            objects: listed.map { ListedObject(key: $0.key.key, size: size(of: $0.key)) }.sorted {
                $0.key.isBefore($1.key)
            },
            isLast: true)
    }

    private func size(of object: ObjectAddress) -> Int {
        (headers[object]?.count ?? 0) + (objects[object]?.count ?? 0)
    }

    public func part(
        of object: ObjectAddress, from offset: Int, length: Int, version: String?
    ) async throws(Failure) -> ObjectPart? {
        guard let records = objects[object] else { return nil }
        let bytes = (headers[object] ?? []) + records
        let start = min(max(0, offset), bytes.count)
        return ObjectPart(
            bytes: Array(bytes[start..<min(bytes.count, start + max(0, length))]), totalSize: bytes.count,
            metadata: [:],
            version: "1")
    }
}
