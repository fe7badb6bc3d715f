public import Basics
public import AWSClient
public import FoundationEssentials
import LogSources
import Synchronization

/// A source of CloudTrail's public keys.
public protocol PublicKeySource: Sendable {
    /// The keys that CloudTrail used in a Region and period, as base64 of their DER, by fingerprint.
    /// - Throws: ``Failure``
    func keys(of region: String, from start: Date, to end: Date) async throws(Failure) -> [String: String]
}

/// Requests the keys from CloudTrail.
public struct CloudTrailKeys: PublicKeySource {
    private let client: Client

    public init(client: Client) {
        self.client = client
    }

    public func keys(
        of region: String, from start: Date, to end: Date
    ) async throws(Failure) -> [String: String] {
        do throws(AWSError) {
            let keys = try await client.all(
                CloudTrail.listPublicKeys(from: start, to: end), in: region, \.publicKeyList)
            return Dictionary(keys.map { ($0.fingerprint, $0.value) }) { first, _ in first }
        } catch {
            throw Failure("CloudTrail's public keys of \(region) cannot be listed", error)
        }
    }
}

/// Saved keys: the output of `aws cloudtrail list-public-keys`.
public struct SavedKeys: PublicKeySource {
    private let keys: [String: String]

    /// - Throws: ``Failure`` if the bytes are not that output, or contain no key.
    public init(_ bytes: [UInt8], name: String) throws(Failure) {
        guard let answer = try? ListPublicKeysAnswer(answer: bytes) else {
            throw Failure(
                "\(name) cannot be used", why: "it is not what 'aws cloudtrail list-public-keys' prints",
                advice: "save that command's answer for the region and the time")
        }
        guard !answer.publicKeyList.isEmpty else {
            throw Failure(
                "\(name) cannot be used", why: "there is no public key in it",
                advice: "give 'aws cloudtrail list-public-keys' the region, --start-time and --end-time")
        }
        keys = Dictionary(answer.publicKeyList.map { ($0.fingerprint, $0.value) }) { first, _ in first }
    }

    /// The keys of several files together.
    public init(_ parts: [SavedKeys]) {
        keys = parts.reduce(into: [:]) { $0.merge($1.keys) { first, _ in first } }
    }

    public func keys(
        of region: String, from start: Date, to end: Date
    ) async throws(Failure) -> [String: String] {
        keys
    }
}

/// The key rings of all Regions.
final class KeyRings: Sendable {
    private let source: any PublicKeySource
    private let range: ClosedRange<Date>
    private let rings = Mutex<[String: KeyRing]>([:])

    init(_ source: any PublicKeySource, range: ClosedRange<Date>) {
        self.source = source
        self.range = range
    }

    subscript(region: String) -> KeyRing {
        rings.withLock { rings in
            let ring = rings[region] ?? KeyRing(source, region: region, range: range)
            rings[region] = ring
            return ring
        }
    }
}

/// The keys of one Region and period, requested once.
actor KeyRing {
    private let source: any PublicKeySource
    private let region: String
    private let range: ClosedRange<Date>
    /// Task that loads the keys, so that concurrent callers wait for the same response.
    private var loading: Task<[String: String], any Error>?
    private var more: [String: String] = [:]

    init(_ source: any PublicKeySource, region: String, range: ClosedRange<Date>) {
        self.source = source
        self.region = region
        self.range = range
    }

    enum Found: Sendable {
        case key(PublicKey)
        case unknown
        /// The fingerprint is known, but its value is not a public key.
        case bad
    }

    /// - Parameter generated: the time at which a backfill digest was written, at which its key was in use.
    /// - Throws: ``Failure`` if CloudTrail has no keys for the period.
    func key(_ fingerprint: String, generated: Date? = nil) async throws(Failure) -> Found {
        var text = more[fingerprint]
        if text == nil { text = try await keysOfRange()[fingerprint] }
        if text == nil, let generated {
            let hour: TimeInterval = 3600
            more.merge(
                try await source.keys(
                    of: region, from: generated.addingTimeInterval(-hour), to: generated.addingTimeInterval(hour))
            ) { first, _ in first }
            text = more[fingerprint]
        }
        guard let text else { return .unknown }
        return PublicKey(base64: text).map(Found.key) ?? .bad
    }

    private func keysOfRange() async throws(Failure) -> [String: String] {
        let task = loading ?? Task { [source, region, range] in try await Self.load(source, region, range) }
        loading = task
        do {
            return try await task.value
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(
                "CloudTrail's public keys of \(region) cannot be listed", why: "\(error)", advice: "try again")
        }
    }

    private static func load(
        _ source: any PublicKeySource, _ region: String, _ range: ClosedRange<Date>
    ) async throws(Failure) -> [String: String] {
        // CloudTrail signs a digest some time after its end, possibly with the next key.
        let end = range.upperBound.addingTimeInterval(2 * 3600)
        let keys = try await source.keys(of: region, from: range.lowerBound, to: end)
        guard !keys.isEmpty else {
            throw Failure(
                "the digests of \(region) cannot be verified",
                why: "CloudTrail has no public key for the time from \(range.lowerBound.rfc3339) to "
                    + end.rfc3339,
                advice: "check the region and the time")
        }
        return keys
    }
}
