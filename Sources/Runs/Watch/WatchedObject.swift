import Basics
import FoundationEssentials
import LogSources

/// An object that a watch is to read.
struct WatchedObject: Sendable, Hashable {
    var object: NotifiedObject
    /// The time at which it was uploaded, as far as that is known; otherwise the time at which it was announced.
    var arrived: Date

    var address: ObjectAddress { object.address }
    var name: String { address.description }
}

/// A record of CloudTrail that came as a message.
struct WatchedRecord: Sendable, Hashable {
    /// The message's identifier.
    var id: String
    var json: JSON
    var arrived: Date

    /// The place at which the pipeline finds the record.
    var address: ObjectAddress { ObjectAddress(bucket: Self.bucket, key: id) }
    /// No bucket of Amazon S3 has an underscore in its name.
    static let bucket = "_message"
}

/// Amazon S3, and the records of messages beside it.
struct MessageLogStore: LogStore {
    var objects: any LogStore
    var messages: [ObjectAddress: [UInt8]]

    func folders(in bucket: String, under prefix: String) async throws(Failure) -> [String] {
        try await objects.folders(in: bucket, under: prefix)
    }

    func page(of bucket: String, under prefix: String, after key: String) async throws(Failure) -> ObjectPage {
        try await objects.page(of: bucket, under: prefix, after: key)
    }

    func part(
        of object: ObjectAddress, from offset: Int, length: Int, version: String?
    ) async throws(Failure) -> ObjectPart? {
        guard let bytes = messages[object] else {
            return try await objects.part(of: object, from: offset, length: length, version: version)
        }
        let start = min(max(0, offset), bytes.count)
        let end = min(bytes.count, start + max(0, length))
        return ObjectPart(bytes: Array(bytes[start..<end]), totalSize: bytes.count, metadata: [:], version: "")
    }
}
