internal import CSimdJSON

/// A record of CloudTrail. Valid only within the call that hands it out.
public struct CloudTrailEvent: LogEvent {
    private let reader: OpaquePointer

    init(_ reader: OpaquePointer) {
        self.reader = reader
    }

    public func value(of field: FieldList.Number) -> FieldValue {
        let values = json_reader_values(reader)
        return values.map { convert($0 + field, $0) } ?? .absent
    }

    public func anyText(_ body: (Bytes) -> Bool) -> Bool {
        var count = 0
        guard let leaves = json_reader_leaves(reader, nil, &count) else { return false }
        return (0..<count).contains { body(leaves[$0].text) }
    }

    /// False for a JSON object that is not a CloudTrail record, because it has no eventName, eventTime or eventVersion.
    public var isRecord: Bool { json_reader_is_record(reader) }

    /// Whether the record passed none of the plan's filters, so that few fields are read: see ``LightRecords``.
    public var isLight: Bool { json_reader_is_light(reader) }

    /// Whether it is a row of a query's result instead of a record.
    var isRow: Bool { json.first == UInt8(ascii: "[") }

    /// The record's text in the log, which an alert shows as its evidence.
    public var json: Bytes {
        var count = 0
        let start = json_reader_record(reader, &count)
        return Bytes(start: start, count: count)
    }

    private func convert(_ value: UnsafePointer<json_value>, _ all: UnsafePointer<json_value>) -> FieldValue {
        switch value.pointee.kind {
        case JSON_TEXT: return .text(value.pointee.text)
        case JSON_ABSENT: return .absent
        case JSON_NULL: return .null
        case JSON_FALSE: return .boolean(false)
        case JSON_TRUE: return .boolean(true)
        case JSON_NUMBER: return .number(value.pointee.text)
        case JSON_OBJECT: return object(value, all)
        default:
            var elements: [FieldValue] = []
            var next = value.pointee.next
            while next != 0 {
                elements.append(convert(all + Int(next), all))
                next = all[Int(next)].next
            }
            return .list(elements)
        }
    }

    private func object(_ value: UnsafePointer<json_value>, _ all: UnsafePointer<json_value>) -> FieldValue {
        var length = 0
        let compact = json_reader_compact(reader, value, &length)
        var count = 0
        let leaves = json_reader_leaves(reader, value, &count)
        let converted = (0..<count).compactMap { leaf in leaves.map { convert($0 + leaf, all) } }
        return .object(json: Bytes(start: compact, count: length), leaves: converted)
    }
}

extension json_value {
    fileprivate var text: Bytes { Bytes(start: bytes, count: Int(length)) }
}
