/// A JSON value whose objects keep their order and whose numbers keep their digits.
///
/// Source: RFC 8259.
public enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Number)
    case string(String)
    case array([JSON])
    case object(Object)

    /// A whole number.
    public static func int(_ value: some BinaryInteger) -> JSON { .number(Number(value)) }

    /// A number; null if the value is infinite or not a number, because JSON cannot express these.
    public static func double(_ value: Double) -> JSON { Number(value).map(JSON.number) ?? .null }

    /// The value of a member of an object.
    public subscript(name: String) -> JSON? { object?[name] }

    /// The element of an array at an index.
    public subscript(index: Int) -> JSON? { elements.flatMap { $0.indices.contains(index) ? $0[index] : nil } }

    // The value as a Swift type; `nil` if it has another type.

    public var text: String? { if case .string(let text) = self { text } else { nil } }
    public var boolean: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    /// A number without a fraction that fits into an `Int`.
    public var integer: Int? { if case .number(let number) = self { number.integer } else { nil } }
    /// The double nearest to the number.
    public var double: Double? { if case .number(let number) = self { number.double } else { nil } }
    public var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    public var object: Object? { if case .object(let object) = self { object } else { nil } }
    public var isNull: Bool { self == .null }

    /// A number that keeps its text: `1`, `1.0` and `1e0` differ.
    public struct Number: Sendable, Hashable, CustomStringConvertible {
        public let description: String

        /// `nil` if the text is not a JSON number.
        public init?(_ text: String) {
            guard case .number(let number)? = try? JSON(parsing: text), number.description == text else { return nil }
            self = number
        }

        public init(_ value: some BinaryInteger) { description = String(value) }

        /// The shortest text that is read as this number, without a fraction if the number has none; `nil` if it is not
        /// finite.
        public init?(_ value: Double) {
            guard value.isFinite else { return nil }
            description = Int64(exactly: value).map { String($0) } ?? "\(value)"
        }

        init(valid text: String) { description = text }

        public var integer: Int? {
            if let integer = Int(description) { return integer }
            // Above 2^53, doubles cannot represent every integer.
            guard let double, abs(double) <= 9_007_199_254_740_992 else { return nil }
            return Int(exactly: double)
        }

        /// `nil` beyond the range of doubles.
        public var double: Double? { Double(description).flatMap { $0.isFinite ? $0 : nil } }
    }

    /// Names with values in the order of the text. Objects are equal if they have equal members in any order.
    public struct Object: Sendable {
        public struct Member: Sendable, Hashable {
            public var name: String
            public var value: JSON

            public init(_ name: String, _ value: JSON) {
                self.name = name
                self.value = value
            }
        }

        public var members: [Member]

        public init(_ members: [Member] = []) { self.members = members }

        /// An object with the members sorted by name.
        public init(_ members: [String: JSON]) {
            self.members = members.sorted { $0.key < $1.key }.map { Member($0.key, $0.value) }
        }

        /// The value of a name, which is compared byte by byte. If a text has a name more than once, the last value
        /// counts, as in most readers. Setting replaces the last value or appends one; `nil` removes all.
        public subscript(name: String) -> JSON? {
            get { members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value }
            set {
                guard let newValue else {
                    members.removeAll { $0.name.utf8.elementsEqual(name.utf8) }
                    return
                }
                if let index = members.lastIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
                    members[index].value = newValue
                } else {
                    members.append(Member(name, newValue))
                }
            }
        }

        public var names: [String] { members.map(\.name) }
        public var isEmpty: Bool { members.isEmpty }
        public var count: Int { members.count }
    }
}

extension JSON.Object: Hashable {
    public static func == (one: JSON.Object, other: JSON.Object) -> Bool {
        if one.members == other.members { return true }
        guard one.count == other.count else { return false }
        return one.ordered == other.ordered
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        hasher.combine(members.reduce(0) { $0 &+ $1.hashValue })
    }

    /// Members sorted by name. Members with the same name keep their order.
    private var ordered: [Member] {
        members.enumerated().sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }.map(\.element)
    }
}

// MARK: Literals

extension JSON: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(Object(members.map(Object.Member.init)))
    }
}

extension JSON.Object: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral members: (String, JSON)...) { self.init(members.map { Member($0, $1) }) }
}

extension JSON {
    /// A string, or null.
    public init(_ value: String?) { self = value.map(JSON.string) ?? .null }
    /// A number, or null.
    public init(_ value: Int?) { self = value.map(JSON.int) ?? .null }
    /// A boolean, or null.
    public init(_ value: Bool?) { self = value.map(JSON.bool) ?? .null }
    /// A moment as text, or null.
    public init(_ value: Moment?) { self.init(value?.description) }
    /// Strings, in their order.
    public init(_ values: some Sequence<String>) { self = .array(values.map(JSON.string)) }
    /// An object of these members, in their order.
    public static func members(_ members: [Object.Member]) -> JSON { .object(Object(members)) }
    /// An object of the members that are not nil.
    public static func members(_ members: KeyValuePairs<String, JSON?>) -> JSON {
        .object(Object(members.compactMap { name, value in value.map { Object.Member(name, $0) } }))
    }
}

// MARK: Coding

extension JSON: Codable {
    /// Foundation's decoders lose the order of an object's members and the digits of a number. So members are sorted by
    /// name, and numbers get their shortest text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else if let value = try? container.decode(UInt64.self) {
            self = .int(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(Object(try container.decode([String: JSON].self)))
        }
    }

    /// - Throws: `EncodingError` for a number beyond the range of doubles.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let value): try value.encode(to: encoder)
        case .number(let number): try Self.encode(number, to: encoder)
        case .string(let value): try value.encode(to: encoder)
        case .array(let elements): try elements.encode(to: encoder)
        case .object(let object):
            var container = encoder.container(keyedBy: Name.self)
            for member in object.members { try container.encode(member.value, forKey: Name(member.name)) }
        }
    }

    private static func encode(_ number: Number, to encoder: any Encoder) throws {
        if let integer = Int(number.description) {
            try integer.encode(to: encoder)
        } else if let integer = UInt64(number.description) {
            try integer.encode(to: encoder)
        } else if let double = number.double {
            try double.encode(to: encoder)
        } else {
            throw EncodingError.invalidValue(
                number,
                EncodingError.Context(codingPath: encoder.codingPath, debugDescription: "\(number) is no double"))
        }
    }

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }
}
