/// Bytes in a reader's buffer. They are valid only within the call that hands them out.
public typealias Bytes = UnsafeBufferPointer<UInt8>

/// One record as rules see it. Valid only within the call that hands it out.
public protocol LogEvent {
    /// The value of a field, of those that the reader was asked for.
    func value(of field: FieldList.Number) -> FieldValue

    /// Calls `body` with every string, number and boolean of the record, as text, until it returns true. Used for
    /// searches by keyword.
    /// - Returns: whether `body` returned true.
    func anyText(_ body: (Bytes) -> Bool) -> Bool
}

/// The value of a record's field.
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
    /// The values that a path leads to through arrays. A test passes if any of them does.
    case list([FieldValue])
}

/// The fields that the loaded rules use: known before the first byte is read, so that only they are decoded.
public struct FieldList: Sendable {
    /// A field's place in the list.
    public typealias Number = Int

    /// The paths, with dots between the names of nested objects, in the order of their numbers.
    public private(set) var paths: [String] = []
    private var numbers: [String: Number] = [:]

    public init() {}

    /// The number of a field, which is added to the list if it is new.
    public mutating func number(of path: String) -> Number {
        if let number = numbers[path] { return number }
        paths.append(path)
        numbers[path] = paths.count - 1
        return paths.count - 1
    }
}
