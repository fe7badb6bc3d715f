/// Bounds of memory, in bytes.
struct PieceSizes: Sendable {
    /// Limit on the decompressed content of files that are read whole, for all threads together. Larger files are read
    /// in pieces.
    var whole = 96 << 20
    /// The approximate size of a piece.
    var piece = 8 << 20
    /// The longest line or record.
    var longest = 32 << 20
    /// The longest line that may name the columns.
    var header = 64 << 10
    /// The size of the ranges of a large file of plain lines, which several lanes share.
    var range = 8 << 20
    /// The part of a range that is read at once. It is small enough to stay in the processor's cache until it is
    /// parsed.
    var block = 256 << 10
    /// Compressed bytes of objects that are being fetched or wait for a thread.
    var underWay = 24 << 20
}
