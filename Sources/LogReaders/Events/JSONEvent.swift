public import Basics

/// A JSON object as an event, for examples of rules and small inputs. ``CloudTrailReader`` reads whole logs. The values
/// are valid as long as the event exists.
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

    /// The value of a field. A dot in the path either separates names or is part of a name, as in ``CloudTrailReader``.
    /// Texts that contain JSON are parsed. If several readings of the path match, the last one in the record counts.
    private static func lookUp(_ path: String, in record: JSON) -> JSON? {
        lookUp(path.split(separator: ".", omittingEmptySubsequences: false)[...], in: record, texts: 0)
    }

    /// The value at a path; several values if the path leads through an array, `nil` if it leads nowhere.
    /// - Parameter texts: the number of JSON texts that contain the value.
    private static func lookUp(_ path: ArraySlice<Substring>, in value: JSON, texts: Int) -> JSON? {
        guard !path.isEmpty else { return value }
        switch value {
        case .object(let object):
            var seen: Set<String> = []
            for member in object.members.reversed() {
                let parts = member.name.utf8.count { $0 == UInt8(ascii: ".") } + 1
                guard parts <= path.count,
                    path.prefix(parts).joined(separator: ".").utf8.elementsEqual(member.name.utf8),
                    seen.insert(member.name).inserted
                else { continue }
                if let found = lookUp(path.dropFirst(parts), in: member.value, texts: texts) { return found }
            }
            return nil
        case .array(let elements):
            let found = elements.compactMap { lookUp(path, in: $0, texts: texts) }
            return found.isEmpty ? nil : .array(found)
        case .string(let text):
            guard texts < 4, text.utf8.first(where: { $0 > 0x20 }).map({ [0x5B, 0x7B].contains($0) }) ?? false,
                let inner = try? JSON(parsing: text)
            else { return nil }
            return lookUp(path, in: inner, texts: texts + 1)
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
