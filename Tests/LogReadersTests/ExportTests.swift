import Basics
import Testing

@testable import LogReaders

@Suite("Records in exports")
struct ExportTests {
    private func rows(_ text: String) -> (rows: [[String]], isCut: Bool) {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var rows = CSVRows(bytes)
            var found: [[String]] = []
            while let row = rows.next() { found.append(row) }
            return (found, rows.isCut)
        }
    }

    @Test("Fields of a table may hold commas, quotes and line ends")
    func fields() {
        #expect(rows("a,\"b,\"\"c\"\"\nd\",\r\n\r\n\"\",e,f").rows == [["a", "b,\"c\"\nd", ""], ["", "e", "f"]])
        #expect(rows("a,b\"c\",d\n").rows == [["a", "b\"c\"", "d"]])
        #expect(rows("a,\"b\nc,d\n").isCut)
        #expect(rows("").rows.isEmpty && rows("\n\r\n").rows.isEmpty && rows(",").rows == [["", ""]])
    }

    /// The values of some fields of each record of a table.
    private func records(_ table: String, _ paths: [String]) -> (values: [[String]], account: RecordAccount) {
        var fields = FieldList()
        let numbers = paths.map { fields.number(of: $0) }
        let reader = CloudTrailReader(CloudTrailPlan(fields: fields))
        var values: [[String]] = []
        let account = Array(table.utf8).withUnsafeBufferPointer { bytes in
            reader.read(rows: bytes, header: Bytes(start: nil, count: 0)) { event in
                values.append(
                    numbers.map { number in
                        switch event.value(of: number) {
                        case .text(let text), .number(let text): String(decoding: text, as: UTF8.self)
                        case .boolean(let flag): "\(flag)"
                        case .absent: "-"
                        default: "?"
                        }
                    })
            }
        }
        return (values, account)
    }

    @Test("Athena's table of CloudTrail, with its structures in lower case")
    func athena() {
        let table = #"""
            "eventversion","useridentity","eventtime","eventsource","eventname","requestparameters","readonly","errorcode"
            "1.08","{type=AssumedRole, principalid=AROA:x, arn=arn:aws:sts::1:assumed-role/r/x, accountid=1, invokedby=null, accesskeyid=ASIA1, username=, sessioncontext={attributes={mfaauthenticated=false, creationdate=2026-01-01T00:00:00Z}, sessionissuer={type=Role, username=a, b=c}}}","2026-01-01T00:00:01Z","s3.amazonaws.com","PutBucketPolicy","{""bucketName"":""logs"",
            ""x"":1}","false",""
            """#
        let paths = [
            "userIdentity.type", "userIdentity.arn", "userIdentity.userName",
            "userIdentity.sessionContext.attributes.mfaAuthenticated",
            "userIdentity.sessionContext.sessionIssuer.userName", "eventName", "requestParameters.bucketName",
            "readOnly",
            "errorCode", "userIdentity.invokedBy",
        ]
        let found = records(table, paths)
        #expect(
            found.values == [
                [
                    "AssumedRole", "arn:aws:sts::1:assumed-role/r/x", "", "false", "a", "PutBucketPolicy", "logs",
                    "false", "-", "-",
                ]
            ])
        #expect(found.account.damaged == 0 && found.account.foreign == 0)
    }

    @Test("The event history of the console, and records in a column of CloudWatch Logs")
    func historyAndMessages() {
        let history =
            "Event ID,Event time,User name,AWS access key,Event name,Event source\n"
            + "e-1,2026-01-01T00:00:01Z,ann,AKIA1,StopLogging,cloudtrail.amazonaws.com\n"
        let paths = ["eventID", "eventName", "userIdentity.userName", "userIdentity.accessKeyId"]
        #expect(records(history, paths).values == [["e-1", "StopLogging", "ann", "AKIA1"]])
        let record = #"{""eventVersion"":""1.08"",""eventName"":""StopLogging"",""eventID"":""e-2""}"#
        let messages = "timestamp,message\n1,\"\(record)\"\n2,nothing\n3,too,many\n"
        let found = records(messages, ["eventID"])
        #expect(found.values == [["e-2"]] && found.account.damaged == 2)
    }

    @Test(
        "A structure that is none is a text, and nothing makes the reader trap",
        arguments: ["{", "{a", "{a=", "{a=}", "{=}", "[", "[,", "[{a=b}, {a=c}]", "{a={b={c=", "{a=b, c}", "}"])
    func damagedStructures(text: String) {
        let found = records("eventname,useridentity\nX,\"\(text)\"\n", ["eventName"])
        #expect(found.values == [["X"]])
        let deep = String(repeating: "{a=", count: 5_000) + "b" + String(repeating: "}", count: 5_000)
        #expect(records("eventname,useridentity\nX,\"\(deep)\"\n", ["eventName"]).values == [["X"]])
    }

    private func lines(_ source: LogSource, json: String? = nil, table: String? = nil) -> ([String], damaged: Int) {
        Array((json ?? table ?? "").utf8).withUnsafeBufferPointer { bytes in
            let exported = ExportedLines(of: source)
            let lines =
                json != nil
                ? exported.lines(inJSON: bytes, isWhole: true)
                : exported.lines(inTable: bytes, header: Bytes(start: nil, count: 0))
            return (String(decoding: lines.bytes, as: UTF8.self).split(separator: "\n").map(String.init), lines.damaged)
        }
    }

    @Test("Lines of flow logs in events of CloudWatch Logs, whatever is around them")
    func flows() {
        let event = #"{"id":"1","timestamp":1,"message":"2 1 eni-1 OK\n"}"#
        let control =
            #"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}"#
        for json in [
            "{\"events\":[\(event),\(event)]}",
            "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[\(event)]}\(control){\"logEvents\":[\(event)]}",
            "\(event)\n\(event)\n", "[\(event),\(event)]",
        ] {
            let found = lines(.vpcFlow, json: json)
            #expect(found.0 == ["2 1 eni-1 OK ", "2 1 eni-1 OK "] && found.damaged == 0, "\(json)")
        }
        #expect(lines(.vpcFlow, json: #"{"events":[{"timestamp":1}]}"#).damaged == 1)
        #expect(
            lines(.vpcFlow, table: "timestamp,message\n1,\"2 1 eni-1 OK\"\n2,2 1 eni-2 OK\n").0 == [
                "2 1 eni-1 OK", "2 1 eni-2 OK",
            ])
        let table = "\"version\",\"account_id\",\"interface_id\",\"srcaddr\"\n\"2\",\"1\",\"eni-1\",\"\"\n"
        #expect(lines(.vpcFlow, table: table).0 == ["version account-id interface-id srcaddr", "2 1 eni-1 -"])
    }

    @Test("Access logs of S3 as CloudWatch Logs has them are the lines that buckets have")
    func accessLogs() {
        let record = #"""
            {"schema_version_id":"V_1_0","bucket_name":"logs","request_time":"2019-02-06T00:00:38.000Z","bucket_owner_id":"79a5",\#
            "remote_ip":"192.0.2.3","requester":null,"request_id":"3E57","operation":"REST.GET.OBJECT","key":"a/b",\#
            "request_uri":"GET /logs/a/b HTTP/1.1","http_status":200,"error_code":null,"bytes_sent":113,"user_agent":"aws \"cli\"",\#
            "acl_required":"Yes"}
            """#
        let expected =
            "79a5 logs [06/Feb/2019:00:00:38 +0000] 192.0.2.3 - 3E57 REST.GET.OBJECT a/b \"GET /logs/a/b HTTP/1.1\" 200 - 113 "
            + "- - - - \"aws \"cli\"\" - - - - - - - - Yes -"
        #expect(lines(.s3Access, json: record).0 == [expected])
        let text = record.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        #expect(lines(.s3Access, json: "{\"logEvents\":[{\"id\":\"1\",\"message\":\"\(text)\"}]}").0 == [expected])
        #expect(
            lines(.s3Access, json: "{\"logEvents\":[{\"message\":\"79a5 logs [x] - -\"}]}").0 == ["79a5 logs [x] - -"])
        #expect(lines(.s3Access, json: "{\"Records\":[{\"eventVersion\":\"1\"}]}").damaged == 1)
        let table =
            "bucketowner,bucket_name,requestdatetime,remoteip,operation,key\n79a5,logs,06/Feb/2019:00:00:38 +0000,192.0.2.3,REST.GET.OBJECT,\n"
        #expect(
            lines(.s3Access, table: table).0.first?.hasPrefix(
                "79a5 logs [06/Feb/2019:00:00:38 +0000] 192.0.2.3 - - REST.GET.OBJECT - - -") == true)
    }

    @Test("Times before records, as exports of CloudWatch Logs have them, and control messages are no damage")
    func times() {
        let record = #"{"eventVersion":"1.08","eventName":"X"}"#
        let export = "2026-03-01T00:00:00.000Z \(record)\n2026-03-01T00:00:01.123Z \(record)\n"
        let control =
            #"{"logEvents":[{"id":"","message":"CWL CONTROL MESSAGE: Checking health."},{"id":"1","message":"{\"eventVersion\":\"1.08\",\"eventName\":\"Y\"}"}]}"#
        for (text, count) in [
            (export, 2), (control, 1), ("2026-03-01T00:00:00.000Z \(record)\n{\"eventVersion\":\"1.08\u{1}\"}\n", 2),
        ] {
            let reader = CloudTrailReader(CloudTrailPlan(fields: FieldList()))
            let account = Array(text.utf8).withUnsafeBufferPointer { reader.read($0) { _ in } }
            #expect(account.records == count && account.damaged == 0 && account.foreign == 0, "\(text) \(account)")
        }
        let reader = CloudTrailReader(CloudTrailPlan(fields: FieldList()))
        let other = Array("2026-03-01 00:00 \(record)\n".utf8).withUnsafeBufferPointer { reader.read($0) { _ in } }
        #expect(other.damaged > 0)
    }

    @Test("An aggregated event of CloudTrail says how often what happened")
    func aggregated() throws {
        let text = #"""
            {"eventVersion":"1.0","accountId":"111122223333","eventId":"e-1","eventCategory":"Aggregated","eventType":"AwsAggregatedEvent",\#
            "awsRegion":"us-west-2","eventSource":"s3.amazonaws.com","timeWindow":{"windowStart":"2025-11-17T19:20:00Z",\#
            "windowEnd":"2025-11-17T19:25:00Z","windowSize":"PT5M"},"summary":{"primaryDimension":{"dimension":"eventName",\#
            "statistics":[{"name":"DeleteObject","value":1000},{"name":"x","value":-1}],"aggregationType":"Count"},"details":[\#
            {"dimension":"resourceARN","statistics":[{"name":"arn:aws:s3:::logs","value":800}]}]}}
            """#
        let event = try #require(AggregatedEvent(try JSON(parsing: text)))
        #expect(event.id == "e-1" && event.account == "111122223333" && event.start == 1_763_407_200)
        #expect(
            event.counts("eventName").map(\.count) == [1000]
                && event.counts("resourcearn").map(\.value) == ["arn:aws:s3:::logs"])
        // A count that cannot be read.
        #expect(!event.isUnderstood)
        #expect(try AggregatedEvent(JSON(parsing: text.replacing("-1", with: "1")))?.isUnderstood == true)
        #expect(AggregatedEvent(try JSON(parsing: #"{"eventCategory":"Aggregated"}"#)) == nil)
        #expect(AggregatedEvent(try JSON(parsing: text.replacing("\"Aggregated\"", with: "\"Data\""))) == nil)
    }
}
