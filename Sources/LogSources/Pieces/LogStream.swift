internal import Gzip

/// A file that comes in parts, plain or gzip, cut into pieces.
final class LogStream {
    private let reader: PieceReader
    private let file: LogFile
    private let cutter: PieceCutter
    private var gzip: GzipStream?
    private var isFirst = true
    /// Whether nothing more can be read of the file.
    private(set) var isOver = false

    init(_ reader: PieceReader, _ file: LogFile) {
        self.reader = reader
        self.file = file
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
            case .gzip: gzip = GzipStream(.members, limits: reader.limits)
            case .foreign(let format): fail("it is \(format), which is not read")
            }
        }
        guard !isOver else { return }
        guard let gzip else { return cutter.append(part) }
        if let failure = gzip.feed(part, cutter.append) { fail(failure.description) }
    }

    /// Hands out the records that are complete so far.
    func flush() { cutter.flush() }

    /// Ends the file.
    func finish() {
        if !isOver, let failure = gzip?.finish() { fail(failure.description) }
        cutter.finish()
    }

    /// Ends the file early, for a reason that the caller reports.
    func abandon() {
        isOver = true
        cutter.finish()
    }

    private func fail(_ why: String) {
        isOver = true
        reader.losses.file(file, why)
    }
}
