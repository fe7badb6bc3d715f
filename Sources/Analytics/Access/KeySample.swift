internal import Algorithms

/// The lowest of many hashes of keys (bottom-k sketch: Cohen, Kaplan 2007). Two samples show how many keys two sets have
/// in common.
struct KeySample: Sendable {
    /// In order.
    private var hashes: [UInt64] = []

    private static let kept = 32
    /// The fewest keys that can be compared with another sample.
    private static let least = 8

    /// - Parameter hash: with a fixed seed, so that equal logs give equal findings.
    @inline(__always)
    mutating func add(_ hash: UInt64) {
        if hashes.count == Self.kept, hash >= hashes[Self.kept - 1] { return }
        insert(hash)
    }

    private mutating func insert(_ hash: UInt64) {
        let place = hashes.partitioningIndex { $0 >= hash }
        guard place == hashes.count || hashes[place] != hash else { return }
        hashes.insert(hash, at: place)
        if hashes.count > Self.kept { hashes.removeLast() }
    }

    mutating func merge(_ other: KeySample) { for hash in other.hashes { add(hash) } }

    /// Whether at least half of the keys are among those of the other sample; `false` if too few can be compared.
    func isMostly(in other: KeySample) -> Bool {
        let end = other.hashes.count < Self.kept ? UInt64.max : other.hashes[Self.kept - 1]
        let comparable = hashes.filter { $0 <= end }
        return comparable.count >= Self.least
            && comparable.count(where: { other.hashes.contains($0) }) * 2 >= comparable.count
    }
}
