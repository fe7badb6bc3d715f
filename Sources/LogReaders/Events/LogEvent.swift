/// Bytes in a reader's buffer. They are valid only within the call that hands them out.
public typealias Bytes = UnsafeBufferPointer<UInt8>

/// One record in the form that rules are evaluated on. Valid only within the call that hands it out.
public protocol LogEvent {
    /// The value of one of the fields that were requested from the reader.
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
    /// A number, as its text in the log.
    case number(Bytes)
    /// A string in UTF-8, without escapes.
    case text(Bytes)
    /// An object: its compact JSON text and all strings, numbers and booleans in it.
    case object(json: Bytes, leaves: [FieldValue])
    /// The values at a path that leads through arrays. A test passes if any of them passes.
    case list([FieldValue])
}

/// The fields that the loaded rules use. They are known before the first byte is read, so that only they are decoded.
public struct FieldList: Sendable {
    /// A field's index in the list.
    public typealias Number = Int

    /// The paths, with dots between the names of nested objects, in the order of their numbers.
    public private(set) var paths: [String] = []
    private var numbers: [String: Number] = [:]

    public init() {}

    /// The number of a field. A new field is added to the list.
    public mutating func number(of path: String) -> Number {
        if let number = numbers[path] { return number }
        paths.append(path)
        numbers[path] = paths.count - 1
        return paths.count - 1
    }
}
