public import Basics

/// The content of a message about logs: new objects, or one event of CloudTrail.
///
/// Amazon S3 sends its notifications to Amazon SQS directly, through Amazon SNS (in an envelope, or raw), or through
/// Amazon EventBridge. CloudTrail announces its files through the SNS topic of a trail, and its events through
/// EventBridge.
public enum QueueNotice: Sendable, Hashable {
    /// Objects were created.
    case objects([NotifiedObject])
    /// Objects were created, and the message has records that cannot be read: what they are.
    case partial([NotifiedObject], why: String)
    /// A record of CloudTrail.
    case record(JSON)
    /// The message with which Amazon S3 tests a new configuration.
    case test
    /// A message about something else: what it is about.
    case other(String)

    /// The greatest length of a message, in bytes. Amazon SQS allows 1 MiB.
    public static let maximumBytes = 2 << 20
    /// An SNS envelope can hold an EventBridge event; nothing holds more.
    private static let maximumEnvelopes = 3
    private static let options: JSON.Options = {
        var options = JSON.Options()
        options.maximumBytes = maximumBytes
        options.maximumDepth = 100
        return options
    }()

    /// The objects that the message announces.
    public var objects: [NotifiedObject] {
        switch self {
        case .objects(let objects), .partial(let objects, _): objects
        case .record, .test, .other: []
        }
    }

    /// - Throws: ``Failure`` if nothing of the message can be read, so that it is not mistaken for one about something else.
    public init(parsing body: String) throws(Failure) {
        try self.init(body, envelopes: 0)
    }

    private init(_ body: String, envelopes: Int) throws(Failure) {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: body, Self.options)
        } catch {
            throw Self.failure("it is not JSON (\(error))")
        }
        guard let message = json.object else { throw Self.failure("it is not a JSON object") }
        // Amazon SNS's envelope.
        if message["Type"]?.text == "Notification", let inner = message["Message"]?.text {
            guard envelopes < Self.maximumEnvelopes else { throw Self.failure("it has too many envelopes") }
            try self.init(inner, envelopes: envelopes + 1)
            return
        }
        if let records = message["Records"] {
            self = try Self.notification(records)
        } else if message["Event"]?.text == "s3:TestEvent" {
            self = .test
        } else if let kind = message["detail-type"]?.text, let detail = message["detail"] {
            self = try Self.event(kind, from: message["source"]?.text ?? "", detail, at: message["time"]?.text)
        } else if let bucket = message["s3Bucket"]?.text, let keys = message["s3ObjectKey"]?.elements {
            self = try Self.delivery(keys, to: bucket)
        } else {
            self = .other("a message of an unknown kind")
        }
    }

    /// A notification of Amazon S3. Source: Amazon S3 User Guide, "Event message structure".
    private static func notification(_ records: JSON) throws(Failure) -> QueueNotice {
        guard let records = records.elements else { throw failure("Records is not a list") }
        var objects: [NotifiedObject] = []
        var others: Set<String> = []
        var problem: Failure?
        for record in records {
            guard record["eventSource"]?.text == "aws:s3", let name = record["eventName"]?.text else {
                others.insert(record["eventSource"]?.text ?? "an unknown source")
                continue
            }
            guard name.hasPrefix("ObjectCreated:") || name.hasPrefix("s3:ObjectCreated:") else {
                others.insert(name)
                continue
            }
            let object = record["s3"]?["object"]
            guard let bucket = record["s3"]?["bucket"]?["name"]?.text, let encoded = object?["key"]?.text,
                !bucket.isEmpty, !encoded.isEmpty
            else {
                problem = problem ?? failure("a record has no bucket or key")
                continue
            }
            guard let key = PercentEncoding.decodeForm(encoded) else {
                problem = problem ?? failure("the key \(encoded.prefix(200)) is not percent-encoded")
                continue
            }
            objects.append(
                NotifiedObject(
                    ObjectAddress(bucket: bucket, key: key), size: object?["size"]?.integer,
                    eTag: object?["eTag"]?.text ?? "", sequencer: object?["sequencer"]?.text ?? "",
                    time: record["eventTime"]?.text))
        }
        if let problem {
            if objects.isEmpty { throw problem }
            return .partial(objects, why: problem.why)
        }
        if objects.isEmpty { return .other(others.sorted().first ?? "a notification without records") }
        return .objects(objects)
    }

    /// A notification that CloudTrail itself sends to the topic of a trail. It has neither sizes nor ETags.
    /// Source: CloudTrail User Guide, "Configuring Amazon SNS notifications for CloudTrail".
    private static func delivery(_ keys: [JSON], to bucket: String) throws(Failure) -> QueueNotice {
        let keys = keys.compactMap(\.text).filter { !$0.isEmpty }
        guard !bucket.isEmpty, !keys.isEmpty else { throw failure("it has no bucket or key") }
        return .objects(keys.map { NotifiedObject(ObjectAddress(bucket: bucket, key: $0)) })
    }

    /// An event of Amazon EventBridge. Sources: Amazon S3 User Guide, "EventBridge event message structure"; CloudTrail
    /// User Guide, "Logging management events" and Amazon EventBridge User Guide, "Events via CloudTrail".
    private static func event(
        _ kind: String, from source: String, _ detail: JSON, at time: String?
    ) throws(Failure) -> QueueNotice {
        if source == "aws.s3", kind == "Object Created" {
            let object = detail["object"]
            // This key is not percent-encoded.
            guard let bucket = detail["bucket"]?["name"]?.text, let key = object?["key"]?.text, !bucket.isEmpty,
                !key.isEmpty
            else { throw failure("the event has no bucket or key") }
            return .objects([
                NotifiedObject(
                    ObjectAddress(bucket: bucket, key: key), size: object?["size"]?.integer,
                    eTag: object?["etag"]?.text ?? "", sequencer: object?["sequencer"]?.text ?? "", time: time)
            ])
        }
        guard kind.hasSuffix(" via CloudTrail") else { return .other("\(source) \(kind)") }
        guard detail["eventName"]?.text != nil || detail["eventCategory"]?.text != nil,
            detail["eventVersion"]?.text != nil
        else { throw failure("the event has no record of CloudTrail") }
        return .record(detail)
    }

    private static func failure(_ why: String) -> Failure {
        Failure("a message cannot be read", why: why, advice: "check what is sent to the queue")
    }
}
