import Basics
import DistributedEngines
import GRPCCore
import LogReaders
import TestSupport
import Testing

/// `parapet hunt --engine spark` against a stand-in for a Spark Connect server.
@Suite struct SparkCommandTests {
    private static let places = ["--logs", "s3a://logs/AWSLogs"]

    private func run(
        _ url: String, _ more: [String] = places, source: String = "cloudtrail", environment: [String: String] = [:]
    ) async throws -> Subprocess.Outcome {
        try await Subprocess.run(
            Repository.parapet,
            ["hunt", "--engine", "spark", "--spark", url, "--source", source, "--format", "json"] + more,
            environment: environment)
    }

    private func script(rows: Int64 = 1, files: Int64 = 1) -> SparkStage.Script {
        var script = SparkStage.Script()
        script.answers = (0..<rows).map { SparkStage.batch(ArrowSamples.record, rows: 1, after: $0) }
        script.answers.append(SparkStage.metrics(files: files, rows: files * 3))
        return script
    }

    @Test func recordsRaiseTheirAlertsInTheObjectsThatTheyComeFrom() async throws {
        let stage = try await SparkStage.start(script())
        let outcome = try await run(stage.url)
        #expect(outcome.status == 2, "\(outcome.standardError)")
        let report = try JSON(parsing: outcome.standardOutput)
        let alert = try #require(report["alerts"]?.elements?.first)
        #expect(alert["rule"]?.text == "2389c07f-07ac-40d2-b9f1-1c09794f8bfb")
        #expect(alert["event"]?.text == "e-1")
        #expect(alert["evidence"]?.description.contains("s3://logs/a b/c.json.gz") == true)
        #expect(report["stats"]?["bytes"]?.integer == 1_000_000)
        #expect(outcome.standardError.contains("Spark scanned 1 file, 1.0 MB and returned 1 records"))
        #expect(stage.statements.count == 2)
        #expect(stage.statements.first?.contains("text.`s3a://logs/AWSLogs` WITH ('recursiveFileLookup'") == true)
        #expect(stage.statements.last?.hasPrefix("SELECT\n  `path`,\n  `record`,\n  CASE WHEN `hunt_time`") == true)
    }

    @Test func noRecordsAreNoAlertsIfThereWereSomeToRead() async throws {
        #expect(try await run(try await SparkStage.start(script(rows: 0)).url).status == 0)
        let outcome = try await run(try await SparkStage.start(script(rows: 0, files: 0)).url)
        #expect(outcome.status == 3)
        #expect(outcome.standardOutput.contains("Spark found no data"))
        #expect(try await run(try await SparkStage.start(SparkStage.Script()).url).status == 3)
    }

    @Test func tooManyRowsAreAnErrorAndNotFewerAlerts() async throws {
        let outcome = try await run(try await SparkStage.start(script(rows: 3)).url, Self.places + ["--max-rows", "2"])
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("the query brings back too many rows"))
        #expect(outcome.standardOutput.isEmpty)
    }

    @Test func aQueryThatFailsAfterSomeRowsIsAnError() async throws {
        var script = script()
        script.streams = [(1, .failed(RPCError(code: .invalidArgument, message: "no such column")))]
        let outcome = try await run(try await SparkStage.start(script).url)
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("no such column"))
        #expect(outcome.standardOutput.isEmpty)
    }

    @Test func theTokenComesFromTheURLOrTheEnvironment() async throws {
        var script = script()
        script.token = "secret"
        let stage = try await SparkStage.start(script)
        #expect(try await run(stage.url + "/;token=secret").status == 2)
        #expect(try await run(stage.url, environment: ["SPARK_CONNECT_AUTHENTICATE_TOKEN": "secret"]).status == 2)
        let outcome = try await run(stage.url + "/;token=wrong-one")
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("does not accept the token"))
        #expect(!outcome.standardError.contains("wrong-one"))
    }

    @Test func aServerThatIsAwayIsAnError() async throws {
        let outcome = try await run("sc://127.0.0.1:1")
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("cannot be reached"))
    }

    @Test func rulesThatCannotBeSievedAreNamedOrRefused() async throws {
        let stage = try await SparkStage.start(script(rows: 0))
        // Without the fields that sums need, the analytics take every record.
        let format = ["--flow-format", "${srcaddr} ${dstaddr} ${bytes} ${start}"]
        let outcome = try await run(stage.url, Self.places + format + ["--strict-engine"], source: "vpc-flow")
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("the built-in analytics of vpc-flow"))
    }

    @Test func flowLogsAreSummedInTheQuery() async throws {
        let stage = try await SparkStage.start(script(rows: 0))
        let outcome = try await run(stage.url, Self.places + ["--strict-engine"], source: "vpc-flow")
        #expect(outcome.status == 0, "\(outcome.standardError)")
        let query = try #require(stage.statements.last)
        #expect(query.contains("GROUP BY `path`, `record`, is_sum"))
        #expect(query.contains("CASE WHEN is_sum THEN NULL ELSE `record` END AS `record`"))
    }

    @Test func accessLogsAreSummedInTheQuery() async throws {
        let stage = try await SparkStage.start(script(rows: 0))
        let outcome = try await run(stage.url, Self.places + ["--strict-engine"], source: "s3-access")
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(stage.statements.last?.contains("GROUP BY `path`, `record`, is_sum") == true)
    }

    @Test(arguments: [
        [], ["--logs", "folder"], ["--logs", "s3://b/", "--table", "t"], ["--table", "a..b"],
        places + ["--parquet"], places + ["--max-rows", "0"], places + ["--database", "d"], places + ["--dry-run"],
    ])
    func badOptionsAreUsageErrors(options: [String]) async throws {
        #expect(try await run("sc://127.0.0.1:1", options).status == 64)
    }

    @Test func aBadURLIsAUsageErrorThatDoesNotShowIt() async throws {
        let outcome = try await run("sc://h/;token=hidden;x")
        #expect(outcome.status == 64)
        #expect(!outcome.standardError.contains("hidden"))
    }

    @Test func theURLNeedsTheEngine() async throws {
        let outcome = try await Subprocess.run(
            Repository.parapet, ["hunt", "--source", "cloudtrail", "--logs", "x", "--spark", "sc://h"], environment: [:]
        )
        #expect(outcome.status == 64)
    }

    /// The query takes lines whose only digits follow a hyphen for header lines.
    @Test func digitsInTheNamesOfFieldsFollowAHyphen() {
        for field in FlowField.allCases {
            #expect(!field.rawValue.contains(/(^|[^-])[0-9]/), "\(field)")
        }
    }
}
