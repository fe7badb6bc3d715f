internal import Glibc

/// Large pages for large tables that are looked at in no order: with small ones the processor searches for the place of
/// nearly each entry before it can load it.
enum LargePages {
    private static let size = 2 << 20

    /// To be called before anything is written to the room behind the array's elements. Where the system has no large
    /// pages nothing happens.
    static func advise<Element>(_ array: inout [Element]) {
        let bytes = array.capacity * MemoryLayout<Element>.stride
        array.withUnsafeMutableBufferPointer { elements in
            guard let base = elements.baseAddress, bytes >= 2 * size else { return }
            let start = (UInt(bitPattern: base) + UInt(size) - 1) & ~UInt(size - 1)
            let end = (UInt(bitPattern: base) + UInt(bytes)) & ~UInt(size - 1)
            guard end > start else { return }
            madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), MADV_HUGEPAGE)
        }
    }
}
