import Basics
import DistributedEngines
import Foundation
import Hunting
import LogReaders
@testable import Sigma
import Testing
import TestSupport

/// Sieves on DuckDB against the local matcher: no row of a record that a rule matches may be lost.
@Suite struct SieveOpinionTests {
    @Test func theRowsOfTheBuiltInRulesHoldEveryRecordThatARuleMatches() async throws {
        var collection = RuleCollection(
            parsing: BuiltInRules.files, placeholders: BuiltInRules.placeholders)
        // Also rules that only correlations count.
        collection.detectionAlerts = collection.detectionAlerts.map { _ in true }
        let single = SingleRules(collection, for: .cloudTrail)
        let hunt = Hunt(collection, for: .cloudTrail)
        let definition = TableDefinition(.cloudTrail, location: "s3://logs/AWSLogs")
        let table = definition.table
        let queries = single.detections.map { rule in
            RowQuery(HuntSieve(WantedRecords(rules: [rule]), on: table), in: .athena).text
        }
        let sieve = HuntSieve(hunt.wanted, on: table)
        #expect(sieve.unsieved == [])
        #expect(sieve.blind.map { $0.rule } == [])

        let examples = try Self.examples()
        let records = RandomRecords.of(examples: examples, count: 300)
        let opinion = try await SQLOpinion.of(
            queries + [RowQuery(sieve, in: .athena).text], on: definition, records)
        #expect(opinion.errors == [])
        let matches = single.matches(records)
        var (matched, passed) = (0, 0)
        for (place, rule) in single.detections.enumerated() {
            let lost = matches[place].subtracting(opinion.passed[place])
            #expect(lost.isEmpty, "\(rule.about.title) loses \(lost.first.map { records[$0].description } ?? "")")
            #expect(matches[place].isSubset(of: opinion.passed[queries.count]))
            matched += matches[place].count
            passed += opinion.passed[place].count { $0 < examples.count }
        }
        #expect(matched > 500)
        // A sieve that lets everything through would be sound too.
        #expect(passed < single.detections.count * examples.count / 20)

        // The rows say the same as the records.
        try single.expect(matches, of: records, inRowsOf: opinion, table)
    }

    /// The examples of the built-in rules, those that match and those that do not.
    static func examples() throws -> [JSON] {
        let folder = Repository.file("Sources/Sigma/Rules")
        var records: [JSON] = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        where path.hasSuffix(".events.json") {
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            let examples = try JSON(parsing: text)
            for list in ["match", "ignore"] {
                for element in examples[list]?.elements ?? [] { records += element.elements ?? [element] }
            }
        }
        // A form of Insights events that trails do not write, and tables have no column for.
        return records.filter { $0["insightState"] == nil }
    }

    @Test func everyKindOfTestIsSievedSoundlyInFlowLogs() async throws {
        let rules = Self.rules(
            "vpcflow",
            [
                "a:\n  dstport: 22\n  action: ACCEPT\ncondition: a",
                "a:\n  dstport|gte: 1024\nb:\n  srcaddr|cidr: [10.0.0.0/8, 172.16.0.0/12]\ncondition: a and not b",
                "a:\n  srcaddr|cidr: 2001:db8::/32\ncondition: a",
                "a:\n  dstaddr|cidr: 192.168.4.0/22\ncondition: a",
                "a:\n  bytes|gt: 1000000\nb:\n  bytes: null\ncondition: a or b",
                "a:\n  srcaddr|re: '^10\\.0'\ncondition: a",
                "a:\n  srcaddr|fieldref: dstaddr\ncondition: a",
                "a:\n  action|exists: false\ncondition: a",
                "a:\n  dstport|contains: '2'\nb:\n  dstport: 443\ncondition: a and not b",
                "a:\n  action: reject\nb:\n  dstaddr|startswith: '10.'\ncondition: not (a or b)",
            ])
        var random = SeededGenerator(seed: 22)
        let addresses = [
            "10.0.0.1", "10.255.3.4", "172.16.0.9", "172.32.0.1", "192.168.4.1", "192.168.7.255", "192.168.8.0",
            "2001:db8::1", "2001:DB8:0::2", "::ffff:10.0.0.1", "8.8.8.8", "110.0.0.1", "",
        ]
        let records: [JSON] = (0..<250).map { _ in
            var members: [JSON.Object.Member] = []
            for name in ["srcaddr", "dstaddr"] {
                if let address = addresses.randomElement(using: &random), !address.isEmpty {
                    members.append(.init(name, .string(address)))
                }
            }
            if random.next() % 8 != 0 {
                members.append(
                    .init("dstport", .int([22, 80, 443, 1024, 2222, 65_535].randomElement(using: &random) ?? 0)))
            }
            if random.next() % 8 != 0 { members.append(.init("bytes", .int(Int(random.next() % 2_000_000)))) }
            if random.next() % 8 != 0 {
                members.append(.init("action", .string(["ACCEPT", "REJECT"].randomElement(using: &random) ?? "")))
            }
            return .object(JSON.Object(members))
        }
        // Absent texts are written as `-`.
        let rows = records.map { record -> JSON in
            var members: [JSON.Object.Member] = []
            for name in ["srcaddr", "dstaddr", "action"] { members.append(.init(name, record[name] ?? "-")) }
            for name in ["dstport", "bytes"] { members.append(.init(name, record[name] ?? .null)) }
            return .object(JSON.Object(members))
        }
        try await expectSound(rules, .vpcFlow, records, rows: rows)
    }

    @Test func everyKindOfTestIsSievedSoundlyInAccessLogs() async throws {
        let rules = Self.rules(
            "s3",
            [
                "a:\n  operation: REST.GET.OBJECT\n  status: 403\ncondition: a",
                "a:\n  status|gte: 400\n  status|lt: 500\ncondition: a",
                "a:\n  key|startswith: 'AWSLogs/'\nb:\n  requester|contains: 'auditor'\ncondition: a and not b",
                "a:\n  user_agent|contains: 'curl'\ncondition: a",
                "a:\n  user_agent|startswith: 'curl'\ncondition: not a",
                "a:\n  request_uri|re: 'GET /.*AWSLogs'\ncondition: a",
                "a:\n  requester: null\ncondition: a",
                "a:\n  requester|exists: true\ncondition: a",
                "a:\n  key|contains|cased: 'Logs'\ncondition: a",
                "a:\n  remote_ip|cidr: 203.0.113.0/24\ncondition: not a",
                "keywords:\n  - 'curl'\n  - 'aud?tor'\ncondition: keywords",
                "a:\n  key: '*_50%*'\ncondition: a",
                "a:\n  key|re|i: 'secret|STRAẞE'\ncondition: a",
            ])
        var random = SeededGenerator(seed: 21)
        let pools: [(field: String, column: String, values: [String])] = [
            ("operation", "operation", ["REST.GET.OBJECT", "REST.PUT.OBJECT"]),
            ("status", "httpstatus", ["200", "403", "404", "500"]),
            (
                "key", "key",
                ["AWSLogs/1/a.json.gz", "awslogs/x", "ſecret", "sa_50%x'y", "a\\b", "\u{212A}ey", "Logs", "straße"]
            ),
            ("requester", "requester", ["arn:aws:iam::1:role/auditor", "arn:aws:iam::1:user/AUDITOR", "svc"]),
            ("remote_ip", "remoteip", ["203.0.113.9", "203.0.114.9", "2001:db8::1"]),
            ("user_agent", "useragent", ["curl/8", "x Curl", "a\"b curl"]),
            ("request_uri", "request_uri", ["GET /b/AWSLogs/1 HTTP/1.1", "PUT /b/k HTTP/1.1"]),
        ]
        var records: [JSON] = []
        var rows: [JSON] = []
        for _ in 0..<250 {
            var record: [JSON.Object.Member] = []
            var row: [JSON.Object.Member] = []
            for pool in pools {
                guard random.next() % 6 != 0, let value = pool.values.randomElement(using: &random) else {
                    row.append(.init(pool.column, "-"))
                    continue
                }
                record.append(.init(pool.field, .string(value)))
                let isQuoted = ["useragent", "request_uri"].contains(pool.column)
                row.append(.init(pool.column, .string(isQuoted ? "\"\(value)\"" : value)))
            }
            records.append(.object(JSON.Object(record)))
            rows.append(.object(JSON.Object(row)))
        }
        try await expectSound(rules, .s3Access, records, rows: rows)
    }

    private static func rules(_ service: String, _ detections: [String]) -> RuleCollection {
        RuleCollection(
            parsing: detections.enumerated().map { number, detection in
                (
                    "\(number).yml",
                    "title: rule \(number)\nlogsource:\n  product: aws\n  service: \(service)\ndetection:\n"
                        + detection.split(separator: "\n").map { "  \($0)\n" }.joined()
                )
            })
    }

    private func expectSound(
        _ collection: RuleCollection, _ source: LogSource, _ records: [JSON], rows: [JSON]
    ) async throws {
        #expect(collection.problems == [])
        let single = SingleRules(collection, for: source)
        #expect(single.detections.count == collection.detections.count)
        let definition = TableDefinition(source, location: "s3://logs/AWSLogs")
        let queries = single.detections.map {
            RowQuery(HuntSieve(WantedRecords(rules: [$0]), on: definition.table), in: .athena).text
        }
        let opinion = try await SQLOpinion.of(queries, on: definition, rows)
        #expect(opinion.errors == [])
        for (place, matched) in single.matches(records).enumerated() {
            #expect(!matched.isEmpty, "\(single.detections[place].about.title) matches nothing")
            let lost = matched.subtracting(opinion.passed[place])
            #expect(
                lost.isEmpty, "\(queries[place].suffix(300)) loses \(lost.first.map { records[$0].description } ?? "")")
        }
    }
}

/// Records that nearly are the examples of rules.
enum RandomRecords {
    /// The examples, and as many changed ones.
    static func of(examples: [JSON], count: Int) -> [JSON] {
        var random = SeededGenerator(seed: 2_026)
        return examples
            + (0..<count).map { _ in
                var record = examples.randomElement(using: &random) ?? .null
                for _ in 0...(random.next() % 3) { record = changed(record, isTop: true, &random) }
                return record
            }
    }

    private static func changed(_ value: JSON, isTop: Bool, _ random: inout SeededGenerator) -> JSON {
        switch value {
        case .object(let object):
            var members = object.members
            guard let place = members.indices.randomElement(using: &random) else { return value }
            // Within parameters a value can become anything; members of records keep their types.
            let isFree = !isTop || ["requestParameters", "responseElements"].contains(members[place].name)
            if random.next() % 6 == 0, !["eventTime", "eventID"].contains(members[place].name) {
                members.remove(at: place)
            } else if isFree || members[place].value.text != nil || members[place].value.object != nil {
                let isIdentity = members[place].name == "userIdentity" || members[place].name == "tlsDetails"
                members[place].value = changed(members[place].value, isTop: isTop && (isIdentity || !isFree), &random)
            }
            return .object(JSON.Object(members))
        case .array(let elements):
            guard let place = elements.indices.randomElement(using: &random) else { return value }
            var elements = elements
            elements[place] = changed(elements[place], isTop: isTop, &random)
            return .array(elements)
        case .string(let text):
            switch random.next() % (isTop ? 4 : 7) {
            case 0: return .string(text.uppercased())
            case 1: return .string(text.replacing("s", with: "ſ").replacing("k", with: "\u{212A}"))
            case 2: return .string("x" + text)
            case 3: return .string(text + "\u{7}é\"\\")
            case 4: return .array([.string(text), .string("other")])
            case 5: return ["inner": .string(text)]
            default: return .null
            }
        // The text `null` in a column of parameters is a null.
        default: return isTop || value.isNull ? value : .string(value.description)
        }
    }
}
