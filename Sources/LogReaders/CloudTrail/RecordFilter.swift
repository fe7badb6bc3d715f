/// What a record must have to be worth a look: rules state it, so that a reader can pass over the other records without
/// decoding them. A list of filters lets a record through when one of them does.
///
/// A filter may let too much through, never too little: texts are compared without regard to case, whatever is not an
/// ASCII text (a number, an object, a letter of another alphabet) passes, and escapes in names and values are undone.
public struct RecordFilter: Sendable, Hashable {
    /// How a field's text is compared with ``values``.
    public enum Test: Sendable, Hashable {
        case equals, hasPrefix, hasSuffix, contains
        /// The field is there, whatever it has; ``values`` means nothing.
        case exists
    }

    /// The path, with dots between the names of nested objects; it leads through arrays to any element.
    public var field: String
    public var test: Test
    /// In lower case as far as the letters are ASCII. One that passes is enough.
    public var values: [[UInt8]]

    public init(field: String, test: Test = .equals, values: [[UInt8]]) {
        self.field = field
        self.test = test
        self.values = values
    }
}
