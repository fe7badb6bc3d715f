import Analytics
import Basics
import Foundation
import Hunting
import LogReaders
import TestSupport
import Testing

@testable import DistributedEngines
@testable import Sigma

/// Events of OCSF in the tables of Amazon Security Lake, on DuckDB, against the records that they are made of by
/// `security_lake.py`.
@Suite struct SecurityLakeTests {
    @Test func eventsRaiseTheAlertsOfTheirRecords() async throws {
        var collection = RuleCollection(parsing: BuiltInRules.files, placeholders: BuiltInRules.placeholders)
        // Also rules that only correlations count.
        collection.detectionAlerts = collection.detectionAlerts.map { _ in true }
        let single = SingleRules(collection, for: .cloudTrail)
        let columns = SecurityLake.columns(of: .cloudTrail)
        let table = LogTable(.cloudTrail, name: "lake", columns: columns)
        let queries = single.detections.map { rule in
            RowQuery(HuntSieve(WantedRecords(rules: [rule]), on: table), in: .athena).text
        }
        let sieve = HuntSieve(Hunt(collection, for: .cloudTrail).wanted, on: table)
        #expect(sieve.unsieved == [])
        #expect(sieve.blind.map { $0.rule } == [])
        let whole = RowQuery(sieve, in: .athena)
        try whole.checkLength()

        let examples = try SieveOpinionTests.examples()
        let records = RandomRecords.of(examples: examples, count: 300).map(\.withCategory)
        let opinion = try await SQLOpinion.of(queries + [whole.text], onSecurityLake: .cloudTrail, columns, records)
        #expect(opinion.errors == [])
        let matches = single.matches(records)
        var passed = 0
        for (place, rule) in single.detections.enumerated() {
            let lost = matches[place].subtracting(opinion.passed[place])
            #expect(lost.isEmpty, "\(rule.about.title) loses \(lost.first.map { records[$0].description } ?? "")")
            #expect(matches[place].isSubset(of: opinion.passed[queries.count]))
            passed += opinion.passed[place].count { $0 < examples.count }
        }
        #expect(matches.map(\.count).reduce(0, +) > 500)
        #expect(passed < single.detections.count * examples.count / 10)
        #expect(opinion.passed[queries.count].count < records.count)

        try single.expect(matches, of: records, inRowsOf: opinion, table)
    }

    @Test func eventsHaveTheFieldsOfTheirRecords() async throws {
        let record = try JSON(
            parsing: """
                {"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROA1:bob",
                "arn":"arn:aws:sts::111122223333:assumed-role/Admin/bob","accountId":"111122223333","accessKeyId":"ASIA1",
                "sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA1",
                "arn":"arn:aws:iam::111122223333:role/Admin","accountId":"111122223333","userName":"Admin"},
                "webIdFederationData":{"federatedProvider":"accounts.google.com"},
                "attributes":{"creationDate":"2026-03-01T09:00:00Z","mfaAuthenticated":"true"},"sourceIdentity":"bob"}},
                "eventTime":"2026-03-01T10:00:00Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
                "awsRegion":"us-east-1","sourceIPAddress":"cloudformation.amazonaws.com","userAgent":"Mozilla/5.0",
                "errorMessage":"Failed authentication","requestParameters":{"a":{"b":[1,"x"]}},
                "responseElements":{"ConsoleLogin":"Failure"},
                "additionalEventData":{"LoginTo":"https://console.aws.amazon.com/","MobileVersion":"No","MFAUsed":"No"},
                "eventID":"e-1","readOnly":false,"eventType":"AwsConsoleSignIn","managementEvent":true,
                "resources":[{"ARN":"arn:aws:s3:::b","accountId":"111122223333","type":"AWS::S3::Bucket"}],
                "recipientAccountId":"111122223333","eventCategory":"Management",
                "tlsDetails":{"tlsVersion":"TLSv1.3"},"serviceEventDetails":{"x.y":"z"}}
                """)
        let found = try await rebuilt([record], table(.cloudTrail))
        var expected = try JSON(parsing: record.description, .ofLogs)
        // A dot in a name is a member of its own.
        if case .object(var object) = expected {
            object.members.removeAll { $0.name == "serviceEventDetails" }
            object.members.append(.init("serviceEventDetails", ["x": ["y": "z"]]))
            expected = .object(object)
        }
        #expect(sorted(try #require(found.first)) == sorted(expected))
    }

    /// Values that OCSF keeps in other forms than CloudTrail.
    @Test func theCategoryOfOldRecordsFollowsFromTheirKind() async throws {
        let records: [JSON] = [true, false].map { flag in
            [
                "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
                "managementEvent": .bool(flag),
            ]
        }
        let found = try await rebuilt(records, table(.cloudTrail))
        #expect(found.map { $0["eventCategory"]?.text } == ["Management", "Data"])
    }

    @Test func onlyTheDaysOfTheRangeAreRead() async throws {
        var wanted = WantedRecords(rules: [])
        wanted.filters = []
        (wanted.from, wanted.to) = (1_772_323_200, 1_772_323_200 + 3_600)
        let query = RowQuery(HuntSieve(wanted, on: table(.cloudTrail)), in: .athena).text
        #expect(query.contains(#""time_dt" >= TIMESTAMP '2026-02-28 00:00:00'"#), "\(query)")
        #expect(query.contains(#""time_dt" < TIMESTAMP '2026-03-02 01:00:00'"#))
    }

    @Test func theRangeHoldsItsRecords() async throws {
        let rule = """
            title: A
            logsource: {product: aws, service: cloudtrail}
            detection: {a: {eventName: A}, condition: a}
            """
        var wanted = Hunt(RuleCollection(parsing: [("1.yml", rule)]), for: .cloudTrail).wanted
        (wanted.from, wanted.to) = (1_772_323_200, 1_772_323_200 + 3_600)
        let records: [JSON] = [
            "2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z", "2026-03-01T00:59:59Z", "2026-03-01T01:00:00Z",
        ].map { ["eventTime": .string($0), "eventSource": "s3.amazonaws.com", "eventName": "A"] }
        let query = RowQuery(HuntSieve(wanted, on: table(.cloudTrail)), in: .athena).text
        let opinion = try await SQLOpinion.of(
            [query], onSecurityLake: .cloudTrail, SecurityLake.columns(of: .cloudTrail), records)
        #expect(opinion.errors == [])
        #expect(opinion.passed == [[1, 2]])
    }

    @Test func flowsRaiseTheAlertsOfTheirRecords() async throws {
        var definition = TableDefinition(.vpcFlow, location: "s3://logs/AWSLogs")
        definition.flowFields += [.tcpFlags, .flowDirection, .vpcID]
        let flows = Flows(hasFlags: true).records
        let hunt = Hunt(RuleCollection(parsing: [("1.yml", FlowSumTests.rule)]), for: .vpcFlow)
        let table = table(.vpcFlow)
        let sieve = HuntSieve(hunt.wanted, on: table)
        // The units of time differ, so that every record comes back.
        #expect(!sieve.sumsRecords)
        #expect(sieve.unsieved == ["the built-in analytics of vpc-flow"])
        #expect(sieve.blind.map { $0.rule } == [])
        let opinion = try await SQLOpinion.of(
            [RowQuery(sieve, in: .athena).text], onSecurityLake: .vpcFlow, SecurityLake.columns(of: .vpcFlow), flows)
        #expect(opinion.errors == [])
        let events = try RowStore(table, opinion)
        let all = try RowStore(definition, flows)
        #expect(events.count == flows.count)
        let tests = FlowSumTests()
        let (expected, found) = (try await tests.alerts(hunt, all), try await tests.alerts(hunt, events))
        #expect(Set(expected.map(\.rule)).count > 6)
        #expect(found.map(FlowSumTests.text) == expected.map(FlowSumTests.text))
    }

    @Test func flowRulesAreSievedSoundly() async throws {
        let detections = [
            "a:\n  dstport: 22\n  action: ACCEPT\ncondition: a", "a:\n  action: REJECT\ncondition: not a",
            "a:\n  srcaddr|cidr: 10.0.0.0/8\ncondition: a", "a:\n  pkt-srcaddr: 203.0.113.9\ncondition: a",
            "a:\n  vpc-id: null\ncondition: a", "a:\n  flow-direction: ingress\ncondition: a",
            "a:\n  interface-id|startswith: eni-1\ncondition: a",
        ]
        let collection = RuleCollection(
            parsing: detections.enumerated().map { number, text in
                (
                    "\(number).yml",
                    "title: rule \(number)\nlogsource:\n  product: aws\n  service: vpcflow\ndetection:\n"
                        + text.split(separator: "\n").map { "  \($0)\n" }.joined()
                )
            })
        #expect(collection.problems == [])
        var random = SeededGenerator(seed: 6_003)
        let columns: [(String, [JSON])] = [
            ("srcaddr", ["10.0.0.1", "203.0.113.1", "172.16.0.1"]), ("dstaddr", ["10.0.0.2", "198.51.100.1"]),
            ("pkt_srcaddr", ["203.0.113.9", "10.0.0.1"]), ("dstport", [22, 443]), ("action", ["ACCEPT", "REJECT"]),
            ("flow_direction", ["ingress", "egress"]), ("interface_id", ["eni-1", "eni-2"]),
            ("vpc_id", ["vpc-1", "-"]),
        ]
        let flows: [JSON] = (0..<200).map { _ in
            .object(
                JSON.Object(
                    columns.map { .init($0.0, $0.1.randomElement(using: &random) ?? .null) } + [
                        .init("version", 5), .init("start", 1_772_323_200), .init("end", 1_772_323_260),
                        .init("log_status", "OK"),
                    ]))
        }
        // Records have hyphens in their names, and no member for what is absent.
        let records: [JSON] = flows.map { flow in
            let members = flow.object?.members ?? []
            return .object(
                JSON.Object(
                    members.filter { $0.value.text != "-" }.map { .init($0.name.replacing("_", with: "-"), $0.value) }))
        }
        let single = SingleRules(collection, for: .vpcFlow)
        let queries = single.detections.map {
            RowQuery(HuntSieve(WantedRecords(rules: [$0]), on: table(.vpcFlow)), in: .athena).text
        }
        let opinion = try await SQLOpinion.of(
            queries, onSecurityLake: .vpcFlow, SecurityLake.columns(of: .vpcFlow), flows)
        #expect(opinion.errors == [])
        for (place, matched) in single.matches(records).enumerated() {
            #expect(!matched.isEmpty, "\(detections[place]) matches nothing")
            #expect(matched == opinion.passed[place], "\(queries[place].suffix(300))")
        }
    }

    // MARK: Tables that lack something

    @Test func rulesWhoseFieldsTheTableDoesNotHaveAreNamed() throws {
        let rule = """
            title: No MFA
            logsource:
              product: aws
              service: cloudtrail
            detection:
              a:
                eventName: ConsoleLogin
                additionalEventData.MobileVersion: 'No'
              condition: a
            """
        let wanted = Hunt(RuleCollection(parsing: [("1.yml", rule)]), for: .cloudTrail).wanted
        let columns = SecurityLake.columns(of: .cloudTrail)
        #expect(HuntSieve(wanted, on: table(.cloudTrail)).blind.isEmpty)
        let without = LogTable(.cloudTrail, name: "lake", columns: columns.filter { $0.name != "unmapped" })
        let sieve = HuntSieve(wanted, on: without)
        #expect(sieve.blind.map { $0.fields } == [["additionalEventData.MobileVersion"]])
        // A field with a column of its own is not among the others.
        let agent = rule.replacing("additionalEventData.MobileVersion: 'No'", with: "userAgent: x")
        let noAgent = LogTable(.cloudTrail, name: "lake", columns: columns.filter { $0.name != "http_request" })
        let hunt = Hunt(RuleCollection(parsing: [("1.yml", agent)]), for: .cloudTrail)
        #expect(HuntSieve(hunt.wanted, on: noAgent).blind.map { $0.fields } == [["userAgent"]])
    }

    @Test func flowFieldsThatOCSFDropsAreNamed() {
        let rule = """
            title: Path
            logsource:
              product: aws
              service: vpcflow
            detection:
              a:
                traffic-path: 8
              condition: a
            """
        let wanted = Hunt(RuleCollection(parsing: [("1.yml", rule)]), for: .vpcFlow).wanted
        #expect(HuntSieve(wanted, on: table(.vpcFlow)).blind.map { $0.fields } == [["traffic-path"]])
    }

    @Test func otherEventsOfOCSFAreRefused() {
        var version1 = SecurityLake.columns(of: .cloudTrail)
        version1.removeAll { $0.name == "time_dt" }
        for (source, columns) in [
            (LogSource.cloudTrail, version1), (.vpcFlow, SecurityLake.columns(of: .cloudTrail)),
            (.cloudTrail, SecurityLake.columns(of: .vpcFlow)), (.s3Access, SecurityLake.columns(of: .cloudTrail)),
        ] {
            let error = #expect(throws: Failure.self) {
                try LogTable(source, name: "lake", columns: columns).checkFields()
            }
            #expect(error?.what.hasPrefix("the table lake has no \(source.rawValue) logs") == true)
        }
    }

    @Test func eventsOfOtherProductsComeBackAndAreCounted() throws {
        let table = table(.cloudTrail)
        #expect(
            RowQuery(HuntSieve(WantedRecords(rules: []), on: table), in: .athena).text
                .contains(#"NOT coalesce("metadata"."product"."name" = 'CloudTrail', FALSE)"#))
        var store = RowStore(table)
        let values = table.leaves.map { leaf -> String? in
            leaf.form == .product ? "Amazon EKS" : leaf.field == "eventName" ? "list" : nil
        }
        try store.add(path: nil, values)
        #expect(store.unreadable == 1)
        #expect(store.count == 0)
    }

    // MARK: Pieces

    private func table(_ source: LogSource) -> LogTable {
        LogTable(source, name: "lake", columns: SecurityLake.columns(of: source))
    }

    private func rebuilt(_ records: [JSON], _ table: LogTable) async throws -> [JSON] {
        let query = RowQuery(HuntSieve(WantedRecords(rules: []), on: table), in: .athena).text
        let all = query.prefix(upTo: try #require(query.range(of: "\nWHERE")).lowerBound)
        let opinion = try await SQLOpinion.of(
            [String(all)], onSecurityLake: table.source, SecurityLake.columns(of: table.source), records)
        #expect(opinion.errors == [])
        let rows = RecordRows(table)
        return try opinion.values.sorted { $0.key < $1.key }.map { _, values in
            try JSON(parsing: try #require(try rows.record(values)), .ofLogs)
        }
    }

    private func sorted(_ value: JSON) -> JSON {
        guard let object = value.object else { return value }
        return .object(
            JSON.Object(object.members.map { .init($0.name, sorted($0.value)) }.sorted { $0.name < $1.name }))
    }
}

extension JSON {
    /// The record with the category that its row gets from its kind, if it has none.
    fileprivate var withCategory: JSON {
        guard var record = object, [nil, .null, ""].contains(record["eventCategory"]) else { return self }
        switch record["managementEvent"] {
        case true, "true": record["eventCategory"] = "Management"
        case false, "false": record["eventCategory"] = "Data"
        default: return self
        }
        return .object(record)
    }
}
