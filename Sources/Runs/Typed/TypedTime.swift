import Basics
public import FoundationEssentials

/// Times as users type them.
public enum TypedTime {
    /// Reads a time in ISO 8601, or a duration before `now`: `30m`, `24h`, `7d`, `2w`.
    /// - Throws: ``InvalidInput`` for anything else.
    public static func date(_ text: String, before now: Date = Date()) throws(InvalidInput) -> Date {
        if let date = Moment(typed: text)?.date { return date }
        let seconds = ["m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ seconds[String($0)] }), digits.allSatisfy(\.isWholeNumber),
            let count = Int(digits), (1...100_000).contains(count)
        else {
            throw InvalidInput(
                "it is not a time in ISO 8601, such as 2026-01-31T12:00:00Z or 2026-01-31, nor relative, such as 24h or 7d"
            )
        }
        return now.addingTimeInterval(-Double(count * unit))
    }
}
