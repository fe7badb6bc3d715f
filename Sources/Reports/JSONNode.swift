/// A JSON value that is put together member by member: for documents whose shape somebody else prescribes.
indirect enum JSONNode: Encodable {
    case null
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case list([JSONNode])
    case object([String: JSONNode])

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .list(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .object(let members):
            var container = encoder.container(keyedBy: Name.self)
            for (name, value) in members { try container.encode(value, forKey: Name(name)) }
        case .null: try encodeSingle(nil as String?, encoder)
        case .text(let text): try encodeSingle(text, encoder)
        case .integer(let integer): try encodeSingle(integer, encoder)
        // JSON has no word for these.
        case .number(let number): try encodeSingle(number.isFinite ? number : nil, encoder)
        case .flag(let flag): try encodeSingle(flag, encoder)
        }
    }

    private func encodeSingle(_ value: (some Encodable)?, _ encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }
}

extension JSONNode {
    /// An object of those members that there are.
    static func members(_ members: [String: JSONNode?]) -> JSONNode { .object(members.compactMapValues { $0 }) }

    static func texts(_ texts: some Sequence<String>) -> JSONNode { .list(texts.map { .text($0) }) }

    /// The text, or null where there is none.
    static func optional(_ text: String?) -> JSONNode { text.map { .text($0) } ?? .null }
}

extension JSONNode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByArrayLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(arrayLiteral elements: JSONNode...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, JSONNode)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}
