internal import Basics
internal import LogReaders

/// Finds secrets in texts by their form: `name=value` and `name: value` in URLs (also percent-encoded), command lines,
/// scripts and broken JSON; options such as `--password x`; user names and passwords in URLs; session tokens of AWS
/// STS, JSON web tokens and private keys anywhere.
struct SecretText {
    private let bytes: Bytes
    private var output: [UInt8] = []
    private var taken = 0
    private var isChanged = false

    /// The levels of JSON texts within JSON texts that are searched. Each level needs twice as many backslashes, so few
    /// levels fit into a record. Deeper texts are not shown.
    private static let deepest = 8
    /// The longest name that is checked, in bytes.
    private static let longestName = 96

    /// - Parameter level: the number of JSON texts that contain this one.
    /// - Returns: the text without its secrets; `nil` if it has none. A JSON text remains valid JSON.
    static func hidden(_ bytes: Bytes, level: Int) -> [UInt8]? {
        guard mayHaveSecrets(bytes) else { return nil }
        if let first = bytes.first(where: { !$0.is(.space) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        {
            guard level < deepest else { return Array(SecretFields.replacement.utf8) }
            var redaction = SecretRedaction(bytes, level: level + 1)
            if redaction.isWhole() { return redaction.changed }
        }
        var text = SecretText(bytes)
        text.scan()
        return text.isChanged ? text.output + bytes[text.taken...] : nil
    }

    /// A fast check that rules out most texts. False if the text cannot contain a secret.
    static func mayHaveSecrets(_ bytes: Bytes) -> Bool {
        if bytes.count >= 40 { return true }
        var before: UInt8 = 0
        for byte in bytes {
            if byte.is(.sign) || (byte == UInt8(ascii: "-") && before == byte) { return true }
            before = byte
        }
        return false
    }

    private init(_ bytes: Bytes) { self.bytes = bytes }

    private mutating func scan() {
        var at = 0
        var isInWord = false
        while at < bytes.count {
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "="): at = assignment(at, at + 1, isEncoded: false)
            case UInt8(ascii: ":"):
                if at + 2 < bytes.count, bytes[at + 1] == UInt8(ascii: "/"), bytes[at + 2] == UInt8(ascii: "/") {
                    at = address(at + 3)
                } else {
                    at = assignment(at, at + 1, isEncoded: false)
                }
            case UInt8(ascii: "%"):
                if let (sign, length) = decoded(at), sign == UInt8(ascii: "=") || sign == UInt8(ascii: ":") {
                    at = assignment(at, at + length, isEncoded: true)
                } else {
                    at += 1
                }
            case UInt8(ascii: " "): at = option(at)
            default: at = isInWord ? at + 1 : token(at)
            }
            isInWord = at > 0 && bytes.is(.ofToken, at - 1)
        }
    }

    private func ends(_ at: Int, _ text: StaticString) -> Int? {
        let word = Bytes(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return at + word.count <= bytes.count && bytes[at..<at + word.count].elementsEqual(word) ? at + word.count : nil
    }

    /// Decodes the percent-encoded character at a position, even if its percent sign is encoded several times.
    /// - Returns: the character, and the length of its encoding.
    private func decoded(_ at: Int) -> (sign: UInt8, length: Int)? {
        var digits = at + 1
        while digits - at < 16, let next = ends(digits, "25") { digits = next }
        guard digits + 2 <= bytes.count, let high = Self.digit(bytes[digits]), let low = Self.digit(bytes[digits + 1])
        else { return nil }
        return (high << 4 | low, digits + 2 - at)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }

    /// Hides the value of an assignment, if its name is that of a secret.
    /// - Returns: the position at which to continue the search.
    private mutating func assignment(_ nameEnd: Int, _ valueStart: Int, isEncoded: Bool) -> Int {
        var end = nameEnd
        while end > 0, nameEnd - end < 8, bytes.is(.around, end - 1) { end -= 1 }
        var start = end
        while start > 0, end - start < Self.longestName, bytes.is(.ofName, start - 1) { start -= 1 }
        // The name begins after the last percent-encoded character that cannot be part of it.
        var name: [UInt8] = []
        var before = start > 0 ? bytes[start - 1] : 0
        var at = start
        while at < end {
            var sign = bytes[at]
            var length = 1
            if sign == UInt8(ascii: "%") {
                guard let found = decoded(at) else { break }
                (sign, length) = found
            }
            at += length
            if sign.is(.ofName) {
                name.append(sign)
            } else {
                name = []
                before = sign
            }
        }
        let isParameter = before == UInt8(ascii: "&") || before == UInt8(ascii: "?")
        let words = SecretName.words(of: name)
        let isHeader = words == Array("authorization".utf8)
        guard SecretName.known.isSecret(words, inText: !isParameter && !isHeader && end == nameEnd) else {
            return valueStart
        }
        let range = valueRange(valueStart, isLine: isHeader, isEncoded: isEncoded)
        if ends(range.lowerBound, "(not shown)") != nil || range.isEmpty && bytes[nameEnd] == UInt8(ascii: ":") {
            return max(range.upperBound, valueStart)
        }
        replace(range)
        return range.upperBound
    }

    private func valueRange(_ from: Int, isLine: Bool, isEncoded: Bool) -> Range<Int> {
        var start = from
        var quote: UInt8?
        while start < bytes.count, start - from < 16, bytes.is(.around, start) {
            if bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") { quote = bytes[start] }
            start += 1
        }
        var end = start
        // The end of such a value cannot be determined, so the rest of the text is hidden.
        if end < bytes.count, bytes[end] == UInt8(ascii: "{") || bytes[end] == UInt8(ascii: "[") {
            return start..<bytes.count
        }
        while end < bytes.count {
            let byte = bytes[end]
            if let quote {
                if byte == quote { break }
            } else if isLine ? byte == 0x0A || byte == UInt8(ascii: "\"") : byte.is(.endOfValue) {
                break
            } else if isEncoded, byte == UInt8(ascii: "%"), let (sign, _) = decoded(end), sign.is(.endOfValue) {
                break
            }
            end += 1
        }
        return start..<end
    }

    /// Hides the password of `https://user:password@host`.
    private mutating func address(_ start: Int) -> Int {
        var (colon, at): (Int?, Int?) = (nil, nil)
        var place = start
        while place < bytes.count, !bytes.is(.endOfAuthority, place) {
            if bytes[place] == UInt8(ascii: ":"), colon == nil { colon = place }
            if bytes[place] == UInt8(ascii: "@") { at = place }
            place += 1
        }
        guard let colon, let at, colon + 1 < at, ends(colon + 1, "(not shown)") == nil else { return start }
        replace(colon + 1..<at)
        return at
    }

    /// Hides the word after `--password`.
    private mutating func option(_ space: Int) -> Int {
        var start = space
        while start > 0, space - start < Self.longestName, bytes.is(.ofName, start - 1) { start -= 1 }
        guard start < space, bytes[start] == UInt8(ascii: "-"),
            SecretName.isSecret(bytes[start..<space])
        else { return space + 1 }
        let range = valueRange(space, isLine: false, isEncoded: false)
        guard !range.isEmpty, bytes[range.lowerBound] != UInt8(ascii: "-"), ends(range.lowerBound, "(not shown)") == nil
        else { return space + 1 }
        replace(range)
        return range.upperBound
    }

    /// Hides a token or a private key, if one begins here.
    private mutating func token(_ start: Int) -> Int {
        switch bytes[start] {
        case UInt8(ascii: "I"), UInt8(ascii: "F"), UInt8(ascii: "A"):
            // Prefixes of AWS STS session tokens.
            guard ends(start, "IQoJ") ?? ends(start, "FwoG") ?? ends(start, "FQoG") ?? ends(start, "AQoD") != nil else {
                return start + 1
            }
            let end = run(start)
            guard end - start >= 80 else { return start + 1 }
            replace(start..<end)
            return end
        case UInt8(ascii: "e"):
            guard ends(start, "eyJ") != nil else { return start + 1 }
            let end = run(start)
            guard end - start >= 40, bytes[start..<end].count(where: { $0 == UInt8(ascii: ".") }) >= 2 else {
                return start + 1
            }
            replace(start..<end)
            return end
        case UInt8(ascii: "-"):
            guard let begin = ends(start, "-----BEGIN ") else { return start + 1 }
            guard bytes[begin..<min(bytes.count, begin + 40)].firstRange(of: Array("PRIVATE KEY".utf8)) != nil else {
                return begin
            }
            var end = begin
            while end < bytes.count, ends(end, "-----END ") == nil { end += 1 }
            replace(start..<end)
            return end
        default: return start + 1
        }
    }

    private func run(_ start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes.is(.ofToken, end) { end += 1 }
        return end
    }

    private mutating func replace(_ range: Range<Int>) {
        output += bytes[taken..<range.lowerBound]
        output += SecretFields.replacement.utf8
        taken = range.upperBound
        isChanged = true
    }
}

/// The roles that a byte can have in texts that are searched for secrets.
struct SecretByte: OptionSet {
    var rawValue: UInt16

    static let space = SecretByte(rawValue: 1)
    /// A character that occurs in most texts with a secret.
    static let sign = SecretByte(rawValue: 2)
    /// A character that can stand between a name and the sign, or between the sign and a value.
    static let around = SecretByte(rawValue: 4)
    static let ofName = SecretByte(rawValue: 8)
    static let ofToken = SecretByte(rawValue: 16)
    static let endOfValue = SecretByte(rawValue: 32)
    static let endOfAuthority = SecretByte(rawValue: 64)
    static let endOfScalar = SecretByte(rawValue: 128)
    /// A character that ends a JSON value.
    static let endOfJSON = SecretByte(rawValue: 256)

    /// The flags of each byte. Never deallocated.
    nonisolated(unsafe) fileprivate static let table: UnsafePointer<UInt16> = {
        let table = UnsafeMutablePointer<UInt16>.allocate(capacity: 256)
        let signs: [(SecretByte, String)] = [
            (.space, " \t\r\n"), (.sign, "=:%{["), (.around, " \t\\\"'"), (.ofName, "_-.%"), (.ofToken, "+/=_-.%"),
            (.endOfValue, " \t\r\n&\"'<>\\,;)]}"), (.endOfAuthority, "/?# \t\r\n\"'<>\\"),
            (.endOfScalar, ",]} \n\r\t\"{[:"), (.endOfJSON, "\"}]"),
        ]
        for byte in UInt8.min...UInt8.max {
            var flags: SecretByte = byte &- 48 < 10 || (byte | 0x20) &- 97 < 26 ? [.ofName, .ofToken] : []
            for (flag, text) in signs where text.utf8.contains(byte) { flags.insert(flag) }
            table[Int(byte)] = flags.rawValue
        }
        return UnsafePointer(table)
    }()
}

extension UInt8 {
    @inline(__always)
    func `is`(_ flag: SecretByte) -> Bool { SecretByte.table[Int(self)] & flag.rawValue != 0 }
}

extension Bytes {
    @inline(__always)
    func `is`(_ flag: SecretByte, _ place: Int) -> Bool { self[place].is(flag) }
}
