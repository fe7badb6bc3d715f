import Basics
import FoundationEssentials

/// A list whose elements stand beside each other in the answer, without an element around them.
public struct Flattened<Element: Decodable & Sendable>: Decodable, Sendable {
    public var elements: [Element]

    public init(_ elements: [Element]) {
        self.elements = elements
    }

    public init(from decoder: any Decoder) throws {
        elements = try decoder.singleValueContainer().decode([Element].self)
    }
}

/// What ``XMLTreeDecoder`` gives the nodes of one name together instead of the first alone.
private protocol FlattenedList {}
extension Flattened: FlattenedList {}

/// Decodes Swift types from an XML answer: a member is the child element of its name without regard to case, an array
/// is the children of its element (`member`, `item` or by any other name).
struct XMLTreeDecoder: Decoder {
    let tree: XMLTree
    /// One element, or for a ``Flattened`` list each of its elements.
    let elements: [Int]
    let isFlattened: Bool
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(tree: XMLTree, element: Int) {
        self.init(tree: tree, elements: [element], isFlattened: false, codingPath: [])
    }

    fileprivate init(tree: XMLTree, elements: [Int], isFlattened: Bool, codingPath: [any CodingKey]) {
        self.tree = tree
        self.elements = elements
        self.isFlattened = isFlattened
        self.codingPath = codingPath
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Keyed(decoder: self, element: elements[0]))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        Unkeyed(decoder: self, items: isFlattened ? elements : tree.nodes[elements[0]].children)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        Single(decoder: self)
    }

    fileprivate func descend(to elements: [Int], key: any CodingKey, flattened: Bool = false) -> XMLTreeDecoder {
        XMLTreeDecoder(tree: tree, elements: elements, isFlattened: flattened, codingPath: codingPath + [key])
    }

    fileprivate func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if type == Date.self {
            guard let date = Moment(answer: tree.string(elements[0]))?.date else {
                throw corrupted("not a date: \(tree.string(elements[0]))")
            }
            return try cast(date)
        }
        if type == String.self { return try cast(tree.string(elements[0])) }
        return try Value(from: self)
    }

    fileprivate func scalar<Value: LosslessStringConvertible>(_ type: Value.Type) throws -> Value {
        let text = tree.string(elements[0])
        guard tree.nodes[elements[0]].children.isEmpty, let value = Value(text) else {
            throw corrupted("not a \(type): \(text.prefix(40))")
        }
        return value
    }

    fileprivate func corrupted(_ reason: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: reason))
    }

    private func cast<Value, Wanted>(_ value: Value) throws -> Wanted {
        guard let wanted = value as? Wanted else { throw corrupted("not a \(Wanted.self)") }
        return wanted
    }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: XMLTreeDecoder
        let element: Int
        var codingPath: [any CodingKey] { decoder.codingPath }
        var allKeys: [Key] {
            decoder.tree.nodes[element].children.compactMap { Key(stringValue: decoder.tree.nodes[$0].name) }
        }

        func contains(_ key: Key) -> Bool {
            decoder.tree.child(of: element, named: key.stringValue) != nil
        }

        func decodeNil(forKey key: Key) throws -> Bool { !contains(key) }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            if type is any FlattenedList.Type {
                let elements = decoder.tree.children(of: element, named: key.stringValue)
                return try decoder.descend(to: elements, key: key, flattened: true).decode(type)
            }
            return try value(at: key).decode(type)
        }

        func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(at: key).scalar(type) }
        func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(at: key).scalar(type) }
        func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try value(at: key).scalar(type) }

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

        private func value(at key: Key) throws -> XMLTreeDecoder {
            guard let child = decoder.tree.child(of: element, named: key.stringValue) else {
                throw DecodingError.keyNotFound(
                    key, .init(codingPath: codingPath, debugDescription: "no element \(key.stringValue)"))
            }
            return decoder.descend(to: [child], key: key)
        }
    }

    private struct Unkeyed: UnkeyedDecodingContainer {
        let decoder: XMLTreeDecoder
        let items: [Int]
        var currentIndex = 0
        var codingPath: [any CodingKey] { decoder.codingPath }
        var count: Int? { items.count }
        var isAtEnd: Bool { currentIndex >= items.count }

        mutating func decodeNil() throws -> Bool { false }
        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decode(type) }
        mutating func decode(_ type: Bool.Type) throws -> Bool { try next().scalar(type) }
        mutating func decode(_ type: Int.Type) throws -> Int { try next().scalar(type) }
        mutating func decode(_ type: Double.Type) throws -> Double { try next().scalar(type) }

        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) throws -> KeyedDecodingContainer<Nested> {
            try next().container(keyedBy: type)
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try next().unkeyedContainer()
        }

        mutating func superDecoder() throws -> any Decoder { try next() }

        private mutating func next() throws -> XMLTreeDecoder {
            guard !isAtEnd else { throw decoder.corrupted("the list has only \(items.count) elements") }
            defer { currentIndex += 1 }
            return decoder.descend(to: [items[currentIndex]], key: IndexKey(currentIndex))
        }
    }

    private struct Single: SingleValueDecodingContainer {
        let decoder: XMLTreeDecoder
        var codingPath: [any CodingKey] { decoder.codingPath }

        func decodeNil() -> Bool { false }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.decode(type) }
        func decode(_ type: String.Type) throws -> String { decoder.tree.string(decoder.elements[0]) }
        func decode(_ type: Bool.Type) throws -> Bool { try decoder.scalar(type) }
        func decode(_ type: Int.Type) throws -> Int { try decoder.scalar(type) }
        func decode(_ type: Double.Type) throws -> Double { try decoder.scalar(type) }
    }
}
