import AWSClient
public import FoundationEssentials

/// Times as the user writes them.
public enum Moment {
    /// A moment in ISO 8601, or the beginning of a day in UTC.
    public static func parse(_ text: String) -> Date? {
        Timestamp.parse(text) ?? Timestamp.parse(text + "T00:00:00Z") ?? Timestamp.parse(text + "Z")
    }
}
