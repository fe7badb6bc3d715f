internal import Gzip

/// A file that comes in parts: plain or gzip, which its first part tells, cut into pieces.
final class LogStream {
    private let reader: PieceReader
    private let file: LogFile
    private let cutter: PieceCutter
    private let limits: GzipMemberLimits
    private var gzip: GzipFileStream?
    private var isFirst = true
    /// Nothing more is of use.
    private(set) var isOver = false

    init(_ reader: PieceReader, _ file: LogFile) {
        self.reader = reader
        self.file = file
        limits = reader.limits
        var isFirstPiece = true
        cutter = PieceCutter(reader.layout, reader.sizes) { [unowned reader] piece, header, isInRows in
            let content = isFirstPiece ? piece.withoutByteOrderMark : piece
            reader.emit(
                file, content, isFirst: isFirstPiece, header: header.bindMemory(to: UInt8.self), isInRows: isInRows)
            isFirstPiece = false
        } lose: { [unowned reader] what in
            reader.losses.records(1, in: file) { what }
        }
    }

    func feed(_ part: UnsafeRawBufferPointer) {
        guard !isOver, !part.isEmpty else { return }
        if isFirst {
            isFirst = false
            switch ContentKind(part) {
            case .plain: break
            case .gzip: gzip = GzipFileStream(limits: limits)
            case .foreign(let format): fail("it is \(format), which is not read")
            }
        }
        guard !isOver else { return }
        guard let gzip else { return cutter.append(part) }
        if let failure = gzip.feed(part, cutter.append) { fail(failure.description) }
    }

    /// Hands out the records that are whole so far.
    func flush() { cutter.flush() }

    /// The file ends here.
    func finish() {
        if !isOver, let failure = gzip?.finish() { fail(failure.description) }
        cutter.finish()
    }

    /// Nothing more comes, and somebody else has told why.
    func abandon() {
        isOver = true
        cutter.finish()
    }

    private func fail(_ why: String) {
        isOver = true
        reader.losses.file(file, why)
    }
}
