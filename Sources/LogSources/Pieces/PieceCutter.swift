internal import CSimdJSON
internal import Glibc

/// Cuts a file that comes in parts into pieces that end between two records.
final class PieceCutter {
    private let layout: LogLayout
    private let sizes: PieceSizes
    private let emit: (_ piece: UnsafeRawBufferPointer, _ header: UnsafeRawBufferPointer, _ isInRows: Bool) -> Void
    private let lose: (String) -> Void
    private var buffer: UnsafeMutableRawBufferPointer
    private var count = 0
    /// The end of the last complete record in the buffer.
    private var whole = 0
    private var header: [UInt8]?
    private var nesting = json_cut()
    /// Whether the buffer starts inside a CloudTrail Lake result array.
    private var isInRows = false
    /// Whether the rest of an overlong line is being passed over.
    private var isSkipping = false

    /// - Parameters:
    ///   - emit: receives each piece; for the second and later pieces of a line file its first line; and whether a
    ///     piece of JSON starts inside a CloudTrail Lake result array.
    ///   - lose: receives what was left out.
    init(
        _ layout: LogLayout, _ sizes: PieceSizes,
        emit: @escaping (_ piece: UnsafeRawBufferPointer, _ header: UnsafeRawBufferPointer, _ isInRows: Bool) -> Void,
        lose: @escaping (String) -> Void
    ) {
        self.layout = layout
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
        switch layout {
        case .lines:
            if let end = part.lastIndex(of: UInt8(ascii: "\n")) { whole = count + end + 1 }
        case .json:
            let bytes = (base + count).assumingMemoryBound(to: UInt8.self)
            let end = json_cut_after(&nesting, bytes, part.count)
            if end > 0 { whole = count + end }
        }
        count += part.count
        if count >= sizes.piece, whole > 0 {
            cut(at: whole)
        } else if count >= sizes.longest {
            giveUp()
        }
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
        (header ?? []).withUnsafeBytes { emit(piece, $0, isInRows) }
        isInRows = nesting.ended_in_rows
        if header == nil {
            let line = layout == .lines ? piece.prefix(sizes.header).firstIndex(of: UInt8(ascii: "\n")) : nil
            header = line.map { Array(piece[...$0]) } ?? []
        }
        drop(end)
    }

    private func giveUp() {
        lose("something is longer than \(sizes.longest >> 20) MB without an end")
        switch layout {
        case .lines:
            isSkipping = true
            drop(count)
        case .json:
            // The reader finds the records that there are. The nesting is unknown from here on.
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
        whole = 0
    }
}
