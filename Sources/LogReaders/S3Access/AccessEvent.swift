/// A request in the form that rules are evaluated on.
public struct AccessEvent: LogEvent {
    /// The fields of access logs by their numbers in a list; `nil` for names that are not fields of access logs.
    public struct Lookup: Sendable {
        let fields: [AccessField?]

        public init(_ list: FieldList) { fields = list.paths.map(AccessField.init(named:)) }
    }

    private let record: AccessRecord
    private let lookup: Lookup

    public init(_ record: AccessRecord, _ lookup: Lookup) {
        self.record = record
        self.lookup = lookup
    }

    public func value(of field: FieldList.Number) -> FieldValue {
        guard lookup.fields.indices.contains(field), let field = lookup.fields[field], record.has(field) else {
            return .absent
        }
        return field.isNumber ? .number(record[field]) : .text(record[field])
    }

    public func anyText(_ body: (Bytes) -> Bool) -> Bool {
        AccessField.allCases.contains { record.has($0) && body(record[$0]) }
    }
}
