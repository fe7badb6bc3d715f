public import Basics
public import Gzip
internal import Synchronization

/// Receives an object's decompressed content piece by piece.
public protocol ContentConsumer: Sendable {
    mutating func consume(_ piece: UnsafeRawBufferPointer)
}

/// The result of reading an object.
public enum ObjectReading<Consumer: ContentConsumer>: Sendable {
    /// There is no such object.
    case absent
    /// The object is not one gzip member.
    case unreadable(GzipFailure)
    case content(Consumer, ObjectFacts)
}

/// An object's properties besides its content.
public struct ObjectFacts: Sendable, Hashable {
    /// Compressed size, in bytes.
    public var size: Int
    /// User-defined metadata. Names are in lower case.
    public var metadata: [String: String]
}

/// Reads whole objects of one gzip member each, as CloudTrail writes them, with a bounded number of threads and bytes.
///
/// Compressed bytes in memory: 2 MB, plus 1 MB for each thread, plus one larger object. The bound holds as far as the
/// sizes of earlier objects predict the size of the next. Decompressed bytes: the amount that ``GzipLimits`` allows,
/// once for each thread.
public struct ObjectReader: Sendable {
    public var store: any LogStore { fetcher.store }
    private let fetcher: ObjectFetcher
    private let limits: GzipLimits
    private let readers: GzipReaderPool

    /// - Parameters:
    ///   - threads: the number of objects decompressed at once.
    ///   - fetches: the maximum number of objects fetched at once.
    public init(store: any LogStore, threads: Int, fetches: Int, limits: GzipLimits = GzipLimits()) {
        fetcher = ObjectFetcher(store, bytes: (2 + max(1, threads)) << 20, requests: fetches)
        self.limits = limits
        readers = GzipReaderPool(count: threads, limits: limits)
    }

    /// Passes the content of an object to `consumer`.
    /// - Throws: ``Failure`` if the object's content cannot be determined.
    public func read<Consumer: ContentConsumer>(
        _ address: ObjectAddress, into consumer: Consumer
    ) async throws(Failure) -> ObjectReading<Consumer> {
        let admission = await fetcher.admission(for: nil)
        guard let object = try await fetcher.fetch(address, size: nil, admission) else { return .absent }
        var consumer = consumer
        let failure: GzipFailure?
        if object.isWhole {
            failure = await readers.read(object.bytes) { consumer.consume($0) }
        } else {
            let stream = GzipStream(.oneMember, limits: limits)
            var part = object.bytes
            var offset = 0
            while true {
                offset += part.count
                if let failure = part.withUnsafeBytes({ stream.feed($0) { consumer.consume($0) } }) {
                    return .unreadable(failure)
                }
                guard offset < object.totalSize else { break }
                guard let next = try await fetcher.part(of: object, from: offset) else { return .absent }
                part = next
            }
            failure = stream.finish()
        }
        if let failure { return .unreadable(failure) }
        return .content(consumer, ObjectFacts(size: object.totalSize, metadata: object.metadata))
    }
}

/// Decompressors with their buffers. Each is used by one task at a time.
private final class GzipReaderPool: Sendable {
    private struct Reader: @unchecked Sendable {
        // Not Sendable itself, but only the task that took it from the pool uses it.
        let reader: GzipReader
    }

    private let semaphore: AsyncSemaphore
    private let idle: Mutex<[Reader]>

    init(count: Int, limits: GzipLimits) {
        semaphore = AsyncSemaphore(capacity: count)
        idle = Mutex((0..<max(1, count)).map { _ in Reader(reader: GzipReader(.oneMember, limits: limits)) })
    }

    func read(_ bytes: [UInt8], _ consume: (UnsafeRawBufferPointer) -> Void) async -> GzipFailure? {
        await semaphore.enter()
        guard let reader = idle.withLock({ $0.popLast() }) else {
            preconditionFailure("more tasks than the semaphore admits")
        }
        defer {
            idle.withLock { $0.append(reader) }
            semaphore.leave()
        }
        return bytes.withUnsafeBytes { reader.reader.read($0, consume) }
    }
}
