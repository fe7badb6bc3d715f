internal import Basics
internal import LogReaders

/// Removes the secrets from a JSON text in one pass: values of members with the name of a secret, values beside such a
/// name in lists of names and values, environment variables, and secrets that ``SecretText`` finds in other texts.
struct SecretRedaction {
    private enum Context { case plain, secret, environment }

    private let bytes: Bytes
    private let level: Int
    private let names = SecretName.known
    private var position = 0
    private var output: [UInt8] = []
    /// The number of input bytes that were copied to the output or left out.
    private var taken = 0
    private var isChanged = false

    /// The nesting depth from which on a text is not shown. Records of CloudTrail have fewer than 20 levels.
    private static let deepest = 128

    /// - Parameter level: the number of JSON texts that contain this one.
    init(_ bytes: Bytes, level: Int) {
        self.bytes = bytes
        self.level = level
    }

    /// The text without secrets; `nil` if it has none. Valid after ``isWhole()`` returned true.
    var changed: [UInt8]? { isChanged ? output + bytes[taken...] : nil }

    /// Reads the text and removes its secrets.
    /// - Returns: whether the text is exactly one JSON value.
    mutating func isWhole() -> Bool {
        skipSpace()
        guard value(.plain, 0) else { return false }
        skipSpace()
        return position == bytes.count
    }

    private var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipSpace() {
        while position < bytes.count, (bytes[position] == 0x20 || bytes[position] &- 9 < 2 || bytes[position] == 0x0D) {
            position += 1
        }
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: sign) else { return false }
        position += 1
        return true
    }

    private mutating func value(_ context: Context, _ depth: Int) -> Bool {
        guard depth < Self.deepest else { return false }
        switch peek {
        case UInt8(ascii: "{"): return object(context, depth)
        case UInt8(ascii: "["):
            position += 1
            skipSpace()
            if take("]") { return true }
            while true {
                guard value(context, depth + 1) else { return false }
                skipSpace()
                if take("]") { return true }
                guard take(",") else { return false }
                skipSpace()
            }
        case UInt8(ascii: "\""):
            guard let text = string() else { return false }
            if context == .plain {
                look(in: text)
            } else if !text.isEmpty {
                replace(text, SecretFields.replacement.utf8)
            }
            return true
        default:
            let start = position
            while position < bytes.count, bytes.is(.endOfScalar, position) == false { position += 1 }
            guard position > start else { return false }
            let isNumber = bytes[start] == UInt8(ascii: "-") || bytes[start] &- 48 < 10
            if context != .plain, isNumber { replace(start..<position, "\"\(SecretFields.replacement)\"".utf8) }
            return true
        }
    }

    private mutating func object(_ context: Context, _ depth: Int) -> Bool {
        let start = position
        position += 1
        skipSpace()
        if take("}") { return true }
        var members: Members?
        while true {
            guard let name = string() else { return false }
            skipSpace()
            guard take(":") else { return false }
            skipSpace()
            let meaning = context == .secret ? .none : names.meaning(of: words(of: name))
            var inner = context
            switch (context, meaning) {
            case (.environment, .besideVariables): inner = .plain
            case (.environment, .name) where self.members(ofObjectAt: start, &members).hasValues: inner = .plain
            case (.plain, .secret): inner = .secret
            case (.plain, .environment) where peek == UInt8(ascii: "{") || peek == UInt8(ascii: "["):
                inner = .environment
            case (.plain, .value) where self.members(ofObjectAt: start, &members).nameSecret: inner = .secret
            default: break
            }
            guard value(inner, depth + 1) else { return false }
            skipSpace()
            if take("}") { return true }
            guard take(",") else { return false }
            skipSpace()
        }
    }

    /// Facts about the members of an object that only all of them together show.
    private struct Members {
        /// Whether a member contains the name of a secret whose value is in another member.
        var nameSecret = false
        var hasValues = false
    }

    /// - Parameter known: a cache of the result, because it is needed for each value of the object.
    private func members(ofObjectAt start: Int, _ known: inout Members?) -> Members {
        if let known { return known }
        var scan = self
        scan.position = start + 1
        var found = Members()
        scan.skipSpace()
        while let name = scan.string() {
            scan.skipSpace()
            guard scan.take(":") else { break }
            scan.skipSpace()
            let meaning = names.meaning(of: scan.words(of: name))
            if meaning == .value { found.hasValues = true }
            let begin = scan.position
            guard scan.skipValue() else { break }
            if meaning == .name, bytes[begin] == UInt8(ascii: "\"") {
                // The name may be a path, such as `app.db.password`.
                let text = scan.plain(begin + 1..<scan.position - 1)
                if text.split(whereSeparator: { $0 == 0x2E || $0 == 0x2F }).contains(where: SecretName.isSecret) {
                    found.nameSecret = true
                }
            }
            scan.skipSpace()
            guard scan.take(",") else { break }
            scan.skipSpace()
        }
        known = found
        return found
    }

    /// Skips a value without searching it.
    private mutating func skipValue() -> Bool {
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                guard string() != nil else { return false }
                position -= 1
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // A scalar ends where its object or array ends.
                if depth == 0 { return true }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: return true
            default: break
            }
            position += 1
            if depth == 0, bytes.is(.endOfJSON, position - 1) { return true }
        }
        return false
    }

    /// Skips a string.
    /// - Returns: the range between its quotes; `nil` if there is no string.
    private mutating func string() -> Range<Int>? {
        guard take("\"") else { return nil }
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return start..<position - 1
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return nil
    }

    private func words(of name: Range<Int>) -> [UInt8] {
        let raw = Bytes(rebasing: bytes[name])
        return raw.contains(UInt8(ascii: "\\")) ? SecretName.words(of: plain(name)) : SecretName.words(of: raw)
    }

    /// The text of a string, without escapes.
    private func plain(_ range: Range<Int>) -> [UInt8] {
        let raw = bytes[range]
        guard raw.contains(UInt8(ascii: "\\")) else { return Array(raw) }
        let quoted = [UInt8(ascii: "\"")] + raw + [UInt8(ascii: "\"")]
        guard case .string(let text)? = try? JSON(parsing: quoted, .ofLogs) else { return Array(raw) }
        return Array(text.utf8)
    }

    /// Searches a string for secrets, and replaces them.
    private mutating func look(in range: Range<Int>) {
        let raw = Bytes(rebasing: bytes[range])
        guard SecretText.mayHaveSecrets(raw) else { return }
        guard raw.contains(UInt8(ascii: "\\")) else {
            if let hidden = SecretText.hidden(raw, level: level) { replace(range, Self.escaped(hidden)) }
            return
        }
        let hidden = plain(range).withUnsafeBufferPointer { SecretText.hidden($0, level: level) }
        if let hidden { replace(range, Self.escaped(hidden)) }
    }

    private static func escaped(_ text: [UInt8]) -> [UInt8] {
        Array(JSON.string(String(decoding: text, as: UTF8.self)).bytes().dropFirst().dropLast())
    }

    private mutating func replace(_ range: Range<Int>, _ text: some Collection<UInt8>) {
        output += bytes[taken..<range.lowerBound]
        output += text
        taken = range.upperBound
        isChanged = true
    }
}
