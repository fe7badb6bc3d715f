internal import CSimdJSON
internal import Glibc

/// Cuts a file that comes in parts into pieces that end between two records.
final class PieceCutter {
    typealias Emit = (
        _ piece: UnsafeRawBufferPointer, _ layout: LogLayout, _ header: UnsafeRawBufferPointer, _ isInRows: Bool
    ) -> Void

    private let expected: LogLayout
    /// `nil` until enough of the file has arrived to determine it.
    private var layout: LogLayout?
    private let sizes: PieceSizes
    private let emit: Emit
    private let lose: (String) -> Void
    private var buffer: UnsafeMutableRawBufferPointer
    private var count = 0
    /// Number of bytes of the buffer that were searched for the ends of records.
    private var searched = 0
    /// Whether a quoted field of a table is open.
    private var isQuoted = false
    /// The end of the last complete record in the buffer.
    private var whole = 0
    private var header: [UInt8]?
    private var nesting = json_cut()
    /// Whether the buffer starts inside a CloudTrail Lake result array.
    private var isInRows = false
    /// Whether the rest of an overlong line is being skipped.
    private var isSkipping = false

    /// - Parameters:
    ///   - layout: the layout of the log; a single file may have another.
    ///   - emit: receives each piece and the file's layout; the file's first line if the piece is a second or later one
    ///     of a line file; and whether a piece of JSON starts inside a CloudTrail Lake result array.
    ///   - lose: receives a description of each part that was skipped.
    init(
        _ layout: LogLayout, _ sizes: PieceSizes, emit: @escaping Emit, lose: @escaping (String) -> Void
    ) {
        expected = layout
        self.sizes = sizes
        self.emit = emit
        self.lose = lose
        buffer = .allocate(byteCount: sizes.piece * 2, alignment: 64)
    }

    deinit { buffer.deallocate() }

    func append(_ part: UnsafeRawBufferPointer) {
        var rest = part
        while !rest.isEmpty {
            let some = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 20))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(some.count))
            appendSome(some)
        }
    }

    /// Hands out the records that are complete so far.
    func flush() {
        if whole > 0 { cut(at: whole) }
    }

    /// Ends the file.
    func finish() {
        if layout == nil { search(isLast: true) }
        if count > 0 { cut(at: count) }
    }

    private func appendSome(_ given: UnsafeRawBufferPointer) {
        var part = given
        if isSkipping {
            guard let end = part.firstIndex(of: UInt8(ascii: "\n")) else { return }
            part = UnsafeRawBufferPointer(rebasing: part[(end + 1)...])
            isSkipping = false
        }
        guard let source = part.baseAddress, !part.isEmpty else { return }
        makeRoom(for: part.count)
        guard let base = buffer.baseAddress else { return }
        (base + count).copyMemory(from: source, byteCount: part.count)
        count += part.count
        search(isLast: false)
        if count >= sizes.piece, whole > 0 {
            cut(at: whole)
        } else if count >= sizes.longest {
            giveUp()
        }
    }

    /// Searches the bytes that were added for the ends of records.
    private func search(isLast: Bool) {
        layout = layout ?? expected.ofContent(UnsafeRawBufferPointer(rebasing: buffer[..<count]), isWhole: isLast)
        guard let layout else { return }
        let new = UnsafeRawBufferPointer(rebasing: buffer[searched..<count])
        switch layout {
        case .lines:
            if let end = new.lastIndex(of: UInt8(ascii: "\n")) { whole = searched + end + 1 }
        case .json:
            let end = json_cut_after(&nesting, new.baseAddress?.assumingMemoryBound(to: UInt8.self), new.count)
            if end > 0 { whole = searched + end }
        case .csv:
            for (place, byte) in new.enumerated() {
                if byte == UInt8(ascii: "\"") {
                    isQuoted.toggle()
                } else if byte == UInt8(ascii: "\n"), !isQuoted {
                    whole = searched + place + 1
                }
            }
        }
        searched = count
    }

    private func makeRoom(for more: Int) {
        guard count + more > buffer.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: (count + more) * 2, alignment: 64)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        buffer.deallocate()
        buffer = larger
    }

    private func cut(at end: Int) {
        let piece = UnsafeRawBufferPointer(rebasing: buffer[..<end])
        (header ?? []).withUnsafeBytes { emit(piece, layout ?? expected, $0, isInRows) }
        isInRows = nesting.ended_in_rows
        if header == nil {
            let line = layout != .json ? piece.prefix(sizes.header).firstIndex(of: UInt8(ascii: "\n")) : nil
            header = line.map { Array(piece[...$0]) } ?? []
        }
        drop(end)
    }

    private func giveUp() {
        lose("something is longer than \(sizes.longest >> 20) MB without an end")
        switch layout ?? expected {
        case .lines, .csv:
            isSkipping = true
            isQuoted = false
            drop(count)
        case .json:
            // The reader still finds the complete records. The nesting is unknown from here on.
            cut(at: count)
            nesting = json_cut()
            nesting.base = 2
            nesting.depth = 2
            isInRows = false
        }
    }

    private func drop(_ end: Int) {
        guard let base = buffer.baseAddress else { return }
        memmove(base, base + end, count - end)
        count -= end
        searched = max(0, searched - end)
        whole = 0
    }
}
