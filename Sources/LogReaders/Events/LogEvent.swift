/// Bytes that stand in a reader's buffer. They are valid only within the call that hands them out.
public typealias Bytes = UnsafeBufferPointer<UInt8>

/// One record as rules see it. It is valid only within the call that hands it out.
public protocol LogEvent {
    /// What the field has, of the fields that the reader was told to look at.
    func value(of field: FieldList.Number) -> FieldValue

    /// Calls `body` with every string, number and boolean of the record, as text, until it returns true: what a search
    /// for keywords looks at.
    /// - Returns: whether `body` returned true.
    func anyText(_ body: (Bytes) -> Bool) -> Bool
}

/// What a field of a record has.
public enum FieldValue {
    case absent
    case null
    case boolean(Bool)
    /// A number, by its text.
    case number(Bytes)
    /// A string in UTF-8, without escapes.
    case text(Bytes)
    /// An object: its compact JSON text and all strings, numbers and booleans in it.
    case object(json: Bytes, leaves: [FieldValue])
    /// The values that a path leads to through arrays: any of them counts.
    case list([FieldValue])
}

/// The fields that the loaded rules touch: known before the first byte is read, so that only they are decoded.
public struct FieldList: Sendable {
    /// A field's place in the list.
    public typealias Number = Int

    /// The paths, with dots between the names of nested objects, in the order of their numbers.
    public private(set) var paths: [String] = []
    private var numbers: [String: Number] = [:]

    public init() {}

    /// The number of the field, which is added where the list does not have it.
    public mutating func number(of path: String) -> Number {
        if let number = numbers[path] { return number }
        paths.append(path)
        numbers[path] = paths.count - 1
        return paths.count - 1
    }
}
