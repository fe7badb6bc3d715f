import Basics
import Foundation
import LogReaders
import TestSupport
import Testing

@testable import DistributedEngines

/// `parapet hunt --engine athena` against a stand-in for Athena.
@Suite struct AthenaCommandTests {
    private let stopped: [String?] = AthenaStage.row(
        [
            "eventVersion": "1.10", "eventTime": "2026-03-01T10:00:00Z", "eventSource": "cloudtrail.amazonaws.com",
            "eventName": "StopLogging", "awsRegion": "eu-west-1", "eventID": "e-1", "userIdentity.type": "IAMUser",
            "userIdentity.arn": "arn:aws:iam::123456789012:user/ann", "requestParameters": #"{"name":"main"}"#,
            "resources.ARN": #"["arn:aws:cloudtrail:eu-west-1:123456789012:trail/main"]"#, "readOnly": "false",
        ], in: TableDefinition(.cloudTrail, location: "s3://logs/AWSLogs"))

    private func run(
        _ stage: AthenaStage, _ more: [String] = [], source: String = "cloudtrail"
    ) async throws -> Subprocess.Outcome {
        let environment = [
            "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent", "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": stage.server.endpoint,
        ]
        return try await Subprocess.run(
            Repository.parapet,
            ["hunt", "--engine", "athena", "--source", source, "--database", "logs", "--format", "json"] + more,
            environment: environment)
    }

    @Test func rowsRaiseTheAlertsOfTheirRecordsInTheObjectsThatTheyComeFrom() async throws {
        var script = AthenaStage.Script()
        script.rows = [stopped, stopped]
        script.states = ["QUEUED", "RUNNING", "QUEUED", "RUNNING", "SUCCEEDED"].map { .init(name: $0) }
        let stage = try await AthenaStage.start(script)
        let outcome = try await run(stage, ["--from", "2026-03-01", "--to", "2026-03-02"])
        #expect(outcome.status == 2, "\(outcome.standardError)")
        let report = try JSON(parsing: outcome.standardOutput)
        let alert = try #require(report["alerts"]?.elements?.first)
        #expect(alert["rule"]?.text == "2389c07f-07ac-40d2-b9f1-1c09794f8bfb")
        #expect(alert["evidence"]?.description.contains("s3://logs/a/b.json.gz") == true)
        #expect(report["stats"]?["bytes"]?.integer == 1_000_000)
        #expect(outcome.standardError.contains("Athena scanned 1.0 MB"))
        let query = try #require(stage.queries.first)
        #expect(query["WorkGroup"]?.text == "primary")
        #expect(query["ResultConfiguration"] == nil)
        #expect((query["ClientRequestToken"]?.text?.utf8.count ?? 0) >= 32)
        let text = try #require(query["QueryString"]?.text)
        #expect(text.contains("\"timestamp\" >= '2026/02/28'") && text.contains("\"timestamp\" < '2026/03/04'"))
        #expect(text.hasSuffix("LIMIT 200001"))
    }

    @Test func noRowsAreNoAlerts() async throws {
        let stage = try await AthenaStage.start()
        let outcome = try await run(stage)
        #expect(outcome.status == 0, "\(outcome.standardError)")
    }

    @Test func aQueryThatReadNothingProvesNothing() async throws {
        var script = AthenaStage.Script()
        script.states = [.init(name: "SUCCEEDED", scanned: 0)]
        let outcome = try await run(try await AthenaStage.start(script))
        #expect(outcome.status == 3)
        #expect(outcome.standardOutput.contains("Athena found no data"))
    }

    @Test(arguments: ["FAILED", "CANCELLED", "NONSENSE"])
    func aQueryThatDidNotSucceedIsAnError(state: String) async throws {
        var script = AthenaStage.Script()
        script.states = [.init(name: state)]
        let stage = try await AthenaStage.start(script)
        let outcome = try await run(stage)
        #expect(outcome.status == 1)
        #expect(outcome.standardOutput.isEmpty)
        #expect(!stage.calls.contains("GetQueryResults"))
    }

    @Test func aFailureThatCanPassStartsTheQueryAgainWithANewToken() async throws {
        var script = AthenaStage.Script()
        script.states = [.init(name: "FAILED", retryable: true), .init(name: "SUCCEEDED")]
        let stage = try await AthenaStage.start(script)
        #expect(try await run(stage).status == 0)
        #expect(Set(stage.queries.compactMap { $0["ClientRequestToken"]?.text }).count == 2)
    }

    @Test func tooManyRowsAreAnErrorAndNotFewerAlerts() async throws {
        var script = AthenaStage.Script()
        script.rows = [stopped, stopped, stopped]
        let outcome = try await run(try await AthenaStage.start(script), ["--max-rows", "2"])
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("the query brings back too many rows"))
        #expect(outcome.standardOutput.isEmpty)
    }

    @Test func aQueryThatScansTooMuchIsStopped() async throws {
        var script = AthenaStage.Script()
        script.states = [.init(name: "RUNNING", scanned: 5_000_000_000)]
        let stage = try await AthenaStage.start(script)
        let outcome = try await run(stage, ["--max-scan", "1GB"])
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("5.0 GB of 1.0 GB that --max-scan allows"))
        #expect(stage.calls.last == "StopQueryExecution")
    }

    @Test func theWorkgroupsOwnLimitIsWhatStopsAQueryAtOnce() async throws {
        var script = AthenaStage.Script()
        script.states = [.init(name: "SUCCEEDED", scanned: 5_000_000_000)]
        let without = try await run(try await AthenaStage.start(script), ["--max-scan", "1GB"])
        #expect(without.status == 0)
        #expect(without.standardError.contains("does not limit a query to --max-scan"))
        #expect(without.standardError.contains("it scanned 5.0 GB, and --max-scan allows 1.0 GB"))
        script.workGroup = [
            "State": "ENABLED",
            "Configuration": [
                "ManagedQueryResultsConfiguration": ["Enabled": true], "BytesScannedCutoffPerQuery": 1_000_000_000,
            ],
        ]
        script.states = [.init(name: "CANCELLED", scanned: 1_000_000_000)]
        let with = try await run(try await AthenaStage.start(script), ["--max-scan", "1GB"])
        #expect(with.status == 1)
        #expect(!with.standardError.contains("does not limit a query"))
        #expect(with.standardError.contains("the query was cancelled"))
        #expect(with.standardOutput.isEmpty)
    }

    @Test func anEndlessListOfPagesIsAnError() async throws {
        var script = AthenaStage.Script()
        script.rows = Array(repeating: stopped, count: 20)
        script.repeatsToken = true
        let outcome = try await run(try await AthenaStage.start(script))
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("repeats a page token"))
    }

    @Test func theWorkgroupMustHaveAPlaceForTheResult() async throws {
        var script = AthenaStage.Script()
        script.workGroup = ["State": "ENABLED", "Configuration": ["ResultConfiguration": [:]]]
        let stage = try await AthenaStage.start(script)
        let outcome = try await run(stage)
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("add --output-location"))
        #expect(stage.queries.isEmpty)
        #expect(try await run(stage, ["--output-location", "s3://results/x/"]).status == 0)
        #expect(stage.queries.first?["ResultConfiguration"]?["OutputLocation"]?.text == "s3://results/x/")
    }

    @Test func aDryRunStartsNothing() async throws {
        let stage = try await AthenaStage.start()
        let outcome = try await run(stage, ["--dry-run"])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(outcome.standardOutput.contains("SELECT"))
        #expect(stage.queries.isEmpty)
    }

    @Test func rulesThatTheTableCannotServeAreNamedOrRefused() async throws {
        var script = AthenaStage.Script()
        script.definition = TableDefinition(
            .vpcFlow, location: "s3://logs/AWSLogs", flowFields: [.source, .destination, .bytes, .start])
        let stage = try await AthenaStage.start(script)
        let refused = try await run(stage, ["--strict-engine"], source: "vpc-flow")
        #expect(refused.status == 1)
        #expect(refused.standardError.contains("the built-in analytics of vpc-flow"))
        #expect(stage.queries.isEmpty)
        let told = try await run(stage, source: "vpc-flow")
        #expect(told.standardError.contains("it brings back every record"))
        #expect(stage.queries.count == 1)
    }

    @Test func flowLogsAreSummedInTheQuery() async throws {
        var script = AthenaStage.Script()
        script.definition = TableDefinition(.vpcFlow, location: "s3://logs/AWSLogs")
        script.extraColumns = ["records", "last_time", "parts"]
        let sum: [String: String] = [
            "version": "2", "account-id": "123456789012", "interface-id": "eni-1", "srcaddr": "10.0.0.1",
            "dstaddr": "203.0.113.1", "srcport": "65535", "dstport": "443", "protocol": "6", "packets": "90",
            "bytes": "9000", "start": "1772323200", "end": "1772323900", "action": "ACCEPT", "log-status": "OK",
        ]
        script.rows = [
            AthenaStage.row(sum, in: script.definition) + ["7", "1772323800", "9000 0 0 0 0 0 0 0 0 0 0 0"]
        ]
        let stage = try await AthenaStage.start(script)
        let outcome = try await run(stage, ["--strict-engine"], source: "vpc-flow")
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(outcome.standardError.contains("returned 0 records and 1 sums of 7 more"))
        #expect(try JSON(parsing: outcome.standardOutput)["stats"]?["events"]?.integer == 7)
        #expect(stage.queries.first?["QueryString"]?.text?.contains("GROUP BY") == true)
    }

    @Test func timesThatTheQueryCannotReadAreNoSuccess() async throws {
        var script = AthenaStage.Script()
        script.extraColumns = ["untimed"]
        let record = [
            "eventVersion": "1.10", "eventTime": "2026-03-01T10:00:00+01:00", "eventName": "ListUsers",
            "eventSource": "iam.amazonaws.com",
        ]
        script.rows = [nil, "true"].map { AthenaStage.row(record, in: script.definition) + [$0] }
        let outcome = try await run(try await AthenaStage.start(script))
        #expect(outcome.status == 3, "\(outcome.standardError)")
        #expect(outcome.standardOutput.contains("the query could not read the times of 1 records"))
    }

    @Test func accessLogsAreSummedInTheQuery() async throws {
        var script = AthenaStage.Script()
        script.definition = TableDefinition(.s3Access, location: "s3://logs/access")
        script.extraColumns = ["records", "last_time", "parts"]
        let sum: [String: String] = [
            "bucket": "trail-logs", "requester": "svc:cloudtrail.amazonaws.com", "operation": "REST.PUT.OBJECT",
            "key": "AWSLogs/a", "status": "200", "time": "1772323200", "bytes_sent": "0",
        ]
        let minutes = (["7"] + Array(repeating: "0", count: 59)).joined(separator: " ")
        script.rows = [AthenaStage.row(sum, in: script.definition) + ["7", "1772323250", minutes]]
        let stage = try await AthenaStage.start(script)
        let outcome = try await run(stage, ["--strict-engine"], source: "s3-access")
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(outcome.standardError.contains("returned 0 records and 1 sums of 7 more"))
        #expect(try JSON(parsing: outcome.standardOutput)["stats"]?["events"]?.integer == 7)
        #expect(stage.queries.first?["QueryString"]?.text?.contains("GROUP BY") == true)
    }

    // MARK: Tables of Amazon Security Lake

    @Test func eventsOfSecurityLakeRaiseTheAlertsOfTheirRecords() async throws {
        let script = Self.securityLake([
            "eventTime": "2026-03-01T10:00:00Z", "eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging",
            "eventID": "e-1", "userIdentity.type": "IAMUser", "userIdentity.arn": "arn:aws:iam::123456789012:user/ann",
            "requestParameters": #"{"name":"main"}"#, "recipientAccountId": "123456789012",
            "unmapped": #"{"readOnly":"false"}"#, "metadata.product.name": "CloudTrail",
        ])
        let stage = try await AthenaStage.start(script)
        let outcome = try await run(stage, ["--table", "lake", "--strict-engine", "--from", "2026-03-01"])
        #expect(outcome.status == 2, "\(outcome.standardError)")
        let alert = try #require(try JSON(parsing: outcome.standardOutput)["alerts"]?.elements?.first)
        #expect(alert["rule"]?.text == "2389c07f-07ac-40d2-b9f1-1c09794f8bfb")
        #expect(alert["event"]?.text == "e-1")
        #expect(alert["account"]?.text == "123456789012")
        #expect(stage.queries.first?["QueryString"]?.text?.contains(#""api"."operation""#) == true)
    }

    @Test func eventsOfOtherProductsAreNoSuccess() async throws {
        let script = Self.securityLake(["eventName": "list", "metadata.product.name": "Amazon EKS"])
        let outcome = try await run(try await AthenaStage.start(script), ["--table", "lake"])
        #expect(outcome.status == 3, "\(outcome.standardError)")
        #expect(outcome.standardOutput.contains("1 events of the table are not of cloudtrail"))
    }

    @Test func rulesWhoseFieldsSecurityLakeDropsAreNoSuccess() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString).yml")
        defer { try? FileManager.default.removeItem(at: file) }
        let rule = """
            title: Path
            logsource: {product: aws, service: vpcflow}
            detection: {a: {traffic-path: 8, dstport: 22}, condition: a}
            """
        try Data(rule.utf8).write(to: file)
        var script = AthenaStage.Script()
        script.other = (
            SecurityLake.columns(of: .vpcFlow),
            LogTable(.vpcFlow, name: "lake", columns: SecurityLake.columns(of: .vpcFlow))
        )
        let stage = try await AthenaStage.start(script)
        let outcome = try await run(stage, ["--table", "lake", "--rules", file.path], source: "vpc-flow")
        #expect(outcome.status == 3, "\(outcome.standardError)")
        #expect(outcome.standardOutput.contains("the rule Path reads traffic-path, which the table does not have"))
        let strict = try await run(
            stage, ["--table", "lake", "--rules", file.path, "--strict-engine"], source: "vpc-flow")
        #expect(strict.status == 1)
        #expect(strict.standardError.contains("the table does not have traffic-path"))
        #expect(stage.queries.count == 1)
    }

    private static func securityLake(_ values: [String: String]) -> AthenaStage.Script {
        let columns = SecurityLake.columns(of: .cloudTrail)
        let table = LogTable(.cloudTrail, name: "lake", columns: columns)
        var script = AthenaStage.Script()
        script.other = (columns, table)
        script.rows = [["s3://lake/a.parquet"] + table.leaves.map { values[$0.field] }]
        return script
    }

    @Test(arguments: ["athena", "spark"], ["cloudtrail", "vpc-flow"])
    func queriesOfSecurityLakeArePrinted(dialect: String, source: String) async throws {
        let outcome = try await Subprocess.run(
            Repository.parapet, ["hunt", "--print-sql", dialect, "--source", source, "--security-lake"],
            environment: [:])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(outcome.standardOutput.contains("amazon_security_lake_table_REGION_"))
        #expect(outcome.standardOutput.contains("\nSELECT"))
        #expect(outcome.standardOutput.utf8.count < RowQuery.athenaLimit)
    }

    @Test func securityLakeHasNoAccessLogs() async throws {
        let options = ["hunt", "--print-sql", "athena", "--source", "s3-access", "--security-lake"]
        let outcome = try await Subprocess.run(Repository.parapet, options, environment: [:])
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("Security Lake does not collect server access logs"))
        #expect(try await run(try await AthenaStage.start(), ["--security-lake"]).status == 64)
    }

    // MARK: Creating the table

    @Test func theTableIsCreatedOverTheFoldersOfAccountsAndRegions() async throws {
        var script = AthenaStage.Script()
        script.objects = [
            "o/AWSLogs/111111111111/CloudTrail/eu-west-1/2026/03/01/a.json.gz",
            "o/AWSLogs/222222222222/CloudTrail/us-east-1/2026/03/01/b.json.gz",
            "o/AWSLogs/333333333333/Config/eu-west-1/c.json.gz",
        ]
        let stage = try await AthenaStage.start(script)
        let outcome = try await run(stage, ["--create-tables", "--logs", "s3://trails/o"])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(stage.queries.count == 2)
        let statement = try #require(stage.queries.first?["QueryString"]?.text)
        #expect(statement.hasPrefix("CREATE EXTERNAL TABLE IF NOT EXISTS `logs`.`cloudtrail_logs` ("))
        #expect(statement.contains("'projection.account.values' = '111111111111,222222222222'"))
        #expect(statement.contains("'projection.region.values' = 'eu-west-1,us-east-1'"))
        #expect(
            statement.contains(
                "'storage.location.template' = 's3://trails/o/AWSLogs/${account}/CloudTrail/${region}/${timestamp}'"))
        #expect(outcome.standardError.contains("creating the table logs.cloudtrail_logs: CREATE EXTERNAL TABLE"))
        // The table is read only after it was created.
        let calls = stage.calls
        let created = try #require(calls.firstIndex(of: "StartQueryExecution"))
        #expect(try #require(calls.firstIndex(of: "GetTable")) > created)
    }

    @Test func noTableIsCreatedOverAPlaceWithoutLogs() async throws {
        var script = AthenaStage.Script()
        script.objects = ["o/AWSLogs/333333333333/Config/eu-west-1/c.json.gz"]
        let stage = try await AthenaStage.start(script)
        let outcome = try await run(stage, ["--create-tables", "--logs", "s3://trails/o"])
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("has no folder of an account with CloudTrail"))
        let without = try await run(stage, ["--create-tables"])
        #expect(without.status == 1)
        #expect(without.standardError.contains("add --logs s3://bucket/prefix"))
        #expect(stage.queries.isEmpty)
    }

    @Test func aTableThatCannotBeCreatedIsAnError() async throws {
        var script = AthenaStage.Script()
        script.objects = ["AWSLogs/111111111111/CloudTrail/eu-west-1/2026/03/01/a.json.gz"]
        script.states = [.init(name: "FAILED")]
        let stage = try await AthenaStage.start(script)
        let outcome = try await run(stage, ["--create-tables", "--logs", "s3://trails"])
        #expect(outcome.status == 1)
        #expect(!stage.calls.contains("GetTable"))
    }

    @Test func aTableOfAnotherLogIsRefused() async throws {
        let outcome = try await run(try await AthenaStage.start(), source: "vpc-flow")
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("is not one of vpc-flow logs"))
    }

    @Test(arguments: [
        ["--max-rows", "0"], ["--max-scan", "lots"], ["--output-location", "bucket"],
        ["--engine", "local", "--dry-run"],
    ])
    func badOptionsAreUsageErrors(options: [String]) async throws {
        #expect(try await run(try await AthenaStage.start(), options).status == 64)
    }

    @Test(arguments: ["athena", "spark"], ["cloudtrail", "s3-access", "vpc-flow"])
    func queriesArePrintedWithTheirTables(dialect: String, source: String) async throws {
        let outcome = try await Subprocess.run(
            Repository.parapet, ["hunt", "--print-sql", dialect, "--source", source], environment: [:])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(outcome.standardOutput.contains("CREATE"))
        #expect(outcome.standardOutput.contains("\nSELECT"))
        #expect(outcome.standardOutput.utf8.count < RowQuery.athenaLimit)
    }
}
