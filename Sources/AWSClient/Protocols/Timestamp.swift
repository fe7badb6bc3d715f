public import FoundationEssentials

/// Dates as AWS writes them in text: ISO 8601, with or without a fraction, in UTC or with an offset.
public enum Timestamp {
    /// `nil` if the text is no such date.
    public static func parse(_ text: String) -> Date? {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return try? style.parse(text.hasSuffix("+00:00") ? text.dropLast(6) + "Z" : text)
    }

    /// `nil` for seconds that lie beyond the years 1 to 9999, in which no calendar counts.
    public static func date(seconds: Double) -> Date? {
        guard (-62_135_596_800...253_402_300_799).contains(seconds) else { return nil }
        return Date(timeIntervalSince1970: seconds)
    }

    /// `2026-01-01T00:00:00Z`
    public static func format(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle())
    }
}
