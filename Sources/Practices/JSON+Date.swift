import AWSClient
import Basics
import FoundationEssentials

extension JSON {
    /// Creates the time in UTC in AWS's format: `2026-01-01T00:00:00Z`; null if there is none.
    init(_ moment: Date?) {
        self = moment.map { .string($0.rfc3339) } ?? .null
    }
}
