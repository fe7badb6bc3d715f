internal import Analytics
internal import LogReaders
internal import Synchronization

/// Adds the fields that alerts show. A record is first copied unread. It is read only if its alert is chosen for the
/// result, because nearly all alerts of a noisy rule are dropped.
final class AlertDetails: Sendable {
    enum Content: Sendable {
        /// A record of CloudTrail: an object, or an array of columns as in query results.
        case record([UInt8])
        /// Fields by name, and the line with them if it is wanted.
        case values([String: String], line: [UInt8]?)

        var isCheap: Bool {
            if case .values = self { true } else { false }
        }
    }

    private let records: RecordAlerts
    private let keepsRaw: Bool
    private let reader: Mutex<RecordReader>

    init(_ records: RecordAlerts, keepsRaw: Bool) {
        self.records = records
        self.keepsRaw = keepsRaw
        reader = Mutex(RecordReader(records.allShown))
    }

    /// The alert with the fields that its rule shows, without secrets.
    /// - Parameter place: the rule's place in `rules.collection.detections`.
    func complete(_ alert: Alert, _ place: Int, _ content: Content) -> Alert {
        switch content {
        case .values(let values, let line):
            var alert = records.complete(alert, values)
            alert.raw = line.map { SecretFields.shown(String(decoding: $0, as: UTF8.self)) }
            return alert
        case .record(let bytes):
            let hidden = bytes.withUnsafeBufferPointer { SecretFields.hidden($0) } ?? bytes
            let names = records.shownFields(place)
            var alert = records.complete(alert, reader.withLock { $0.values(of: hidden, names) })
            if keepsRaw { alert.raw = String(decoding: hidden, as: UTF8.self) }
            return alert
        }
    }
}

/// Reads the fields that alerts show.
private struct RecordReader {
    private let reader: CloudTrailReader
    private var fields = FieldList()

    init(_ names: Set<String>) {
        for name in names.sorted() { _ = fields.number(of: name) }
        reader = CloudTrailReader(CloudTrailPlan(fields: fields))
    }

    func values(of record: [UInt8], _ names: [String]) -> [String: String] {
        var fields = fields
        var values: [String: String] = [:]
        record.withUnsafeBufferPointer { bytes in
            _ = reader.read(bytes, isWhole: false, isInRows: bytes.first == UInt8(ascii: "[")) { event in
                for name in names { values[name] = event.value(of: fields.number(of: name)).shownText }
            }
        }
        return values
    }
}
