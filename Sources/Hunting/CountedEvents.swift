internal import LogReaders
internal import Synchronization

/// The events that the analytics of a watch counted, by their identifiers.
///
/// Of two kinds of delivery of an event, the later one comes within minutes or hours. So the memory is bounded: when it is
/// full, the older half is forgotten.
final class CountedEvents: Sendable {
    private struct Hashes {
        var latest = EventHashes()
        var earlier = EventHashes()
    }

    private let hashes = Mutex(Hashes())
    private let limit: Int

    /// - Parameter limit: the number of events after which a half is full. Each takes about 16 bytes.
    init(limit: Int = 1_000_000) { self.limit = limit }

    /// - Returns: whether the event was not counted before.
    func insert(_ identifier: Bytes) -> Bool {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(identifier))
        let hash = hasher.finalize()
        return hashes.withLock { hashes in
            guard !hashes.earlier.contains(hash), hashes.latest.insert(hash) else { return false }
            if hashes.latest.count >= limit {
                hashes.earlier = hashes.latest
                hashes.latest = EventHashes()
            }
            return true
        }
    }
}
