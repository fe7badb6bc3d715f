import Basics
import Foundation
import Gzip
import Testing
import TestSupport

@testable import LogSources

@Suite("The layout of a file is told by how it begins")
struct LogLayoutTests {
    @Test(
        "JSON, tables and lines in either log",
        arguments: [
            (LogLayout.lines, "2 123456789012 eni-1 - - - - - - - 1 2 - NODATA\n", LogLayout.lines),
            (.lines, "{\"events\": [\n", .json), (.lines, " \n[{\"message\":", .json),
            (.lines, "2026-03-01T00:00:00.000Z 2 123456789012 eni-1\n", .lines),
            (.lines, "2026-03-01T00:00:00.000Z {\"bucket_name\":\"b\"}\n", .json),
            (.lines, "timestamp,message\n1,2 3 4\n", .csv), (.lines, "\"version\",\"srcaddr\"\n", .csv),
            (.lines, "version,srcaddr,dstaddr\n", .lines), (.json, "{\"Records\":[", .json),
            (.json, "2026-03-01T00:00:00.000Z {\"eventVersion\":\"1.08\"}\n", .json),
            (.json, "\"eventversion\",\"useridentity\",\"eventtime\"\n", .csv),
            (.json, "Event ID,Event time,User name,Event name\n", .csv), (.json, "@timestamp,@message\n", .csv),
            (.json, "nothing at all, really\n", .json), (.json, "", .json), (.lines, "", .lines),
        ])
    func told(log: LogLayout, text: String, layout: LogLayout) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBytes { log.ofContent($0, isWhole: true) } == layout)
        // However little comes first, it is told the same in the end, and not before.
        for count in bytes.indices {
            let early = bytes[..<count].withUnsafeBytes { log.ofContent($0, isWhole: false) }
            #expect(early == nil || early == layout)
        }
    }

    @Test("A table is cut between rows, not within a field, and each piece knows the columns")
    func tables() async throws {
        let folder = try LogFolder()
        let rows = (0..<100_000).map { "\($0),\"{\"\"a\"\":\n \($0)}\"" }.joined(separator: "\n")
        try folder.write("a.csv", "timestamp,message\n" + rows)
        let pipeline = LogPipeline([LogLocation(folder.path)], layout: .json, workers: 1)
        var small = pipeline
        small.sizes = PieceSizes(whole: 64 << 10, piece: 64 << 10, longest: 1 << 20, range: 64 << 10, block: 8 << 10)
        let (states, account) = try await small.run {
            (rows: 0, pieces: 0, sound: true)
        } read: { state, piece in
            let text = String(decoding: piece.bytes, as: UTF8.self)
            let header = String(decoding: piece.header, as: UTF8.self)
            state.pieces += 1
            state.rows += text.count { $0 == "{" }
            state.sound =
                state.sound && piece.layout == .csv && text.count { $0 == "\"" }.isMultiple(of: 2)
                && (piece.isFirst ? header.isEmpty : header == "timestamp,message\n")
        }
        #expect(account.isWhole && states[0].sound && states[0].rows == 100_000 && states[0].pieces > 1)
    }
}

@Suite("Compressed and packed logs")
struct PackedLogTests {
    /// `one`, `two` and `three`, each with a line end, by `zstd -19`.
    private static let frame = Data(base64Encoded: "KLUv/QRocQAAb25lCnR3bwp0aHJlZQqkWIk0") ?? Data()

    @Test("Zstandard is read, in any number of frames, and what is cut or damaged is told")
    func zstandard() async throws {
        let folder = try LogFolder()
        try folder.write("a.zst", Array(Self.frame))
        try folder.write("b.zst", Array(Self.frame + Self.frame))
        let read = try await ReadLogs.lines([folder.path])
        #expect(read.found.count == 9 && read.account.isWhole)
        try folder.write("c.zst", Array(Self.frame.dropLast(5)))
        try folder.write("d.zst", Array(Self.frame.prefix(4) + [0xFF, 0xFF, 0xFF, 0xFF]))
        let damaged = try await ReadLogs.lines([folder.path])
        #expect(damaged.account.damagedFiles == 2)
        #expect(damaged.account.losses.count { $0.what.contains("compressed") } == 2)
        #expect(Set(damaged.account.incomplete.keys.map { $0.suffix(5) }) == ["c.zst", "d.zst"])
    }

    @Test("The data of Lambda, Kinesis and Firehose events is unpacked", arguments: ["plain", "gzip"])
    func packed(form: String) async throws {
        let lines = "{\"logEvents\":[\(record("A")),\(record("B"))]}"
        let data = Data(Gzip.compress(Array(lines.utf8))).base64EncodedString()
        let documents = [
            "{\"awslogs\":{\"data\":\"\(data)\"}}",
            "{\"Records\":[{\"kinesis\":{\"kinesisSchemaVersion\":\"1.0\",\"data\":\"\(data)\"},\"eventID\":\"s:1\"}]}",
            "{\"invocationId\":\"i\",\"deliveryStreamArn\":\"arn\",\"records\":[{\"recordId\":\"1\",\"data\":\"\(data)\"},"
                + "{\"recordId\":\"2\",\"data\":\"\(Data(record("C").utf8).base64EncodedString())\"}]}",
            "{\"requestId\":\"r\",\"records\":[{\"data\": \"\(data.replacing("/", with: "\\/"))\"}]}",
        ]
        let folder = try LogFolder()
        for (number, text) in documents.enumerated() {
            try folder.write("\(number)", form == "gzip" ? Gzip.compress(Array(text.utf8)) : Array(text.utf8))
        }
        let read = try await ReadLogs.events([folder.path])
        #expect(read.found == ["A", "A", "A", "A", "B", "B", "B", "B", "C"])
        #expect(read.account.isWhole)
        // A record of CloudTrail that speaks of such events is a record.
        try folder.write(
            "more", record("D").replacing("}", with: ",\"requestParameters\":{\"kinesis\":1,\"data\":\"x!\"}}"))
        #expect(try await ReadLogs.events([folder.path + "/more"]).found == ["D"])
        try folder.write("bad", "{\"awslogs\":{\"data\":\"H4sIAAA*\"}}")
        #expect(try await ReadLogs.events([folder.path + "/bad"]).account.lostRecords == 1)
    }
}

@Suite("Garbage in files is told, and is no crash")
struct GarbageTests {
    /// Pieces of the layouts that are told apart, put together at random.
    private static let parts: [[UInt8]] =
        [
            "{", "}", "[", "]", "\"", ",", "\n", "\\", ":", "\"awslogs\"", "\"data\":\"H4sI", "AAAA\"",
            "timestamp,message\n",
            "\"eventname\",", "2026-03-01T00:00:00.000Z ", "{\"Records\":[", record("A"),
            "\"kinesis\":{\"data\":\"e30=\"}", "x",
            "CWL CONTROL MESSAGE", "{a=b, c={", "\u{1}", " ",
        ].map { Array($0.utf8) } + [[0x28, 0xB5, 0x2F, 0xFD], [0x1F, 0x8B, 8, 0], [0xFF, 0], [0xEF, 0xBB, 0xBF]]

    @Test("In both layouts, whole and in pieces", arguments: [UInt64(1), 2, 3, 4])
    func random(seed: UInt64) async throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func next(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        let folder = try LogFolder()
        for number in 0..<150 {
            try folder.write("\(number)", (0..<next(40)).flatMap { _ in Self.parts[next(Self.parts.count)] })
        }
        // Larger than what is read whole.
        try folder.write("large", (0..<60_000).flatMap { _ in Self.parts[next(Self.parts.count)] })
        let events = try await ReadLogs.events([folder.path])
        let lines = try await ReadLogs.lines([folder.path])
        #expect(events.account.files == 151 && lines.account.files == 151)
        #expect(!events.account.isWhole)
    }
}

@Suite("Folders of other services are passed by")
struct ServiceFolderTests {
    @Test(
        "Below an account's folder, unless the user named them",
        arguments: [
            ("AWSLogs/123456789012/Config/eu-west-1/2026/1/1/a.json.gz", "Config"),
            ("p/AWSLogs/o-abc/123456789012/elasticloadbalancing/eu-west-1/a.log.gz", "elasticloadbalancing"),
            ("AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/a.log.gz", "vpcflowlogs"),
            ("AWSLogs/123456789012/CloudTrail/eu-west-1/a.json.gz", nil),
            ("AWSLogs/123456789012/cloudtrail/eu-west-1/a.json.gz", nil),
            ("AWSLogs/123456789012/CloudTrail-Insight/eu-west-1/a.json.gz", nil),
            ("AWSLogs/123456789012/eu-west-1/2026/a.json.gz", nil), ("AWSLogs/123456789012/2026/a.json.gz", nil),
            ("AWSLogs/123456789012/a.json.gz", nil), ("AWSLogs/readme/Config/a", nil),
            ("logs/123456789012/Config/a.json.gz", nil),
        ])
    func told(path: String, service: String?) {
        #expect(ServiceFolders.cloudTrail.other(in: path, below: 0)?.service == service)
        #expect(ServiceFolders.cloudTrail.other(in: path, below: path.utf8.count) == nil)
        #expect(ServiceFolders.all.other(in: path, below: 0) == nil)
    }

    @Test("On disk and in a bucket they are counted, and the log's own are read")
    func counted() async throws {
        let account = "AWSLogs/123456789012/"
        let files = [
            "\(account)CloudTrail/eu-west-1/2026/01/01/a.json": record("A"),
            "\(account)Config/eu-west-1/2026/1/1/ConfigHistory/c.json": "{\"configurationItems\":[]}",
            "\(account)Config/ConfigWritabilityCheckFile": "",
            "\(account)vpcflowlogs/eu-west-1/2026/01/01/f.log": "2 3",
            "\(account)CloudTrail-NetworkActivity/eu-west-1/2026/01/01/n.json": record("N"),
            "aws-logs-write-test": "Permission Check Successful",
            "123456789012_CloudTrail-Digest_eu-west-1_main_eu-west-1_20260101T000000Z.json": "{\"logFiles\":[]}",
        ]
        let folder = try LogFolder()
        for (name, text) in files { try folder.write(name, text) }
        let store = MemoryStore(objects: files.mapValues { Array($0.utf8) })
        for (place, cursors) in [
            (folder.path, nil), ("s3://logs/", nil), ("s3://logs/", []), ("s3://logs/AWSLogs", nil),
        ]
            as [(String, [ObjectListing.Cursor]?)]
        {
            let read = try await ReadLogs.events([place], store: store, services: .cloudTrail, after: cursors)
            #expect(read.found == ["A", "N"] && read.account.isWhole, "\(place)")
            #expect(read.account.otherServices == ["Config": 1, "vpcflowlogs": 1])
        }
        let pattern = try await ReadLogs.events([folder.path + "/**/*.json"], services: .cloudTrail)
        #expect(pattern.found == ["A", "N"] && pattern.account.otherServices == ["Config": 1])
        #expect(pattern.account.files == 2)
        let wanted = try await ReadLogs.events([folder.path + "/AWSLogs/*/Config/**/*.json"], services: .cloudTrail)
        #expect(wanted.account.files == 1 && wanted.account.otherServices.isEmpty)
        let named = try await ReadLogs.events([folder.path + "/\(account)Config"], services: .cloudTrail)
        #expect(named.account.files == 1 && named.account.otherServices.isEmpty)
    }

    @Test("Only what is a digest, metadata or hidden is passed by, whatever the names of folders and files")
    func names() async throws {
        let folder = try LogFolder()
        for (name, event) in [
            ("CloudTrail-Digest/AWSLogs/123456789012/CloudTrail/eu-west-1/2026/01/01/a.json", "A"),
            ("my_CloudTrail-Digest_copy.json", "B"), ("c.metadata.json", "C"), ("d.json", "D"),
            ("d.json.metadata.json", "X"), ("AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/x.json", "X"),
            ("123456789012_CloudTrail-Digest_eu-west-1_main_eu-west-1_20260101T000000Z.json", "X"),
            (".e.json", "E"), ("._d.json", "X"), (".DS_Store", "X"),
        ] { try folder.write(name, record(event)) }
        let read = try await ReadLogs.events([folder.path], services: .cloudTrail)
        #expect(read.found == ["A", "B", "C", "D"])
        #expect(read.account.losses.map(\.file) == [folder.path + "/.e.json"])
        #expect(try await ReadLogs.events([folder.path + "/.e.json"]).found == ["E"])
    }
}
