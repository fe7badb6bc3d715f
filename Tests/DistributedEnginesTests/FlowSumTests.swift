import Analytics
import Basics
import DistributedEngines
import Foundation
import Hunting
import LogReaders
import LogSources
import Sigma
import Testing
import TestSupport

/// Flows that an engine sums up, on DuckDB: the alerts are those of all records.
@Suite struct FlowSumTests {
    /// With lines, other records than sums come back as they stand in the log, as from files that Spark reads.
    @Test(arguments: [(false, false), (true, false), (false, true)])
    func sumsRaiseTheAlertsOfAllRecords(hasFlags: Bool, hasLines: Bool) async throws {
        var definition = TableDefinition(.vpcFlow, location: "s3://logs/AWSLogs")
        if hasFlags { definition.flowFields += [.tcpFlags, .flowDirection, .vpcID] }
        let flows = Flows(hasFlags: hasFlags).records
        var table = definition.table
        if hasLines { table.recordColumn = "record" }
        let rules = RuleCollection(parsing: [("1.yml", Self.rule)])
        let hunt = Hunt(rules, for: .vpcFlow)
        let sieve = HuntSieve(hunt.wanted, on: table)
        #expect(sieve.unsieved == [])
        #expect(sieve.sumsRecords)

        let rows = flows.map { flow -> JSON in
            let members = flow.object?.members ?? []
            let line = members.map { $0.value.text ?? $0.value.description }.joined(separator: " ")
            return .object(JSON.Object(members + [.init("record", .string(line))]))
        }
        let opinion = try await SQLOpinion.of(
            [RowQuery(sieve, in: .athena).text], on: definition.name,
            definition.columns + (hasLines ? [.init("record", .scalar("string"))] : []), rows, ocsf: .null)
        #expect(opinion.errors == [])
        let summed = try RowStore(table, opinion)
        let all = try RowStore(definition, flows)
        #expect(summed.count + summed.sums.records == flows.count)
        #expect(summed.rowCount < flows.count / 3 * 2, "\(summed.rowCount) rows of \(flows.count) records")
        let (expected, found) = (try await alerts(hunt, all), try await alerts(hunt, summed))
        #expect(Set(expected.map(\.rule)).count > 6, "\(Set(expected.map(\.rule)))")
        #expect(found.map(Self.text) == expected.map(Self.text))
    }

    @Test func tablesWithoutNumbersAreNotSummed() {
        let definition = TableDefinition(
            .vpcFlow, location: "s3://logs", flowFields: [.source, .destination, .bytes, .start])
        let hunt = Hunt(RuleCollection(parsing: []), for: .vpcFlow)
        let sieve = HuntSieve(hunt.wanted, on: definition.table)
        #expect(!sieve.sumsRecords)
        #expect(sieve.unsieved == ["the built-in analytics of vpc-flow"])
    }

    @Test(arguments: [["x", "1", nil], ["0", "1", nil], ["2", "1", "1 2"], ["2", nil, "0 0 0 0 0 0 0 0 0 0 0 0"]])
    func sumsThatAreNoNumbersAreAnError(extra: [String?]) {
        let table = TableDefinition(.vpcFlow, location: "s3://logs").table
        var store = RowStore(table)
        #expect(throws: Failure.self) { try store.add(path: nil, table.leaves.map { _ in "1" } + extra) }
        #expect(store.rowCount == 0)
    }

    @Test func aSumThatIsNoFlowIsAnError() async throws {
        let table = TableDefinition(.vpcFlow, location: "s3://logs").table
        var store = RowStore(table)
        let periods = Array(repeating: "1", count: 12).joined(separator: " ")
        try store.add(path: nil, table.leaves.map { _ in "nonsense" } + ["3", "1772545888", periods])
        await #expect(throws: Failure.self) {
            _ = try await alerts(Hunt(RuleCollection(parsing: []), for: .vpcFlow), store)
        }
    }

    func alerts(_ hunt: Hunt, _ store: RowStore) async throws -> [Alert] {
        let pipeline = LogPipeline(store.locations, layout: .lines, store: store, workers: 2)
        return try await hunt.run(pipeline, sums: store.sums).result.alerts.sorted { Self.text($0) < Self.text($1) }
    }

    static func text(_ alert: Alert) -> String {
        "\(alert.rule) \(alert.title) \(alert.time) \(alert.lastTime) \(alert.severity) \(alert.actor) "
            + "\(alert.account ?? "") \(alert.event ?? "") \(alert.fields.sorted { $0.key < $1.key }) \(JSON.members(alert.evidence))"
    }

    static let rule = """
        title: Telnet
        id: 2389c07f-07ac-40d2-b9f1-1c09794f8bfb
        logsource:
          product: aws
          service: vpcflow
        detection:
          a:
            dstport: 2323
            action: ACCEPT
          condition: a
        level: high
        """
}

/// Three days of busy hosts, with attacks.
struct Flows {
    var records: [JSON] = []
    private let hasFlags: Bool
    private var random = SeededGenerator(seed: 2_200)
    private static let begin = 1_772_323_200

    init(hasFlags: Bool) {
        self.hasFlags = hasFlags
        for hour in 0..<60 {
            for host in 1...3 { usual(hour, host) }
        }
        upload()
        scanAndGuess()
        rejectedThenAccepted()
        for number in 0..<40 {
            add(
                52 * 3_600 + number * 60, 1, "198.51.100.77", 41_000 + number, "10.0.0.1", 3_306, packets: 9,
                bytes: 4_000)
        }
        add(30 * 3_600, 2, "10.0.0.2", 40_123, "10.0.0.1", 2_323, packets: 20, bytes: 4_000)
    }

    /// A service behind port 8443, a database, a few external servers, replies in both directions.
    private mutating func usual(_ hour: Int, _ host: Int) {
        let own = "10.0.0.\(host)"
        for number in 0..<20 {
            let time = hour * 3_600 + number * 170 + Int(random.next() % 100)
            let port = 33_000 + Int(random.next() % 20_000)
            let bytes = 3_000 + Int(random.next() % 4_000)
            add(time, host, own, port, "203.0.113.\(number % 2 + 1)", 443, packets: 12, bytes: bytes)
            add(time, host, "203.0.113.\(number % 2 + 1)", 443, own, port, packets: 3 + number % 9, bytes: bytes * 3)
            add(time, host, own, port, "10.0.0.9", 5_432, packets: 14, bytes: bytes)
            add(time, host, "10.0.0.9", 5_432, own, port, packets: 22, bytes: bytes * 5)
            add(time, host, "10.0.0.8", port, own, 8_443, packets: 18, bytes: bytes * 2)
            add(time, host, own, 8_443, "10.0.0.8", port, packets: 18, bytes: bytes)
        }
    }

    private mutating func upload() {
        for number in 0..<240 {
            add(
                54 * 3_600 + number * 15, 2, "10.0.0.2", 40_000 + number, "192.0.2.200", 443, packets: 900,
                bytes: 2_000_000 + number % 7)
        }
    }

    private mutating func scanAndGuess() {
        for port in 1...60 {
            add(50 * 3_600 + port, 3, "10.0.0.3", 45_000, "10.0.0.77", port, packets: 1, bytes: 44, action: "REJECT")
            add(51 * 3_600 + port, 3, "10.0.0.3", 45_000, "10.0.1.\(port)", 445, packets: 2, bytes: 88)
            add(53 * 3_600 + port * 9, 3, "198.51.100.9", 46_000 + port, "10.0.0.3", 22, packets: 11, bytes: 2_100)
        }
    }

    private mutating func rejectedThenAccepted() {
        for number in 0..<30 {
            add(
                49 * 3_600 + number * 20, 1, "198.51.100.50", 47_000 + number, "10.0.0.1", 8_080, packets: 1, bytes: 60,
                action: number < 20 ? "REJECT" : "ACCEPT")
            add(
                49 * 3_600 + 700 + number * 20, 1, "198.51.100.50", 48_000 + number, "10.0.0.1", 8_080, packets: 30,
                bytes: 9_000)
        }
    }

    private mutating func add(
        _ time: Int, _ host: Int, _ source: String, _ sourcePort: Int, _ destination: String, _ destinationPort: Int,
        packets: Int, bytes: Int, action: String = "ACCEPT"
    ) {
        var members: [JSON.Object.Member] = [
            .init("version", 2), .init("account_id", "123456789012"),
            .init("interface_id", .string("eni-000000000000\(host)")), .init("srcaddr", .string(source)),
            .init("dstaddr", .string(destination)), .init("srcport", .int(sourcePort)),
            .init("dstport", .int(destinationPort)), .init("protocol", 6), .init("packets", .int(packets)),
            .init("bytes", .int(bytes)), .init("start", .int(Self.begin + time)),
            .init("end", .int(Self.begin + time + 50)), .init("action", .string(action)), .init("log_status", "OK"),
        ]
        if hasFlags {
            let sends = source == "10.0.0.\(host)"
            // A server's port is the lower one.
            let flags = (sourcePort < destinationPort ? [0, 18, 19] : [0, 2, 3])[bytes % 3]
            members += [
                .init("tcp_flags", .int(flags)), .init("flow_direction", sends ? "egress" : "ingress"),
                .init("vpc_id", "vpc-1"),
            ]
        }
        records.append(.object(JSON.Object(members)))
    }
}
