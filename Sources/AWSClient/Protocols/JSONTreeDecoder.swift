import Basics
import FoundationEssentials

/// Decodes Swift types from a JSON answer. Member names match case-insensitively, so `groupID` decodes `groupId`. Dates
/// are seconds since 1970 or ISO 8601.
struct JSONTreeDecoder: TreeDecoder {
    let value: JSON
    var codingPath: [any CodingKey] = []
    var isNull: Bool { value == .null }
    var names: [String] { value.object?.names ?? [] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard value.object != nil else { throw mismatch("an object") }
        return KeyedDecodingContainer(MemberContainer(place: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = value.elements else { throw mismatch("an array") }
        return ListContainer(self, count: elements.count) { descend(to: elements[$0], key: $1) }
    }

    /// Prefers an exact match, because the keys of a map are data and can differ only in case. If a name is repeated,
    /// the last member counts.
    func member(_ key: any CodingKey, isFlattened: Bool) -> JSONTreeDecoder? {
        let name = key.stringValue
        guard let object = value.object,
            let member = object[name] ?? object.members.last(where: { CaselessName.areEqual($0.name, name) })?.value
        else { return nil }
        return descend(to: member, key: key)
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        switch type {
        case is String.Type: try cast(found(value.text, "a string"))
        case is Bool.Type: try cast(found(value.boolean, "a boolean"))
        case is Int.Type: try cast(found(value.integer, "a whole number"))
        case is Double.Type: try cast(found(value.double, "a number"))
        case is Date.Type: try cast(date())
        default: try Value(from: self)
        }
    }

    private func date() throws -> Date {
        let moment =
            if case .string(let text) = value {
                Moment(answer: text)
            } else {
                Moment(seconds: try found(value.double, "a number"))
            }
        return try found(moment?.date, "a date")
    }

    private func descend(to value: JSON, key: any CodingKey) -> JSONTreeDecoder {
        JSONTreeDecoder(value: value, codingPath: codingPath + [key])
    }

    private func found<Value>(_ value: Value?, _ wanted: String) throws -> Value {
        guard let value else { throw mismatch(wanted) }
        return value
    }

    private func mismatch(_ wanted: String) -> DecodingError { corrupted("not \(wanted)") }
}

/// Case-insensitive comparison of member names (ASCII). AWS spells `groupId`, `GroupId` and `GROUPID` in different
/// services; Swift names use `groupID`.
enum CaselessName {
    static func areEqual(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count && zip(one.utf8, other.utf8).allSatisfy { lower($0) == lower($1) }
    }

    /// Returns a hash that is equal for equal names (FNV-1a over the lower-case bytes).
    static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64(lower($1))) &* 0x100_0000_01B3 }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 0x20 : byte }
}
