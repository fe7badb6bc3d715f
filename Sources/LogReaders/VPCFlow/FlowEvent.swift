/// A flow as rules see it.
public struct FlowEvent: LogEvent {
    /// The columns of one format by the numbers of a list of fields; `nil` for fields that the format does not have.
    public struct Lookup: Sendable {
        let columns: [Int?]
        let fields: [FlowField?]

        /// - Parameter format: the format of the records. Make a new lookup if ``FlowLogReader/format`` changes.
        public init(_ list: FieldList, _ format: FlowFormat) {
            columns = list.paths.map { path in
                FlowField(named: path).flatMap { field in format.columns.firstIndex(of: field) }
            }
            fields = format.columns
        }
    }

    private let line: Bytes
    private let lookup: Lookup

    public init(_ record: FlowRecord, _ lookup: Lookup) {
        line = record.line
        self.lookup = lookup
    }

    public func value(of field: FieldList.Number) -> FieldValue {
        guard lookup.columns.indices.contains(field), let column = lookup.columns[field], let word = word(column),
            !(word.count == 1 && word[0] == UInt8(ascii: "-"))
        else { return .absent }
        return lookup.fields[column]?.isNumber == true ? .number(word) : .text(word)
    }

    public func anyText(_ body: (Bytes) -> Bool) -> Bool {
        var rest = line[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: " ")) ?? rest.endIndex
            let word = Bytes(rebasing: rest[rest.startIndex..<end])
            if !word.isEmpty, !(word.count == 1 && word[0] == UInt8(ascii: "-")), body(word) { return true }
            rest = rest[min(rest.endIndex, end + 1)...]
        }
        return false
    }

    private func word(_ column: Int) -> Bytes? {
        var start = 0
        for _ in 0..<column {
            guard let space = line[start...].firstIndex(of: UInt8(ascii: " ")) else { return nil }
            start = space + 1
        }
        let end = line[start...].firstIndex(of: UInt8(ascii: " ")) ?? line.count
        return end > start ? Bytes(rebasing: line[start..<end]) : nil
    }
}
