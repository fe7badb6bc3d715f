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

/// Queries that omit the records of small groups, on DuckDB: the alerts are those of all records.
@Suite struct GroupQueryTests {
    /// Bursts of events whose sizes are about the numbers of the rules, at the borders of windows.
    @Test(arguments: [1, 2, 3]) func eventsOfLargeGroupsRaiseTheAlertsOfAllEvents(seed: UInt64) async throws {
        let collection = RuleCollection(parsing: [("1.yml", Self.trailRules)])
        let records = Self.events(seed: seed)
        let definition = TableDefinition(.cloudTrail, location: "s3://logs/AWSLogs")
        var lines = definition.table
        lines.recordColumn = "record"
        var all = RowStore(lines)
        for record in records { try all.add(path: "s3://logs/a", [record.description]) }
        let rows = try await expectSameAlerts(collection, definition.table, all) {
            try await SQLOpinion.of($0, on: definition, records)
        }
        #expect(rows.groups * 6 < rows.all * 5, "\(rows.groups) of \(rows.all) rows")
    }

    @Test func requestsOfLargeGroupsRaiseTheAlertsOfAllRequests() async throws {
        let collection = RuleCollection(
            parsing: [
                (
                    "1.yml",
                    Self.rules(
                        service: "s3",
                        ["denied": "{status: 403}", "missing": "{status: 404}"],
                        [
                            "type: event_count\nrules: [denied]\ngroup-by: [requester]\ntimespan: 10m\ncondition: {gte: 3}",
                            "type: value_count\nrules: [missing]\ngroup-by: [remote_ip]\ntimespan: 10m\n"
                                + "condition: {field: key, gte: 3}",
                        ])
                )
            ])
        let definition = TableDefinition(.s3Access, location: "s3://logs/access")
        var random = SeededGenerator(seed: 41)
        let rows = Self.bursts(&random).map { burst, time -> JSON in
            let moment = Moment(nearestTo: time).description
            let clock = "\(moment.dropFirst(8).prefix(2))/Mar/2026:\(moment.dropFirst(11).prefix(8)) +0000"
            return [
                "bucketowner": "o", "bucket_name": "b", "requestdatetime": .string(clock),
                "remoteip": .string("192.0.2.\(burst % 7)"),
                "requester": .string(burst % 5 == 0 ? "-" : "arn:aws:iam::1:user/u\(burst % 6)"),
                "requestid": .string("\(random.next())"), "operation": "REST.GET.OBJECT",
                "key": .string("k\(random.next() % 4)"), "httpstatus": burst % 2 == 0 ? "403" : "404",
            ]
        }
        let all = try RowStore(definition, rows)
        let counts = try await expectSameAlerts(collection, definition.table, all) {
            try await SQLOpinion.of($0, on: definition, rows)
        }
        #expect(counts.groups * 6 < counts.all * 5, "\(counts.groups) of \(counts.all) rows")
    }

    @Test func flowsOfLargeGroupsRaiseTheAlertsOfAllFlows() async throws {
        let collection = RuleCollection(
            parsing: [
                (
                    "1.yml",
                    Self.rules(
                        service: "vpcflow",
                        ["rejected": "{action: REJECT}", "telnet": "{dstport: 23, action: ACCEPT}"],
                        [
                            "type: value_count\nrules: [rejected]\ngroup-by: [srcaddr]\ntimespan: 10m\n"
                                + "condition: {field: dstport, gt: 2}",
                            "type: event_count\nrules: [telnet]\ngroup-by: [interface-id]\ntimespan: 10m\n"
                                + "condition: {gte: 3}",
                        ])
                )
            ])
        let definition = TableDefinition(.vpcFlow, location: "s3://logs/AWSLogs")
        var random = SeededGenerator(seed: 42)
        let rows = Self.bursts(&random).map { burst, time -> JSON in
            let isRejected = burst % 2 == 0
            return [
                "version": 2, "account_id": "1", "interface_id": .string(burst % 7 == 0 ? "-" : "eni-\(burst % 6)"),
                "srcaddr": .string("198.51.100.\(burst % 9)"), "dstaddr": "10.0.0.1", "srcport": 40_000,
                "dstport": .int(isRejected ? 1 + Int(random.next() % 4) : 23), "protocol": 6, "packets": 1,
                "bytes": 40, "start": .int(time), "end": .int(time + 9), "action": isRejected ? "REJECT" : "ACCEPT",
                "log_status": "OK",
            ]
        }
        let all = try RowStore(definition, rows)
        let counts = try await expectSameAlerts(collection, definition.table, all) {
            try await SQLOpinion.of($0, on: definition, rows)
        }
        #expect(counts.groups * 6 < counts.all * 5, "\(counts.groups) of \(counts.all) rows")
    }

    /// Only the groups by fields that Security Lake has in columns of their own.
    @Test func eventsOfSecurityLakeInLargeGroupsRaiseTheAlertsOfAll() async throws {
        let count = "type: event_count\nrules: [%]\ngroup-by: [sourceIPAddress]\ntimespan: 10m\ncondition: {gte: 3}"
        let collection = RuleCollection(
            parsing: [
                (
                    "1.yml",
                    Self.rules(
                        service: "cloudtrail", ["skA": "{eventName: skA}", "skB": "{eventName: skB}"],
                        [
                            count.replacing("%", with: "skA"),
                            count.replacing("%", with: "skB").replacing("sourceIPAddress", with: "userIdentity.arn"),
                        ])
                )
            ])
        let records = Self.events(seed: 4)
        let table = LogTable(.cloudTrail, name: "lake", columns: SecurityLake.columns(of: .cloudTrail))
        let counts = try await expectSameAlerts(collection, table, nil) {
            try await SQLOpinion.of($0, onSecurityLake: .cloudTrail, SecurityLake.columns(of: .cloudTrail), records)
        }
        #expect(counts.groups < counts.all)
    }

    @Test func aRecordWhoseTimeTheQueryCannotReadIsCounted() async throws {
        let collection = RuleCollection(parsing: [("1.yml", Self.trailRules)])
        let table = TableDefinition(.cloudTrail, location: "s3://logs/AWSLogs")
        let times = ["2026-03-01T10:00:00+01:00", "2026-02-30T10:00:00Z", "2026-03-01T10:00:00Z"]
        let records: [JSON] = times.map {
            ["eventName": "skA", "eventTime": .string($0), "eventVersion": "1.10", "userIdentity": ["arn": "a"]]
        }
        var settings = HuntSettings()
        settings.runsAnalytics = false
        let wanted = Hunt(collection, for: .cloudTrail, settings).wanted
        let query = RowQuery(HuntSieve(wanted, on: table.table), in: .athena)
        let opinion = try await SQLOpinion.of([query.text], on: table, records)
        #expect(opinion.errors == [])
        #expect(opinion.passed == [[0, 1]])
        let store = try RowStore(table.table, opinion)
        #expect((store.count, store.untimed) == (2, 2))
    }

    /// The rules of which only records of large groups come back. All others come back whole.
    @Test func theQueryOfTheBuiltInRulesCountsTheirGroups() throws {
        let collection = RuleCollection(parsing: BuiltInRules.files, placeholders: BuiltInRules.placeholders)
        let wanted = Hunt(collection, for: .cloudTrail).wanted
        for dialect in SQLDialect.allCases {
            let query = RowQuery(
                HuntSieve(wanted, on: TableDefinition(.cloudTrail, location: "s3://l").table), in: dialect)
            try query.checkLength()
            // Room for rules of users.
            #expect(query.text.utf8.count < RowQuery.athenaLimit * 5 / 6, "\(query.text.utf8.count)")
            // One reading of the table.
            #expect(query.text.components(separatedBy: "cloudtrail_logs").count == 2)
            let partitions = Set(query.text.matches(of: /PARTITION BY .(hunt_window_\d+_\d)/).map { $0.1 })
            #expect(partitions.count == 2 * 5)
        }
    }

    @Test(arguments: [
        ([1, 2, 3, 4, 5], 10),
        // The events of a minute are in a window of an hour.
        ([60, 50, 40, 30, 20, 1], 10),
        // The rule is counted in windows that are longer than all others.
        ([1, 2, 3, 4, 5, 6], 0),
    ])
    func furtherGroupsThanAQueryDividesAreCountedInLargerOnesOrComeBackWhole(minutes: [Int], windows: Int) {
        let counts = minutes.map { minutes in
            "type: event_count\nrules: [a]\ngroup-by: [sourceIPAddress]\ntimespan: \(minutes)m\ncondition: {gte: 3}"
        }
        let rule = Self.rules(service: "cloudtrail", ["a": "{eventName: A}"], counts)
        let wanted = Hunt(RuleCollection(parsing: [("1.yml", rule)]), for: .cloudTrail).wanted
        let text = RowQuery(
            HuntSieve(wanted, on: TableDefinition(.cloudTrail, location: "s3://l").table), in: .athena
        ).text
        #expect(Set(text.matches(of: /PARTITION BY .(hunt_window_\d+_\d)/).map { $0.1 }).count == windows)
    }

    @Test func correlationsWhoseFieldsTheTableDoesNotHaveAreNamed() {
        let rule = Self.rules(
            service: "vpcflow", ["a": "{dstport: 23}"],
            ["type: event_count\nrules: [a]\ngroup-by: [traffic-path]\ntimespan: 10m\ncondition: {gte: 3}"])
        let wanted = Hunt(RuleCollection(parsing: [("1.yml", rule)]), for: .vpcFlow).wanted
        let table = TableDefinition(.vpcFlow, location: "s3://logs").table
        #expect(HuntSieve(wanted, on: table).blind.map { $0.rule } == ["correlation 0"])
        #expect(HuntSieve(wanted, on: table).blind.map { $0.fields } == [["traffic-path"]])
    }

    // MARK: The comparison

    /// - Parameter all: all records; `nil` to take the rows of the whole rules for them.
    /// - Returns: the number of the rows of large groups, and of all rows that the rules' conditions select.
    private func expectSameAlerts(
        _ collection: RuleCollection, _ table: LogTable, _ all: RowStore?,
        _ opinion: ([String]) async throws -> SQLOpinion
    ) async throws -> (groups: Int, all: Int) {
        #expect(collection.problems == [])
        var settings = HuntSettings()
        settings.runsAnalytics = false
        settings.maxAlerts = 100_000
        let hunt = Hunt(collection, for: table.source, settings)
        let query = RowQuery(HuntSieve(hunt.wanted, on: table), in: .athena).text
        var whole = hunt.wanted
        whole.groups = []
        let wholeQuery = RowQuery(HuntSieve(whole, on: table), in: .athena).text
        let found = try await opinion([wholeQuery, query])
        #expect(found.errors == [])
        #expect(found.passed[1].isSubset(of: found.passed[0]))
        let groups = try RowStore(table, found)
        #expect(groups.untimed == 0)
        var records = all
        if records == nil { records = try RowStore(table, try await opinion([wholeQuery])) }
        let (expected, alerts) = (
            try await self.alerts(hunt, try #require(records)), try await self.alerts(hunt, groups)
        )
        #expect(Set(expected.map(\.title)).isSuperset(of: collection.correlations.map(\.about.title)))
        #expect(alerts.map(FlowSumTests.text) == expected.map(FlowSumTests.text))
        return (found.passed[1].count, found.passed[0].count)
    }

    private func alerts(_ hunt: Hunt, _ store: RowStore) async throws -> [Alert] {
        let pipeline = LogPipeline(
            store.locations, layout: Hunt.layout(of: hunt.rules.source), store: store, workers: 1)
        return try await hunt.run(pipeline).result.alerts.sorted { FlowSumTests.text($0) < FlowSumTests.text($1) }
    }

    // MARK: Rules and records

    /// - Parameter correlations: their members, one on a line.
    static func rules(
        service: String, _ detections: KeyValuePairs<String, String>, _ correlations: [String]
    ) -> String {
        let single = detections.map { name, selection in
            """
            title: \(name)
            name: \(name)
            logsource: {product: aws, service: \(service)}
            detection: {a: \(selection), condition: a}

            """
        }
        let counting = correlations.enumerated().map { number, body in
            "title: correlation \(number)\nname: c\(number)\ncorrelation:\n"
                + body.split(separator: "\n").map { "  \($0)\n" }.joined()
        }
        return (single + counting).joined(separator: "---\n")
    }

    private static let names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N"].map { "sk\($0)" }

    private static let trailRules = rules(
        service: "cloudtrail",
        [
            "skA": "{eventName: skA}", "skB": "{eventName: skB}", "skC": "{eventName: skC}", "skD": "{eventName: skD}",
            "skE": "{eventName: skE}", "skF": "{eventName: skF}", "skG": "{eventName: skG}", "skH": "{eventName: skH}",
            "skI": "{eventName: skI}", "skJ": "{eventName: skJ}", "skK": "{eventName: skK}", "skL": "{eventName: skL}",
            "skM": "{eventName: skM}", "skN": "{eventName: skN}",
        ],
        [
            "type: event_count\nrules: [skA]\ngroup-by: [userIdentity.arn]\ntimespan: 10m\ncondition: {gte: 3}",
            "type: value_count\nrules: [skB]\ngroup-by: [userIdentity.arn]\ntimespan: 10m\n"
                + "condition: {field: sourceIPAddress, gte: 3}",
            "type: value_count\nrules: [skC]\ngroup-by: [recipientAccountId, requestParameters.name]\ntimespan: 10m\n"
                + "condition: {field: [awsRegion, sourceIPAddress], gt: 2}",
            "type: value_count\nrules: [skD, skE]\ngroup-by: [userIdentity.arn]\n"
                + "aliases: {n: {skD: requestParameters.name, skE: requestParameters.names}}\ntimespan: 10m\n"
                + "condition: {field: n, gte: 4}",
            "type: temporal_ordered\nrules: [skF, skG]\ngroup-by: [userIdentity.arn]\ntimespan: 10m",
            "type: temporal\nrules: [skH, skI, skJ]\ngroup-by: [userIdentity.arn, who]\n"
                + "aliases: {who: {skH: userIdentity.userName, skI: recipientAccountId, skJ: recipientAccountId}}\n"
                + "timespan: 10m\ncondition: {gte: 2}",
            "type: event_count\nrules: [skK]\ngroup-by: [userIdentity.arn]\ntimespan: 10m\ncondition: {lt: 3}",
            "type: temporal\nrules: [c0, skL]\ngroup-by: [userIdentity.arn]\ntimespan: 10m\ngenerate: true",
            "type: event_count\nrules: [skN]\ngroup-by: [userIdentity.arn]\ntimespan: 10m\ncondition: {gte: 4}",
            "type: value_count\nrules: [skM, skN]\ngroup-by: [sourceIPAddress]\ntimespan: 20m\n"
                + "condition: {field: userIdentity.arn, gte: 2}",
        ])

    /// The numbers of bursts, and the times of their events: a second before or after, and at, multiples of ten minutes.
    private static func bursts(_ random: inout SeededGenerator, count: Int = 300) -> [(burst: Int, time: Int)] {
        let offsets = [0, 0, 1, 300, 599, 600, 601, 1_200]
        return (0..<count).flatMap { _ in
            let number = Int(random.next() % 1_000)
            let start = 1_772_323_200 + Int(random.next() % 72) * 600 + [-1, 0, 1, 77][Int(random.next() % 4)]
            return (0..<1 + Int(random.next() % 4)).map { _ in
                (number, start + (offsets.randomElement(using: &random) ?? 0))
            }
        }
    }

    private static func events(seed: UInt64) -> [JSON] {
        var random = SeededGenerator(seed: seed)
        var records: [JSON] = []
        for (burst, time) in bursts(&random, count: 500) {
            var name = names[burst % names.count]
            // The matcher folds this letter to an s.
            if random.next() % 20 == 0 { name = name.replacing("s", with: "ſ") }
            let user = burst / names.count % 9
            var identity: JSON = ["type": "IAMUser", "arn": .string("arn:aws:iam::1:user/\(user)"), "userName": "u"]
            if user == 7 { identity = ["type": "IAMUser", "userName": .string("other\(random.next() % 2)")] }
            if user == 8 { identity = ["type": "AWSService", "invokedBy": "x.amazonaws.com"] }
            func text(_ prefix: String, _ count: UInt64) -> JSON { .string("\(prefix)\(random.next() % count)") }
            let record: JSON = [
                "eventVersion": "1.10", "eventID": text("e", 1 << 40), "eventName": .string(name),
                "eventTime": .string(Moment(nearestTo: time).description), "eventSource": "s.amazonaws.com",
                "userIdentity": identity, "sourceIPAddress": text("192.0.2.", 4), "awsRegion": text("r", 2),
                "recipientAccountId": text("", 2),
                "requestParameters": ["name": text("n", 3), "names": [text("n", 6), text("n", 6)]],
            ]
            records.append(record)
            // Two trails deliver it.
            if random.next() % 10 == 0 { records.append(record) }
        }
        return records
    }
}
