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

    /// Whether the value is a number, so that it can be compared without a conversion.
    var isConverted: Bool { if case .converted = self { true } else { false } }
}
