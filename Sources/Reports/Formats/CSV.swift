extension Report {
    /// Writes RFC 4180 with a header: one item per line.
    func writeCSV(to sink: Sink) throws {
        try sink.write(CSVText.line(columns.map(\.name)))
        for item in items { try sink.write(CSVText.line(cells(of: item))) }
    }
}

/// Comma-separated values as RFC 4180 describes them.
enum CSVText {
    /// One line with its end.
    static func line(_ cells: some Sequence<String>) -> String { cells.map(cell).joined(separator: ",") + "\r\n" }

    /// Control characters are made visible, so that a cell is one line; a cell that a spreadsheet would take for a
    /// formula begins with an apostrophe.
    private static func cell(_ text: String) -> String {
        var text = TerminalText.escaped(guarded(text))
        guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }) else { return text }
        text = text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        return "\"\(text)\""
    }

    /// Some programs skip a tab or carriage return before the sign.
    private static func guarded(_ text: String) -> String {
        switch text.unicodeScalars.first {
        // Full-width signs too: a spreadsheet may read them as the normal ones.
        case "=", "+", "-", "@", "\t", "\r", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": "'" + text
        default: text
        }
    }
}
