/// How much is held in memory at once; all in bytes.
struct PieceSizes: Sendable {
    /// The largest decompressed files of all threads together. Larger ones go through in pieces.
    var whole = 96 << 20
    /// About how much such a piece has.
    var piece = 8 << 20
    /// The longest line or record.
    var longest = 32 << 20
    /// The longest line that may name the columns.
    var header = 64 << 10
    /// What a large file of plain lines is divided into, so that all threads have something to do.
    var range = 8 << 20
    /// So much of it is read at once: what is still in the processor's cache need not be fetched again to be looked at.
    var block = 256 << 10
    /// Fetched objects that wait for a thread.
    var underWay = 24 << 20
}
