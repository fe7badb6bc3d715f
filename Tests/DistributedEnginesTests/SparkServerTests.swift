import Basics
import Foundation
import LogReaders
import SparkConnect
import TestSupport
import Testing

@testable import DistributedEngines

/// Hunts on a real Spark Connect server beside hunts on this machine, over the same logs. `make test-spark` starts the
/// server and makes the logs.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["PARAPET_SPARK"] != nil))
struct SparkServerTests {
    /// The server's URL.
    static let server = ProcessInfo.processInfo.environment["PARAPET_SPARK"]
    /// The folder with a folder of logs for each source.
    private static let logs = ProcessInfo.processInfo.environment["PARAPET_SPARK_LOGS"] ?? ""

    private struct Report {
        var status: Int32
        var alerts: [String]
        /// The alerts without the places of their records and without what the form of a record changes.
        var kernels: [String] = []
        var messages: String
    }

    private func hunt(_ source: String, _ options: [String]) async throws -> Report {
        let outcome = try await Subprocess.run(
            Repository.parapet,
            ["hunt", "--source", source, "--format", "json", "--max-alerts", "0", "--raw"] + options, environment: [:])
        let report = try? JSON(parsing: outcome.standardOutput, .ofLogs)
        // What a hunt makes of the moment of its run is not in an alert.
        let alerts = report?["alerts"]?.elements?.map { "\($0)" }.sorted() ?? []
        let kernels = report?["alerts"]?.elements?.map { alert in
            ["rule", "title", "event", "time", "severity", "account", "region", "actor"]
                .map { "\(alert[$0] ?? .null)" }.joined(separator: " ")
        }
        return Report(
            status: outcome.status, alerts: alerts, kernels: kernels?.sorted() ?? [], messages: outcome.standardError)
    }

    /// - Parameter onSpark: options that a hunt on one machine does not have.
    /// - Returns: what the hunt with Spark wrote to stderr.
    @discardableResult
    private func compare(
        _ source: String, folder: String, _ more: [String] = [], onSpark: [String] = []
    ) async throws -> String {
        let place = "\(Self.logs)/\(folder)"
        let local = try await hunt(source, ["--logs", place] + more)
        let spark = try await hunt(
            source,
            ["--logs", "file://\(place)"] + Self.engine + onSpark + more)
        #expect(!local.alerts.isEmpty, "\(local.messages)")
        #expect(spark.status == local.status, "\(spark.messages)")
        #expect(spark.alerts.count == local.alerts.count)
        let (onlyLocal, onlySpark) = (
            Set(local.alerts).subtracting(spark.alerts), Set(spark.alerts).subtracting(local.alerts)
        )
        #expect(onlyLocal.isEmpty, "\(onlyLocal.sorted().first ?? "")")
        #expect(onlySpark.isEmpty, "\(onlySpark.sorted().first ?? "")")
        print("\(source): \(local.alerts.count) alerts; \(spark.messages.split(separator: "\n").last ?? "")")
        return spark.messages
    }

    @Test(
        .timeLimit(.minutes(10)), arguments: [[], ["--from", "2024-05-02T00:00:00Z", "--to", "2024-05-03T00:00:00Z"]])
    func eventsRaiseTheSameAlerts(range: [String]) async throws {
        try await compare("cloudtrail", folder: "trail", range)
    }

    @Test(.timeLimit(.minutes(10))) func flowsRaiseTheSameAlerts() async throws {
        let messages = try await compare("vpc-flow", folder: "flow/logs")
        #expect(messages.contains("sums of"))
    }

    /// Sums of lines whose header names other columns than the query expects do not count.
    @Test(.timeLimit(.minutes(10))) func flowsWithOtherColumnsAreReadByTheirHeader() async throws {
        let folder = URL(filePath: Self.logs).appending(path: "flow-columns")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let header =
            "version account-id interface-id dstaddr srcaddr dstport srcport protocol packets bytes start end action "
            + "log-status"
        let lines = (1...400).map { port in
            let start = 1_772_323_200 + port
            return "2 123456789012 eni-1 10.0.0.1 198.51.100.9 \(port) 45000 6 1 44 \(start) \(start + 9) REJECT OK"
        }
        try Data(([header] + lines).joined(separator: "\n").utf8).write(to: folder.appending(path: "flows.log"))
        try await compare("vpc-flow", folder: "flow-columns")
    }

    /// Flow logs in Parquet, made of the same lines, as files and as a table.
    @Test(.timeLimit(.minutes(10))) func flowsInParquetRaiseTheSameAlerts() async throws {
        let folder = "file://\(Self.logs)/flow-parquet"
        let columns = TableDefinition(.vpcFlow, location: folder).columns.enumerated().map { place, column in
            "CAST(split(value, ' ')[\(place)] AS \(column.type)) AS `\(column.name)`"
        }
        try await run([
            "INSERT OVERWRITE DIRECTORY '\(folder)' USING PARQUET SELECT \(columns.joined(separator: ", ")) "
                + "FROM text.`file://\(Self.logs)/flow/logs` WITH ('recursiveFileLookup' = 'true') "
                + "WHERE value RLIKE '^[0-9]'",
            "DROP TABLE IF EXISTS flows", "CREATE TABLE flows USING PARQUET LOCATION '\(folder)'",
        ])
        let local = try await hunt("vpc-flow", ["--logs", "\(Self.logs)/flow/logs"])
        #expect(!local.alerts.isEmpty)
        for place in [["--parquet", "--logs", folder], ["--table", "flows"]] {
            let spark = try await hunt("vpc-flow", place + Self.engine)
            #expect(spark.status == local.status, "\(spark.messages)")
            #expect(spark.kernels == local.kernels)
            #expect(spark.messages.contains("sums of"))
            print("\(place[0]): \(spark.alerts.count) alerts; \(spark.messages.split(separator: "\n").last ?? "")")
        }
    }

    /// A table with the events that Security Lake makes of the same records.
    @Test(
        .timeLimit(.minutes(10)), arguments: [[], ["--from", "2024-05-02T00:00:00Z", "--to", "2024-05-03T00:00:00Z"]])
    func eventsOfSecurityLakeRaiseTheSameAlerts(range: [String]) async throws {
        let folder = URL(filePath: Self.logs).appending(path: "lake")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let made = try await Subprocess.python(
            "Tests/Support/python/security_lake.py",
            ["\(Self.logs)/trail", folder.appending(path: "events.json").path])
        try #require(made.status == 0, "\(made.standardError)")
        let columns = SecurityLake.columns(of: .cloudTrail).map { "`\($0.name)` \($0.type)" }
        try await run([
            "DROP TABLE IF EXISTS lake",
            "CREATE TABLE lake (\(columns.joined(separator: ", "))) USING JSON LOCATION 'file://\(folder.path)'",
        ])
        let local = try await hunt("cloudtrail", ["--logs", "\(Self.logs)/trail"] + range)
        let spark = try await hunt("cloudtrail", ["--table", "lake"] + Self.engine + range)
        #expect(!local.alerts.isEmpty)
        #expect(spark.status == local.status, "\(spark.messages)")
        #expect(spark.kernels == local.kernels)
        print("lake: \(spark.alerts.count) alerts; \(spark.messages.split(separator: "\n").last ?? "")")
    }

    private static let engine = ["--engine", "spark", "--spark", server ?? "", "--max-rows", "10000000"]

    private func run(_ statements: [String]) async throws {
        try await SparkSession.with(SparkURL(Self.server ?? ""), clientType: "test") { session in
            for statement in statements { try await session.run(statement) }
        }
    }

    @Test(.timeLimit(.minutes(10))) func accessesRaiseTheSameAlerts() async throws {
        let messages = try await compare("s3-access", folder: "access/logs", onSpark: ["--strict-engine"])
        #expect(messages.contains("sums of"))
    }

    @Test func aPlaceThatDoesNotExistIsAnError() async throws {
        let report = try await hunt(
            "cloudtrail", ["--logs", "file:///nonexistent", "--engine", "spark", "--spark", Self.server ?? ""])
        #expect(report.status == 1)
        #expect(report.messages.contains("PATH_NOT_FOUND"))
    }

    @Test func aTableThatDoesNotExistIsAnError() async throws {
        let report = try await hunt(
            "cloudtrail", ["--table", "no.such", "--engine", "spark", "--spark", Self.server ?? ""])
        #expect(report.status == 1)
        #expect(report.messages.contains("no.such") || report.messages.contains("NOT_FOUND"))
    }

    @Test func anEmptyFolderProvesNothing() async throws {
        let folder = URL(filePath: Self.logs).appending(path: "empty")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let report = try await hunt(
            "cloudtrail", ["--logs", "file://\(folder.path)", "--engine", "spark", "--spark", Self.server ?? ""])
        #expect(report.status == 3 || report.status == 1, "\(report.messages)")
    }
}
