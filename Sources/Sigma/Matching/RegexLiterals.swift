/// Finds a set of literals for a regular expression. Every match contains at least one of them, so texts without any of
/// them need not be tried.
///
/// It understands the usual parts of PCRE2's syntax (pcre2pattern) and gives up at everything else. The result holds
/// for texts in folded case: see ``CaseFolding``.
struct RegexLiterals {
    /// The error for an expression whose syntax is not supported, so that its literals are unknown.
    private struct Unknown: Error {}

    /// In bytes. Shorter literals occur in too many texts to be useful.
    private static let shortest = 2
    private static let mostLiterals = 64
    private static let deepest = 100

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// - Returns: folded literals; `nil` if there are none.
    static func required(by pattern: String) -> Set<[UInt8]>? {
        var parser = RegexLiterals(bytes: Array(pattern.utf8))
        guard let found = try? parser.alternatives(), parser.position == parser.bytes.count else { return nil }
        return found.isEmpty ? nil : found
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ text: StaticString) -> Bool {
        let word = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[position...].starts(with: word) else { return false }
        position += word.count
        return true
    }

    /// Parses branches up to a closing bracket or the end. An empty set means that the literals are unknown.
    private mutating func alternatives() throws(Unknown) -> Set<[UInt8]> {
        var all: Set<[UInt8]>? = try sequence()
        while take("|") {
            let branch = try sequence()
            // A branch without known literals may match any text.
            if let known = all { all = branch.isEmpty || known.isEmpty ? [] : known.union(branch) }
        }
        let found = all ?? []
        return found.count > Self.mostLiterals ? [] : found
    }

    private mutating func sequence() throws(Unknown) -> Set<[UInt8]> {
        var best: Set<[UInt8]> = []
        var run: [UInt8] = []
        func offer(_ found: Set<[UInt8]>) {
            func value(_ set: Set<[UInt8]>) -> (Int, Int) { (set.map(\.count).min() ?? 0, -set.count) }
            if value(found).0 >= Self.shortest, value(found) > value(best) { best = found }
        }
        func flush() {
            offer([run])
            run = []
        }
        while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            position += 1
            var literal: UInt8?
            var group: Set<[UInt8]> = []
            switch byte {
            case UInt8(ascii: "("): group = try self.group()
            case UInt8(ascii: "["): try passClass()
            case UInt8(ascii: "\\"): literal = try escape()
            case UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"), UInt8(ascii: "{"), UInt8(ascii: "}"), 0x80...:
                break
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
                // A quantifier at the beginning, or after another quantifier.
                break
            default: literal = byte
            }
            let (least, isOnce) = quantifier()
            if let literal, least > 0 { run.append(literal &- 65 < 26 ? literal | 0x20 : literal) }
            if literal == nil || !isOnce { flush() }
            if least > 0 { offer(group) }
        }
        flush()
        return best
    }

    /// Parses a quantifier. `least` is 0 if the preceding element may be absent, else 1. `isOnce` is true if it occurs
    /// exactly once.
    private mutating func quantifier() -> (least: Int, isOnce: Bool) {
        var least = 1
        switch next {
        case UInt8(ascii: "*"), UInt8(ascii: "?"): least = 0
        case UInt8(ascii: "+"): break
        case UInt8(ascii: "{"):
            guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else { return (0, false) }
            // `{2,3}`, or a literal bracket. After a literal bracket, 0 is the safe answer for the preceding element.
            least = bytes[position + 1] &- 49 < 9 ? 1 : 0
            position = end
        default: return (1, true)
        }
        position += 1
        if next == UInt8(ascii: "?") || next == UInt8(ascii: "+") { position += 1 }
        return (least, false)
    }

    private mutating func group() throws(Unknown) -> Set<[UInt8]> {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest, next != UInt8(ascii: "*") else { throw Unknown() }
        var isAside = false
        if take("?") {
            if take("=") || take("!") || take("<=") || take("<!") {
                isAside = true
            } else if take("<") || take("P<") {
                guard let end = bytes[position...].firstIndex(of: UInt8(ascii: ">")) else { throw Unknown() }
                position = end + 1
            } else if !take(":") && !take(">") {
                // Flags, except those that change how the expression is parsed.
                while let flag = next, "imsU-".utf8.contains(flag) { position += 1 }
                if take(")") { return [] }
                guard take(":") else { throw Unknown() }
            }
        }
        let found = try alternatives()
        guard take(")") else { throw Unknown() }
        return isAside ? [] : found
    }

    private mutating func passClass() throws(Unknown) {
        _ = take("^")
        _ = take("]")
        while let byte = next, byte != UInt8(ascii: "]") {
            if take("[:") {
                guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "]")) else { throw Unknown() }
                position = end
            } else if byte == UInt8(ascii: "\\") {
                guard position + 1 < bytes.count, ![UInt8(ascii: "Q"), UInt8(ascii: "E")].contains(bytes[position + 1])
                else { throw Unknown() }
                position += 1
            }
            position += 1
        }
        guard take("]") else { throw Unknown() }
    }

    /// - Returns: the escaped literal byte; `nil` for a class, an anchor or a control character.
    private mutating func escape() throws(Unknown) -> UInt8? {
        guard let byte = next else { throw Unknown() }
        position += 1
        switch byte {
        case UInt8(ascii: "d"), UInt8(ascii: "D"), UInt8(ascii: "w"), UInt8(ascii: "W"), UInt8(ascii: "s"),
            UInt8(ascii: "S"), UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "h"), UInt8(ascii: "H"),
            UInt8(ascii: "v"), UInt8(ascii: "V"), UInt8(ascii: "A"), UInt8(ascii: "z"), UInt8(ascii: "Z"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "R"):
            return nil
        default:
            let isWord = byte &- 48 < 10 || (byte | 0x20) &- 97 < 26 || byte >= 0x80
            guard !isWord else { throw Unknown() }
            return byte
        }
    }
}
