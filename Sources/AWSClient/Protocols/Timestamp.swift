public import FoundationEssentials

/// Dates as AWS writes them in text: ISO 8601, with or without a fraction, in UTC or with an offset.
public enum Timestamp {
    /// `nil` where the text is no such date.
    public static func parse(_ text: String) -> Date? {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return try? style.parse(text.hasSuffix("+00:00") ? text.dropLast(6) + "Z" : text)
    }

    /// `2026-01-01T00:00:00Z`
    public static func format(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle())
    }
}
