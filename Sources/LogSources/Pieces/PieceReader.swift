internal import Basics
internal import Gzip

/// Reads files for one thread: decompresses them and hands out pieces.
final class PieceReader {
    let layout: LogLayout
    let sizes: PieceSizes
    private let fetcher: ObjectFetcher?
    private let progress: LogProgress
    let limits: GzipLimits
    private let gzip: GzipReader
    private let raw = ReusedBuffer()
    private let ahead = ReusedBuffer()
    private var body: (LogPiece) -> Void = { _ in }
    /// The file that is being read if its records are packed: see ``PackedRecords``.
    private var packed: LogFile?
    /// The account of the lane whose item is being read.
    private(set) var losses = LossLog()

    /// Number of bytes of a file that are read at once.
    private static let part = 1 << 20

    init(
        layout: LogLayout, fetcher: ObjectFetcher?, progress: LogProgress, sizes: PieceSizes, wholeUpTo: Int
    ) {
        self.layout = layout
        self.sizes = sizes
        self.fetcher = fetcher
        self.progress = progress
        limits = GzipLimits(wholeUpTo: wholeUpTo)
        gzip = GzipReader(.members, limits: limits)
    }

    func read(_ item: WorkItem, _ losses: LossLog, _ body: @escaping (LogPiece) -> Void) {
        self.losses = losses
        self.body = body
        switch item {
        case .file(let file): finishing(file) { () throws(OpenLogFile.Failure) in try readFile(file) }
        case .lines(let file, let range): readLines(file, range)
        case .object(let file, let object):
            finishing(file) { () throws(OpenLogFile.Failure) in try read(object, file) }
        case .failed(let file, let failure):
            unfetched(file, failure)
            finishing(file) { () throws(OpenLogFile.Failure) in throw failure }
        }
    }

    private func unfetched(_ file: LogFile, _ failure: OpenLogFile.Failure) {
        losses.account.unfetched.insert(file.name)
        losses.account.troubles[file.name] = failure.trouble
    }

    private func finishing(_ file: LogFile, _ work: () throws(OpenLogFile.Failure) -> Void) {
        losses.account.files += 1
        do throws(OpenLogFile.Failure) {
            try work()
        } catch {
            losses.file(file, error.why)
        }
        progress.finished()
    }

    private func count(_ bytes: Int) {
        losses.account.bytes += bytes
        progress.read(bytes)
    }

    // MARK: Files

    private func readFile(_ file: LogFile) throws(OpenLogFile.Failure) {
        let open = try OpenLogFile(file.place)
        guard let size = open.size, size <= limits.wholeUpTo else {
            try readParts(of: open, file)
            return
        }
        let buffer = raw.bytes(size)
        let filled = try open.read(into: buffer)
        count(filled)
        readWhole(file, UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
        if filled < size { losses.file(file, OpenLogFile.Failure.cut.why) }
        if let growth = open.growth(since: size) { losses.file(file, Self.grew(growth)) }
    }

    private static func grew(_ growth: Int) -> String { "it grew while it was read: \(growth) bytes were ignored" }

    private func readParts(of open: OpenLogFile, _ file: LogFile) throws(OpenLogFile.Failure) {
        let buffer = raw.bytes(Self.part)
        let stream = LogStream(self, file)
        // If the rest cannot be read, the records before it are still handed out.
        defer { stream.abandon() }
        var total = 0
        while !stream.isOver, !progress.isStopped {
            // A file that grows as fast as it is read would never end.
            let wanted = min(buffer.count, (open.size ?? .max) - total)
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
            let filled = try open.size == nil ? open.readSome(into: room) : open.read(into: room)
            total += filled
            count(filled)
            guard filled > 0 else { break }
            stream.feed(UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
            // The complete records are handed out now, because the next ones may take a while.
            if open.size == nil, open.isIdle { stream.flush() }
        }
        stream.finish()
        guard let size = open.size, !stream.isOver, !progress.isStopped else { return }
        if total < size { losses.file(file, OpenLogFile.Failure.cut.why) }
        if let growth = open.growth(since: size) { losses.file(file, Self.grew(growth)) }
    }

    // MARK: Objects

    private func read(_ object: FetchedObject, _ file: LogFile) throws(OpenLogFile.Failure) {
        // The object's bytes count as being in memory until it is released.
        defer { withExtendedLifetime(object) {} }
        count(object.bytes.count)
        if object.totalSize != file.size {
            losses.file(
                file, "\(object.totalSize) bytes came, and the listing says \(file.size): it is cut, or was replaced")
        }
        guard !object.isWhole, let fetcher else {
            return object.bytes.withUnsafeBytes { readWhole(file, $0) }
        }
        let stream = LogStream(self, file)
        defer { stream.abandon() }
        object.bytes.withUnsafeBytes { stream.feed($0) }
        var offset = object.bytes.count
        while !stream.isOver, !progress.isStopped, offset < object.totalSize {
            let from = offset
            let next = waiting { await Self.part(of: object, from: from, fetcher) }
            let part: [UInt8]
            do throws(OpenLogFile.Failure) {
                part = try next.get()
            } catch {
                unfetched(file, error)
                throw error
            }
            offset += part.count
            count(part.count)
            part.withUnsafeBytes { stream.feed($0) }
        }
        stream.finish()
    }

    private static func part(
        of object: FetchedObject, from offset: Int, _ fetcher: ObjectFetcher
    ) async -> Result<[UInt8], OpenLogFile.Failure> {
        do throws(Failure) {
            let part = try await fetcher.part(of: object, from: offset)
            return part.map { .success($0) } ?? .failure(.vanishedObject)
        } catch {
            return .failure(OpenLogFile.Failure(error))
        }
    }

    // MARK: Content

    /// Reads a file or an object that is in memory.
    private func readWhole(_ file: LogFile, _ bytes: UnsafeRawBufferPointer) {
        switch ContentKind(bytes) {
        case .plain: emitWhole(file, bytes)
        case .zstd: readInParts(file, bytes)
        case .foreign(let loss): losses.file(file, loss)
        case .gzip:
            guard let content = gzip.readWhole(bytes) else { return readInParts(file, bytes) }
            emitWhole(file, content.bytes)
            if let failure = content.failure { losses.file(file, failure.description) }
        }
    }

    private func readInParts(_ file: LogFile, _ bytes: UnsafeRawBufferPointer) {
        let stream = LogStream(self, file)
        stream.feed(bytes)
        stream.finish()
    }

    private func emitWhole(_ file: LogFile, _ bytes: UnsafeRawBufferPointer) {
        let content = bytes.withoutByteOrderMark
        emit(file, content, layout.ofContent(content, isWhole: true) ?? layout, isFirst: true, isWhole: true)
    }

    /// Hands out a piece.
    func emit(
        _ file: LogFile, _ content: UnsafeRawBufferPointer, _ layout: LogLayout, isFirst: Bool, isWhole: Bool = false,
        header: UnsafeBufferPointer<UInt8> = UnsafeBufferPointer<UInt8>(start: nil, count: 0), isInRows: Bool = false
    ) {
        guard !content.isEmpty else { return }
        if isFirst { packed = layout == .json && PackedRecords.begin(content) ? file : nil }
        if packed == file {
            packed = nil
            let (found, unreadable) = PackedRecords.read(content, limits: limits) {
                emit(file, $0, self.layout.ofContent($0, isWhole: true) ?? self.layout, isFirst: false)
            }
            packed = file
            if isFirst, found == 0 { losses.file(file, "it is an event without records") }
            return losses.records(unreadable, in: file) { "the data of a record is no base64, or damaged gzip" }
        }
        losses.account.contentBytes += content.count
        let piece = LogPiece(
            bytes: content.bindMemory(to: UInt8.self), file: file, layout: layout, isFirst: isFirst, isWhole: isWhole,
            header: header, isInRows: isInRows, losses: losses)
        body(piece)
    }

    // MARK: Lines

    /// Reads the lines that begin in the range. The last one may end after the range.
    private func readLines(_ file: LogFile, _ range: Range<Int>) {
        let isLast = range.upperBound >= file.size
        if range.lowerBound == 0 { losses.account.files += 1 }
        defer { if isLast { progress.finished() } }
        do throws(OpenLogFile.Failure) {
            let open = try OpenLogFile(file.place)
            let header = range.lowerBound == 0 && range.count <= sizes.block ? nil : try header(of: open)
            var start = range.lowerBound
            while start < range.upperBound {
                let end = min(range.upperBound, start + sizes.block)
                if let content = try lines(of: open, file, start..<end) {
                    if start == 0 {
                        emit(file, content.withoutByteOrderMark, .lines, isFirst: true)
                    } else {
                        emit(
                            file, content, .lines, isFirst: false,
                            header: header ?? UnsafeBufferPointer(start: nil, count: 0))
                    }
                }
                start = end
            }
            if isLast, let growth = open.growth(since: file.size) { losses.partly(file, Self.grew(growth)) }
        } catch {
            // The other ranges of the file will probably fail in the same way.
            losses.partly(file, error.why)
        }
    }

    /// Bytes read past a range for the rest of its last line: usually enough.
    private static let beyond = 4 << 10

    /// - Returns: the lines that begin in the range; `nil` if none does.
    private func lines(
        of open: OpenLogFile, _ file: LogFile, _ range: Range<Int>
    ) throws(OpenLogFile.Failure) -> UnsafeRawBufferPointer? {
        let start = max(0, range.lowerBound - 1)
        let own = range.upperBound - start
        var end = min(file.size, range.upperBound + Self.beyond)
        var buffer = raw.bytes(end - start)
        var filled = try open.read(into: buffer, at: start)
        count(min(filled, range.count))
        guard filled == end - start else { throw .cut }
        var from = 0
        if range.lowerBound > 0 {
            // A line that began earlier belongs to the previous range.
            guard let line = buffer[..<own].firstIndex(of: UInt8(ascii: "\n")), line + 1 < own else { return nil }
            from = line + 1
        }
        var searched = own - 1
        var step = 64 << 10
        while true {
            if let line = buffer[searched..<filled].firstIndex(of: UInt8(ascii: "\n")) {
                filled = line + 1
                break
            }
            guard end < file.size else { break }
            guard filled - from < sizes.longest else {
                losses.records(1, in: file) { "a line is longer than \(sizes.longest >> 20) MB" }
                filled = (buffer[from..<filled].lastIndex(of: UInt8(ascii: "\n")) ?? from - 1) + 1
                break
            }
            searched = filled
            end = min(file.size, end + step)
            step *= 2
            buffer = raw.bytes(end - start)
            filled = try open.read(into: buffer, at: start)
            guard filled > searched else { throw .cut }
        }
        return filled > from ? UnsafeRawBufferPointer(rebasing: buffer[from..<filled]) : nil
    }

    private func header(of open: OpenLogFile) throws(OpenLogFile.Failure) -> UnsafeBufferPointer<UInt8> {
        let buffer = ahead.bytes(sizes.header)
        let filled = try open.read(into: buffer, at: 0)
        let content = UnsafeRawBufferPointer(rebasing: buffer[..<filled]).withoutByteOrderMark
        guard let end = content.firstIndex(of: UInt8(ascii: "\n")) else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(rebasing: content[...end]).bindMemory(to: UInt8.self)
    }
}

extension OpenLogFile.Failure {
    static var vanishedObject: OpenLogFile.Failure { OpenLogFile.Failure(why: "the object vanished") }

    init(_ failure: Basics.Failure) {
        self.init(why: "\(failure.why): \(failure.advice)", trouble: FetchTrouble(failure))
    }
}
