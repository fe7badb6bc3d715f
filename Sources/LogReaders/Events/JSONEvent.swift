public import Basics

/// A JSON object as an event, for examples of rules and small inputs; whole logs are read by ``CloudTrailReader``.
/// Its values are valid as long as it lives.
public final class JSONEvent: LogEvent {
    private let record: JSON
    private lazy var texts = leaves(of: record)
    private var values: [FieldValue] = []
    private var blocks: [UnsafeMutableBufferPointer<UInt8>] = []

    public init(_ record: JSON, fields: FieldList) {
        self.record = record
        for path in fields.paths {
            values.append(Self.lookUp(path, in: record).map { fieldValue($0) } ?? .absent)
        }
    }

    deinit {
        for block in blocks { block.deallocate() }
    }

    public func value(of field: FieldList.Number) -> FieldValue {
        values.indices.contains(field) ? values[field] : .absent
    }

    public func anyText(_ body: (Bytes) -> Bool) -> Bool {
        texts.contains { value in
            switch value {
            case .text(let text), .number(let text): body(text)
            case .boolean(let flag): Array("\(flag)".utf8).withUnsafeBufferPointer(body)
            default: false
            }
        }
    }

    /// The value of a field. At the top level of a record a name may contain dots; below it, dots separate names, as
    /// for the reader of whole logs. If both readings match, the last one in the record counts.
    private static func lookUp(_ path: String, in record: JSON) -> JSON? {
        let names = path.split(separator: ".", omittingEmptySubsequences: false)[...]
        guard names.count > 1, case .object(let object) = record,
            let flat = object.members.lastIndex(where: { $0.name.utf8.elementsEqual(path.utf8) })
        else { return lookUp(names, in: record) }
        let nested = object.members[(flat + 1)...].last { $0.name.utf8.elementsEqual(names[0].utf8) }
        return nested.flatMap { lookUp(names.dropFirst(), in: $0.value) } ?? object.members[flat].value
    }

    /// The value at a path; several values if it leads through an array, `nil` if it leads nowhere.
    private static func lookUp(_ path: ArraySlice<Substring>, in value: JSON) -> JSON? {
        guard let name = path.first else { return value }
        switch value {
        case .object(let object):
            return object[String(name)].flatMap { lookUp(path.dropFirst(), in: $0) }
        case .array(let elements):
            let found = elements.compactMap { lookUp(path, in: $0) }
            return found.isEmpty ? nil : .array(found)
        default: return nil
        }
    }

    private func fieldValue(_ value: JSON) -> FieldValue {
        switch value {
        case .null: .null
        case .bool(let flag): .boolean(flag)
        case .number(let number): .number(keep(Array(number.description.utf8)))
        case .string(let text): .text(keep(Array(text.utf8)))
        case .array(let elements): .list(flattened(elements).map(fieldValue))
        case .object: .object(json: keep(value.bytes()), leaves: leaves(of: value))
        }
    }

    /// Flattens nested arrays.
    private func flattened(_ elements: [JSON]) -> [JSON] {
        elements.flatMap { element in
            if case .array(let inner) = element { flattened(inner) } else { [element] }
        }
    }

    private func leaves(of value: JSON) -> [FieldValue] {
        switch value {
        case .null: []
        case .bool, .number, .string: [fieldValue(value)]
        case .array(let elements): elements.flatMap(leaves)
        case .object(let object): object.members.flatMap { leaves(of: $0.value) }
        }
    }

    private func keep(_ bytes: [UInt8]) -> Bytes {
        let block = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count, 1))
        _ = block.update(fromContentsOf: bytes)
        blocks.append(block)
        return Bytes(rebasing: block[..<bytes.count])
    }
}
