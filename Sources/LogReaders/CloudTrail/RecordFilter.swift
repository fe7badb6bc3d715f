/// A condition on a record, derived from rules so that a reader can skip other records without decoding them. A record
/// passes a list of filters if it passes one of them.
///
/// A filter can pass too many records, but never too few. Texts are compared without regard to case. Numbers and letters
/// of other alphabets pass. An object passes unless it surely contains none of the parts. Escapes in names and values
/// are decoded.
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

/// Records that pass none of a plan's filters, but are handed out all the same, with few of their fields. So what most
/// records pass costs little more than what none passes. See ``CloudTrailEvent/isLight``.
public struct LightRecords: Sendable {
    /// The fields that are read of these records. Others are absent, unless they are in the same members of the record.
    public var fields: [FieldList.Number]
    /// A record is light if it passes one of these; `nil` if it always is.
    public var filters: [RecordFilter]?

    public init(fields: [FieldList.Number], filters: [RecordFilter]?) {
        self.fields = fields
        self.filters = filters
    }
}
