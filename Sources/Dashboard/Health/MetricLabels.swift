/// Labels with valid names, each once, in the order of their names, and with bounded values.
struct MetricLabels: Sendable, Hashable, Comparable {
    private struct Label: Hashable {
        var name: String
        var value: String
    }

    private static let valueLimit = 128
    private static let limit = 16
    private var labels: [Label]

    /// - Parameter isHistogram: whether the label `le` is taken.
    init(_ dimensions: [(String, String)], isHistogram: Bool) {
        var values: [String: String] = [:]
        for (name, value) in dimensions.prefix(Self.limit) {
            var name = MetricName.sanitized(name, colons: false)
            if name.isEmpty { name = "_" }
            // Two underscores at the beginning are reserved.
            while name.hasPrefix("__") { name.removeFirst() }
            if isHistogram, name == "le" { name = "exported_le" }
            values[name] = String(String.UnicodeScalarView(value.unicodeScalars.prefix(Self.valueLimit)))
        }
        labels = values.map { Label(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
    }

    /// The labels under which everything beyond the limit is added up.
    var others: MetricLabels {
        var others = self
        for index in labels.indices { others.labels[index].value = "other" }
        return others
    }

    /// The labels in braces; empty if there are none.
    func text(adding last: (name: String, value: String)? = nil) -> String {
        var parts = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
        if let last { parts.append("\(last.name)=\"\(last.value)\"") }
        return parts.isEmpty ? "" : "{\(parts.joined(separator: ","))}"
    }

    /// Escapes what ends a line or a value. Other control characters become the replacement character: they are valid,
    /// but some readers split lines at them.
    static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += #"\\"#
            case "\n": escaped += #"\n"#
            case "\"" where quotes: escaped += #"\""#
            case "\u{85}", "\u{2028}", "\u{2029}": escaped += "\u{FFFD}"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    static func < (one: MetricLabels, other: MetricLabels) -> Bool { one.text() < other.text() }
}
