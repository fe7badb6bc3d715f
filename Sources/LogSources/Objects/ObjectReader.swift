public import Basics
public import Gzip
import Synchronization

/// Takes an object's decompressed content as it comes.
public protocol ContentConsumer: Sendable {
    mutating func consume(_ piece: UnsafeRawBufferPointer)
}

/// What became of reading an object.
public enum ObjectReading<Consumer: ContentConsumer>: Sendable {
    /// There is no such object.
    case absent
    /// Its content is not to be had.
    case unreadable(GzipMemberFailure)
    case content(Consumer, ObjectFacts)
}

/// What is known of an object besides its content.
public struct ObjectFacts: Sendable, Hashable {
    /// In bytes, compressed.
    public var size: Int
    /// Names in lower case.
    public var metadata: [String: String]
}

/// Reads whole objects, decompressing with so many threads at most and with a bounded number of bytes under way.
///
/// Compressed bytes: 2 MB and 1 MB for each thread, in at most ``fetches`` objects, as far as the objects before tell how
/// large the next ones will be; and one object at a time that is larger than ``firstPart``, of it at most ``largePart``.
/// Decompressed bytes: what ``GzipMemberLimits`` allow, once for each thread.
public struct ObjectReader: Sendable {
    public let store: any LogStore
    private let limits: GzipMemberLimits
    private let smallLane: Lane
    private let largeLane = Lane(width: 1)
    private let desks: Desks
    /// What each fetch counts for at least, in bytes, so that there are not too many.
    private let leastShare: Int
    private let expected = ExpectedSize()

    /// Enough for nearly all of CloudTrail's log files, in bytes.
    static let firstPart = 1 << 20
    static let largePart = 12 << 20

    /// - Parameters:
    ///   - threads: how many objects are decompressed at once.
    ///   - fetches: how many are fetched at once, at most.
    public init(store: any LogStore, threads: Int, fetches: Int, limits: GzipMemberLimits = GzipMemberLimits()) {
        self.store = store
        self.limits = limits
        let width = (2 + max(1, threads)) << 20
        smallLane = Lane(width: width)
        leastShare = width / max(1, fetches)
        desks = Desks(count: threads, limits: limits)
    }

    /// Gives the content of an object to `consumer`.
    /// - Throws: ``Failure`` if it cannot be told what the object holds.
    public func read<Consumer: ContentConsumer>(
        _ object: ObjectAddress, into consumer: Consumer
    ) async throws(Failure) -> ObjectReading<Consumer> {
        let share = max(leastShare, min(expected.bytes, Self.firstPart))
        await smallLane.enter(share)
        defer { smallLane.leave(share) }
        guard let first = try await store.part(of: object, from: 0, length: Self.firstPart, version: nil) else {
            return .absent
        }
        expected.note(first.bytes.count)
        let facts = ObjectFacts(size: first.totalSize, metadata: first.metadata)
        if first.bytes.count >= first.totalSize {
            return await decompress(first.bytes, facts, into: consumer)
        }
        await largeLane.enter()
        defer { largeLane.leave() }
        guard first.totalSize <= Self.largePart else {
            return try await readInParts(object, first, facts, into: consumer)
        }
        let rest = try await store.part(
            of: object, from: first.bytes.count, length: first.totalSize - first.bytes.count, version: first.version)
        guard let rest else { return .absent }
        return await decompress(first.bytes + rest.bytes, facts, into: consumer)
    }

    private func decompress<Consumer: ContentConsumer>(
        _ bytes: [UInt8], _ facts: ObjectFacts, into consumer: Consumer
    ) async -> ObjectReading<Consumer> {
        let desk = await desks.take()
        defer { desks.giveBack(desk) }
        var consumer = consumer
        do throws(GzipMemberFailure) {
            try desk.read(bytes) { consumer.consume($0) }
            return .content(consumer, facts)
        } catch {
            return .unreadable(error)
        }
    }

    private func readInParts<Consumer: ContentConsumer>(
        _ object: ObjectAddress, _ first: ObjectPart, _ facts: ObjectFacts, into consumer: Consumer
    ) async throws(Failure) -> ObjectReading<Consumer> {
        var consumer = consumer
        let stream = GzipMemberStream(limits: limits)
        var part = first
        var offset = 0
        while true {
            do throws(GzipMemberFailure) {
                try stream.feed(part.bytes) { consumer.consume($0) }
                offset += part.bytes.count
                if offset >= first.totalSize {
                    try stream.finish()
                    return .content(consumer, facts)
                }
            } catch {
                return .unreadable(error)
            }
            let next = try await store.part(
                of: object, from: offset, length: Self.largePart / 2, version: first.version)
            guard let next else { return .absent }
            guard !next.bytes.isEmpty else {
                throw Failure(
                    "\(object) cannot be read", why: "it ends before the length that was announced", advice: "try again"
                )
            }
            part = next
        }
    }
}

/// How many bytes an object will probably have: as many as the largest of the last ones.
private final class ExpectedSize: Sendable {
    private let current = Mutex(0)

    var bytes: Int { current.withLock { $0 } }

    func note(_ bytes: Int) {
        current.withLock { $0 = max(bytes, $0 - $0 / 16) }
    }
}

/// Lets only so much through at a time, in the order in which it came.
final class Lane: Sendable {
    private struct State {
        var free: Int
        var waiting: [(share: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let width: Int
    private let state: Mutex<State>

    init(width: Int) {
        self.width = max(1, width)
        state = Mutex(State(free: self.width))
    }

    /// - Parameter share: of the width; what is wider goes alone.
    func enter(_ share: Int = 1) async {
        await withCheckedContinuation { continuation in
            let mayGo = state.withLock { state in
                let share = min(share, width)
                guard state.waiting.isEmpty, state.free >= share else {
                    state.waiting.append((share, continuation))
                    return false
                }
                state.free -= share
                return true
            }
            if mayGo { continuation.resume() }
        }
    }

    func leave(_ share: Int = 1) {
        let next = state.withLock { state in
            state.free += min(share, width)
            var next: [CheckedContinuation<Void, Never>] = []
            while let first = state.waiting.first, first.share <= state.free {
                state.free -= first.share
                next.append(state.waiting.removeFirst().continuation)
            }
            return next
        }
        for continuation in next { continuation.resume() }
    }
}

/// The decompressors with their buffers; each is used by one task at a time.
private final class Desks: Sendable {
    private let lane: Lane
    private let idle: Mutex<[Desk]>

    init(count: Int, limits: GzipMemberLimits) {
        lane = Lane(width: count)
        idle = Mutex((0..<max(1, count)).map { _ in Desk(reader: GzipMemberReader(limits: limits)) })
    }

    func take() async -> Desk {
        await lane.enter()
        guard let desk = idle.withLock({ $0.popLast() }) else {
            preconditionFailure("more tasks than the lane is wide")
        }
        return desk
    }

    func giveBack(_ desk: Desk) {
        idle.withLock { $0.append(desk) }
        lane.leave()
    }
}

/// `GzipMemberReader` is no `Sendable`, but a desk has one user at a time: whoever took it.
private struct Desk: @unchecked Sendable {
    let reader: GzipMemberReader

    func read(
        _ bytes: [UInt8], _ consume: (UnsafeRawBufferPointer) -> Void
    ) throws(GzipMemberFailure) {
        // withUnsafeBytes rethrows untyped errors only.
        let failure = bytes.withUnsafeBytes { buffer -> GzipMemberFailure? in
            do throws(GzipMemberFailure) {
                try reader.read(buffer, consume)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }
}

extension GzipMemberStream {
    fileprivate func feed(
        _ bytes: [UInt8], _ consume: (UnsafeRawBufferPointer) -> Void
    ) throws(GzipMemberFailure) {
        let failure = bytes.withUnsafeBytes { buffer -> GzipMemberFailure? in
            do throws(GzipMemberFailure) {
                try feed(buffer, consume)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }
}
