import Foundation

/// A decoder that has every member it is asked for, and writes down what it was asked.
final class ShapeRecorder: Decoder {
    enum Step: Hashable, CustomStringConvertible {
        case member(String)
        case element
        case leaf(Kind)

        var description: String {
            switch self {
            case .member(let name): name
            case .element: "[]"
            case .leaf(let kind): "(\(kind))"
            }
        }
    }

    enum Kind: String {
        case string, number, boolean, date

        func admits(_ type: String) -> Bool {
            switch self {
            case .string: ["string", "blob"].contains(type)
            case .number: ["integer", "long", "double", "float"].contains(type)
            case .boolean: type == "boolean"
            case .date: type == "timestamp"
            }
        }
    }

    private final class Notes {
        var paths: [[Step]] = []
    }

    private let notes: Notes
    private let path: [Step]
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    var paths: [[Step]] { notes.paths }

    init() {
        notes = Notes()
        path = []
    }

    private init(_ notes: Notes, _ path: [Step]) {
        self.notes = notes
        self.path = path
    }

    private func descend(_ step: Step) -> ShapeRecorder { ShapeRecorder(notes, path + [step]) }

    private func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if type == Date.self { return note(.date, Date(timeIntervalSince1970: 0) as! Value) }
        if type == String.self { return note(.string, "" as! Value) }
        if type == Int.self { return note(.number, 0 as! Value) }
        if type == Double.self { return note(.number, 0.0 as! Value) }
        if type == Bool.self { return note(.boolean, false as! Value) }
        return try Value(from: self)
    }

    private func note<Value>(_ kind: Kind, _ value: Value) -> Value {
        notes.paths.append(path + [.leaf(kind)])
        return value
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Keyed(recorder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { OneElement(recorder: descend(.element)) }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(recorder: self) }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let recorder: ShapeRecorder
        let codingPath: [any CodingKey] = []
        let allKeys: [Key] = []

        func contains(_ key: Key) -> Bool { true }
        func decodeNil(forKey key: Key) throws -> Bool { false }
        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try recorder.descend(.member(key.stringValue)).value(type)
        }
        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
            -> KeyedDecodingContainer<Nested>
        {
            try recorder.descend(.member(key.stringValue)).container(keyedBy: type)
        }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try recorder.descend(.member(key.stringValue)).unkeyedContainer()
        }
        func superDecoder() throws -> any Decoder { recorder }
        func superDecoder(forKey key: Key) throws -> any Decoder { recorder }
    }

    private struct OneElement: UnkeyedDecodingContainer {
        let recorder: ShapeRecorder
        let codingPath: [any CodingKey] = []
        let count: Int? = 1
        var currentIndex = 0
        var isAtEnd: Bool { currentIndex > 0 }

        mutating func decodeNil() throws -> Bool { false }
        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            currentIndex += 1
            return try recorder.value(type)
        }
        mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<
            Nested
        > {
            currentIndex += 1
            return try recorder.container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            currentIndex += 1
            return try recorder.unkeyedContainer()
        }
        mutating func superDecoder() throws -> any Decoder { recorder }
    }

    private struct Single: SingleValueDecodingContainer {
        let recorder: ShapeRecorder
        let codingPath: [any CodingKey] = []

        func decodeNil() -> Bool { false }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try recorder.value(type) }
    }
}
