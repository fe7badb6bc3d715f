/// Reads a JSON text strictly as RFC 8259 defines it.
struct JSONReader {
    private let bytes: [UInt8]
    private let options: JSON.Options
    private var position = 0
    private var depth = 0
    private var whiteSpace = 0

    static func read(_ bytes: [UInt8], _ options: JSON.Options) throws(JSONError) -> JSONNode {
        var reader = JSONReader(bytes: bytes, options: options)
        return try reader.readText()
    }

    private init(bytes: [UInt8], options: JSON.Options) {
        self.bytes = bytes
        self.options = options
    }

    private mutating func readText() throws(JSONError) -> JSONNode {
        guard bytes.count <= options.maximumBytes else {
            throw error(.tooLarge(limit: options.maximumBytes), at: 0)
        }
        if !options.repairsText, let offset = Self.firstInvalidOffset(in: bytes) { throw error(.notUTF8, at: offset) }
        skipWhiteSpace()
        let node = try readNode()
        skipWhiteSpace()
        guard position == bytes.count else { throw unexpected(expecting: "the end of the text") }
        guard bytes.count - whiteSpace <= options.maximumSignificantBytes else {
            throw error(.tooLarge(limit: options.maximumSignificantBytes), at: 0)
        }
        return node
    }

    private mutating func readNode() throws(JSONError) -> JSONNode {
        let offset = position
        return JSONNode(value: try readValue(), offset: offset)
    }

    private mutating func readValue() throws(JSONError) -> JSONNode.Value {
        switch peek {
        case UInt8(ascii: "{"): return .object(try readObject())
        case UInt8(ascii: "["): return .array(try readArray())
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        case UInt8(ascii: "-"),
            _ where isDigit:
            return .number(try readNumber())
        default: throw unexpected(expecting: "a value")
        }
    }

    private mutating func readObject() throws(JSONError) -> [JSONNode.Member] {
        try enter()
        defer { depth -= 1 }
        var members: [JSONNode.Member] = []
        var names: Set<[UInt8]> = []
        if take("}") { return members }
        while true {
            let nameOffset = position
            guard peek == UInt8(ascii: "\"") else { throw unexpected(expecting: "a key in quotation marks") }
            let name = try readString()
            if !options.allowsDuplicates, !names.insert(Array(name.utf8)).inserted {
                throw error(.duplicateName(name), at: nameOffset)
            }
            skipWhiteSpace()
            guard take(":") else { throw unexpected(expecting: "a colon") }
            skipWhiteSpace()
            members.append(JSONNode.Member(name: name, nameOffset: nameOffset, node: try readNode()))
            skipWhiteSpace()
            if take("}") { return members }
            guard take(",") else { throw unexpected(expecting: "a comma or }") }
            skipWhiteSpace()
        }
    }

    private mutating func readArray() throws(JSONError) -> [JSONNode] {
        try enter()
        defer { depth -= 1 }
        var nodes: [JSONNode] = []
        if take("]") { return nodes }
        while true {
            nodes.append(try readNode())
            skipWhiteSpace()
            if take("]") { return nodes }
            guard take(",") else { throw unexpected(expecting: "a comma or ]") }
            skipWhiteSpace()
        }
    }

    /// Moves past an opening bracket.
    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= options.maximumDepth else { throw error(.tooDeep(limit: options.maximumDepth), at: position) }
        position += 1
        skipWhiteSpace()
    }

    private mutating func readString() throws(JSONError) -> String {
        let start = position
        position += 1
        // Most strings have no escapes and are copied unchanged.
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if peek == UInt8(ascii: "\"") {
            position += 1
            return String(decoding: bytes[(start + 1)..<(position - 1)], as: UTF8.self)
        }
        var text = Array(bytes[(start + 1)..<position])
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text += String(try readEscape()).utf8
            case 0..<0x20:
                throw error(.syntax("a control character in a string"), at: position)
            default:
                text.append(byte)
                position += 1
            }
        }
        throw error(.syntax("a string that does not end"), at: start)
    }

    private mutating func readEscape() throws(JSONError) -> Unicode.Scalar {
        let start = position
        position += 2
        switch position <= bytes.count ? bytes[position - 1] : nil {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try readCodeUnits(start)
        default: throw error(.syntax("an unknown escape"), at: start)
        }
    }

    /// Reads the digits after a `\u`, and the other half of a surrogate pair.
    private mutating func readCodeUnits(_ start: Int) throws(JSONError) -> Unicode.Scalar {
        let unit = try readHexadecimals()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let behind = position
        if 0xD800..<0xDC00 ~= unit, bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
            position += 2
            let low = try readHexadecimals()
            if 0xDC00..<0xE000 ~= low,
                let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
            {
                return scalar
            }
        }
        guard options.repairsText else { throw error(.syntax("half of a surrogate pair"), at: start) }
        position = behind
        return "\u{FFFD}"
    }

    private mutating func readHexadecimals() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = peek.flatMap(Hexadecimal.value) else {
                throw unexpected(expecting: "four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    private mutating func readNumber() throws(JSONError) -> JSON.Number {
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
        return JSON.Number(valid: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func readDigits() throws(JSONError) {
        guard isDigit else { throw unexpected(expecting: "a digit") }
        while isDigit { position += 1 }
    }

    private mutating func readWord(_ word: String, _ value: JSONNode.Value) throws(JSONError) -> JSONNode.Value {
        guard bytes[position...].starts(with: word.utf8) else { throw unexpected(expecting: "a value") }
        position += word.utf8.count
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

    private func unexpected(expecting expected: String) -> JSONError {
        let found = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self).unicodeScalars
            .first
        return error(
            .syntax("\(found.map { "\"\($0)\"" } ?? "the end of the text") where \(expected) should be"), at: position)
    }

    private func error(_ reason: JSONError.Reason, at offset: Int) -> JSONError {
        JSONError(reason: reason, offset: offset, position: TextPosition(of: offset, in: bytes))
    }

    /// The offset of the first sequence that is not UTF-8 (RFC 3629); `nil` if there is none.
    private static func firstInvalidOffset(in bytes: [UInt8]) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): offset += UTF8.width(scalar)
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }
}
