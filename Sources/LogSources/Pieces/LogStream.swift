internal import Gzip

/// A file that comes in parts, plain or compressed, cut into pieces.
final class LogStream {
    private let reader: PieceReader
    private let file: LogFile
    private let cutter: PieceCutter
    private var gzip: GzipStream?
    private var zstd: ZstdStream?
    private var isFirst = true
    /// The first bytes, until there are enough to determine the format.
    private var start: [UInt8] = []
    /// Number of bytes that are enough to determine every format.
    private static let told = 6
    /// Whether no more of the file can be read.
    private(set) var isOver = false

    init(_ reader: PieceReader, _ file: LogFile) {
        self.reader = reader
        self.file = file
        var isFirstPiece = true
        cutter = PieceCutter(reader.layout, reader.sizes) { [unowned reader] piece, layout, header, isInRows in
            let content = isFirstPiece ? piece.withoutByteOrderMark : piece
            reader.emit(
                file, content, layout, isFirst: isFirstPiece, header: header.bindMemory(to: UInt8.self),
                isInRows: isInRows)
            isFirstPiece = false
        } lose: { [unowned reader] what in
            reader.losses.records(1, in: file) { what }
        }
    }

    func feed(_ part: UnsafeRawBufferPointer) {
        guard !isOver, !part.isEmpty else { return }
        guard isFirst else { return take(part) }
        start += part
        if start.count >= Self.told { begin() }
    }

    /// Determines the format by the first bytes, and reads them.
    private func begin() {
        isFirst = false
        let start = start
        self.start = []
        start.withUnsafeBytes { part in
            switch ContentKind(part) {
            case .plain: break
            case .gzip: gzip = GzipStream(.members, limits: reader.limits)
            case .zstd: zstd = ZstdStream(limits: reader.limits)
            case .foreign(let loss): fail(loss)
            }
            if !isOver { take(part) }
        }
    }

    private func take(_ part: UnsafeRawBufferPointer) {
        let failure: GzipFailure? =
            if let gzip { gzip.feed(part, cutter.append) } else if let zstd { zstd.feed(part, cutter.append) } else {
                nil
            }
        if let failure { fail(failure.description) }
        if gzip == nil, zstd == nil { cutter.append(part) }
    }

    /// Hands out the records that are complete so far.
    func flush() {
        if isFirst, !start.isEmpty { begin() }
        cutter.flush()
    }

    /// Ends the file.
    func finish() {
        if isFirst, !start.isEmpty { begin() }
        if !isOver, let failure = gzip?.finish() ?? zstd?.finish() { fail(failure.description) }
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
