internal import Basics
internal import LogReaders
internal import LogSources

/// The trail buckets that the logs name, and the changes of all buckets, because each change may concern a trail
/// bucket.
///
/// It may be known only at the end which buckets are trail buckets. A trail delivers to a bucket if it was created or
/// changed to do so, or if CloudTrail itself reads the bucket's access control list, which it does all day before it
/// delivers.
struct TrailBuckets: Sendable {
    /// The numbers of the fields that are read of each record.
    struct Fields: Sendable {
        fileprivate let operation, bucket, error, time, event: FieldList.Number
        fileprivate let actor: [FieldList.Number]

        init(_ fields: inout FieldList) {
            operation = fields.number(of: "eventName")
            bucket = fields.number(of: "requestParameters.bucketName")
            error = fields.number(of: "errorCode")
            time = fields.number(of: "eventTime")
            event = fields.number(of: "eventID")
            actor = LogSource.cloudTrail.actorFields.map { fields.number(of: $0) }
        }
    }

    private(set) var names: Set<String> = []
    private(set) var changes = BucketChanges()

    /// The filters of the records that ``add(_:_:_:)`` needs.
    static let filters: [RecordFilter] = [
        RecordFilter(
            field: "eventName",
            values: ["createtrail", "describetrails", "getbucketacl", "updatetrail"].map { Array($0.utf8) }),
        RecordFilter(
            field: "eventName", test: .hasPrefix,
            values: ["deletebucket", "putbucket", "putobjectlockconfiguration"].map { Array($0.utf8) }),
    ]

    mutating func add(_ event: borrowing CloudTrailEvent, _ fields: Fields, _ file: LogFile) {
        guard case .text(let name) = event.value(of: fields.operation) else { return }
        // The first letter excludes most events cheaply: hardly any event is one of these.
        switch name.first {
        case UInt8(ascii: "C"), UInt8(ascii: "U"), UInt8(ascii: "G"):
            if ["CreateTrail", "UpdateTrail"].contains(where: { name.elementsEqual($0.utf8) }) {
                learn(event.json, ifItHas: Self.bucket)
            } else if name.elementsEqual("GetBucketAcl".utf8) {
                learn(event.json, ifItHas: Self.caller)
            }
        case UInt8(ascii: "D"), UInt8(ascii: "P"):
            if name.elementsEqual("DescribeTrails".utf8) {
                learn(event.json, ifItHas: Self.bucket)
            } else if ["DeleteBucket", "PutBucket", "PutObjectLockConfiguration"].contains(where: {
                name.starts(with: $0.utf8)
            }) {
                keep(event, name, fields, file)
            }
        default: break
        }
    }

    private static let caller = Array("cloudtrail.amazonaws.com".utf8)
    private static let bucket = Array("s3BucketName".utf8)

    /// Learns from a record if it may contain a text. Few of these records contain it, and parsing all of them takes
    /// long.
    private mutating func learn(_ json: Bytes, ifItHas text: [UInt8]) {
        // The search does not find a text that is written with escapes.
        if json.firstPlace(of: text) != nil || json.contains(UInt8(ascii: "\\")) { learn(json) }
    }

    private mutating func learn(_ json: Bytes) {
        guard let record = try? JSON(parsing: Array(json), .ofLogs), record["errorCode"].map(\.isNull) ?? true else {
            return
        }
        let (request, response) = (record["requestParameters"], record["responseElements"])
        if record["eventName"]?.text == "GetBucketAcl" {
            guard record["userIdentity"]?["invokedBy"]?.text == "cloudtrail.amazonaws.com" else { return }
            insert(request?["bucketName"])
        } else {
            insert(response?["s3BucketName"] ?? request?["s3BucketName"])
            for trail in response?["trailList"]?.elements ?? [] { insert(trail["s3BucketName"]) }
        }
    }

    private mutating func insert(_ name: JSON?) {
        guard let name = name?.text, Self.canBeBucket(name.utf8) else { return }
        names.insert(name)
    }

    /// Characters that no bucket name has could be wildcards in a rule. The oldest names have up to 255 bytes
    /// ("Bucket naming rules", Amazon S3 User Guide).
    private static func canBeBucket(_ name: some Collection<UInt8>) -> Bool {
        name.count <= 255
            && name.allSatisfy { $0.isLowercaseOrDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private mutating func keep(
        _ event: borrowing CloudTrailEvent, _ operation: Bytes, _ fields: Fields, _ file: LogFile
    ) {
        guard case .text(let bucket) = event.value(of: fields.bucket), Self.canBeBucket(bucket) else { return }
        var actor: [UInt8] = []
        for field in fields.actor where actor.isEmpty {
            if case .text(let text) = event.value(of: field) { actor = RoleSessions.withoutNames(text) { Array($0) } }
        }
        changes.add(
            BucketChanges.Change(
                bucket: String(decoding: bucket, as: UTF8.self), operation: String(decoding: operation, as: UTF8.self),
                actor: actor, isDenied: event.value(of: fields.error).shownText != nil,
                time: event.value(of: fields.time).shownText ?? "",
                event: event.value(of: fields.event).shownText ?? "",
                record: Array(event.json), file: file))
    }

    mutating func merge(_ other: TrailBuckets) {
        names.formUnion(other.names)
        changes.merge(other.changes)
    }
}

extension UInt8 {
    fileprivate var isLowercaseOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
