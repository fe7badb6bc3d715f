/// A value of a row as text, or NULL.
public enum ColumnText: Sendable, Hashable {
    /// A text column, or a member of a structure, by its path.
    case text([String])
    /// A column of another type, converted to text.
    case converted([String])
    /// A text column in which `-` stands for an absent value, as in access logs.
    case dashed(String)
    /// The texts in a list, or a member of the structures in a list, with spaces between them.
    case joined([String], member: String?)
    /// A map, as JSON text.
    case map([String])
    /// A value for which one of these texts stands if it is absent.
    indirect case filled(ColumnText, absent: [String])
    /// The first value that is not absent.
    indirect case first(ColumnText, ColumnText)
    /// A timestamp in UTC, as the time of a CloudTrail record: `2026-03-01T00:00:00Z`.
    case moment([String])
    /// Another text for each of these texts; absent for all others.
    indirect case renamed(ColumnText, [Renaming])

    public struct Renaming: Sendable, Hashable {
        public var from: String
        public var to: String

        public init(_ from: String, _ to: String) {
            self.from = from
            self.to = to
        }
    }

    /// Whether the value is a number, so that it can be compared without a conversion.
    var isConverted: Bool { if case .converted = self { true } else { false } }
}
