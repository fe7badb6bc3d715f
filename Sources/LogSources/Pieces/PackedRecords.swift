import Basics
import FoundationEssentials
internal import Gzip

/// Records that events of Lambda, Kinesis and Firehose carry as base64 text, mostly compressed by gzip: `awslogs.data`,
/// `kinesis.data`, `data` (AWS Lambda Developer Guide, "Using Lambda with CloudWatch Logs"; Amazon CloudWatch Logs User
/// Guide, "Log group-level subscription filters"). Messages of queues and topics carry them as text in `body` and
/// `Message` (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS" and "… Amazon SNS"), and results of Logs
/// Insights as the value of the field `@message` (Amazon CloudWatch Logs API Reference, "GetQueryResults"), or of the
/// member of that name in results that its console exports. Firehose keeps what it could not process in `rawData`
/// (Amazon Data Firehose Developer Guide, "Handle failures in data transformation").
enum PackedRecords {
    /// Names that precede the data in such an event, and the beginnings of compressed data.
    private static let signs = [
        "\"awslogs\"", "\"kinesis\"", "\"deliveryStreamArn\"", "\"SequenceNumber\"", "\"data\":\"H4sI",
        "\"data\": \"H4sI", "\"Data\":\"H4sI", "\"Data\": \"H4sI", "\"receiptHandle\"", "\"aws:sqs\"",
        "\"EventSubscriptionArn\"", "\"aws:sns\"", "\"@message\"",
        "\"rawData\"",
    ].map { Array($0.utf8) }
    private static let record = ["\"eventVersion\"", "\"eventName\"", "\"eventTime\""].map { Array($0.utf8) }

    /// Whether a JSON document begins like such an event. A document that begins with a record does not.
    static func begin(_ content: UnsafeRawBufferPointer) -> Bool {
        let start = UnsafeRawBufferPointer(rebasing: content.prefix(1 << 10)).bindMemory(to: UInt8.self)
        guard let sign = signs.lazy.compactMap({ start.firstPlace(of: $0) }).min() else { return false }
        return record.allSatisfy { start.firstPlace(of: $0).map { sign < $0 } ?? true }
    }

    /// Passes the content of each record in a document to `body`.
    /// - Returns: the number of records, and how many of them could not be read.
    static func read(
        _ document: UnsafeRawBufferPointer, limits: GzipLimits, _ body: (UnsafeRawBufferPointer) -> Void
    ) -> (found: Int, unreadable: Int) {
        // A separate reader: the document may lie in the memory of the reader that decompressed it.
        let gzip = GzipReader(.members, limits: limits)
        var (found, unreadable) = (0, 0)
        let bytes = document.bindMemory(to: UInt8.self)
        var place = 0
        var isMessage = false
        while let name = nextString(bytes, &place) {
            guard let value = nextValue(bytes, place) else {
                // The value of the member `field`, which precedes `value`.
                isMessage = name.elementsEqual("@message".utf8)
                continue
            }
            if name.elementsEqual("field".utf8) { continue }
            let isData = ["data", "Data", "rawData"].contains { name.elementsEqual($0.utf8) }
            let isText =
                ["body", "Message", "@message"].contains { name.elementsEqual($0.utf8) }
                || isMessage && name.elementsEqual("value".utf8)
            guard isData || isText else { continue }
            found += 1
            _ = nextString(bytes, &place)
            if isText {
                guard let text = try? JSON(parsing: [UInt8(ascii: "\"")] + value + [UInt8(ascii: "\"")]).text
                else {
                    unreadable += 1
                    continue
                }
                Array(text.utf8).withUnsafeBytes(body)
                continue
            }
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
        return (found, unreadable)
    }

    /// The string that is the value of the name before `place`; `nil` if the value is no string, or the string before
    /// is no name.
    private static func nextValue(
        _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int
    ) -> Slice<UnsafeBufferPointer<UInt8>>? {
        guard let colon = bytes[place...].firstIndex(where: { $0 > 0x20 }), bytes[colon] == UInt8(ascii: ":"),
            var start = bytes[(colon + 1)...].firstIndex(where: { $0 > 0x20 }), bytes[start] == UInt8(ascii: "\"")
        else { return nil }
        return nextString(bytes, &start)
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
