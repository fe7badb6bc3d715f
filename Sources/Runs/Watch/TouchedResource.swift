import Basics
import FoundationEssentials
import LogReaders
import LogSources
import Synchronization

/// A change that a record of CloudTrail tells of.
struct TouchedResource: Sendable, Hashable, Codable {
    /// Such as `s3.amazonaws.com`.
    var source: String
    /// Such as `PutBucketPolicy`.
    var event: String
    var account: String
    var region: String
    /// The bucket that the event names; `nil` if it names none.
    var bucket: String?

    /// The resource as the store keeps it.
    var text: String {
        JSON.members([
            "source": .string(source), "event": .string(event), "account": .string(account),
            "region": .string(region), "bucket": JSON(bucket),
        ]).written(.sorted)
    }

    /// - Parameter text: ``text`` of an earlier process.
    init?(_ text: String) {
        guard let value = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = value
    }

    init(source: String, event: String, account: String, region: String, bucket: String? = nil) {
        (self.source, self.event, self.account, self.region, self.bucket) = (source, event, account, region, bucket)
    }
}

/// Finds the changes in logs of CloudTrail, while a hunt reads them.
final class ChangeFinder: Sendable {
    private struct Fields {
        var list = FieldList()
        let source, event, readOnly, error, account, region, time, bucket: FieldList.Number

        init() {
            source = list.number(of: "eventSource")
            event = list.number(of: "eventName")
            readOnly = list.number(of: "readOnly")
            error = list.number(of: "errorCode")
            account = list.number(of: "recipientAccountId")
            region = list.number(of: "awsRegion")
            time = list.number(of: "eventTime")
            bucket = list.number(of: "requestParameters.bucketName")
        }
    }

    private let found = Mutex<Set<TouchedResource>>([])
    /// Events before this time tell of a state that a later scan saw.
    private let since: Date
    /// More changes than this need a scan of everything anyway.
    private static let limit = 1_000

    init(since: Date) { self.since = since }

    func look(at piece: LogPiece) {
        guard piece.layout == .json else { return }
        let fields = Fields()
        let reader = CloudTrailReader(CloudTrailPlan(fields: fields.list))
        var changes: Set<TouchedResource> = []
        reader.read(piece.bytes, isWhole: piece.isWhole, isInRows: piece.isInRows) { event in
            let event = copy event
            func text(_ value: FieldValue) -> String? {
                if case .text(let bytes) = value { String(decoding: bytes, as: UTF8.self) } else { nil }
            }
            if case .boolean(true) = event.value(of: fields.readOnly) { return }
            guard changes.count < Self.limit, text(event.value(of: fields.error)) == nil,
                let source = text(event.value(of: fields.source)),
                let name = text(event.value(of: fields.event)), !TouchedChecks.isRead(name),
                let account = text(event.value(of: fields.account)),
                let region = text(event.value(of: fields.region))
            else { return }
            if let time = text(event.value(of: fields.time)).flatMap({ Moment($0) })?.date, time < since { return }
            changes.insert(
                TouchedResource(
                    source: source, event: name, account: account, region: region,
                    bucket: text(event.value(of: fields.bucket))))
        }
        found.withLock { found in
            for change in changes where found.count < Self.limit { found.insert(change) }
        }
    }

    /// The changes that were found.
    var changes: Set<TouchedResource> { found.withLock { $0 } }
}
