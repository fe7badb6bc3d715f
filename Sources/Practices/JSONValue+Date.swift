import AWSClient
import FoundationEssentials

extension JSONValue {
    /// The moment in UTC, as AWS writes it: `2026-01-01T00:00:00Z`; null for `nil`.
    init(_ moment: Date?) {
        self = moment.map { .string(Timestamp.format($0)) } ?? .null
    }
}
