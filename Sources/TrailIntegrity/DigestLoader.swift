import Basics
import AWSClient
import Crypto
import FoundationEssentials
import LogSources

/// Loads one digest file and checks that CloudTrail wrote it. The checks are, in order: format, location, public key,
/// signature.
struct DigestLoader: Sendable {
    let reader: ObjectReader
    let keys: KeyRing

    /// - Throws: ``Failure`` if the result cannot be determined.
    func load(_ address: ObjectAddress, isBackfill: Bool = false) async throws(Failure) -> ChainWalk.Load {
        let reading: ObjectReading<DigestContent> = try await reader.read(address, into: DigestContent())
        switch reading {
        case .absent:
            return .missing
        case .unreadable(let failure):
            return .invalid(.digestInvalidFormat, "The digest cannot be read: \(failure).")
        case .content(let content, let facts):
            return try await judge(content, facts.metadata, at: address, isBackfill: isBackfill)
        }
    }

    private func judge(
        _ content: DigestContent, _ metadata: [String: String], at address: ObjectAddress, isBackfill: Bool
    ) async throws(Failure) -> ChainWalk.Load {
        guard !content.isTooLong else {
            return .invalid(.digestInvalidFormat, "The digest is longer than any that CloudTrail writes.")
        }
        guard var digest = try? JSONDecoder().decode(Digest.self, from: Data(content.bytes)) else {
            return .invalid(.digestInvalidFormat, "The digest is not JSON, or lacks what every digest says.")
        }
        guard let signature = metadata["signature"], metadata["signature-algorithm"] != nil else {
            return .invalid(
                .digestSignature, "The object's metadata holds no signature (in a copy it stands in KEY.metadata.json)."
            )
        }
        digest.signature = signature
        digest.hash = Hexadecimal.text(SHA256.hash(data: content.bytes))
        var generated: Date?
        if isBackfill {
            generated = metadata["backfill-generation-timestamp"].flatMap { Moment(answer: $0)?.date }
            guard generated != nil else {
                return .invalid(.digestInvalidFormat, "The object's metadata does not say when the backfill was made.")
            }
        }
        guard digest.address == address else {
            return .invalid(.digestMoved, "The digest belongs in \(digest.address): it was moved or copied.")
        }
        switch try await keys.key(digest.keyFingerprint, generated: generated) {
        case .unknown:
            return .invalid(
                .digestUnknownKey, "CloudTrail has no public key with the fingerprint \(digest.keyFingerprint).")
        case .bad:
            return .invalid(
                .digestBadKey,
                "The public key with the fingerprint \(digest.keyFingerprint) is no RSA key in PKCS #1 form.")
        case .key(let key):
            guard DigestSignature.isValid(digest, by: key) else {
                return .invalid(.digestSignature, "The signature is not CloudTrail's of this content: it was modified.")
            }
            return .valid(digest)
        }
    }
}

/// What a digest in a copy says of itself, before anything is proven.
enum DigestClaim: Hashable {
    /// Its metadata holds no signature.
    case unsigned
    case of(bucket: String)
    /// The verification says why.
    case unreadable
}

extension ObjectReader {
    /// - Throws: ``Failure`` if the object's content cannot be determined.
    func claim(of digest: ObjectAddress) async throws(Failure) -> DigestClaim {
        let reading: ObjectReading<DigestContent> = try await read(digest, into: DigestContent())
        guard case .content(let content, let facts) = reading else { return .unreadable }
        guard facts.metadata["signature"] != nil else { return .unsigned }
        guard let claim = try? JSONDecoder().decode(Digest.self, from: Data(content.bytes)) else { return .unreadable }
        return .of(bucket: claim.address.bucket)
    }
}

/// The decompressed bytes of a digest file.
private struct DigestContent: ContentConsumer {
    /// Size limit in bytes. A digest has some hundred bytes for each log file: a megabyte in the busiest accounts.
    static let maximumSize = 64 << 20
    var bytes: [UInt8] = []
    var isTooLong = false

    mutating func consume(_ piece: UnsafeRawBufferPointer) {
        guard bytes.count + piece.count <= Self.maximumSize else {
            isTooLong = true
            return
        }
        bytes += piece
    }
}
