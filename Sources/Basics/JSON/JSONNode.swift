/// A value of a JSON text, with the offset at which it begins, for readers whose errors name a position.
public struct JSONNode: Sendable {
    public let value: Value
    /// In bytes from the beginning of the text.
    public let offset: Int

    public enum Value: Sendable {
        case null
        case bool(Bool)
        case number(JSON.Number)
        case string(String)
        case array([JSONNode])
        case object([Member])
    }

    public struct Member: Sendable {
        public let name: String
        public let nameOffset: Int
        public let node: JSONNode
    }

    /// The kind of value, for an error message.
    public var kind: String {
        switch value {
        case .object: "an object"
        case .array: "an array"
        case .string, .number, .bool, .null: "\(json)"
        }
    }

    /// The value without the offsets.
    public var json: JSON {
        switch value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .number(let number): .number(number)
        case .string(let text): .string(text)
        case .array(let nodes): .array(nodes.map(\.json))
        case .object(let members): .object(JSON.Object(members.map { JSON.Object.Member($0.name, $0.node.json) }))
        }
    }
}

extension JSONNode {
    /// - Throws: `JSONError` if the bytes are not JSON or exceed a limit.
    public init(parsing bytes: [UInt8], _ options: JSON.Options = .init()) throws(JSONError) {
        self = try JSONReader.read(bytes, options)
    }
}

extension JSON {
    /// Extensions to plain JSON that a reader accepts, and limits against hostile texts.
    public struct Options: Sendable {
        public var maximumBytes = Int.max
        /// The maximum number of bytes outside the white space between values.
        public var maximumSignificantBytes = Int.max
        /// The maximum nesting of arrays and objects.
        public var maximumDepth = 500
        /// Whether an object may have the same name twice.
        public var allowsDuplicates = true
        /// Whether bytes that are not UTF-8, and halves of surrogate pairs, are read as U+FFFD. If not, they are an
        /// error.
        public var repairsText = false

        public init() {}
    }

    /// - Throws: `JSONError` if the bytes are not JSON or exceed a limit.
    public init(parsing bytes: [UInt8], _ options: Options = .init()) throws(JSONError) {
        self = try JSONNode(parsing: bytes, options).json
    }

    /// - Throws: `JSONError` if the text is not JSON or exceeds a limit.
    public init(parsing text: some StringProtocol, _ options: Options = .init()) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), options)
    }
}

/// The reason why bytes are not JSON, and the offset of the first wrong one.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable, CustomStringConvertible {
        /// The text has more bytes than the limit.
        case tooLarge(limit: Int)
        /// Arrays and objects are nested more deeply than the limit.
        case tooDeep(limit: Int)
        case notUTF8
        /// The text is not JSON (RFC 8259). The message names the found and the expected text.
        case syntax(String)
        /// The object has the name twice.
        case duplicateName(String)

        public var description: String {
            switch self {
            case .tooLarge(let limit): "the document is longer than \(limit) bytes"
            case .tooDeep(let limit): "more than \(limit) arrays and objects are inside each other"
            case .notUTF8: "the bytes are not UTF-8"
            case .syntax(let problem): "not JSON: \(problem)"
            case .duplicateName(let name): "\"\(name)\" stands here a second time"
            }
        }
    }

    public let reason: Reason
    /// In bytes from the beginning of the text.
    public let offset: Int
    public let position: TextPosition

    public var description: String { "\(position): \(reason)" }
}
