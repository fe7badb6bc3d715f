internal import Basics
internal import LogReaders

/// The parts of a record that an alert shows.
struct RequestRecord: Sendable {
    /// Seconds since 1970.
    let time: Int
    let event: String
    let operation: String
    let key: String
    let status: Int
    let bytes: Int

    /// In bytes; keys may have up to 1,024.
    private static let longestKey = 300

    init(_ record: AccessRecord, at time: Int) {
        self.time = time
        event = String(decoding: record[.requestID], as: UTF8.self)
        operation = String(decoding: record[.operation], as: UTF8.self)
        key = record.has(.key) ? String(decoding: record[.key].prefix(Self.longestKey), as: UTF8.self) : ""
        status = record.status ?? 0
        bytes = record.number(.bytesSent) ?? 0
    }

    static func < (left: RequestRecord, right: RequestRecord) -> Bool {
        (left.time, left.event, left.key, left.operation, left.status, left.bytes)
            < (right.time, right.event, right.key, right.operation, right.status, right.bytes)
    }

    var evidence: JSON {
        var parts: [JSON.Object.Member] = [
            .init("time", .string(Moment(nearestTo: time).description)), .init("event", .string(event)),
            .init("operation", .string(operation)),
        ]
        if !key.isEmpty { parts.append(.init("key", .string(key))) }
        parts.append(.init("status", .int(status)))
        if bytes > 0 { parts.append(.init("bytes_sent", .int(bytes))) }
        return .members(parts)
    }
}

/// The earliest few records of a kind. They do not depend on the order of the records.
struct EarliestRecords: Sendable {
    private(set) var records: [RequestRecord] = []
    static let kept = 3

    mutating func add(_ record: AccessRecord, at time: Int) {
        if records.count == Self.kept, time > records[Self.kept - 1].time { return }
        add(RequestRecord(record, at: time))
    }

    private mutating func add(_ record: RequestRecord) {
        let place = records.firstIndex { record < $0 } ?? records.count
        guard place < Self.kept else { return }
        records.insert(record, at: place)
        if records.count > Self.kept { records.removeLast() }
    }

    mutating func merge(_ other: EarliestRecords) { for record in other.records { add(record) } }

    var evidence: [JSON.Object.Member] {
        records.isEmpty ? [] : [.init("records", .array(records.map(\.evidence)))]
    }
}
