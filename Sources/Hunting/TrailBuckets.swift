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
    struct Change: Sendable {
        var bucket: String
        /// The record's JSON.
        var record: [UInt8]
        var file: LogFile
    }

    private(set) var names: Set<String> = []
    private(set) var changes: [Change] = []
    /// Number of changes that were dropped to bound the memory.
    private(set) var omitted = 0
    private var size = 0

    private static let nameLimit = 10_000
    /// Limit on all changes, in bytes of JSON.
    private static let sizeLimit = 16_000_000

    /// The filters of the records that ``add(_:_:_:)`` needs.
    static let filters: [RecordFilter] = [
        RecordFilter(
            field: "eventName",
            values: ["createtrail", "describetrails", "getbucketacl", "updatetrail"].map { Array($0.utf8) }),
        RecordFilter(
            field: "eventName", test: .hasPrefix,
            values: ["deletebucket", "putbucket", "putobjectlockconfiguration"].map { Array($0.utf8) }),
    ]

    /// - Parameter operation: the number of the field `eventName`.
    mutating func add(_ event: borrowing CloudTrailEvent, _ operation: FieldList.Number, _ file: LogFile) {
        guard case .text(let name) = event.value(of: operation) else { return }
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
                keep(event.json, file)
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
        // Characters that no bucket name has could be wildcards in a rule.
        guard let name = name?.text, names.count < Self.nameLimit,
            name.utf8.allSatisfy({ $0.isLowercaseOrDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") })
        else { return }
        names.insert(name)
    }

    private mutating func keep(_ json: Bytes, _ file: LogFile) {
        guard size + json.count <= Self.sizeLimit else {
            omitted += 1
            return
        }
        let record = Array(json)
        guard let bucket = (try? JSON(parsing: record, .ofLogs))?["requestParameters"]?["bucketName"]?.text else {
            return
        }
        size += record.count
        changes.append(Change(bucket: bucket, record: record, file: file))
    }

    mutating func merge(_ other: TrailBuckets) {
        names.formUnion(other.names)
        changes += other.changes
        omitted += other.omitted
    }
}

extension UInt8 {
    fileprivate var isLowercaseOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
