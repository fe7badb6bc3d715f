/// The values of `%name%` in values with the modifier `expand`.
///
/// Source: Sigma Rules Specification 2.1.0, "Placeholders". A name without an entry makes its rule invalid; an empty
/// list matches nothing.
public typealias Placeholders = [String: [String]]

/// Expands placeholders.
enum PlaceholderText {
    /// All expansions of a value.
    static func expand(_ text: String, with placeholders: Placeholders) throws(ConditionError) -> [String] {
        var results = [""]
        for part in try parts(of: text) {
            switch part {
            case .text(let text): results = results.map { $0 + text }
            case .placeholder(let name):
                guard let values = placeholders[name] else {
                    throw ConditionError(reason: "nothing is configured for the placeholder %\(name)%")
                }
                guard results.count * values.count <= 100_000 else {
                    throw ConditionError(reason: "the placeholders of a value stand for too many texts")
                }
                results = results.flatMap { result in values.map { result + $0 } }
            }
        }
        return results
    }

    private enum Part {
        case text(String)
        case placeholder(String)
    }

    /// Splits a value at its placeholders. `\%` is a percent sign, and so is `%` without a closing `%`.
    private static func parts(of text: String) throws(ConditionError) -> [Part] {
        var parts: [Part] = []
        var current = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\\", rest.first == "%" {
                rest.removeFirst()
                current.unicodeScalars.append("%")
            } else if scalar == "%", let end = rest.firstIndex(of: "%"), end > rest.startIndex,
                rest[..<end].allSatisfy({
                    $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_" || $0 == "-"
                        || $0 == "."
                })
            {
                parts.append(.text(current))
                parts.append(.placeholder(String(rest[..<end])))
                current = ""
                rest = rest[rest.index(after: end)...]
            } else {
                current.unicodeScalars.append(scalar)
            }
        }
        parts.append(.text(current))
        return parts
    }
}
