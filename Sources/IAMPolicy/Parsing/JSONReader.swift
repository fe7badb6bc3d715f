/// A value of a JSON text, with the place where it begins.
struct JSONNode {
    let value: Value
    /// In bytes from the beginning of the text.
    let offset: Int

    enum Value {
        case object([Member])
        case array([JSONNode])
        case string(String)
        /// As written.
        case number(String)
        case boolean(Bool)
        case null
    }

    struct Member {
        let key: String
        let keyOffset: Int
        let node: JSONNode
    }

    /// What the value is, for an error.
    var kind: String {
        switch value {
        case .object: "an object"
        case .array: "an array"
        case .string(let text): "\"\(text)\""
        case .number(let text): text
        case .boolean(let flag): flag ? "true" : "false"
        case .null: "null"
        }
    }
}

/// What a text may be at most, so that a hostile one costs little.
struct JSONLimits {
    var bytes: Int
    /// Bytes that are not white space between values.
    var significantBytes: Int
    var nesting: Int

    /// AWS's own managed policies know no quota: AWSSupportServiceRolePolicy, which a role of every account has, reached
    /// 140 kB, and grows. The deepest policy is nested six deep.
    static let policy = JSONLimits(bytes: 1 << 20, significantBytes: 256 << 10, nesting: 16)

    /// A policy that a customer writes. Most services take 2 to 32 KiB without counting white space, of which a document may
    /// have much more; ten times IAM's largest quota, of 10,240 characters, is too long everywhere.
    ///
    /// Source: IAM User Guide, "IAM and AWS STS quotas"; OpenSearch Service Developer Guide, "Quotas" (100 KiB).
    static let customerPolicy = JSONLimits(bytes: 1 << 20, significantBytes: 10 * 10_240 - 1, nesting: 16)
}

/// Reads a JSON text as RFC 8259 defines it, and nothing that only resembles one. Objects keep their order, and a key that
/// stands twice is an error.
struct JSONReader {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var position = 0
    private var depth = 0
    private var whiteSpace = 0

    /// - Throws: `PolicyError` where the bytes are no JSON text, or exceed a limit.
    static func read(_ bytes: [UInt8], limits: JSONLimits) throws(PolicyError) -> JSONNode {
        var reader = JSONReader(bytes: bytes, limits: limits)
        return try reader.readText()
    }

    private init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    private mutating func readText() throws(PolicyError) -> JSONNode {
        guard bytes.count <= limits.bytes else { throw PolicyError(.tooLarge(limit: limits.bytes), line: 1, column: 1) }
        if let offset = UTF8Check.firstInvalidOffset(in: bytes) { throw error(.notUTF8, at: offset) }
        skipWhiteSpace()
        let node = try readValue()
        skipWhiteSpace()
        guard position == bytes.count else { throw unexpected(expecting: "the end of the text") }
        guard bytes.count - whiteSpace <= limits.significantBytes else {
            throw error(.tooLarge(limit: limits.significantBytes), at: 0)
        }
        return node
    }

    private mutating func readValue() throws(PolicyError) -> JSONNode {
        let offset = position
        switch peek {
        case UInt8(ascii: "{"): return JSONNode(value: .object(try readObject()), offset: offset)
        case UInt8(ascii: "["): return JSONNode(value: .array(try readArray()), offset: offset)
        case UInt8(ascii: "\""): return JSONNode(value: .string(try readString()), offset: offset)
        case UInt8(ascii: "-"): return JSONNode(value: .number(try readNumber()), offset: offset)
        case _ where isDigit: return JSONNode(value: .number(try readNumber()), offset: offset)
        case UInt8(ascii: "t"): return JSONNode(value: try readWord("true", .boolean(true)), offset: offset)
        case UInt8(ascii: "f"): return JSONNode(value: try readWord("false", .boolean(false)), offset: offset)
        case UInt8(ascii: "n"): return JSONNode(value: try readWord("null", .null), offset: offset)
        default: throw unexpected(expecting: "a value")
        }
    }

    private mutating func readObject() throws(PolicyError) -> [JSONNode.Member] {
        try enter()
        var members: [JSONNode.Member] = []
        var keys: Set<String> = []
        position += 1
        skipWhiteSpace()
        if take("}") {
            depth -= 1
            return members
        }
        while true {
            let keyOffset = position
            guard peek == UInt8(ascii: "\"") else { throw unexpected(expecting: "a key in quotation marks") }
            let key = try readString()
            guard keys.insert(key).inserted else { throw error(.duplicateKey(key), at: keyOffset) }
            skipWhiteSpace()
            guard take(":") else { throw unexpected(expecting: "a colon") }
            skipWhiteSpace()
            members.append(JSONNode.Member(key: key, keyOffset: keyOffset, node: try readValue()))
            skipWhiteSpace()
            if take("}") { break }
            guard take(",") else { throw unexpected(expecting: "a comma or }") }
            skipWhiteSpace()
        }
        depth -= 1
        return members
    }

    private mutating func readArray() throws(PolicyError) -> [JSONNode] {
        try enter()
        var nodes: [JSONNode] = []
        position += 1
        skipWhiteSpace()
        if take("]") {
            depth -= 1
            return nodes
        }
        while true {
            nodes.append(try readValue())
            skipWhiteSpace()
            if take("]") { break }
            guard take(",") else { throw unexpected(expecting: "a comma or ]") }
            skipWhiteSpace()
        }
        depth -= 1
        return nodes
    }

    private mutating func readString() throws(PolicyError) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text += Array(String(try readEscape()).utf8)
            case 0..<0x20:
                throw error(.syntax("a control character in a string"), at: position)
            default:
                text.append(byte)
                position += 1
            }
        }
        throw error(.syntax("a string that does not end"), at: start)
    }

    private mutating func readEscape() throws(PolicyError) -> Unicode.Scalar {
        let start = position
        position += 1
        defer { position += 1 }
        switch peek {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try readHexadecimals()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            guard 0xD800..<0xDC00 ~= unit, position + 2 < bytes.count, bytes[position + 1] == UInt8(ascii: "\\"),
                bytes[position + 2] == UInt8(ascii: "u")
            else { throw error(.syntax("half of a surrogate pair"), at: start) }
            position += 2
            let low = try readHexadecimals()
            guard 0xDC00..<0xE000 ~= low,
                let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
            else { throw error(.syntax("half of a surrogate pair"), at: start) }
            return scalar
        default: throw error(.syntax("an unknown escape"), at: start)
        }
    }

    /// Reads the four digits behind a `u` and stays on the last of them.
    private mutating func readHexadecimals() throws(PolicyError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            position += 1
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected(expecting: "four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private mutating func readNumber() throws(PolicyError) -> String {
        let start = position
        _ = take("-")
        if take("0") {
            if isDigit { throw error(.syntax("a number that begins with 0"), at: start) }
        } else {
            try readDigits()
        }
        if take(".") { try readDigits() }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            try readDigits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func readDigits() throws(PolicyError) {
        guard isDigit else { throw unexpected(expecting: "a digit") }
        while isDigit { position += 1 }
    }

    private mutating func readWord(_ word: StaticString, _ value: JSONNode.Value) throws(PolicyError) -> JSONNode.Value
    {
        let expected = Array(String(describing: word).utf8)
        guard bytes[position...].starts(with: expected) else { throw unexpected(expecting: "a value") }
        position += expected.count
        return value
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var isDigit: Bool { peek.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? false }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipWhiteSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
            whiteSpace += 1
        }
    }

    private mutating func enter() throws(PolicyError) {
        depth += 1
        guard depth <= limits.nesting else { throw error(.tooDeep(limit: limits.nesting), at: position) }
    }

    private func unexpected(expecting expected: String) -> PolicyError {
        let found = TextPosition.character(at: position, in: bytes).map { "\"\($0)\"" } ?? "the end of the text"
        return error(.syntax("\(found) where \(expected) should be"), at: position)
    }

    private func error(_ reason: PolicyError.Reason, at offset: Int) -> PolicyError {
        let place = TextPosition(of: offset, in: bytes)
        return PolicyError(reason, line: place.line, column: place.column)
    }
}
