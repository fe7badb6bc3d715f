import Basics
import Foundation
import Gzip
import TestSupport
import Testing

/// `parapet hunt` as a user meets it: its results, streams and exit codes.
@Suite(.timeLimit(.minutes(10))) struct HuntCommandTests {
    @Test func aStoppedTrailIsTold() async throws {
        let folder = try LogsFolder()
        try folder.write(
            "a.json.gz", Trail.file([Trail.record("e-1", "DescribeTrails"), Trail.record("e-2", "StopLogging")]))
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path)
        #expect(outcome.status == 2, "\(outcome.standardError)")
        #expect(outcome.standardError.isEmpty)
        #expect(document.schema == "parapet.hunt/1")
        #expect(document.stats.events == 2)
        #expect(document.stats.files == 1)
        let alert = try #require(document.alerts.first)
        #expect(document.alerts.count == 1)
        #expect(alert.rule == Trail.stopped)
        #expect(alert.event == "e-2")
        #expect(alert.time == "2026-03-01T10:00:00Z")
        #expect(alert.severity == "high")
        #expect(alert.account == "123456789012")
        #expect(alert.region == "eu-west-1")
        #expect(alert.actor == "arn:aws:iam::123456789012:user/ann")
        #expect(alert.fields["eventName"] == "StopLogging")
        #expect(alert.fields["requestParameters"] == ["name": "main"], "nested, and no JSON in a text")
    }

    @Test func silenceOverSoundLogsIsZero() async throws {
        let folder = try LogsFolder()
        try folder.write("a.json.gz", Trail.file([Trail.record("e-1", "DescribeTrails")]))
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path)
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(document.alerts.isEmpty)
        #expect(document.doubts.isEmpty)
    }

    /// Two trails deliver the same event.
    @Test func anEventThatStandsTwiceAlertsOnce() async throws {
        let folder = try LogsFolder()
        for name in ["a.json.gz", "b.json.gz"] {
            try folder.write(name, Trail.file([Trail.record("e-2", "StopLogging")]))
        }
        let (_, document) = try await HuntCommand.cloudTrail(folder.url.path)
        #expect(document.stats.alerts == 1)
        #expect(document.groups.map(\.count) == [1])
    }

    @Test func theEarliestAlertsOfARuleAreKeptAndAllAreCounted() async throws {
        let folder = try LogsFolder()
        for number in 0..<30 {
            let time = "2026-03-01T10:\(10 + number):00Z"
            try folder.write(
                "\(29 - number).json.gz", Trail.file([Trail.record("e-\(number)", "StopLogging", time: time)]))
        }
        let (_, document) = try await HuntCommand.cloudTrail(folder.url.path, ["--max-alerts", "3"])
        #expect(document.alerts.map(\.event) == ["e-0", "e-1", "e-2"])
        #expect(document.stats.alerts == 30)
        #expect(document.groups.map(\.count) == [30])
    }

    @Test func onlyTheRangeThatWasAskedForIsJudged() async throws {
        let folder = try LogsFolder()
        let times = ["2026-03-01T09:59:59Z", "2026-03-01T10:00:00Z", "2026-03-01T10:59:59Z", "2026-03-01T11:00:00Z"]
        try folder.write(
            "a.json.gz", Trail.file(times.enumerated().map { Trail.record("e-\($0)", "StopLogging", time: $1) }))
        let (_, document) = try await HuntCommand.cloudTrail(
            folder.url.path, ["--from", "2026-03-01T10:00:00Z", "--to", "2026-03-01T11:00:00Z"])
        #expect(document.alerts.map(\.event) == ["e-1", "e-2"])
    }

    /// CloudTrail logs what `AssumeRole` answered.
    @Test func aSessionTokenIsNeverShown() async throws {
        let folder = try LogsFolder()
        let rules = try folder.write(
            "rules/r.yml",
            """
            title: Any credentials
            logsource: {product: aws, service: cloudtrail}
            fields: [responseElements, responseElements.credentials.sessionToken]
            detection:
                s: {responseElements.credentials.sessionToken|contains: Zb}
                condition: s
            """)
        try folder.write(
            "logs/a.json",
            Trail.record("e-1", "AssumeRole", source: "sts.amazonaws.com").replacingOccurrences(
                of: "\"responseElements\":null",
                with: #""responseElements":{"credentials":{"accessKeyId":"ASIAEXAMPLE","sessionToken":"FwoGZbSECRET"}}"#
            ))
        for format in ["json", "ndjson", "table", "ocsf", "sarif", "csv", "markdown", "html"] {
            let outcome = try await HuntCommand.run([
                "hunt", "--source", "cloudtrail", "--logs", folder.path("logs"), "--rules", rules, "--verbose",
                "--format", format, "--group-by", "responseElements.credentials.sessionToken",
            ])
            #expect(outcome.status == 2, "\(format): \(outcome.standardError)")
            #expect(!outcome.standardOutput.contains("SECRET"), "\(format)")
        }
    }

    @Test func alertsAreGroupedByWhatOneNames() async throws {
        let folder = try LogsFolder()
        try folder.write(
            "a.json.gz",
            Trail.file(
                (0..<6).map {
                    Trail.record("e-\($0)", "StopLogging", actor: "arn:aws:iam::123456789012:user/u\($0)")
                }))
        let byActor = try await HuntCommand.cloudTrail(folder.url.path).1
        #expect(byActor.groups.map(\.count) == [1, 1, 1, 1, 1, 1])
        let byAddress = try await HuntCommand.cloudTrail(folder.url.path, ["--group-by", "sourceIPAddress"]).1
        #expect(byAddress.groups.map(\.count) == [6])
    }

    @Test func failOnDecidesTheExitCodeAndSeverityWhatIsTold() async throws {
        let folder = try LogsFolder()
        try folder.write("a.json.gz", Trail.file([Trail.record("e-2", "StopLogging")]))
        let (passing, told) = try await HuntCommand.cloudTrail(folder.url.path, ["--fail-on", "critical"])
        #expect(passing.status == 0)
        #expect(told.alerts.count == 1)
        let (silent, untold) = try await HuntCommand.cloudTrail(folder.url.path, ["--severity", "critical"])
        #expect(silent.status == 0)
        #expect(untold.alerts.isEmpty)
    }

    @Test func standardInputIsRead() async throws {
        let folder = try LogsFolder()
        let file = try folder.write("a.json.gz", Trail.file([Trail.record("e-2", "StopLogging")]))
        let outcome = try await HuntCommand.run(
            ["hunt", "--source", "cloudtrail", "--logs", "-", "--format", "json"], input: URL(filePath: file))
        #expect(outcome.status == 2, "\(outcome.standardError)")
        #expect(try HuntDocument(outcome.standardOutput).alerts.map(\.event) == ["e-2"])
    }

    @Test func severalFormatsAreWrittenAtOnce() async throws {
        let folder = try LogsFolder()
        try folder.write("logs/a.json.gz", Trail.file([Trail.record("e-2", "StopLogging")]))
        let formats = ["table", "json", "ndjson", "ocsf", "sarif", "csv", "markdown", "html"]
        let pairs = formats.flatMap { ["--format", $0, "--output", folder.path("out.\($0)")] }
        let outcome = try await HuntCommand.run(
            ["hunt", "--source", "cloudtrail", "--logs", folder.path("logs")] + pairs)
        #expect(outcome.status == 2, "\(outcome.standardError)")
        #expect(outcome.standardOutput.isEmpty)
        for format in formats {
            #expect(try folder.text("out.\(format)").contains("CloudTrail logging stopped"), "\(format)")
        }
        let lines = try folder.text("out.ndjson").split(separator: "\n")
        #expect(lines.count == 2)
        let table = try folder.text("out.table")
        #expect(table.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func alertsAreStreamedToStdoutLineByLineWithTheSumsLast() async throws {
        let folder = try LogsFolder()
        for number in 0..<5 {
            try folder.write("\(number).json.gz", Trail.file([Trail.record("e-\(number)", "StopLogging")]))
        }
        let outcome = try await HuntCommand.run(
            ["hunt", "--source", "cloudtrail", "--logs", folder.url.path, "--format", "ndjson"])
        let lines = outcome.standardOutput.split(separator: "\n")
        #expect(lines.count == 6)
        #expect(lines.dropLast().allSatisfy { $0.contains(Trail.stopped) })
        #expect(lines.last?.contains("\"stats\"") == true)
    }

    // MARK: Objects

    @Test func objectsAreReadByDate() async throws {
        let server = try await MotoServer.start(seeded: false)
        let folder = try LogsFolder()
        for (day, name) in [("01", "StopLogging"), ("05", "StopLogging"), ("09", "StopLogging")] {
            try folder.write(
                "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/03/\(day)/f.json.gz",
                Trail.file([Trail.record("e-\(day)", name, time: "2026-03-\(day)T10:00:00Z")]))
        }
        let upload = try await Subprocess.python(
            "Tests/Support/python/upload_folder.py", [server.endpoint, "trail-logs", folder.url.path])
        try #require(upload.status == 0, "\(upload.standardError)")
        let outcome = try await HuntCommand.run(
            [
                "hunt", "--source", "cloudtrail", "--logs", "s3://trail-logs/AWSLogs/", "--from", "2026-03-04",
                "--to", "2026-03-07", "--format", "json",
            ], endpoint: server.endpoint)
        #expect(outcome.status == 2, "\(outcome.standardError)")
        let document = try HuntDocument(outcome.standardOutput)
        #expect(document.alerts.map(\.event) == ["e-05"])
        #expect(document.stats.files == 1)

        let missing = try await HuntCommand.run(
            ["hunt", "--source", "cloudtrail", "--logs", "s3://no-such-bucket/x"], endpoint: server.endpoint)
        #expect(missing.status == 1)
        #expect(missing.standardError.hasPrefix("error: "))
        #expect(missing.standardError.split(separator: "\n").count == 1)
    }

    // MARK: Errors

    @Test(arguments: [
        (["--source", "cloudtrail"], "--logs is required"),
        (["--logs", "-"], "--source is required for stdin"),
        (["--source", "syslog", "--logs", "x"], "cloudtrail"),
        (["--source", "cloudtrail", "--logs", "x", "--from", "yesterday"], "ISO 8601"),
        (
            ["--source", "cloudtrail", "--logs", "x", "--from", "2026-03-02", "--to", "2026-03-01"],
            "--from must be before"
        ),
        (["--source", "cloudtrail", "--logs", "s3://"], "has no bucket"),
        (["--source", "cloudtrail", "--logs", "x", "--flow-format", "${version}"], "vpc-flow"),
        (["--source", "vpc-flow", "--logs", "x", "--flow-format", "a b c"], "contains no field"),
        (["--source", "cloudtrail", "--logs", "x", "--engine", "spark"], "requires --spark"),
        (["--source", "cloudtrail", "--logs", "-", "--logs", "-"], "only once"),
    ])
    func aWrongOptionIsAUsageError(_ options: [String], _ words: String) async throws {
        let outcome = try await HuntCommand.run(["hunt"] + options)
        #expect(outcome.status == 64)
        #expect(outcome.standardError.contains(words), "\(outcome.standardError)")
        #expect(outcome.standardOutput.isEmpty)
    }

    @Test func aPathThatIsNotThereIsOneLine() async throws {
        let outcome = try await HuntCommand.run(["hunt", "--source", "cloudtrail", "--logs", "/nonexistent/logs"])
        #expect(outcome.status == 1)
        #expect(
            outcome.standardError
                == "error: /nonexistent/logs cannot be read: No such file or directory: check the path\n")
    }
}
