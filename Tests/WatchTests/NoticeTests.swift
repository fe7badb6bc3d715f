import Basics
import LogSources
import Testing

@Suite struct NoticeTests {
    private static func notification(_ key: String, sequencer: String = "0A", event: String = "ObjectCreated:Put")
        -> String
    {
        """
        {"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2026-11-30T06:00:00.000Z","eventName":"\(event)",\
        "s3":{"bucket":{"name":"logs"},"object":{"key":"\(key)","size":10,"eTag":"abc","sequencer":"\(sequencer)"}}}
        """
    }

    private static func objects(_ body: String) throws -> [NotifiedObject] {
        guard case .objects(let objects) = try QueueNotice(parsing: body) else { return [] }
        return objects
    }

    @Test func aNotificationNamesItsObjectsWithPlainKeys() throws {
        let body = "{\"Records\":[\(Self.notification("a+b%2Bc%C3%A9/x%3D1")),\(Self.notification("second"))]}"
        let objects = try Self.objects(body)
        #expect(objects.map(\.address.key) == ["a b+cé/x=1", "second"])
        #expect(objects.first?.address.bucket == "logs")
        #expect(objects.first?.size == 10)
        #expect(objects.first?.eTag == "abc")
    }

    @Test func aMalformedRecordDoesNotHideTheOthers() throws {
        let broken = #"{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{}}"#
        let notice = try QueueNotice(parsing: "{\"Records\":[\(broken),\(Self.notification("key"))]}")
        #expect(notice.objects.map(\.address.key) == ["key"])
        guard case .partial(_, let why) = notice else {
            Issue.record("the malformed record was overlooked")
            return
        }
        #expect(why == "a record has no bucket or key")
    }

    @Test func anEnvelopeOfSNSIsOpened() throws {
        let inner = JSON.string("{\"Records\":[\(Self.notification("key"))]}").description
        let body =
            #"{"Type":"Notification","MessageId":"1","TopicArn":"arn:aws:sns:us-east-1:1:t","Message":\#(inner)}"#
        #expect(try Self.objects(body).map(\.address.description) == ["s3://logs/key"])
    }

    @Test func theTopicOfATrailAnnouncesFiles() throws {
        let inner = JSON.string(#"{"s3Bucket":"logs","s3ObjectKey":["AWSLogs/1/a+b.json.gz","AWSLogs/1/c.json.gz"]}"#)
        let body = #"{"Type":"Notification","Message":\#(inner.description)}"#
        let objects = try Self.objects(body)
        #expect(
            objects.map(\.address.description)
                == ["s3://logs/AWSLogs/1/a+b.json.gz", "s3://logs/AWSLogs/1/c.json.gz"])
        #expect(objects.allSatisfy { $0.eTag.isEmpty && $0.size == nil })
        for body in [#"{"s3Bucket":"","s3ObjectKey":["a"]}"#, #"{"s3Bucket":"logs","s3ObjectKey":[]}"#] {
            #expect(throws: Failure.self) { try QueueNotice(parsing: body) }
        }
    }

    @Test func anEventOfEventBridgeHasAPlainKey() throws {
        let body = """
            {"version":"0","source":"aws.s3","detail-type":"Object Created","time":"2026-11-30T06:00:00Z",
            "detail":{"bucket":{"name":"logs"},"object":{"key":"a+b c%20","size":5,"etag":"e","sequencer":"01"}}}
            """
        let objects = try Self.objects(body)
        #expect(objects.map(\.address.key) == ["a+b c%20"])
        #expect(objects.first?.time == "2026-11-30T06:00:00Z")
    }

    @Test func aRecordOfCloudTrailIsTheDetail() throws {
        let body = """
            {"source":"aws.cloudtrail","detail-type":"AWS API Call via CloudTrail",
            "detail":{"eventVersion":"1.11","eventName":"StopLogging","eventID":"1"}}
            """
        guard case .record(let record) = try QueueNotice(parsing: body) else {
            Issue.record("no record")
            return
        }
        #expect(record["eventName"]?.text == "StopLogging")
    }

    @Test func theTestMessageOfANewConfigurationIsKnown() throws {
        let body = #"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"logs"}"#
        #expect(try QueueNotice(parsing: body) == .test)
    }

    @Test(arguments: [
        #"{"Records":[{"eventSource":"aws:s3","eventName":"ObjectRemoved:Delete","s3":{}}]}"#, #"{"Records":[]}"#,
        #"{"hello":1}"#, #"{"source":"aws.ec2","detail-type":"EC2 Instance State-change Notification","detail":{}}"#,
    ]) func messagesAboutOtherThingsAreNoErrors(body: String) throws {
        guard case .other = try QueueNotice(parsing: body) else {
            Issue.record("not recognized as something else")
            return
        }
    }

    @Test(arguments: [
        "", "[]", "null", "{", "not JSON", #"{"Records":{}}"#, #"{"Records":7}"#,
        #"{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put"}]}"#,
        #"{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"%zz"}}}]}"#,
        #"{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":""},"object":{"key":"k"}}}]}"#,
        #"{"source":"aws.s3","detail-type":"Object Created","detail":{}}"#,
        #"{"detail-type":"AWS API Call via CloudTrail","detail":[]}"#,
        #"{"Type":"Notification","Message":"nothing"}"#,
    ]) func unreadableMessagesAreErrors(body: String) {
        #expect(throws: Failure.self) { try QueueNotice(parsing: body) }
    }

    @Test func hostileSizesAndDepthsEndInAnError() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: Failure.self) { try QueueNotice(parsing: "{\"Records\":\(deep)") }
        let long = "{\"Records\":\"" + String(repeating: "x", count: QueueNotice.maximumBytes) + "\"}"
        #expect(throws: Failure.self) { try QueueNotice(parsing: long) }
        var nested = "{\"Records\":[\(Self.notification("key"))]}"
        for _ in 0..<5 { nested = #"{"Type":"Notification","Message":\#(JSON.string(nested))}"# }
        #expect(throws: Failure.self) { try QueueNotice(parsing: nested) }
    }

    @Test func theLatestNotificationOfAKeyCounts() throws {
        let order = ["0055AED6DCD90281E5", "0055AED6DCD90281E6", "0055", "0055AED6DCD90281E51"]
        let body =
            "{\"Records\":[" + order.map { Self.notification("key", sequencer: $0) }.joined(separator: ",") + "]}"
        let latest = NotifiedObject.latest(try Self.objects(body))
        #expect(latest.map(\.sequencer) == ["0055AED6DCD90281E6"])
        let short = NotifiedObject(ObjectAddress(bucket: "b", key: "k"), sequencer: "1")
        let long = NotifiedObject(ObjectAddress(bucket: "b", key: "k"), sequencer: "0F")
        #expect(long.precedes(short))
        #expect(!short.precedes(long))
        #expect(!short.precedes(short))
    }

    @Test(arguments: [
        ("AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/30/a_CloudTrail_x.json.gz", LogObjectKind.cloudTrail),
        ("p/q/AWSLogs/o-abc/123456789012/CloudTrail-Insight/us-east-1/2026/11/30/a.json.gz", .cloudTrail),
        ("AWSLogs/123456789012/CloudTrail-NetworkActivity/us-east-1/2026/11/30/a.json.gz", .cloudTrail),
        ("AWSLogs/123456789012/CloudTrail-Aggregated/us-east-1/2026/11/30/a.json.gz", .cloudTrail),
        ("AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/11/30/a.json.gz", .digest),
        ("AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/30/a.log.gz", .flow),
        ("AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=x/year=2026/a.log.gz", .flow),
        ("AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/30/a.log.parquet", .other("a flow log in Parquet")),
        ("logs/2026-11-30-06-10-11-0123456789ABCDEF", .access),
        ("access2026-11-30-06-10-11-0123456789ABCDEF", .access),
        ("123456789012/us-east-1/bucket/2026/11/30/2026-11-30-06-10-11-0123456789ABCDEF", .access),
        ("logs/2026-11-30-06-10-0123456789ABCDEF", .other("an object of an unknown log")),
        ("AWSLogs/123456789012/Config/us-east-1/a.json.gz", .other("an object of Config")),
        ("AWSLogs/1234/CloudTrail/us-east-1/a.json.gz", .other("an object of an unknown log")),
        ("AWSLogs/123456789012/CloudTrail", .other("an object of an unknown log")),
        ("folder/", .other("a folder")), ("", .other("a folder")),
    ]) func theKeyTellsTheLog(key: String, kind: LogObjectKind) {
        #expect(LogObjectKind(key: key) == kind)
    }
}
