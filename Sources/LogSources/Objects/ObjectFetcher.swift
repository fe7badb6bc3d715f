internal import Basics
internal import Synchronization

/// Fetches objects for hunts and verifications, with a bounded number of bytes in memory.
///
/// An object up to ``largestWhole`` is fetched whole, in one request if its size is known. For a larger object the
/// first request fetches the beginning, and each call of ``part(of:from:)`` fetches another part.
struct ObjectFetcher: Sendable {
    let store: any LogStore
    /// Admits the compressed bytes of fetched objects.
    private let inMemory: AsyncSemaphore
    /// Admits objects of unknown size that turned out to be larger than ``firstPart``.
    private let larger: AsyncSemaphore?
    /// Minimum weight of each fetch, in bytes. It limits the number of concurrent requests.
    private let leastWeight: Int
    private let expected = ExpectedSize()

    /// The first request for an object of unknown size, in bytes: enough for nearly all of CloudTrail's log files.
    static let firstPart = 1 << 20
    /// Size of the largest object that is fetched whole, in bytes.
    static let largestWhole = 12 << 20
    /// Size of one part of a larger object, in bytes.
    static let part = 4 << 20

    /// - Parameters:
    ///   - bytes: the maximum of compressed bytes in memory, without those of larger objects of unknown size.
    ///   - requests: the maximum number of objects fetched at once.
    ///   - larger: the maximum number of larger objects of unknown size in memory, each with at most ``largestWhole``
    ///     bytes; `nil` to fetch only the first part of each.
    init(_ store: any LogStore, bytes: Int, requests: Int, larger: Int? = 1) {
        self.store = store
        inMemory = AsyncSemaphore(capacity: bytes)
        leastWeight = bytes / max(1, requests)
        self.larger = larger.map(AsyncSemaphore.init(capacity:))
    }

    /// Waits until there is room for an object.
    /// - Parameter size: in bytes, as a listing shows it; `nil` if it is not known.
    func admission(for size: Int?) async -> Admission {
        await Admission(inMemory, max(leastWeight, size.map(Self.firstLength) ?? min(expected.bytes, Self.firstPart)))
    }

    /// Fetches an object, or the beginning of a large one.
    /// - Parameter size: the size that `admission` was made for.
    /// - Returns: `nil` if there is no such object.
    func fetch(
        _ address: ObjectAddress, size: Int?, _ admission: Admission
    ) async throws(Failure) -> FetchedObject? {
        let length = size.map(Self.firstLength) ?? Self.firstPart
        guard let first = try await store.part(of: address, from: 0, length: length, version: nil) else { return nil }
        if size == nil { expected.add(first.bytes.count) }
        guard size == nil, first.bytes.count < first.totalSize, let larger else {
            return FetchedObject(address, first, [admission])
        }
        let object = FetchedObject(address, first, [admission, await Admission(larger, 1)])
        guard first.totalSize <= Self.largestWhole else { return object }
        let rest = try await part(of: object, from: first.bytes.count, length: Self.largestWhole)
        return rest.map(object.appending)
    }

    /// Length of the first request for an object of known size. A small object is requested with a margin, because its
    /// listed size may be wrong.
    private static func firstLength(of size: Int) -> Int { size <= largestWhole ? max(4 << 10, size) : part }

    /// Fetches the next part of an object.
    /// - Parameter offset: the end of the parts before; less than the object's size.
    /// - Returns: `nil` if the object has been deleted since its first part was fetched.
    /// - Throws: ``Failure``, also if the object has changed.
    func part(
        of object: FetchedObject, from offset: Int, length: Int = ObjectFetcher.part
    ) async throws(Failure) -> [UInt8]? {
        let length = min(length, object.totalSize - offset)
        guard let part = try await store.part(of: object.address, from: offset, length: length, version: object.version)
        else { return nil }
        // A store may not honor the condition on the version.
        let why: String? =
            if part.version != object.version || part.totalSize != object.totalSize {
                "it was replaced while it was read"
            } else if part.bytes.isEmpty { "it ends before the length that was announced" } else { nil }
        if let why { throw Failure("\(object.address) cannot be read", why: why, advice: "try again") }
        return part.bytes
    }
}

/// An object, or the beginning of a large one. Its bytes count as being in memory for as long as it lives.
final class FetchedObject: Sendable {
    let address: ObjectAddress
    let bytes: [UInt8]
    /// Size of the whole object, in bytes.
    let totalSize: Int
    /// User-defined metadata. Names are in lower case.
    let metadata: [String: String]
    let version: String
    private let admissions: [Admission]

    fileprivate init(_ address: ObjectAddress, _ part: ObjectPart, _ admissions: [Admission]) {
        self.address = address
        bytes = part.bytes
        totalSize = part.totalSize
        metadata = part.metadata
        version = part.version
        self.admissions = admissions
    }

    var isWhole: Bool { bytes.count >= totalSize }

    fileprivate func appending(_ more: [UInt8]) -> FetchedObject {
        FetchedObject(
            address, ObjectPart(bytes: bytes + more, totalSize: totalSize, metadata: metadata, version: version),
            admissions)
    }
}

/// Room for an object. It is given back when the value is released.
final class Admission: Sendable {
    private let semaphore: AsyncSemaphore
    private let weight: Int

    fileprivate init(_ semaphore: AsyncSemaphore, _ weight: Int) async {
        await semaphore.enter(weight)
        self.semaphore = semaphore
        self.weight = weight
    }

    deinit { semaphore.leave(weight) }
}

/// Predicted size of the next object, in bytes: a slowly decaying maximum of the recent sizes.
private final class ExpectedSize: Sendable {
    private let current = Mutex(0)

    var bytes: Int { current.withLock { $0 } }

    func add(_ bytes: Int) {
        current.withLock { $0 = max(bytes, $0 - $0 / 16) }
    }
}
