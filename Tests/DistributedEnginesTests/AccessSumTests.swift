import Analytics
import Basics
import Foundation
import Hunting
import LogReaders
import LogSources
import Sigma
import Testing
import TestSupport

@testable import DistributedEngines

/// Requests that an engine sums up, on DuckDB: the alerts are those of all records.
@Suite struct AccessSumTests {
    struct Case: CustomTestStringConvertible {
        var hasLines = false
        var hasRule = false
        /// In seconds since 1970.
        var range: Range<Int>?

        var testDescription: String { "lines \(hasLines), rule \(hasRule), range \(range.map { "\($0)" } ?? "any")" }
    }

    /// With lines, the other records come back as they stand in the log, as from files that Spark reads.
    @Test(arguments: [
        Case(), Case(hasRule: true), Case(hasLines: true, hasRule: true),
        Case(range: Requests.begin + 20 * 3_600 + 61..<Requests.begin + 71 * 3_600 + 1),
        Case(hasLines: true, range: Requests.begin + 20 * 3_600 + 61..<Requests.begin + 71 * 3_600 + 1),
    ])
    func sumsRaiseTheAlertsOfAllRecords(test: Case) async throws {
        let definition = TableDefinition(.s3Access, location: "s3://logs/access")
        let lines = Requests().lines
        var table = definition.table
        // The rows of the test have no partitions.
        table.days = nil
        if test.hasLines { table.recordColumn = TableDefinition.recordColumn }
        var settings = HuntSettings()
        settings.moment = Requests.begin + 10 * 86_400
        (settings.from, settings.to) = (test.range?.lowerBound, test.range?.upperBound)
        settings.access.logBuckets = ["trail-logs"]
        let rules = RuleCollection(parsing: test.hasRule ? [("1.yml", Self.rule)] : [])
        let hunt = Hunt(rules, for: .s3Access, settings)
        let sieve = HuntSieve(hunt.wanted, on: table)
        #expect(sieve.unsieved == [])
        #expect(sieve.sumsRecords)

        let rows = try lines.map { try Self.row(of: $0, definition) }
        let opinion = try await SQLOpinion.of(
            [RowQuery(sieve, in: .athena).text], on: definition.name,
            definition.columns + (test.hasLines ? [.init(TableDefinition.recordColumn, .scalar("string"))] : []), rows,
            ocsf: .null)
        #expect(opinion.errors == [])
        let summed = try RowStore(table, opinion)
        var all = RowStore(table)
        for (row, line) in zip(rows, lines) {
            let values = definition.columns.map { row[$0.name]?.text }
            try all.add(path: "s3://logs/a", test.hasLines ? [line] : values)
        }
        #expect(summed.unreadable == all.unreadable)
        if test.range == nil { #expect(summed.count + summed.sums.records == all.count) }
        #expect(summed.rowCount < all.count / 2, "\(summed.rowCount) rows of \(all.count) records")

        let (expected, found) = (try await Found(hunt, all), try await Found(hunt, summed))
        #expect(Set(expected.rules).count > (test.range == nil ? 15 : 5), "\(Set(expected.rules).sorted())")
        #expect(found.alerts == expected.alerts)
        #expect(found.requests == expected.requests)
        #expect(found.learned == expected.learned)
    }

    /// What a hunt finds and learns.
    private struct Found {
        var rules: [String]
        var alerts: [String]
        var requests: Set<DailyRequests>
        var learned: AccessBaseline?

        init(_ hunt: Hunt, _ store: RowStore) async throws {
            let pipeline = LogPipeline(store.locations, layout: .lines, store: store, workers: 2)
            let (result, learned) = try await hunt.run(pipeline, sums: store.sums)
            rules = result.alerts.map(\.rule)
            alerts = result.alerts.map(FlowSumTests.text).sorted()
            requests = Set(result.requests)
            self.learned = learned.access
        }
    }

    /// The row of a line by the table's own expression.
    private static func row(of line: String, _ definition: TableDefinition) throws -> JSON {
        let expression = try NSRegularExpression(pattern: "^" + TableDefinition.accessExpression + "$")
        let match = expression.firstMatch(in: line, range: NSRange(line.startIndex..., in: line))
        let members = definition.columns.enumerated().map { place, column -> JSON.Object.Member in
            let text = match.flatMap { Range($0.range(at: place + 1), in: line) }.map { String(line[$0]) } ?? ""
            return .init(column.name, text.isEmpty ? .null : .string(text))
        }
        return .object(JSON.Object(members + [.init(TableDefinition.recordColumn, .string(line))]))
    }

    @Test func tablesWithoutTheFieldsAreNotSummed() {
        let columns = ["bucket", "operation", "time", "requester", "remote_ip"].map {
            LogTable.Column($0, .scalar("string"))
        }
        let table = LogTable(.s3Access, name: "requests", columns: columns)
        let sieve = HuntSieve(Hunt(RuleCollection(parsing: []), for: .s3Access).wanted, on: table)
        #expect(!sieve.sumsRecords)
        #expect(sieve.unsieved == ["the built-in analytics of s3-access"])
    }

    @Test func aSumThatIsNoRequestIsAnError() async throws {
        let table = TableDefinition(.s3Access, location: "s3://logs").table
        let hunt = Hunt(RuleCollection(parsing: []), for: .s3Access)
        let minutes = Array(repeating: "1", count: 60).joined(separator: " ")
        for missing in ["bucket", "time", "bytes_sent"] {
            var store = RowStore(table)
            let values = table.leaves.map { leaf -> String? in
                switch leaf.field {
                case missing: nil
                case "time": "1772323200"
                case "bucket", "operation", "requester": "x"
                case "bytes_sent": "5"
                case "status": "200"
                default: nil
                }
            }
            try store.add(path: nil, values + ["60", "1772326740", minutes])
            await #expect(throws: Failure.self, "\(missing)") { _ = try await Found(hunt, store) }
        }
    }

    /// A text that a client chose goes on in columns that are not its own.
    @Test func aRuleFindsWhatStandsBehindAQuoteInAUserAgent() async throws {
        let definition = TableDefinition(.s3Access, location: "s3://logs/access")
        var requests = Requests(isEmpty: true)
        requests.add(0, agent: "curl")
        requests.add(60, agent: #"a" kali"#)
        let rules = RuleCollection(parsing: [("1.yml", Self.agentRule)])
        let hunt = Hunt(rules, for: .s3Access)
        for hasLines in [false, true] {
            var table = definition.table
            if hasLines { table.recordColumn = TableDefinition.recordColumn }
            let wanted = WantedRecords(rules: hunt.wanted.rules)
            let columns =
                definition.columns
                + (hasLines ? [.init(TableDefinition.recordColumn, .scalar("string"))] : [])
            let opinion = try await SQLOpinion.of(
                [RowQuery(HuntSieve(wanted, on: table), in: .athena).text], on: definition.name, columns,
                try requests.lines.map { try Self.row(of: $0, definition) }, ocsf: .null)
            #expect(opinion.errors == [])
            #expect(opinion.passed == [[1]])
        }
    }

    private static let rule = """
        title: Inventory
        id: 2389c07f-07ac-40d2-b9f1-1c09794f8bfb
        logsource:
          product: aws
          service: s3
        detection:
          a:
            operation: REST.GET.INVENTORY
          condition: a
        level: high
        """

    private static let agentRule = rule.replacing("operation: REST.GET.INVENTORY", with: "user_agent|contains: kali")
}

/// Four days of requests to two buckets, with attacks.
private struct Requests {
    private(set) var lines: [String] = []
    private var random = SeededGenerator(seed: 2_211)
    /// 1 March 2026.
    static let begin = 1_772_323_200

    private static let ann = "arn:aws:iam::123456789012:user/ann"
    private static let trailKey = "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/03/01/a.json.gz"

    init(isEmpty: Bool = false) {
        guard !isEmpty else { return }
        for hour in 0..<96 { usual(hour) }
        for session in 0..<30 {
            add(70 * 3_600 + session * 77, "arn:aws:sts::123456789012:assumed-role/app/s\(session)")
        }
        denials()
        volumes()
        sensitive()
        odd()
        lines.shuffle(using: &random)
    }

    private mutating func usual(_ hour: Int) {
        let start = hour * 3_600
        for number in 0..<24 {
            let time = start + number * 150 + Int(random.next() % 100)
            add(
                time, "svc:cloudtrail.amazonaws.com", address: "-", operation: "REST.PUT.OBJECT",
                key: "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/03/\(hour)/\(number).json.gz", bytes: nil,
                agent: "cloudtrail.amazonaws.com")
            add(time + 3, key: "AWSLogs/\(hour)/\(number)", bytes: 4_000 + Int(random.next() % 9_000))
            add(
                time + 5, "arn:aws:iam::123456789012:user/app", address: "203.0.113.\(number % 2)",
                key: "data/\(number)", status: number % 7 == 0 ? 304 : 200, agent: "app/\(number % 3)", bucket: "data")
            add(
                time + 7, "arn:aws:iam::123456789012:user/app", address: "203.0.113.1", operation: "REST.PUT.OBJECT",
                key: "data/\(hour)/\(number)", status: number == 5 ? 503 : 200, bytes: nil, bucket: "data")
            add(
                time + 9, "arn:aws:iam::123456789012:user/job", address: "203.0.113.9", operation: "REST.HEAD.OBJECT",
                key: number % 4 == 0 ? "-" : "data/x\(number % 3)", status: number % 3 == 0 ? 404 : 403, bytes: 243,
                bucket: "data")
        }
        add(start + 40, operation: "REST.GET.BUCKET", key: "-", agent: "-")
    }

    private mutating func denials() {
        let mallory = "arn:aws:iam::999999999999:user/mallory"
        for number in 0..<150 {
            add(50 * 3_600 + number, mallory, address: "198.51.100.7", key: "AWSLogs/\(number % 9)", status: 403)
            add(
                52 * 3_600 + number * 31, "arn:aws:iam::999999999999:user/eve", address: "198.51.100.8",
                key: "AWSLogs/guess/\(number)", status: 403)
            add(
                54 * 3_600 + number * 29, "arn:aws:iam::123456789012:user/guess", address: "198.51.100.9",
                key: "backup-\(number / 2)", status: 404, bucket: "data")
        }
        // Denied and allowed in turn, often in the same minute.
        for number in 0..<400 {
            add(
                60 * 3_600 + number * 11, "arn:aws:iam::123456789012:user/turn", address: "198.51.100.10",
                key: "data/\(number % 5)", status: number % 40 < 25 ? 403 : 200, bucket: "data")
        }
        for number in 0..<3 {
            add(65 * 3_600 + number, "arn:aws:iam::777777777777:user/u\(number)", key: "-", status: 401)
        }
    }

    private mutating func volumes() {
        for number in 0..<300 {
            add(72 * 3_600 + number * 9, address: "198.51.100.20", key: "AWSLogs/\(number)", bytes: 8_388_608)
            add(
                74 * 3_600 + number * 9, "arn:aws:iam::123456789012:user/wipe", operation: "REST.DELETE.OBJECT",
                key: "data/\(number)", status: 204, bytes: nil, bucket: "data")
            add(
                76 * 3_600 + number * 9, "arn:aws:iam::123456789012:user/lock", operation: "REST.COPY.OBJECT",
                key: "data/\(number)", bucket: "data")
        }
    }

    private mutating func sensitive() {
        let operations = [
            "REST.DELETE.OBJECT", "REST.PUT.OBJECT", "REST.GET.ACL", "REST.PUT.BUCKETPOLICY", "REST.PUT.LIFECYCLE",
            "REST.POST.MULTI_OBJECT_DELETE", "REST.GET.INVENTORY", "S3.EXPIRE.OBJECT", "BATCH.DELETE.OBJECT",
            "REST.DELETE.BUCKET", "REST.GET.NOTIFICATION",
        ]
        for (number, operation) in operations.enumerated() {
            for repetition in 0..<4 {
                let isWhole = operation.contains("MULTI") || number > 9
                add(
                    80 * 3_600 + number * 700 + repetition * 50, operation: operation,
                    key: isWhole ? "-" : Self.trailKey, status: repetition == 3 ? 403 : 200)
            }
        }
        for number in 0..<60 {
            add(82 * 3_600 + number, "-", address: "192.0.2.\(number % 40)", key: "AWSLogs/\(number)", status: 200)
            add(83 * 3_600 + number, "-", address: "192.0.2.9", key: "x\(number)", status: 403, bucket: "data")
            add(84 * 3_600 + number, key: "data/\(number)", cipher: "-", tls: "-", bucket: "data")
        }
    }

    /// Records that an engine cannot sum, or that are not what they seem.
    private mutating func odd() {
        for number in 0..<4 {
            let time = 86 * 3_600 + number * 7
            add(time, agent: #"a" b"#)
            add(time, agent: #"x" - h SigV4 - AuthHeader h - - "y"#)
            add(time, agent: "Größe")
            add(time, agent: "")
            add(time, "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2EXAMPLE")
            add(time, key: "a%20b", bytes: 0)
            add(time, status: nil)
            add(time, key: "data/1", zone: "+0100")
            add(time, key: "data/2", cipher: "-")
            add(time + 86_400 * 365 * 3)
            lines.append("no record \(number)")
            lines.append(lines.last(where: { $0.contains("REST.") })?.replacing("[04/Mar", with: "[30/Feb") ?? "")
            lines.append(lines.last(where: { $0.hasPrefix("owner") })?.replacing(" - - -", with: "  - -") ?? "")
            // Ten years ago, lines were shorter.
            if let line = lines.last(where: { $0.contains("Größe") }) {
                lines.append(String(line.split(separator: " SigV4")[0]).replacing("Größe", with: "old"))
            }
        }
    }

    /// - Parameter time: in seconds since the beginning.
    mutating func add(
        _ time: Int, _ requester: String = Self.ann, address: String = "203.0.113.5",
        operation: String = "REST.GET.OBJECT", key: String = "AWSLogs/a.json.gz", status: Int? = 200,
        bytes: Int? = 1_000, agent: String = "aws-cli/2 (x; y)", cipher: String = "ECDHE-RSA-AES128-GCM-SHA256",
        tls: String = "TLSv1.3", bucket: String = "trail-logs", zone: String = "+0000"
    ) {
        let civil = (Moment(seconds: Self.begin + time) ?? .earliest).civil
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        // The days are of 2026 to 2029, from 28 February to 6 March.
        let month = civil.month == 2 ? "Feb" : "Mar"
        let clock = [civil.hour, civil.minute, civil.second].map(two).joined(separator: ":")
        let moment = "\(two(civil.day))/\(month)/\(civil.year):\(clock) \(zone)"
        let sent = bytes.map { "\($0)" } ?? "-"
        lines.append(
            "owner \(bucket) [\(moment)] \(address) \(requester) ID\(lines.count) \(operation) \(key) "
                + "\"GET /x HTTP/1.1\" \(status.map { "\($0)" } ?? "-") - \(sent) \(sent) 9 8 \"-\" \"\(agent)\" - host= SigV4 \(cipher) "
                + "AuthHeader h \(tls) - - -")
    }
}
