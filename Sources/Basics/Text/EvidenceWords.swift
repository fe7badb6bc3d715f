/// The facts of an alert's evidence in words, as all formats for people have them.
public enum EvidenceWords {
    /// The name of a fact for people: `distinct ports` for `distinct_ports`.
    public static func label(_ name: String) -> String { name.replacing("_", with: " ") }

    /// A value on one line.
    /// - Parameter limit: the number of elements of a list that are named at most.
    public static func value(_ value: JSON, limit: Int = 10) -> String {
        switch value {
        case .null: return "none"
        case .string(let text): return text
        case .number(let number): return number.integer.map(Figures.count) ?? Figures.decimal(number.double ?? 0)
        case .bool(let flag): return flag ? "yes" : "no"
        case .array(let elements):
            let isNested = elements.contains { if case .object = $0 { true } else { false } }
            let rest = elements.count > limit ? ["and \(Figures.count(elements.count - limit)) more"] : []
            return (elements.prefix(limit).map { self.value($0, limit: limit) } + rest)
                .joined(separator: isNested ? "; " : ", ")
        case .object(let object):
            return object.members.map { member in
                // A port or a number of an account is a name, not an amount.
                if let count = member.value.integer, member.name.hasSuffix("port") {
                    return "\(label(member.name)) \(count)"
                }
                if member.name == "bytes", let bytes = member.value.double { return Figures.bytes(bytes) }
                return "\(label(member.name)) \(self.value(member.value, limit: limit))"
            }.joined(separator: ", ")
        }
    }
}
