/// The tokens of a condition.
enum ConditionToken: Equatable {
    /// A name, a number, an operator's word.
    case word(String)
    case open, close, pipe, comma
    case comparison(Comparison)

    /// - Throws: `ConditionError` for a character that cannot occur in a condition.
    static func all(in text: String) throws(ConditionError) -> [ConditionToken] {
        guard text.utf8.count <= longest else { throw ConditionError(reason: "the condition is too long") }
        var tokens: [ConditionToken] = []
        var word: [UInt8] = []
        var bytes = Substring(text).utf8
        func finished(_ token: ConditionToken?) {
            if !word.isEmpty { tokens.append(.word(String(decoding: word, as: UTF8.self))) }
            word = []
            if let token { tokens.append(token) }
        }
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): finished(nil)
            case UInt8(ascii: "("): finished(.open)
            case UInt8(ascii: ")"): finished(.close)
            case UInt8(ascii: "|"): finished(.pipe)
            case UInt8(ascii: ","): finished(.comma)
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "!"):
                let doubled = bytes.first == UInt8(ascii: "=")
                if doubled { bytes.removeFirst() }
                switch (byte, doubled) {
                case (UInt8(ascii: "<"), _): finished(.comparison(doubled ? .lessOrEqual : .less))
                case (UInt8(ascii: ">"), _): finished(.comparison(doubled ? .greaterOrEqual : .greater))
                case (UInt8(ascii: "="), _): finished(.comparison(.equal))
                case (_, true): finished(.comparison(.notEqual))
                default: throw ConditionError(reason: "a condition has no sign !")
                }
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: "@"), 0x80...:
                word.append(byte)
            default:
                let sign = String(UnicodeScalar(byte)).debugDescription
                throw ConditionError(reason: "a condition has no sign \(sign)")
            }
        }
        finished(nil)
        return tokens
    }

    /// The longest condition, in bytes.
    static let longest = 65_536
}

/// The reason why a condition, a value or a modifier is not valid.
struct ConditionError: Error, Equatable {
    var reason: String
}
