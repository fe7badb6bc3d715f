internal import Glibc

// Gain: not measured separately. `Benchmarks/hunt-flow/run` measures the hunt: compare with a build in which `advise`
// is empty. If it gains less than 5 % there, it should be removed.

/// Requests large pages of memory for large tables with random access: with small pages the processor has to look up
/// the page of nearly each entry before it can load the entry.
enum LargePages {
    private static let size = 2 << 20

    /// To be called before anything is written behind the array's elements. If the system has no large pages, nothing
    /// happens.
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
