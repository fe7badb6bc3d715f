/// A JSON value that is to be written.
indirect enum JSONText {
    case string(String)
    case array([JSONText])
    case object([(String, JSONText)])
    case null

    /// A list of one is written as its one value.
    static func list(_ texts: [String]) -> JSONText {
        texts.count == 1 ? .string(texts[0]) : .array(texts.map { .string($0) })
    }

    var compact: String {
        switch self {
        case .string(let text): Self.quoted(text)
        case .null: "null"
        case .array(let values): "[" + values.map(\.compact).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0) + ":" + $1.compact }.joined(separator: ",") + "}"
        }
    }

    func indented(by indent: String = "") -> String {
        let inner = indent + "  "
        let lines: [String]
        let brackets: (String, String)
        switch self {
        case .string, .null: return compact
        case .array(let values):
            lines = values.map { $0.indented(by: inner) }
            brackets = ("[", "]")
        case .object(let members):
            lines = members.map { Self.quoted($0) + ": " + $1.indented(by: inner) }
            brackets = ("{", "}")
        }
        if lines.isEmpty { return brackets.0 + brackets.1 }
        return brackets.0 + "\n" + lines.map { inner + $0 }.joined(separator: ",\n") + "\n" + indent + brackets.1
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
