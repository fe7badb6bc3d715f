import Basics
import FoundationEssentials

/// Decodes Swift types from a JSON answer. Members are found without regard to case, so that `groupID` decodes
/// `groupId`; dates are seconds since 1970 or ISO 8601.
struct JSONTreeDecoder: Decoder {
    let value: JSON
    var codingPath: [any CodingKey] = []
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let object = value.object else { throw mismatch("an object") }
        return KeyedDecodingContainer(Keyed(decoder: self, object: object))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = value.elements else { throw mismatch("an array") }
        return Unkeyed(decoder: self, elements: elements)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        Single(decoder: self)
    }

    fileprivate func descend(to value: JSON, key: any CodingKey) -> JSONTreeDecoder {
        JSONTreeDecoder(value: value, codingPath: codingPath + [key])
    }

    fileprivate func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        switch type {
        case is String.Type: try cast(string())
        case is Bool.Type: try cast(bool())
        case is Int.Type: try cast(int())
        case is Double.Type: try cast(double())
        case is Date.Type: try cast(date())
        default: try Value(from: self)
        }
    }

    fileprivate func string() throws -> String {
        guard let text = value.text else { throw mismatch("a string") }
        return text
    }

    fileprivate func bool() throws -> Bool {
        guard let flag = value.boolean else { throw mismatch("a boolean") }
        return flag
    }

    fileprivate func int() throws -> Int {
        guard let number = value.integer else { throw mismatch("a whole number") }
        return number
    }

    fileprivate func double() throws -> Double {
        guard let number = value.double else { throw mismatch("a number") }
        return number
    }

    private func date() throws -> Date {
        let date =
            if case .string(let text) = value { Moment(answer: text)?.date } else {
                Moment(seconds: try double())?.date
            }
        guard let date else { throw mismatch("a date") }
        return date
    }

    private func cast<Value, Wanted>(_ value: Value) throws -> Wanted {
        guard let wanted = value as? Wanted else { throw mismatch("a \(Wanted.self)") }
        return wanted
    }

    fileprivate func mismatch(_ wanted: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: "not \(wanted)"))
    }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: JSONTreeDecoder
        let object: JSON.Object
        var codingPath: [any CodingKey] { decoder.codingPath }
        var allKeys: [Key] { object.names.compactMap { Key(stringValue: $0) } }

        func contains(_ key: Key) -> Bool { member(key) != nil }
        func decodeNil(forKey key: Key) throws -> Bool { (member(key) ?? .null) == .null }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try value(at: key).decode(type)
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> {
            try value(at: key).container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try value(at: key).unkeyedContainer()
        }

        func superDecoder() throws -> any Decoder { decoder }
        func superDecoder(forKey key: Key) throws -> any Decoder { try value(at: key) }

        /// An exact match first: the keys of a map are data, and may differ only in case.
        private func member(_ key: Key) -> JSON? {
            let name = key.stringValue
            return object[name] ?? object.members.first { CaselessName.areEqual($0.name, name) }?.value
        }

        private func value(at key: Key) throws -> JSONTreeDecoder {
            guard let member = member(key) else {
                throw DecodingError.keyNotFound(
                    key, .init(codingPath: codingPath, debugDescription: "no member \(key.stringValue)"))
            }
            return decoder.descend(to: member, key: key)
        }
    }

    private struct Unkeyed: UnkeyedDecodingContainer {
        let decoder: JSONTreeDecoder
        let elements: [JSON]
        var currentIndex = 0
        var codingPath: [any CodingKey] { decoder.codingPath }
        var count: Int? { elements.count }
        var isAtEnd: Bool { currentIndex >= elements.count }

        mutating func decodeNil() throws -> Bool {
            guard !isAtEnd, elements[currentIndex] == .null else { return false }
            currentIndex += 1
            return true
        }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decode(type) }

        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) throws -> KeyedDecodingContainer<Nested> {
            try next().container(keyedBy: type)
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try next().unkeyedContainer()
        }

        mutating func superDecoder() throws -> any Decoder { try next() }

        private mutating func next() throws -> JSONTreeDecoder {
            guard !isAtEnd else { throw decoder.mismatch("a list of more than \(elements.count) elements") }
            defer { currentIndex += 1 }
            return decoder.descend(to: elements[currentIndex], key: IndexKey(currentIndex))
        }
    }

    private struct Single: SingleValueDecodingContainer {
        let decoder: JSONTreeDecoder
        var codingPath: [any CodingKey] { decoder.codingPath }

        func decodeNil() -> Bool { decoder.value == .null }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.decode(type) }
        func decode(_ type: String.Type) throws -> String { try decoder.string() }
        func decode(_ type: Bool.Type) throws -> Bool { try decoder.bool() }
        func decode(_ type: Int.Type) throws -> Int { try decoder.int() }
        func decode(_ type: Double.Type) throws -> Double { try decoder.double() }
    }
}

/// The place of an element in a list, for errors.
struct IndexKey: CodingKey {
    var intValue: Int?
    var stringValue: String { "\(intValue ?? 0)" }
    init(_ index: Int) { intValue = index }
    init?(intValue: Int) { self.init(intValue) }
    init?(stringValue: String) { return nil }
}

/// Names of members, compared without regard to the case of ASCII letters. AWS spells `groupId`, `GroupId` and
/// `GROUPID` in different services; Swift names say `groupID`.
enum CaselessName {
    static func areEqual(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count && zip(one.utf8, other.utf8).allSatisfy { lower($0) == lower($1) }
    }

    /// Equal for equal names (FNV-1a over the bytes in lower case).
    static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64(lower($1))) &* 0x100_0000_01B3 }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 0x20 : byte }
}
