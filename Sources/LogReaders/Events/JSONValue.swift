/// A parsed JSON text that keeps the order of names and the text of numbers. For rule tests and small inputs; logs are read
/// by their own readers.
///
/// Source: RFC 8259.
public indirect enum JSONValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    /// As written.
    case number([UInt8])
    /// In UTF-8, without escapes.
    case text([UInt8])
    case array([JSONValue])
    /// Where a name is there twice, the first counts for `subscript`.
    case object([Member])

    public struct Member: Sendable, Hashable {
        public var name: [UInt8]
        public var value: JSONValue

        public init(name: [UInt8], value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// - Throws: `JSONProblem` for bytes that are no JSON text, or one nested more than 500 deep.
    public init(parsing bytes: some Sequence<UInt8>) throws(JSONProblem) {
        var parser = JSONParser(Array(bytes))
        self = try parser.document()
    }

    public subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.elementsEqual(name.utf8) }?.value
    }

    /// The shortest text, with the names in their order.
    public var compact: [UInt8] {
        var result: [UInt8] = []
        write(to: &result)
        return result
    }

    private func write(to result: inout [UInt8]) {
        switch self {
        case .null: result += Array("null".utf8)
        case .boolean(let flag): result += Array((flag ? "true" : "false").utf8)
        case .number(let bytes): result += bytes
        case .text(let bytes): Self.write(bytes, to: &result)
        case .array(let elements):
            result.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { result.append(UInt8(ascii: ",")) }
                element.write(to: &result)
            }
            result.append(UInt8(ascii: "]"))
        case .object(let members):
            result.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { result.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &result)
                result.append(UInt8(ascii: ":"))
                member.value.write(to: &result)
            }
            result.append(UInt8(ascii: "}"))
        }
    }

    /// Only what must be escaped is.
    private static func write(_ text: [UInt8], to result: inout [UInt8]) {
        result.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
            case 0x08: result += Array("\\b".utf8)
            case 0x09: result += Array("\\t".utf8)
            case 0x0A: result += Array("\\n".utf8)
            case 0x0C: result += Array("\\f".utf8)
            case 0x0D: result += Array("\\r".utf8)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                result += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
    }
}

/// Why bytes are no JSON text.
public struct JSONProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public var reason: String
    /// In bytes, from 0.
    public var offset: Int

    public var description: String { "\(reason) at byte \(offset)" }
}
