import Basics
import FoundationEssentials

/// A list whose elements are direct children of the answer, without an element around them.
public struct Flattened<Element: Decodable & Sendable>: Decodable, Sendable {
    public var elements: [Element]

    public init(_ elements: [Element]) {
        self.elements = elements
    }

    public init(from decoder: any Decoder) throws {
        elements = try decoder.singleValueContainer().decode([Element].self)
    }
}

/// Marks types for which ``XMLTreeDecoder`` decodes all nodes of one name together, not only the first.
protocol FlattenedList {}
extension Flattened: FlattenedList {}

/// Decodes Swift types from an XML answer. A member is the child element with its name, ignoring case. An array is the
/// children of its element (`member`, `item` or any other name).
struct XMLTreeDecoder: TreeDecoder {
    let tree: XMLTree
    /// One element, or all elements of a ``Flattened`` list.
    let elements: [Int]
    let isFlattened: Bool
    let codingPath: [any CodingKey]
    var isNull: Bool { false }
    var names: [String] { tree.nodes[elements[0]].children.map { tree.nodes[$0].name } }

    init(tree: XMLTree, element: Int) {
        self.init(tree: tree, elements: [element], isFlattened: false, codingPath: [])
    }

    private init(tree: XMLTree, elements: [Int], isFlattened: Bool, codingPath: [any CodingKey]) {
        self.tree = tree
        self.elements = elements
        self.isFlattened = isFlattened
        self.codingPath = codingPath
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(MemberContainer(place: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let items = isFlattened ? elements : tree.nodes[elements[0]].children
        return ListContainer(self, count: items.count) { descend(to: [items[$0]], key: $1) }
    }

    func member(_ key: any CodingKey, isFlattened: Bool) -> XMLTreeDecoder? {
        if isFlattened {
            let elements = tree.children(of: elements[0], named: key.stringValue)
            return descend(to: elements, key: key, isFlattened: true)
        }
        return tree.child(of: elements[0], named: key.stringValue).map { descend(to: [$0], key: key) }
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        switch type {
        case is String.Type: try cast(scalar(String.self))
        case is Bool.Type: try cast(scalar(Bool.self))
        case is Int.Type: try cast(scalar(Int.self))
        case is Double.Type: try cast(scalar(Double.self))
        case is Date.Type:
            if let date = Moment(answer: text)?.date { try cast(date) } else { throw corrupted("not a date: \(text)") }
        default: try Value(from: self)
        }
    }

    private var text: String { tree.string(elements[0]) }

    private func scalar<Value: LosslessStringConvertible>(_ type: Value.Type) throws -> Value {
        guard tree.nodes[elements[0]].children.isEmpty, let value = Value(text) else {
            throw corrupted("not a \(type): \(text.prefix(40))")
        }
        return value
    }

    private func descend(to elements: [Int], key: any CodingKey, isFlattened: Bool = false) -> XMLTreeDecoder {
        XMLTreeDecoder(tree: tree, elements: elements, isFlattened: isFlattened, codingPath: codingPath + [key])
    }
}
