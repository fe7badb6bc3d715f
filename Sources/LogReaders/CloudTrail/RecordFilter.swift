/// A condition on a record that rules state beforehand, so that a reader can skip the other records without decoding
/// them. A list of filters lets a record through if one of them does.
///
/// A filter may let too many records through, but never too few: texts are compared without regard to case, values
/// that are not ASCII texts (numbers, objects, letters of other alphabets) pass, and escapes in names and values are
/// decoded.
public struct RecordFilter: Sendable, Hashable {
    /// How a field's text is compared with ``values``.
    public enum Test: Sendable, Hashable {
        case equals, hasPrefix, hasSuffix, contains
        /// The field is present, with any value; ``values`` is ignored.
        case exists
    }

    /// The path, with dots between the names of nested objects. It leads through arrays to any element.
    public var field: String
    public var test: Test
    /// In lower case as far as the letters are ASCII. One match is enough.
    public var values: [[UInt8]]

    public init(field: String, test: Test = .equals, values: [[UInt8]]) {
        self.field = field
        self.test = test
        self.values = values
    }
}
