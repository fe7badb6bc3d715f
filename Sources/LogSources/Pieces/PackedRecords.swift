import Basics
import FoundationEssentials
internal import Gzip

/// Records that events of Lambda, Kinesis and Firehose carry as base64 text, mostly compressed by gzip: `awslogs.data`,
/// `kinesis.data`, `data` (AWS Lambda Developer Guide, "Using Lambda with CloudWatch Logs"; Amazon CloudWatch Logs User
/// Guide, "Log group-level subscription filters").
enum PackedRecords {
    /// Names that precede the data in such an event, and the beginnings of compressed data.
    private static let signs = [
        "\"awslogs\"", "\"kinesis\"", "\"deliveryStreamArn\"", "\"SequenceNumber\"", "\"data\":\"H4sI",
        "\"data\": \"H4sI", "\"Data\":\"H4sI", "\"Data\": \"H4sI",
    ].map { Array($0.utf8) }
    private static let record = Array("\"eventVersion\"".utf8)

    /// Whether a JSON document begins like such an event. A document that begins with a record does not.
    static func begin(_ content: UnsafeRawBufferPointer) -> Bool {
        let start = UnsafeRawBufferPointer(rebasing: content.prefix(1 << 10)).bindMemory(to: UInt8.self)
        guard let sign = signs.lazy.compactMap({ start.firstPlace(of: $0) }).min() else { return false }
        return start.firstPlace(of: record).map { sign < $0 } ?? true
    }

    /// Passes the decoded content of each data field in a document to `body`.
    /// - Returns: the number of data fields that could not be read.
    static func read(
        _ document: UnsafeRawBufferPointer, limits: GzipLimits, _ body: (UnsafeRawBufferPointer) -> Void
    ) -> Int {
        // A separate reader: the document may lie in the memory of the reader that decompressed it.
        let gzip = GzipReader(.members, limits: limits)
        var unreadable = 0
        let bytes = document.bindMemory(to: UInt8.self)
        var place = 0
        while let name = nextString(bytes, &place) {
            guard name.elementsEqual("data".utf8) || name.elementsEqual("Data".utf8),
                bytes[place...].first(where: { $0 > 0x20 }) == UInt8(ascii: ":"), let value = nextString(bytes, &place)
            else { continue }
            guard let data = Data(base64Encoded: Data(value.filter { $0 != UInt8(ascii: "\\") })) else {
                unreadable += 1
                continue
            }
            data.withUnsafeBytes { data in
                if !GzipStream.isGzip(data) { return body(data) }
                guard let content = gzip.readWhole(data), content.failure == nil else { return unreadable += 1 }
                body(content.bytes)
            }
        }
        return unreadable
    }

    /// The next string of a JSON text, its escapes included.
    private static func nextString(
        _ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int
    ) -> Slice<UnsafeBufferPointer<UInt8>>? {
        guard let start = bytes[place...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        var end = start + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
        guard end < bytes.count else { return nil }
        place = end + 1
        return bytes[(start + 1)..<end]
    }
}
