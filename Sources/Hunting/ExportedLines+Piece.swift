public import LogReaders
public import LogSources

extension ExportedLines {
    /// Hands out the lines of a piece, those in its JSON or table included, and notes the records that are not lines.
    public func read(_ piece: LogPiece, _ body: (Bytes) -> Void) {
        let lines: Lines
        switch piece.layout {
        case .lines: return body(piece.bytes)
        case .json: lines = self.lines(inJSON: piece.bytes, isWhole: piece.isWhole)
        case .csv: lines = self.lines(inTable: piece.bytes, header: piece.header)
        }
        lines.bytes.withUnsafeBufferPointer(body)
        piece.lost(lines.damaged, "a record is not a line of this log")
    }
}

extension FlowLogReader {
    /// Begins a piece: only a piece of lines can continue a file.
    public mutating func begin(_ piece: LogPiece) {
        if piece.layout == .lines, !piece.isFirst { beginInFile(firstLine: piece.header) } else { beginFile() }
    }
}
