/// A JSON object as an event. Its values stay valid as long as it lives.
public final class JSONEvent: LogEvent {
    private let record: JSONValue
    private var values: [FieldValue] = []
    private var texts: [Bytes] = []
    private var blocks: [UnsafeMutableBufferPointer<UInt8>] = []

    public init(_ record: JSONValue, fields: FieldList) {
        self.record = record
        for path in fields.paths {
            values.append(Self.lookUp(path, in: record).map { fieldValue($0) } ?? .absent)
        }
        addTexts(of: record)
    }

    deinit {
        for block in blocks { block.deallocate() }
    }

    public func value(of field: FieldList.Number) -> FieldValue {
        values.indices.contains(field) ? values[field] : .absent
    }

    public func anyText(_ body: (Bytes) -> Bool) -> Bool { texts.contains(where: body) }

    /// What the field has. At the top of a record a name may have dots of its own; below it dots only lead on, as they do
    /// for the reader of whole logs. Of two that are meant the last one counts.
    private static func lookUp(_ path: String, in record: JSONValue) -> JSONValue? {
        let names = path.split(separator: ".", omittingEmptySubsequences: false)[...]
        guard names.count > 1, case .object(let members) = record,
            let flat = members.lastIndex(where: { $0.name.elementsEqual(path.utf8) })
        else { return lookUp(names, in: record) }
        let nested = members[(flat + 1)...].last { $0.name.elementsEqual(names[0].utf8) }
        return nested.flatMap { lookUp(names.dropFirst(), in: $0.value) } ?? members[flat].value
    }

    /// What the path leads to; several values where it goes through an array, `nil` where it leads nowhere.
    private static func lookUp(_ path: ArraySlice<Substring>, in value: JSONValue) -> JSONValue? {
        guard let name = path.first else { return value }
        switch value {
        case .object(let members):
            guard let member = members.last(where: { $0.name.elementsEqual(name.utf8) }) else { return nil }
            return lookUp(path.dropFirst(), in: member.value)
        case .array(let elements):
            let found = elements.compactMap { lookUp(path, in: $0) }
            return found.isEmpty ? nil : .array(found)
        default: return nil
        }
    }

    private func fieldValue(_ value: JSONValue) -> FieldValue {
        switch value {
        case .null: .null
        case .boolean(let flag): .boolean(flag)
        case .number(let bytes): .number(keep(bytes))
        case .text(let bytes): .text(keep(bytes))
        case .array(let elements): .list(flattened(elements).map(fieldValue))
        case .object: .object(json: keep(value.compact), leaves: leaves(of: value))
        }
    }

    /// Arrays in arrays are one.
    private func flattened(_ elements: [JSONValue]) -> [JSONValue] {
        elements.flatMap { element in
            if case .array(let inner) = element { flattened(inner) } else { [element] }
        }
    }

    private func leaves(of value: JSONValue) -> [FieldValue] {
        switch value {
        case .null: []
        case .boolean, .number, .text: [fieldValue(value)]
        case .array(let elements): elements.flatMap(leaves)
        case .object(let members): members.flatMap { leaves(of: $0.value) }
        }
    }

    private func addTexts(of value: JSONValue) {
        switch value {
        case .null: break
        case .boolean(let flag): texts.append(keep(Array((flag ? "true" : "false").utf8)))
        case .number(let bytes), .text(let bytes): texts.append(keep(bytes))
        case .array(let elements): for element in elements { addTexts(of: element) }
        case .object(let members): for member in members { addTexts(of: member.value) }
        }
    }

    private func keep(_ bytes: [UInt8]) -> Bytes {
        let block = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count, 1))
        _ = block.update(fromContentsOf: bytes)
        blocks.append(block)
        return Bytes(rebasing: block[..<bytes.count])
    }
}
