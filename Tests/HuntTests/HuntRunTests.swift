import AWSClient
import Analytics
import Basics
import Hunting
import LogReaders
import Reports
import Foundation
import Runs
import Synchronization
import TestSupport
import Testing

/// A hunt as a program calls it, without a command line.
@Suite(.timeLimit(.minutes(10))) struct HuntRunTests {
    private func hunt(
        _ logs: String, source: LogSource = .cloudTrail, rules: [String] = [], _ configuration: Configuration = .init()
    ) throws -> HuntRun {
        var selection = RuleSelection()
        selection.paths = rules
        var run = HuntRun(source, in: try LogPlaces([logs]), rules: try selection.load(configuration.hunt))
        run.configuration = configuration
        return run
    }

    private func stopped(_ folder: LogsFolder, count: Int = 1) throws -> String {
        try folder.write("a.json.gz", Trail.file((0..<count).map { Trail.record("e-\($0)", "StopLogging") }))
    }

    @Test func anAlertIsFoundUnlessItsSeverityIsLower() async throws {
        let folder = try LogsFolder()
        var run = try hunt(try stopped(folder))
        let result = try await run.run()
        #expect(result.exitStatus == .found)
        #expect(result.report.result.alerts.map(\.rule) == [Trail.stopped])
        #expect(result.warnings.isEmpty && result.problems.isEmpty)
        run.failOn = .critical
        #expect(try await run.run().exitStatus == .clean)
    }

    @Test func silenceOverWhatCouldNotBeReadIsUndetermined() async throws {
        let folder = try LogsFolder()
        try folder.write("logs/a.json.gz", Trail.file([Trail.record("e-1", "DescribeTrails")]))
        #expect(try await hunt(folder.path("logs")).run().exitStatus == .clean)
        try folder.write("logs/b.json.gz", "no gzip")
        let result = try await hunt(folder.path("logs")).run()
        #expect(result.exitStatus == .undetermined)
        #expect(result.warnings.contains { $0.contains("b.json.gz") }, "\(result.warnings)")
    }

    @Test func aGroupingThatNoRecordHasIsWarnedOf() async throws {
        let folder = try LogsFolder()
        var run = try hunt(try stopped(folder))
        run.groupBy = ["actr"]
        #expect(
            try await run.run().warnings
                == ["no record with an alert has 'actr', which --group-by requires; did you mean actor?"])
    }

    @Test func alertsArePassedOnAndAnErrorOfTheReceiverEndsTheHunt() async throws {
        struct Full: Error {}
        let folder = try LogsFolder()
        let run = try hunt(try stopped(folder, count: 3))
        let events = Mutex<[String?]>([])
        _ = try await run.run(receive: { alert, rule in
            #expect(rule?.id == alert.rule)
            events.withLock { $0.append(alert.event) }
        })
        #expect(Set(events.withLock { $0 }) == ["e-0", "e-1", "e-2"])
        await #expect(throws: Full.self) { try await run.run(receive: { _, _ in throw Full() }) }
    }

    // MARK: S3

    /// A bucket with two log files, of which `b.json` is never answered.
    private func halfDeafBucket(date: String? = nil) async throws -> TestServer {
        let file = Array((Trail.record("e-1", "DescribeTrails", time: "2026-01-01T00:00:00Z") + "\n").utf8)
        return try await TestServer.start { request in
            let headers = date.map { [HTTPRequest.Header("Date", $0)] } ?? []
            if request.method == "POST" {
                return .answer(
                    .xml(
                        "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
                            + "<Arn>arn:aws:iam::123456789012:user/x</Arn></GetCallerIdentityResult>"
                            + "</GetCallerIdentityResponse>", status: 200, headers))
            }
            if request.query.contains(where: { $0.name == "location" }) {
                return .answer(.xml("<LocationConstraint></LocationConstraint>", status: 200, headers))
            }
            if request.query.contains(where: { $0.name == "list-type" }) {
                let prefix = request.query.first { $0.name == "prefix" }?.value ?? ""
                let contents = ["a.json", "b.json"].filter { $0.hasPrefix(prefix) }.map {
                    "<Contents><Key>\($0)</Key><Size>\(file.count)</Size></Contents>"
                }
                return .answer(
                    .xml(
                        "<ListBucketResult><IsTruncated>false</IsTruncated>\(contents.joined())</ListBucketResult>",
                        status: 200, headers))
            }
            if request.path.hasSuffix("b.json") { try? await Task.sleep(for: .seconds(3600)) }
            return .answer(HTTPResponse(status: 200, headers: headers, body: file))
        }
    }

    private func environment(_ server: TestServer) -> RunEnvironment {
        let variables = HuntCommand.isolated.merging(["AWS_ENDPOINT_URL": server.endpoint]) { $1 }
        return RunEnvironment(AWSEnvironment(variables: variables, now: { Date() }))
    }

    @Test func whatWasNotReadWhenTheTimeWasUpIsSaid() async throws {
        let server = try await halfDeafBucket()
        var run = try hunt("s3://logs/")
        run.timeout = .seconds(4)
        let result = try await run.run(in: environment(server))
        #expect(result.exitStatus == .undetermined)
        #expect(result.report.result.statistics.events == 1)
        #expect(
            result.warnings.contains { $0.contains("s3://logs/b.json") && $0.contains("the time was up (--timeout)") },
            "\(result.warnings)")
        run.timeout = .zero
        let failure = await #expect(throws: Failure.self) { try await run.run(in: environment(server)) }
        #expect(failure?.why == "the time was up (--timeout)")
    }

    @Test func aTimeOnlyBoundsWhatIsAskedOfAWS() throws {
        func check(_ logs: String, _ timeout: Int) throws {
            try HuntRun.check(
                [logs], of: .cloudTrail, from: nil, to: nil, flowFormat: nil, threads: nil, maxAlerts: nil,
                timeout: timeout, reads: true)
        }
        try check("s3://logs/", 1)
        for (logs, timeout) in [("logs", 1), ("s3://logs/", 0), ("s3://logs/", -1), ("s3://logs/", .max)] {
            #expect(throws: InvalidInput.self) { try check(logs, timeout) }
        }
    }

    @Test func thePresentIsAWSsIfItIsAsked() async throws {
        let server = try await halfDeafBucket(date: "Thu, 01 Jan 2026 12:00:00 GMT")
        var environment = environment(server)
        environment.aws.now = { Date(timeIntervalSince1970: 1_400_000_000) }
        let warnings = Mutex<[String]>([])
        environment.warn = { warning in warnings.withLock { $0.append(warning) } }
        let result = try await hunt("s3://logs/a.json").run(in: environment)
        #expect(result.report.run.started == Date(timeIntervalSince1970: 1_767_268_800))
        #expect(result.exitStatus == .clean, "\(result.report.result.doubts)")
        #expect(warnings.withLock { $0 }.contains { $0.contains("s behind AWS") })
    }

    /// Noise of one actor in many files, events in two files, one that has no time: the same in any order.
    @Test func theSameFilesGiveTheSameReport() async throws {
        let folder = try LogsFolder()
        for file in 0..<24 {
            var records = (0..<40).map { number in
                Trail.record(
                    "e-\(file)-\(number)", "StopLogging", time: "2026-03-0\(1 + number % 3)T10:\(10 + file):00Z",
                    actor: "arn:aws:iam::123456789012:user/\(number % 7 == 0 ? "ann-\(file % 5)" : "noise")")
            }
            records.append(
                Trail.record("shared-\(file / 3)", "DeleteTrail", actor: "arn:aws:iam::123456789012:user/mallory"))
            records.append(Trail.record("timeless", "StopLogging", time: "lorem"))
            try folder.write("logs/\((file * 7) % 24).json.gz", Trail.file(records))
        }
        var first: HuntResult?
        for threads in [1, 2, 3, 5, 4] {
            var run = try hunt(folder.path("logs"))
            run.threads = threads
            var result = try await run.run().report.result
            result.cursors = []
            #expect(result.alerts.contains { $0.actor.hasSuffix("mallory") })
            #expect(result.doubts.contains { $0.contains("without a time that can be read") })
            let before = first ?? result
            #expect(result.alerts == before.alerts)
            #expect(result.groups == before.groups && result.statistics == before.statistics)
            #expect(result.doubts == before.doubts)
            first = before
        }
    }

    /// Secrets wherever a record may have them reach no output, no baseline and no message.
    @Test func noOutputShowsASecret() async throws {
        let secret = "Zx81Planted"
        let folder = try LogsFolder()
        let shapes = [
            #"{"masterUserPassword":"S"}"#, #"{"password":{"deep":["S"]}}"#,
            #"{"tokens":[{"name":"SESSION_TOKEN","value":"S"}]}"#,
            #"{"environment":{"variables":{"A":"S"}}}"#, #"{"userData":"S"}"#,
            #"{"url":"https%3A%2F%2Fb%2Fk%3FX-Amz-Signature%3DS"}"#,
            #"{"text":"{\"secretAccessKey\":\"S\"}"}"#, #"{"commands":["mysql --password S"]}"#,
            #"{"a":{"db.password":"S"}}"#,
        ].map { $0.replacing("S\"", with: secret + "\"").replacing("%3DS", with: "%3D\(secret)") }
        var records: [String] = []
        for (number, shape) in shapes.enumerated() {
            records.append(
                Trail.record("p-\(number)", "StopLogging").replacing(#"{"name":"main"}"#, with: shape))
            records.append(
                Trail.record(
                    "m-\(number)", "StopLogging", actor: "arn:aws:sts::1:assumed-role/x?Signature=\(secret)&",
                    more:
                        #","additionalEventData":\#(shape),"responseElements":\#(shape),"errorMessage":"token: password=\#(secret) bad""#
                ).replacing("aws-cli/2.15", with: "curl https://u:\(secret)@x"))
        }
        records.append(
            #"{"eventVersion":"1.08","eventName":"StopLogging","requestParameters":{"password":"\#(secret)""#)
        let log = try folder.write("a.json.gz", Trail.file(records))
        let rule = try folder.write(
            "r.yml",
            """
            title: Any
            logsource: {product: aws, service: cloudtrail}
            detection: {s: {eventName: StopLogging}, condition: s}
            fields: [requestParameters.password, requestParameters.tokens.value, requestParameters.environment, userAgent,
              additionalEventData, responseElements, errorMessage, requestParameters.text.secretAccessKey,
              requestParameters.a.db.password]
            ---
            title: Many
            correlation: {type: event_count, rules: [Any], group-by: [userIdentity.arn, userAgent], timespan: 1d, condition: {gte: 2}}
            """)
        for format in ["json", "ndjson", "table", "csv", "html", "sarif", "junit", "ocsf", "asff", "markdown"] {
            for more in [[], ["--rules", rule, "--group-by", "requestParameters", "--group-by", "userAgent"]] {
                let baseline = folder.path("baseline-\(format)-\(more.count).json")
                let outcome = try await HuntCommand.run(
                    [
                        "hunt", "--source", "cloudtrail", "--logs", log, "--format", format, "--verbose", "--raw",
                        "--baseline",
                        baseline,
                    ]
                        + more)
                guard outcome.status != 64 else { continue }
                #expect(outcome.status == 2, "\(format) \(outcome.standardError)")
                for text in [outcome.standardOutput, outcome.standardError, (try? folder.text(baseline)) ?? ""] {
                    #expect(!text.contains(secret), "\(format) \(more)")
                }
                #expect(format != "ndjson" || outcome.standardOutput.contains("(not shown)"))
            }
        }
    }

    /// A credential in a user agent, a presigned address in a key or as the referrer, a session that is named after a password.
    @Test func noOutputOfAccessLogsShowsASecret() async throws {
        let secret = "Zx81Planted"
        let folder = try LogsFolder()
        let role = "arn:aws:sts::123456789012:assumed-role/app/password=\(secret)"
        let lines = (0..<120).map { number in
            let time = "0\(2 + number / 40)/Mar/2026:1\(number % 10):\(10 + number % 40):00 +0000"
            let isLate = number >= 80
            let who = isLate ? role : "arn:aws:iam::123456789012:user/ann"
            let agent = isLate ? "curl --token https://u:\(secret)@host password=\(secret)" : "aws-cli/2"
            let key = "AWSLogs/a%3FX-Amz-Signature%3D\(secret)%26n%3D\(number)"
            let operation = number % 3 == 0 ? "REST.DELETE.OBJECT" : "REST.GET.OBJECT"
            let status = number % 2 == 0 ? 200 : 403
            return
                "owner trail-logs [\(time)] 203.0.113.\(number % 7) \(who) ID\(number) \(operation) \(key) "
                + "\"GET /AWSLogs/a?X-Amz-Signature=\(secret)&n=\(number) HTTP/1.1\" \(status) - 900 900 9 8 "
                + "\"https://h/?X-Amz-Security-Token=\(secret)\" \"\(agent)\" - host= SigV4 - AuthHeader h - - -"
        }
        let log = try folder.write("access.log", lines.joined(separator: "\n") + "\n")
        let rule = try folder.write(
            "r.yml",
            """
            title: Any
            logsource: {product: aws, service: s3_access}
            detection: {s: {bucket: trail-logs}, condition: s}
            fields: [key, user_agent, referrer, request_uri, requester]
            ---
            title: Many
            correlation: {type: event_count, rules: [Any], group-by: [user_agent, requester], timespan: 1d, condition: {gte: 2}, generate: true}
            """)
        try await expectNoSecret(secret, "s3-access", log, rule, group: "user_agent", folder)
    }

    /// Flow logs have texts in their tags only.
    @Test func noOutputOfFlowLogsShowsASecret() async throws {
        let secret = "Zx81Planted"
        let folder = try LogsFolder()
        var text = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"
        for number in 0..<400 {
            let at = 1_772_409_600 + number * 300
            text +=
                "eni-password=\(secret) 10.0.0.7 198.51.100.\(number % 50) \(40_000 + number) \(number % 9 + 20) 6 3 900 \(at) \(at + 59) ACCEPT OK\n"
            text +=
                "eni-password=\(secret) 198.51.100.\(number % 50) 10.0.0.7 \(40_000 + number) 22 6 30 900 \(at) \(at + 59) ACCEPT OK\n"
        }
        let log = try folder.write("flow.log", text)
        let rule = try folder.write(
            "r.yml",
            """
            title: Any
            logsource: {product: aws, service: vpcflow}
            detection: {s: {srcaddr: 10.0.0.7}, condition: s}
            ---
            title: Many
            correlation: {type: event_count, rules: [Any], group-by: [interface-id], timespan: 1d, condition: {gte: 2}, generate: true}
            """)
        try await expectNoSecret(secret, "vpc-flow", log, rule, group: "interface-id", folder)
    }

    /// Hunts with the built-in rules and with own ones, in each format, with a baseline.
    private func expectNoSecret(
        _ secret: String, _ source: String, _ log: String, _ rule: String, group: String, _ folder: LogsFolder
    ) async throws {
        let formats = HuntReport.formats.map(\.rawValue)
        for (number, more) in [[], ["--rules", rule, "--built-in", "--group-by", group]].enumerated() {
            var arguments = [
                "hunt", "--source", source, "--logs", log, "--verbose", "--baseline", folder.path("b\(number).json"),
            ]
            for format in formats { arguments += ["--format", format, "--output", folder.path("\(number).\(format)")] }
            let outcome = try await HuntCommand.run(arguments + more)
            #expect(outcome.status == 2, "\(outcome.standardError)")
            for name in formats.map({ "\(number).\($0)" }) + ["b\(number).json"] {
                let text = try folder.text(name)
                #expect(!text.isEmpty && !text.contains(secret), "\(name)")
            }
            #expect(!outcome.standardError.contains(secret))
            #expect(try folder.text("\(number).json").contains("(not shown)"))
        }
    }

    @Test func aCancelledHuntHasNoResult() async throws {
        let folder = try LogsFolder()
        let run = try hunt(try stopped(folder))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await run.run()
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func whatIsLearnedGoesIntoTheNextHunt() async throws {
        let folder = try LogsFolder()
        var run = try hunt(try stopped(folder))
        let learned = try await run.run().learned
        let file = try BaselineFile(folder.path("baseline.json"))
        try file.write(learned)
        run.baseline = try file.read()
        #expect(try await run.run().exitStatus == .found)
        #expect(try !folder.text("baseline.json").isEmpty)
    }

    // MARK: Configuration

    @Test func placeholdersComeFromTheConfiguration() async throws {
        let folder = try LogsFolder()
        let rules = try folder.write(
            "r.yml",
            """
            title: Somebody else describes trails
            logsource: {product: aws, service: cloudtrail}
            detection:
                s: {eventName: DescribeTrails}
                known: {userIdentity.userName|expand: '%auditors%'}
                condition: s and not known
            """)
        let log = try folder.write("a.json.gz", Trail.file([Trail.record("e-1", "DescribeTrails")]))
        func alerts(_ auditors: String) async throws -> Int {
            let file = try folder.write("c.yml", "hunt:\n  placeholders:\n    auditors: [\(auditors)]\n")
            let run = try hunt(log, rules: [rules], SettingsFile.configuration(file))
            return try await run.run().report.result.alerts.count
        }
        #expect(try await alerts("ann") == 0)
        #expect(try await alerts("bob") == 1)
        #expect(throws: Failure.self) { try hunt(log, rules: [rules]) }
    }

    @Test func nothingThatCouldBeReadIsAFailure() async throws {
        let folder = try LogsFolder()
        let run = try hunt(try folder.write("a.json.gz", "no gzip"))
        let failure = await #expect(throws: Failure.self) { try await run.run() }
        #expect(failure?.what == "nothing could be read of the one file")
        let missing = try hunt("/nonexistent/logs")
        let why = await #expect(throws: Failure.self) { try await missing.run() }
        #expect(why?.description == "/nonexistent/logs cannot be read: No such file or directory: check the path")
    }

    @Test(arguments: [[""], ["s3://"], ["-", "-"]])
    func aPlaceThatCannotBeOneIsRefused(places: [String]) {
        #expect(throws: InvalidInput.self) { try LogPlaces(places) }
    }
}
