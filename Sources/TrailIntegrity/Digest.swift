import Basics
import AWSClient
import FoundationEssentials
import LogSources

/// The content of a digest file.
///
/// Source: "CloudTrail digest file structure", AWS CloudTrail User Guide.
struct Digest: Sendable, Hashable {
    var address: ObjectAddress
    var start: Date
    var end: Date
    /// The end as written in the file, for the signed text.
    var endText: String
    var keyFingerprint: String
    /// `nil` at the beginning of a chain.
    var previous: Previous?
    /// The signature as written in the file, for the signed text; `nil` for null.
    var previousSignature: String?
    var logs: [Entry]
    /// Hexadecimal signature from the object's metadata.
    var signature = ""
    /// Hexadecimal SHA-256 of the decompressed digest file.
    var hash = ""

    /// The digest file that this one follows.
    struct Previous: Sendable, Hashable {
        var address: ObjectAddress
        var signature: String?
        /// Hexadecimal SHA-256 of the decompressed file.
        var hash: String?
    }

    struct Entry: Sendable, Hashable {
        var address: ObjectAddress
        /// Hexadecimal SHA-256 of the decompressed file.
        var hash: String
    }
}

extension Digest: Decodable {
    private enum CodingKeys: String, CodingKey {
        case bucket = "digestS3Bucket"
        case object = "digestS3Object"
        case start = "digestStartTime"
        case end = "digestEndTime"
        case fingerprint = "digestPublicKeyFingerprint"
        case previousBucket = "previousDigestS3Bucket"
        case previousObject = "previousDigestS3Object"
        case previousSignature = "previousDigestSignature"
        case previousHash = "previousDigestHashValue"
        case logFiles
    }

    /// - Throws: `DecodingError` if a member that every digest has is missing.
    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        address = ObjectAddress(
            bucket: try members.decode(String.self, forKey: .bucket),
            key: try members.decode(String.self, forKey: .object))
        start = try members.time(.start).date
        (end, endText) = try members.time(.end)
        keyFingerprint = try members.decode(String.self, forKey: .fingerprint)
        guard members.contains(.previousSignature), members.contains(.logFiles) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: members.codingPath, debugDescription: "a member is missing"))
        }
        previousSignature = try members.decodeIfPresent(String.self, forKey: .previousSignature)
        logs = try members.decodeIfPresent([Entry].self, forKey: .logFiles) ?? []
        if let bucket = try members.decodeIfPresent(String.self, forKey: .previousBucket),
            let object = try members.decodeIfPresent(String.self, forKey: .previousObject)
        {
            previous = Previous(
                address: ObjectAddress(bucket: bucket, key: object), signature: previousSignature,
                hash: try members.decodeIfPresent(String.self, forKey: .previousHash))
        }
    }
}

extension KeyedDecodingContainer {
    fileprivate func time(_ key: Key) throws -> (date: Date, text: String) {
        let text = try decode(String.self, forKey: key)
        guard let date = Moment(answer: text)?.date else {
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "not a date")
        }
        return (date, text)
    }
}

extension Digest.Entry: Decodable {
    private enum CodingKeys: String, CodingKey {
        case bucket = "s3Bucket"
        case object = "s3Object"
        case hash = "hashValue"
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        address = ObjectAddress(
            bucket: try members.decode(String.self, forKey: .bucket),
            key: try members.decode(String.self, forKey: .object))
        hash = try members.decode(String.self, forKey: .hash)
    }
}
