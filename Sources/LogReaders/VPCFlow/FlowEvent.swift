internal import Basics

/// A flow in the form that rules are evaluated on.
public struct FlowEvent: LogEvent {
    /// The columns of one format by the numbers of a list of fields; `nil` for fields that the format does not have.
    public struct Lookup: Sendable {
        let columns: [Int?]
        let format: FlowFormat
        let hasEncoded: Bool

        /// - Parameter format: the format of the records. Make a new lookup if ``FlowLogReader/format`` changes.
        public init(_ list: FieldList, _ format: FlowFormat) {
            columns = list.paths.map { path in
                FlowField(named: path).flatMap { field in format.columns.firstIndex(of: field) }
            }
            self.format = format
            hasEncoded = format.columns.contains { $0?.isEncoded == true }
        }
    }

    private let line: Bytes
    private let lookup: Lookup
    /// Keeps decoded texts as long as the event exists; `nil` if the format has no encoded fields.
    private let decoded: DecodedTexts?

    public init(_ record: FlowRecord, _ lookup: Lookup) {
        line = record.line
        self.lookup = lookup
        decoded = lookup.hasEncoded ? DecodedTexts() : nil
    }

    public func value(of field: FieldList.Number) -> FieldValue {
        guard lookup.columns.indices.contains(field), let column = lookup.columns[field],
            let word = word(column).flatMap({ text($0, of: column) })
        else { return .absent }
        return lookup.format.columns[column]?.isNumber == true ? .number(word) : .text(word)
    }

    public func anyText(_ body: (Bytes) -> Bool) -> Bool {
        var start = 0
        var column = 0
        while start < line.count {
            let end = endOfWord(from: start)
            if let word = text(Bytes(rebasing: line[start..<end]), of: column), body(word) { return true }
            start = end + 1
            column += 1
        }
        return false
    }

    private func word(_ column: Int) -> Bytes? {
        var start = 0
        for _ in 0..<column {
            start = endOfWord(from: start) + 1
            guard start <= line.count else { return nil }
        }
        return Bytes(rebasing: line[start..<endOfWord(from: start)])
    }

    private func endOfWord(from start: Int) -> Int {
        line[start...].firstIndex(of: lookup.format.separator) ?? line.count
    }

    /// A column's text, decoded; `nil` if the field is absent.
    private func text(_ word: Bytes, of column: Int) -> Bytes? {
        let word = lookup.format.separator == FlowFormat.comma ? FlowFormat.unquoted(word) : word
        guard !word.isEmpty, !(word.count == 1 && word[0] == UInt8(ascii: "-")) else { return nil }
        guard let decoded, lookup.format.columns.indices.contains(column),
            lookup.format.columns[column]?.isEncoded == true
        else { return word }
        return decoded.text(word)
    }
}

/// Decoded texts of percent-encoded fields. They are freed with this object.
private final class DecodedTexts {
    private var texts: [UnsafeMutableBufferPointer<UInt8>] = []

    deinit { for text in texts { text.deallocate() } }

    /// The decoded text; the text itself if it is not encoded.
    func text(_ encoded: Bytes) -> Bytes {
        guard encoded.contains(UInt8(ascii: "%")),
            let decoded = PercentEncoding.decode(String(decoding: encoded, as: UTF8.self)), !decoded.isEmpty
        else { return encoded }
        let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: decoded.utf8.count)
        _ = text.initialize(fromContentsOf: decoded.utf8)
        texts.append(text)
        return Bytes(text)
    }
}
