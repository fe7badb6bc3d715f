import AWSClient
import Foundation
import Gzip
import TestSupport
import Testing

/// Layouts in which AWS or its tools leave logs: sound ones are read wholly, so that the exit code says what was found.
@Suite(.timeLimit(.minutes(10))) struct LogFormatTests {
    private static let flow =
        "2 123456789012 eni-0a1b2c3d 10.0.0.5 10.0.0.9 443 50000 6 10 840 1767225600 1767225660 ACCEPT OK"
    /// As S3 delivers it to CloudWatch Logs.
    private static let access =
        #"{"schema_version_id":"V_1_0","bucket_name":"logs","request_time":"2026-03-01T10:00:00.000Z","remote_ip":"192.0.2.3","#
        + #""requester":null,"request_id":"1","operation":"REST.GET.OBJECT","key":"a","#
        + #""request_uri":"GET /logs/a HTTP/1.1","http_status":200}"#

    /// A text as a string of JSON.
    private static func quoted(_ text: String) throws -> String {
        String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }

    private static func event(_ message: String) throws -> String {
        "{\"id\":\"1\",\"timestamp\":1772359200000,\"message\":\(try quoted(message))}"
    }

    private static func subscription(_ message: String) throws -> String {
        "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"123456789012\",\"logGroup\":\"g\",\"logStream\":\"s\","
            + "\"subscriptionFilters\":[\"f\"],\"logEvents\":[\(try event(message))]}"
    }

    private static let control =
        "{\"messageType\":\"CONTROL_MESSAGE\",\"owner\":\"CloudwatchLogs\",\"logGroup\":\"\",\"logStream\":\"\","
        + "\"subscriptionFilters\":[],\"logEvents\":[{\"id\":\"\",\"timestamp\":1772359200000,\"message\":"
        + "\"CWL CONTROL MESSAGE: Checking health of destination Firehose.\"}]}"

    private static func packed(_ text: String) -> String {
        "{\"awslogs\":{\"data\":\"\(Data(Gzip.compress(Array(text.utf8))).base64EncodedString())\"}}"
    }

    private static func csv(_ fields: String...) -> String {
        fields.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",")
    }

    /// What a file holds of one record, in each layout of that log.
    private static func layouts(_ record: String) throws -> [String: [UInt8]] {
        let subscription = try subscription(record)
        let texts: [String: String] = [
            "plain": record + "\n", "export of CloudWatch Logs": "2026-03-01T10:00:00.000Z \(record)\n",
            "get-log-events": "{\n  \"events\": [\n    \(try event(record))\n  ],\n \"nextForwardToken\": \"f/1\"\n}\n",
            "subscription": subscription, "through Firehose": subscription + control,
            "packed for Lambda": packed(subscription),
            "table of the console": "timestamp,message\n1772359200000,\(csv(record))\n",
            "results of Insights":
                "{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"2026-03-01 10:00:00.000\"},{\"field\":\"@message\",\"value\":"
                + "\(try quoted(record))},{\"field\":\"@ptr\",\"value\":\"C\"}]],\"statistics\":{\"recordsMatched\":1.0}}",
            "export of Insights":
                "[{\"@timestamp\":\"2026-03-01 10:00:00.000\",\"@message\":\(try quoted(record)),\"@ptr\":\"C\"}]",
            "left by Firehose":
                "{\"attemptsMade\":4,\"arrivalTimestamp\":1772359200000,\"errorCode\":\"Lambda.FunctionError\",\"rawData\":"
                + "\"\(Data(Gzip.compress(Array(subscription.utf8))).base64EncodedString())\"}\n",
            "message of a queue for Lambda":
                "{\"Records\":[{\"messageId\":\"1\",\"receiptHandle\":\"h\",\"body\":\(try quoted(record)),\"eventSource\":\"aws:sqs\"}]}",
            "message of a topic for Lambda":
                "{\"Records\":[{\"EventSource\":\"aws:sns\",\"Sns\":{\"Type\":\"Notification\",\"Message\":\(try quoted(record))}}]}",
            "table of Insights": "@timestamp,@message\n\(csv("2026-03-01 10:00:00.000", record))\n",
        ]
        var layouts = texts.mapValues { Array($0.utf8) }
        layouts["compressed subscriptions"] =
            Gzip.compress(Array(subscription.utf8)) + Gzip.compress(Array(control.utf8))
        return layouts
    }

    @Test(arguments: ["cloudtrail", "vpc-flow", "s3-access"])
    func soundLayoutsAreReadAndAreNoDoubt(source: String) async throws {
        let record =
            switch source {
            case "cloudtrail": Trail.record("e-1", "DescribeTrails")
            case "vpc-flow": Self.flow
            default: Self.access
            }
        for (name, bytes) in try Self.layouts(record) {
            let folder = try LogsFolder()
            try folder.write("a.log", bytes)
            try folder.write("aws-logs-write-test", "Permission Check Successful")
            let outcome = try await HuntCommand.run(
                ["hunt", "--source", source, "--logs", folder.url.path, "--format", "json"])
            let document = try HuntDocument(outcome.standardOutput)
            #expect(document.stats.events == 1, "\(source): \(name)")
            #expect(document.doubts.isEmpty && outcome.standardError.isEmpty, "\(name): \(document.doubts)")
            #expect(outcome.status == 0 || source == "s3-access" && outcome.status == 2, "\(name)")
            let detected = try await HuntCommand.run(["hunt", "--logs", folder.path("a.log"), "--format", "json"])
            #expect(
                detected.status == outcome.status && detected.standardOutput.contains("\"source\" : \"\(source)\""),
                "\(source): \(name): \(detected.standardError)")
        }
    }

    @Test func rulesMatchInTablesAndAccessLogsOfCloudWatchLogs() async throws {
        let folder = try LogsFolder()
        try folder.write(
            "athena.csv",
            "\"eventversion\",\"useridentity\",\"eventtime\",\"eventsource\",\"eventname\",\"eventid\"\n"
                + Self.csv(
                    "1.08", "{type=IAMUser, arn=arn:aws:iam::123456789012:user/ann, accountid=123456789012}",
                    "2026-03-01T10:00:00Z", "cloudtrail.amazonaws.com", "StopLogging", "e-1") + "\n")
        try folder.write(
            "history.csv",
            "Event ID,Event time,User name,Event name,Event source\ne-2,2026-03-01T10:00:00Z,ann,StopLogging,cloudtrail.amazonaws.com\n"
        )
        let (outcome, document) = try await HuntCommand.cloudTrail(
            folder.url.path, ["--from", "2026-03-01", "--to", "2026-03-02"])
        #expect(outcome.status == 2 && document.doubts.isEmpty, "\(document.doubts)")
        #expect(document.alerts.map(\.event) == ["e-1", "e-2"])
        #expect(document.alerts.first?.actor == "arn:aws:iam::123456789012:user/ann")

        let logs = try LogsFolder()
        try logs.write("a", "2026-03-01T10:00:00.000Z \(Self.access)\n")
        let rule = try logs.write(
            "rules/r.yml",
            "title: R\nlogsource:\n  product: aws\n  service: s3_access\ndetection:\n  s:\n    remote_ip: 192.0.2.3\n  condition: s\n"
        )
        let access = try await HuntCommand.run(
            ["hunt", "--source", "s3-access", "--logs", logs.path("a"), "--rules", rule, "--format", "json"])
        #expect(try HuntDocument(access.standardOutput).alerts.map(\.time) == ["2026-03-01T10:00:00Z"])
    }

    @Test("a table whose records no rule can match is in the requested time range")
    func tablesInRange() async throws {
        let folder = try LogsFolder()
        try folder.write(
            "history.csv",
            "Event ID,Event time,User name,Event name,Event source\ne-1,2026-03-01T10:00:00Z,ann,Unheard,x.amazonaws.com\n"
        )
        for (from, isInRange) in [("2026-03-01", true), ("2026-03-02", false)] {
            let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path, ["--from", from])
            #expect(document.doubts.isEmpty == isInRange, "\(from): \(document.doubts)")
            #expect(outcome.status == (isInRange ? 0 : 3))
        }
    }

    /// `SELECT *` from the tables that AWS describes, with the columns of their partitions.
    @Test(arguments: [
        (
            "vpc-flow",
            "version,account_id,interface_id,srcaddr,dstaddr,srcport,dstport,protocol,packets,bytes,start,end,action,log_status,region,day",
            "2,123456789012,eni-1,10.0.0.5,10.0.0.9,443,50000,6,10,840,1767225600,1767225660,ACCEPT,OK,eu-west-1,2026/01/01"
        ),
        (
            "s3-access",
            "bucketowner,bucket_name,requestdatetime,remoteip,requester,requestid,operation,key,request_uri,httpstatus,"
                + "ciphersuite,tlsversion,timestamp",
            "79a5,data,01/Mar/2026:10:00:00 +0000,192.0.2.3,arn:aws:iam::123456789012:user/ann,R1,REST.GET.OBJECT,k,GET /k HTTP/1.1,200,"
                + "ECDHE-RSA-AES128-GCM-SHA256,TLSv1.3,2026/03/01"
        ),
        (
            "cloudtrail", "eventJson",
            "{\"eventVersion\":\"1.08\",\"eventName\":\"X\",\"eventTime\":\"2026-03-01T10:00:00Z\"}"
        ),
    ])
    func tablesOfQueriesAreRead(source: String, header: String, row: String) async throws {
        for isQuoted in [false, true] where isQuoted || source != "cloudtrail" {
            func line(_ text: String) -> String {
                let fields = source == "cloudtrail" ? [text] : text.split(separator: ",").map(String.init)
                return (isQuoted ? fields.map { Self.csv($0) } : fields).joined(separator: ",") + "\n"
            }
            let folder = try LogsFolder()
            try folder.write("a.csv", line(header) + line(row))
            let outcome = try await HuntCommand.run(["hunt", "--logs", folder.path("a.csv"), "--format", "json"])
            let document = try HuntDocument(outcome.standardOutput)
            #expect(document.stats.events == 1 && document.doubts.isEmpty, "\(source): \(document.doubts)")
            #expect(outcome.status == 0, "\(outcome.standardError)")
        }
    }

    @Test func otherServicesBesideTheLogArePassedByAndCounted() async throws {
        let folder = try LogsFolder()
        let account = "AWSLogs/123456789012"
        try folder.write("\(account)/CloudTrail/eu-west-1/2026/03/01/a.json.gz", Trail.file([Trail.record("e-1", "X")]))
        try folder.write(
            "\(account)/Config/eu-west-1/2026/3/1/ConfigHistory/c.json.gz", Gzip.compress(Array("{\"a\":1}".utf8)))
        try folder.write(
            "\(account)/elasticloadbalancing/eu-west-1/2026/03/01/l.log.gz", Gzip.compress(Array("http 2026".utf8)))
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path)
        #expect(outcome.status == 0 && document.stats.events == 1)
        #expect(
            outcome.standardOutput.contains(#""Config" : 1"#)
                && outcome.standardOutput.contains(#""elasticloadbalancing" : 1"#))
        let table = try await HuntCommand.run(["hunt", "--source", "cloudtrail", "--logs", folder.url.path])
        #expect(table.words.contains("2 folders of Config, elasticloadbalancing"))
        let none = try await HuntCommand.run(["hunt", "--source", "vpc-flow", "--logs", folder.url.path])
        #expect(none.status == 3 && none.words.contains("only folders of other services"))
    }

    @Test func everyFileThatWasNotWhollyReadIsInJSON() async throws {
        let folder = try LogsFolder()
        try folder.write("09.json", "{\"QueryResultRows\":[[{\"x\":\"1\"}]]}")
        try folder.write(".08.json", "{\"Records\":[\(Trail.record("e-0", "X"))]}")
        for number in 10..<30 {
            try folder.write("\(number).json.gz", Trail.file([Trail.record("e", "X")]).dropLast(9) + [])
        }
        try folder.write("sound.json", "{\"Records\":[\(Trail.record("e-1", "X"))]}")
        let (outcome, _) = try await HuntCommand.cloudTrail(folder.url.path)
        #expect(outcome.status == 3)
        struct Document: Decodable {
            struct Loss: Decodable { var file: String }
            var incomplete: [Loss]
            var moreIncomplete: Int
        }
        let document = try JSONDecoder().decode(Document.self, from: Data(outcome.standardOutput.utf8))
        let others = [".08.json", "09.json"].map { folder.path($0) }
        #expect(document.incomplete.map(\.file) == others + (10..<30).map { folder.path("\($0).json.gz") })
        #expect(document.moreIncomplete == 0)
    }

    @Test func whatCloudTrailFoundItselfAlerts() async throws {
        let folder = try LogsFolder()
        try folder.write(
            "CloudTrail-Aggregated/a.json",
            #"{"Records":[{"eventVersion":"1.0","accountId":"123456789012","eventId":"e-1","eventCategory":"Aggregated","#
                + #""eventType":"AwsAggregatedEvent","awsRegion":"eu-west-1","eventSource":"s3.amazonaws.com","timeWindow":{"windowStart":"#
                + #""2026-03-01T10:00:00Z"},"summary":{"primaryDimension":{"dimension":"userIdentity","statistics":[{"name":"#
                + #""arn:aws:iam::123456789012:user/ann","value":900}]},"details":[{"dimension":"eventName","statistics":[{"name":"#
                + #""DeleteObject","value":900}]},{"dimension":"errorCode","statistics":[{"name":"AccessDenied","value":29}]}]}}]}"#
        )
        try folder.write(
            "CloudTrail-Insight/i.json",
            #"{"Records":[{"eventVersion":"1.08","eventTime":"2026-03-01T10:00:00Z","awsRegion":"eu-west-1","eventID":"e-2","#
                + #""eventType":"AwsCloudTrailInsight","recipientAccountId":"123456789012","insightDetails":{"state":"Start","#
                + #""eventSource":"iam.amazonaws.com","eventName":"CreateUser","insightType":"ApiCallRateInsight"},"eventCategory":"Insight"}]}"#
        )
        let range = ["--from", "2026-03-01", "--to", "2026-03-02"]
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path, range)
        #expect(outcome.status == 2 && document.doubts.isEmpty, "\(document.doubts)")
        #expect(document.alerts.map(\.event) == ["e-2", "e-1"] || document.alerts.map(\.event) == ["e-1", "e-2"])
        let deleted = try #require(document.alerts.first { $0.rule == "aggregated-deletions" })
        #expect(deleted.actor == "arn:aws:iam::123456789012:user/ann" && deleted.time == "2026-03-01T10:00:00Z")
        try folder.write(
            "CloudTrail-Aggregated/a.json",
            #"{"Records":[{"eventVersion":"1.0","accountId":"123456789012","eventId":"e-3","eventCategory":"Aggregated","#
                + #""eventType":"AwsAggregatedEvent","awsRegion":"eu-west-1","eventSource":"s3.amazonaws.com","timeWindow":{"#
                + #""windowStart":"2026-03-01T10:00:00Z"},"summary":{"primaryDimension":{"dimension":"eventName","statistics":[{"#
                + #""name":"DeleteObject","value":900}]},"details":[{"dimension":"userIdentity.arn","statistics":[{"name":"#
                + #""arn:aws:iam::123456789012:user/bob","value":905}]}]}}]}"#)
        let (_, named) = try await HuntCommand.cloudTrail(folder.url.path, range)
        #expect(
            named.alerts.first { $0.rule == "aggregated-deletions" }?.actor == "arn:aws:iam::123456789012:user/bob")
        let later = try await HuntCommand.cloudTrail(folder.url.path, ["--from", "2026-03-02"])
        #expect(later.1.alerts.isEmpty && later.0.status == 3)
    }
}

/// Objects that do not come as they were listed.
@Suite(.timeLimit(.minutes(10))) struct CutObjectTests {
    private static let records = (0..<4).map { Trail.record("e-\($0)", "X") + "\n" }.joined()

    @Test(arguments: ["cut at a line's end", "empty", "204", "416", "whole", "other ranges"])
    func whatIsMissingIsSaid(fault: String) async throws {
        let whole = Array(Self.records.utf8)
        let server = try await TestServer.start { request in
            if request.method == "POST" {
                return .answer(
                    .xml(
                        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ann</Arn>"
                            + "<UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
                            + "</GetCallerIdentityResponse>"))
            }
            if request.query.contains(where: { $0.name == "location" }) {
                return .answer(.xml("<LocationConstraint></LocationConstraint>"))
            }
            if request.query.contains(where: { $0.name == "list-type" }) {
                return .answer(
                    .xml(
                        "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a.json</Key><Size>\(whole.count)</Size>"
                            + "</Contents></ListBucketResult>"))
            }
            switch fault {
            case "cut at a line's end":
                return .answer(HTTPResponse(status: 200, headers: [], body: Array(whole.prefix(whole.count / 2))))
            case "empty": return .answer(HTTPResponse(status: 200, headers: [], body: []))
            case "204": return .answer(HTTPResponse(status: 204, headers: [], body: []))
            case "416": return .answer(.xml("<Error><Code>InvalidRange</Code></Error>", status: 416))
            case "other ranges":
                return .answer(
                    HTTPResponse(
                        status: 206, headers: [.init("Content-Range", "bytes 7-\(whole.count - 1)/\(whole.count)")],
                        body: Array(whole.dropFirst(7))))
            default: return .answer(HTTPResponse(status: 200, headers: [], body: whole))
            }
        }
        let outcome = try await HuntCommand.run(
            ["hunt", "--source", "cloudtrail", "--logs", "s3://logs/", "--format", "json"], endpoint: server.endpoint)
        // Nothing of the only file is a failure; a part of it is a doubt.
        let status: Int32 = fault == "whole" ? 0 : fault.hasPrefix("cut") ? 3 : 1
        #expect(outcome.status == status, "\(fault): \(outcome.standardError)")
        if fault != "whole" { #expect(outcome.standardError.contains("s3://logs/a.json")) }
    }
}

/// Logs in Apache Parquet, which this machine does not read.
@Suite(.timeLimit(.minutes(10))) struct ParquetLogsTests {
    private static let advice = "it is Parquet, which only hunt --engine athena and --engine spark read"

    /// The bytes of an empty file, and those of one whose footer is encrypted. The name says nothing.
    @Test(arguments: ["PAR1", "PARE"], [["--source", "vpc-flow"], ["--source", "cloudtrail"], []])
    func aFileNeedsAnEngine(magic: String, source: [String]) async throws {
        let folder = try LogsFolder()
        let file = try folder.write("flows.log", Array("\(magic)\u{15}\u{4}rows\(magic)".utf8))
        for place in [file, folder.url.path] {
            let outcome = try await HuntCommand.run(["hunt", "--logs", place, "--format", "json"] + source)
            #expect(outcome.status == 1, "\(outcome.standardError)")
            #expect(outcome.standardOutput.isEmpty)
            #expect(outcome.standardError.contains("flows.log: \(Self.advice)"), "\(outcome.standardError)")
            #expect(outcome.standardError.contains("use an engine (docs/scale.md)"))
        }
    }

    @Test func aFileAmongOthersIsADoubt() async throws {
        let folder = try LogsFolder()
        try folder.write("a.json.gz", Trail.file([Trail.record("e-1", "DescribeTrails")]))
        try folder.write("b.parquet", Array("PAR1rowsPAR1".utf8))
        let outcome = try await HuntCommand.run([
            "hunt", "--source", "cloudtrail", "--logs", folder.url.path, "--format", "json",
        ])
        #expect(outcome.status == 3)
        #expect(outcome.standardOutput.contains(Self.advice))
        #expect(outcome.standardError.contains("b.parquet: \(Self.advice)"))
    }

    @Test func anObjectNeedsAnEngine() async throws {
        let server = try await MotoServer.start(seeded: false)
        let folder = try LogsFolder()
        try folder.write("AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/03/05/f.log", Array("PAR1rowsPAR1".utf8))
        let upload = try await Subprocess.python(
            "Tests/Support/python/upload_folder.py", [server.endpoint, "flow-logs", folder.url.path])
        try #require(upload.status == 0, "\(upload.standardError)")
        let outcome = try await HuntCommand.run(
            ["hunt", "--source", "vpc-flow", "--logs", "s3://flow-logs/AWSLogs/"], endpoint: server.endpoint)
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("f.log: \(Self.advice)"), "\(outcome.standardError)")
    }
}

/// Files that several runs write, or that one is stopped over.
@Suite(.timeLimit(.minutes(10))) struct HuntFileTests {
    private func flows(_ folder: LogsFolder) throws {
        let lines = (0..<200).map { minute in
            let start = 1_767_225_600 + minute * 60
            return
                "2 123456789012 eni-\(minute % 20) 10.0.0.5 198.51.100.\(minute) 443 50000 6 10 840 \(start) \(start + 60) ACCEPT OK"
        }
        try folder.write("logs/a.log", lines.joined(separator: "\n"))
    }

    @Test func twoHuntsDoNotShareABaseline() async throws {
        let folder = try LogsFolder()
        try flows(folder)
        let baseline = folder.path("baseline.json")
        // The first waits for its standard input, and holds the file meanwhile.
        let pipe = folder.path("pipe")
        mkfifo(pipe, 0o600)
        let arguments = ["hunt", "--source", "vpc-flow", "--baseline", baseline, "--quiet", "--logs"]
        async let first = HuntCommand.run(arguments + [pipe])
        let writer = try await Task.detached { try FileHandle(forWritingTo: URL(filePath: pipe)) }.value
        let second = try await HuntCommand.run(arguments + [folder.path("logs")])
        #expect(second.status == 1)
        #expect(
            second.standardError.contains("baseline.json cannot be used: it is in use by a hunt (process "),
            "\(second.standardError)")
        try writer.write(contentsOf: Data((try folder.text("logs/a.log") + "\n").utf8))
        try writer.close()
        #expect(try await first.status != 1)
        let again = try await HuntCommand.run(arguments + [folder.path("logs")])
        #expect(again.status != 1)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == [
                "baseline.json", "logs", "pipe",
            ])
        let mode = try FileManager.default.attributesOfItem(atPath: baseline)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func onePathForTwoOutputsIsRefused() async throws {
        let folder = try LogsFolder()
        try flows(folder)
        let outcome = try await HuntCommand.run([
            "hunt", "--source", "vpc-flow", "--logs", folder.path("logs"), "--baseline", folder.path("a.json"),
            "--output",
            folder.path("./a.json"),
        ])
        #expect(outcome.status == 1 && outcome.standardError.contains("is the same file"))
    }

    /// Stopped at any moment, a hunt leaves the old files or the new ones, whole.
    @Test func aHuntThatIsStoppedLeavesWholeFiles() async throws {
        let folder = try LogsFolder()
        try flows(folder)
        let arguments = [
            Repository.parapet, "hunt", "--source", "vpc-flow", "--logs", folder.path("logs"), "--quiet", "--baseline",
            folder.path("baseline.json"), "--output", folder.path("report.json"),
        ]
        let sound = try await HuntCommand.run(Array(arguments.dropFirst()))
        #expect(sound.status != 1, "\(sound.standardError)")
        for (number, signal) in ["KILL", "TERM", "KILL", "TERM", "KILL", "INT"].enumerated() {
            let after = "0.\(number % 3)\(number + 1)"
            _ = try await Subprocess.run(
                "/usr/bin/timeout", ["-s", signal, after] + arguments, environment: HuntCommand.isolated)
            for name in ["baseline.json", "report.json"] {
                let bytes = try Data(contentsOf: folder.url.appending(path: name))
                #expect(throws: Never.self) { _ = try JSONSerialization.jsonObject(with: bytes) }
            }
        }
        let last = try await HuntCommand.run(Array(arguments.dropFirst()))
        #expect(last.status == sound.status)
    }
}

extension Subprocess.Outcome {
    /// The result with a space for each line end, since tables are wrapped.
    fileprivate var words: String { standardOutput.split { $0 == " " || $0 == "\n" }.joined(separator: " ") }
}
