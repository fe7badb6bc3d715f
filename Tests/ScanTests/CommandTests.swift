import AWSClient
import Basics
import Foundation
import Testing
import TestSupport

/// The command line as a user meets it: the built program, its streams and exit codes.
@Suite(.timeLimit(.minutes(10))) struct CommandTests {
    private static let keys = [
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1",
    ]
    private static let isolated = [
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent",
    ]

    private func parapet(
        _ arguments: [String], endpoint: String? = nil, _ environment: [String: String] = keys
    ) async throws -> Subprocess.Outcome {
        var all = Self.isolated.merging(environment) { $1 }
        all["AWS_ENDPOINT_URL"] = endpoint
        return try await Subprocess.run(Repository.parapet, arguments, environment: all)
    }

    private func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "parapet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private func findings(_ json: String) throws -> [JSON] {
        guard case .object(let document) = try JSONDecoder().decode(JSON.self, from: Data(json.utf8)),
            case .array(let findings)? = document["findings"]
        else { return [] }
        return findings
    }

    @Test func aScanWritesEveryFormatAndASnapshotThatGivesTheSameReport() async throws {
        let endpoint = try await MotoServer.sample.value.endpoint
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appending(path: name).path }
        let scan = try await parapet(
            [
                "scan", "--region", "us-east-1", "--region", "eu-west-1", "--region", "ap-southeast-2",
                "--format", "json", "--output", path("a.json"), "--format", "ndjson", "--output", path("a.ndjson"),
                "--format", "table", "--output", path("a.txt"), "--save-snapshot", path("a.parapet"),
                "--manifest", path("sums"),
            ], endpoint: endpoint)
        #expect(scan.status == 2, "\(scan.standardError)")
        #expect(scan.standardOutput.isEmpty)
        #expect(scan.standardError.isEmpty)

        let json = try String(contentsOfFile: path("a.json"), encoding: .utf8)
        let all = try findings(json)
        #expect(json.contains(#""schema" : "parapet.scan/1""#))
        let lines = try String(contentsOfFile: path("a.ndjson"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == all.count + 1)
        let table = try String(contentsOfFile: path("a.txt"), encoding: .utf8)
        #expect(!table.contains("\u{1B}"))
        #expect(table.split(separator: "\n").allSatisfy { $0.count <= 80 })

        let sums = try String(contentsOfFile: path("sums"), encoding: .utf8)
        #expect(sums.split(separator: "\n").count == 4)
        #expect(try await Subprocess.run("/usr/bin/sha256sum", ["--check", "--strict", path("sums")]).status == 0)

        // The endpoint leads nowhere: nothing is asked.
        let again = try await parapet(
            ["scan", "--snapshot", path("a.parapet"), "--format", "json"], endpoint: "http://127.0.0.1:9", [:])
        #expect(again.status == 2, "\(again.standardError)")
        #expect(again.standardOutput == json, "byte for byte")

        // Judged two years later, more keys are too old.
        let later = try await parapet(
            [
                "scan", "--snapshot", path("a.parapet"), "--now", "2029-01-01", "--check", "iam-access-key-rotation",
                "--format", "json",
            ], [:])
        let failing = try findings(later.standardOutput).count { $0.member("status") == "fail" }
        #expect(
            failing > all.count { $0.member("check") == "iam-access-key-rotation" && $0.member("status") == "fail" })
    }

    /// A full disk must not leave half a report and a good exit code.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func aResultThatCannotBeWrittenIsAFailure() async throws {
        let outcome = try await Subprocess.run(
            "/bin/sh", ["-c", "exec \"$0\" checks > /dev/full", Repository.parapet])
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("cannot be written"))
    }

    @Test func aServerErrorOfSTSIsNoMissingPermission() async throws {
        let server = try await TestServer.start { request in
            let operation = WireOperation(request)
            if operation?.name == "AssumeRole" {
                return .answer(operation?.refusal("ServiceUnavailable", status: 503) ?? HTTPResponse(status: 503))
            }
            return .answer(
                .xml(
                    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
                        + "<Arn>arn:aws:iam::123456789012:user/x</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"
                ))
        }
        let outcome = try await parapet(
            ["scan", "--account", "999999999999", "--role-name", "Audit", "--check", "root-mfa", "--format", "json"],
            endpoint: server.endpoint)
        #expect(outcome.status == 3)
        #expect(!outcome.standardOutput.contains("\"permission\""))
        #expect(outcome.standardOutput.contains("ServiceUnavailable"))
    }

    /// Whoever pipes a scan reads what a terminal shows, without its colors; a script names its format.
    @Test func aPipeGetsTheTableToo() async throws {
        let outcome = try await parapet(
            ["scan", "--region", "eu-west-1", "--check", "cloudtrail-log-file-validation"],
            endpoint: try await MotoServer.sample.value.endpoint)
        #expect(outcome.standardOutput.hasPrefix("Parapet · account 123456789012"))
        #expect(!outcome.standardOutput.contains("\u{1B}"))
    }

    @Test func thePolicyOfAnOrganizationsScanNamesWhatThatNeeds() async throws {
        func policy(_ more: String...) async throws -> JSON {
            let outcome = try await parapet(["policy", "--check", "root-mfa"] + more, [:])
            #expect(outcome.status == 0)
            return try JSON(parsing: outcome.standardOutput)
        }
        let one = try await policy()
        #expect(one["Statement"]?.elements?.count == 1)
        let all = try await policy("--organization", "--role-name", "Audit")
        #expect(all["Statement"]?[0] == one["Statement"]?[0])
        #expect(all["Statement"]?[1]?["Action"] == "organizations:ListAccounts")
        #expect(all["Statement"]?[2]?["Action"] == "sts:AssumeRole")
        #expect(all["Statement"]?[2]?["Resource"] == "arn:*:iam::*:role/Audit")
        #expect(try await parapet(["policy", "--role-name", "Audit"], [:]).status == 64)
    }

    @Test func failOnDecidesTheExitCode() async throws {
        let endpoint = try await MotoServer.sample.value.endpoint
        let arguments = [
            "scan", "--region", "eu-west-1", "--check", "cloudtrail-log-file-validation", "--format", "ndjson",
        ]
        #expect(try await parapet(arguments, endpoint: endpoint).status == 2)
        #expect(try await parapet(arguments + ["--fail-on", "high"], endpoint: endpoint).status == 0)
    }

    @Test func whatCannotBeDeterminedHasItsOwnExitCode() async throws {
        let endpoint = try await MotoServer.sample.value.endpoint
        let upstream = RecordingUpstream(endpoint)
        let proxy = try await TestServer.start { request in
            let operation = WireOperation(request)
            if let operation, operation.description == "cloudtrail:DescribeTrails" { return .answer(operation.denial) }
            return (try? await upstream.answer(request)).map { .answer($0) } ?? .hangUp
        }
        let outcome = try await parapet(
            ["scan", "--region", "us-east-1", "--check", "cloudtrail-log-file-validation", "--format", "table"],
            endpoint: proxy.endpoint)
        #expect(outcome.status == 3)
        #expect(outcome.standardOutput.contains("Not determined"))
        #expect(outcome.standardOutput.contains("cloudtrail:DescribeTrails"))
    }

    @Test func casesAreAnsweredInTheirOrder() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "cases.json")
        try """
        [{"id": "a", "request": {"principal": "arn:aws:iam::123456789012:user/x", "action": "s3:GetObject",
          "resource": "arn:aws:s3:::b/k", "resourceAccount": "123456789012"},
          "identityPolicies": [{"Version": "2012-10-17", "Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}]},
         {"id": "b", "request": 3},
         {"id": "c", "request": {"principal": "anonymous", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
          "resourceAccount": "123456789012"}}]
        """.write(to: file, atomically: true, encoding: .utf8)
        let outcome = try await parapet(["access", "evaluate", "--cases", file.path, "--format", "json"])
        #expect(outcome.status == 1)
        guard
            case .array(let answers) = try JSONDecoder().decode(JSON.self, from: Data(outcome.standardOutput.utf8))
        else {
            Issue.record("\(outcome.standardOutput)")
            return
        }
        #expect(answers.map { $0.member("id") } == ["a", "b", "c"])
        #expect(answers.map { $0.member("decision") } == ["allowed", nil, "implicitDeny"])
        #expect(answers[1].member("error") != nil)
        #expect(outcome.standardOutput.contains(#""statement":"Read""#))
    }

    // MARK: Errors, one clear line each

    struct Mishap: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var arguments: [String]
        var environment = CommandTests.keys
        var status: Int32 = 1
        /// What the line must hold.
        var says: [String]
    }

    static let mishaps = [
        Mishap(
            testDescription: "no credentials", arguments: ["scan"], environment: ["AWS_REGION": "us-east-1"],
            says: ["credentials", "aws configure"]),
        Mishap(
            testDescription: "half of the credentials", arguments: ["scan"],
            environment: ["AWS_ACCESS_KEY_ID": "x"], says: ["AWS_SECRET_ACCESS_KEY"]),
        Mishap(testDescription: "wrong profile", arguments: ["scan", "--profile", "nobody"], says: ["nobody"]),
        Mishap(
            testDescription: "unreachable endpoint", arguments: ["scan", "--endpoint-url", "http://127.0.0.1:9"],
            says: ["127.0.0.1:9", "--endpoint-url"]),
        Mishap(
            testDescription: "nonsense endpoint", arguments: ["scan", "--endpoint-url", "not a url"],
            says: ["not a url"]),
        Mishap(
            testDescription: "nonsense region", arguments: ["scan", "--region", "the moon"], status: 64,
            says: ["the moon"]),
        Mishap(
            testDescription: "mistyped region", arguments: ["scan", "--region", "us-east1"], status: 64,
            says: ["'us-east1'", "us-east-1"]),
        Mishap(
            testDescription: "no time at all", arguments: ["scan", "--timeout", "0"], status: 64, says: ["--timeout"]),
        Mishap(
            testDescription: "no such authorities", arguments: ["scan"],
            environment: keys.merging(["AWS_CA_BUNDLE": "/nonexistent.pem"]) { $1 },
            says: ["AWS_CA_BUNDLE", "/nonexistent.pem", "no such file"]),
        Mishap(
            testDescription: "a proxy that is none", arguments: ["scan"],
            environment: keys.merging(["https_proxy": "socks5://ann:secret@proxy:1"]) { $1 },
            says: ["https_proxy", "http://user:password@host:port"]),
        Mishap(
            testDescription: "unknown check", arguments: ["scan", "--check", "cloudtrail-log-file-validaton"],
            status: 64, says: ["unknown check", "cloudtrail-log-file-validation"]),
        Mishap(
            testDescription: "unknown foreign check", arguments: ["scan", "--check", "securityhub:CloudTrail.44"],
            status: 64, says: ["unknown check", "securityhub:CloudTrail.4"]),
        Mishap(
            testDescription: "unknown format", arguments: ["scan", "--format", "pdf"], status: 64,
            says: ["pdf", "json"]),
        Mishap(
            testDescription: "filters that exclude each other",
            arguments: ["scan", "--practice", "flow-logs", "--severity", "critical"], status: 64,
            says: ["no check matches"]),
        Mishap(
            testDescription: "two formats for one file",
            arguments: ["scan", "--format", "json", "--output", "/tmp/x", "--format", "table", "--output", "/tmp/x"],
            status: 64, says: ["one file"]),
        Mishap(
            testDescription: "a manifest of nothing", arguments: ["scan", "--manifest", "/tmp/sums"], status: 64,
            says: ["--manifest", "--output"]),
        Mishap(
            testDescription: "a manifest in the place of the report",
            arguments: ["scan", "--output", "/tmp/x.json", "--manifest", "/tmp/x.json"], says: ["same file"]),
        Mishap(
            testDescription: "a snapshot and an account",
            arguments: ["scan", "--snapshot", "x", "--region", "us-east-1"],
            status: 64, says: ["--snapshot"]),
        Mishap(
            testDescription: "nonsense date", arguments: ["scan", "--now", "yesterday"], status: 64,
            says: ["yesterday", "ISO 8601"]),
        Mishap(
            testDescription: "a day that there is not", arguments: ["scan", "--now", "2026-02-31"], status: 64,
            says: ["2026-02-31", "ISO 8601"]),
        Mishap(
            testDescription: "known foreign check that none covers",
            arguments: ["scan", "--check", "prowler:cloudtrail_insights_exist"], status: 64,
            says: ["no check covers 'prowler:cloudtrail_insights_exist'"]),
        Mishap(
            testDescription: "unwritable output", arguments: ["scan", "--output", "/nonexistent/scan.json"],
            says: ["/nonexistent/scan.json", "does not exist"]),
        Mishap(
            testDescription: "output that is a folder", arguments: ["scan", "--output", "/tmp"],
            says: ["/tmp", "folder"]),
        Mishap(
            testDescription: "snapshot that is none", arguments: ["scan", "--snapshot", "/etc/hostname"],
            says: ["/etc/hostname", "gzip"]),
        Mishap(
            testDescription: "no such snapshot", arguments: ["scan", "--snapshot", "/nonexistent"],
            says: ["/nonexistent", "does not exist"]),
        Mishap(
            testDescription: "no such configuration", arguments: ["scan", "--config", "/nonexistent"],
            says: ["/nonexistent", "does not exist"]),
        Mishap(
            testDescription: "explaining nothing known", arguments: ["explain", "root-keys"], status: 64,
            says: ["root-access-key"]),
    ]

    @Test(arguments: mishaps)
    func aMishapIsToldInOneClearLine(_ mishap: Mishap) async throws {
        let outcome = try await parapet(mishap.arguments, mishap.environment)
        #expect(outcome.status == mishap.status)
        #expect(outcome.standardOutput.isEmpty)
        let line = outcome.standardError.split(separator: "\n").first.map(String.init) ?? ""
        #expect(line.lowercased().hasPrefix("error: "))
        for text in mishap.says { #expect(line.contains(text), "\(line)") }
        if mishap.status == 1 { #expect(outcome.standardError.split(separator: "\n").count == 1) }
    }

    @Test func anExpiredTokenIsToldInOneClearLine() async throws {
        let server = try await TestServer.start { request in
            .answer(
                WireOperation(request)?.refusal(
                    "ExpiredToken", status: 403, message: "The security token included in the request is expired")
                    ?? HTTPResponse(status: 400))
        }
        let outcome = try await parapet(["scan"], endpoint: server.endpoint)
        #expect(outcome.status == 1)
        #expect(outcome.standardError.split(separator: "\n").count == 1)
        #expect(outcome.standardError.contains("ExpiredToken") && outcome.standardError.contains("aws sso login"))
    }

    @Test func aRegionThatIsNotEnabledIsNamed() async throws {
        let outcome = try await parapet(
            ["scan", "--region", "us-east-9"], endpoint: try await MotoServer.sample.value.endpoint)
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("us-east-9") && outcome.standardError.contains("us-east-1"))
    }

    @Test func severalAccountsAreReadAndOneThatCannotBeIsUnknown() async throws {
        let endpoint = try await MotoServer.sample.value.endpoint
        let upstream = RecordingUpstream(endpoint)
        let proxy = try await TestServer.start { request in
            let operation = WireOperation(request)
            let body = String(decoding: request.body, as: UTF8.self)
            if let operation, operation.name == "AssumeRole", body.contains("999999999999") {
                return .answer(operation.denial)
            }
            return (try? await upstream.answer(request)).map { .answer($0) } ?? .hangUp
        }
        let outcome = try await parapet(
            [
                "scan", "--account", "123456789012", "--account", "999999999999", "--role-name", "Audit", "--check",
                "root-mfa", "--format", "json",
            ],
            endpoint: proxy.endpoint)
        let all = try findings(outcome.standardOutput)
        #expect(all.map { $0.member("account") } == ["123456789012", "999999999999"])
        #expect(all.map { $0.member("status") } == ["fail", "unknown"])
    }
}

extension JSON {
    fileprivate func member(_ name: String) -> String? {
        self[name]?.text
    }
}
