import Basics
import Foundation
import Gzip
import Inventory
import Posture
import Reports
import Runs
import TestSupport
import Testing

/// Text that an attacker or a user can choose, in every place that has some, through the built program: it is shown as text, and
/// every format is still what it should be.
@Suite(.timeLimit(.minutes(10))) struct HostileTextTests {
    /// As a name of AWS, a file name, a title or a reason. Nothing of it is a path.
    static let text =
        "x\u{1B}[2J\u{1B}]0;owned\u{7}\u{9B}31m\u{202E}b\u{2066}c\u{2028}d\u{85}e\u{FFFE}<script>alert(1)</script>![i](https:evil.example)|`=cmd()\"',\r\nz"

    /// In the quotes of JSON and YAML.
    private static let quoted: String = {
        func written(_ scalar: Unicode.Scalar) -> String {
            guard scalar.isUnsafeToShow || scalar == "\"" else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"" + text.unicodeScalars.map(written).joined() + "\""
    }()

    private static let allFormats = [
        "table", "json", "ndjson", "csv", "markdown", "html", "ocsf", "asff", "sarif", "junit",
    ]

    private func run(_ arguments: [String]) async throws -> Subprocess.Outcome {
        try await Subprocess.run(Repository.parapet, arguments, environment: ["HOME": "/nonexistent"])
    }

    /// - Parameter formats: those that the verb has.
    private func expectHarmless(
        _ arguments: [String], _ statuses: Set<Int32>, says: String? = "owned", formats: [String] = allFormats
    ) async throws {
        for format in formats {
            for more in [[], ["--verbose"]] {
                let outcome = try await run(arguments + ["--format", format] + more)
                if outcome.status == 64, outcome.standardError.contains("format") { continue }
                let name = "\(arguments.prefix(2)) \(format)"
                #expect(
                    statuses.contains(outcome.status), "\(name): \(outcome.status) \(outcome.standardError.prefix(400))"
                )
                if let says, !more.isEmpty { #expect(outcome.standardOutput.contains(says), "\(name)") }
                expectPlain(outcome, name, isCSV: format == "csv")
                switch format {
                case "json", "ocsf", "asff", "sarif":
                    #expect(throws: Never.self) { try JSON(parsing: outcome.standardOutput) }
                case "ndjson":
                    for line in outcome.standardOutput.split(separator: "\n") {
                        #expect(throws: Never.self) { try JSON(parsing: line) }
                    }
                default: break
                }
            }
        }
    }

    private func expectPlain(_ outcome: Subprocess.Outcome, _ name: String, isCSV: Bool = false) {
        for text in [outcome.standardOutput, outcome.standardError] {
            let unsafe = text.unicodeScalars.first { $0 != "\n" && !(isCSV && $0 == "\r") && $0.isUnsafeToShow }
            #expect(unsafe == nil, "\(name): \(text.prefix(300).debugDescription)")
        }
    }

    /// A small account, all names of which are hostile.
    private func snapshot() throws -> AccessSnapshot {
        try AccessSnapshot { account in
            account[.identities] = account[.identities].map { identities throws(Unknown) in
                var identities = identities
                identities.users.append(
                    AccessSnapshot.user(
                        Self.text,
                        #"{"Sid":\#(Self.quoted),"Effect":"Allow","Action":["iam:PutUserPolicy","s3:GetObject"],"Resource":"*"}"#
                    ))
                identities.users[identities.users.count - 1].userPolicyList[0].policyName = Self.text
                return identities
            }
        }
    }

    @Test func namesOfAWSAreTextInAScan() async throws {
        let snapshot = try snapshot()
        defer { snapshot.remove() }
        let mutes = try snapshot.write(
            Array("- {check: 'iam-*', resource: '*owned*', reason: \(Self.quoted), owner: \(Self.quoted)}\n".utf8),
            to: "mutes.yml")
        let checks = ["--practice", "permissions", "--practice", "unused-credentials"]
        try await expectHarmless(["scan", "--snapshot", snapshot.path] + checks, [2, 3])
        try await expectHarmless(["scan", "--snapshot", snapshot.path, "--mute", mutes] + checks, [0, 2, 3])
    }

    @Test func namesOfAWSAreTextInAnswersAboutAccess() async throws {
        let snapshot = try snapshot()
        defer { snapshot.remove() }
        let account = ["--snapshot", snapshot.path]
        try await expectHarmless(["access", "who-can", "s3:GetObject", AccessSnapshot.logs] + account, [0, 3])
        try await expectHarmless(["access", "can", Self.text, "s3:GetObject", AccessSnapshot.logs] + account, [0, 3])
        try await expectHarmless(["access", "what-can", Self.text] + account, [0, 3])
        try await expectHarmless(["access", "escalations"] + account, [2, 3])
        expectPlain(
            try await run(["access", "can", Self.text + "!", "s3:GetObject", AccessSnapshot.logs] + account), "nobody")
    }

    @Test func namesInLogsAreTextInASuggestion() async throws {
        let snapshot = try snapshot()
        defer { snapshot.remove() }
        let record = #"""
            {"eventVersion":"1.08","eventID":"e","eventTime":"2026-01-01T00:00:00Z","eventSource":"s3.amazonaws.com",
            "eventName":"GetObject","eventCategory":"Data","awsRegion":"us-east-1","recipientAccountId":"123456789012",
            "userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/ann"},
            "requestParameters":{"bucketName":"logs","key":\#(Self.quoted)}}
            """#
        let log = try snapshot.write(Array(#"{"Records":[\#(record)]}"#.utf8), to: "log.json")
        let arguments = ["access", "suggest", "ann", "--snapshot", snapshot.path, "--logs", log]
        try await expectHarmless(arguments, [0, 3], says: nil)
        let policy = try await run(arguments + ["--policy-only"])
        expectPlain(policy, "policy")
        #expect(throws: Never.self) { try JSON(parsing: policy.standardOutput) }
        let cases = try snapshot.write(
            Array(
                #"[{"id":\#(Self.quoted),"request":3},{"id":"a","request":{"principal":\#(Self.quoted),"action":"s3:GetObject","resource":"*","resourceAccount":"123456789012"}}]"#
                    .utf8), to: "cases.json")
        let answers = try await run(["access", "evaluate", "--cases", cases])
        expectPlain(answers, "evaluate")
        #expect(throws: Never.self) { try JSON(parsing: answers.standardOutput) }
    }

    @Test func logsRulesAndFileNamesAreTextInAHunt() async throws {
        let snapshot = try snapshot()
        defer { snapshot.remove() }
        let record = #"""
            {"eventVersion":"1.08","eventID":\#(Self.quoted),"eventTime":"2026-01-01T00:00:00Z","eventSource":"cloudtrail.amazonaws.com",
            "eventName":"StopLogging","awsRegion":\#(Self.quoted),"recipientAccountId":\#(Self.quoted),"userAgent":\#(Self.quoted),
            "userIdentity":{"type":"IAMUser","arn":\#(Self.quoted),"userName":\#(Self.quoted)},"sourceIPAddress":\#(Self.quoted),
            "requestParameters":{\#(Self.quoted):\#(Self.quoted)},"errorMessage":\#(Self.quoted)}
            """#
        // What a file system cannot have in a name.
        let name = Self.text.replacing("/", with: "").replacing("\u{0}", with: "")
        let log = try snapshot.write(Array(#"{"Records":[\#(record)]}"#.utf8), to: name + ".json")
        let broken = try snapshot.write(Array((Self.text + "\n").utf8), to: name + ".broken.json")
        let rule = """
            title: \(Self.quoted)
            id: \(Self.quoted)
            description: \(Self.quoted)
            author: \(Self.quoted)
            references: [\(Self.quoted)]
            falsepositives: [\(Self.quoted)]
            tags: [\(Self.quoted), attack.t1562]
            fields: [userAgent, errorMessage]
            logsource: {product: aws, service: cloudtrail}
            detection: {s: {eventName: StopLogging}, condition: s}
            level: high
            """
        let rules = try snapshot.write(Array(rule.utf8), to: name + ".yml")
        let bad = try snapshot.write(Array("title: \(Self.quoted)\n\(Self.quoted): {\n".utf8), to: name + ".bad.yml")
        let hunt = ["hunt", "--source", "cloudtrail", "--rules", rules, "--rules", bad]
        try await expectHarmless(
            hunt + ["--logs", log, "--logs", broken, "--group-by", "userAgent", "--group-by", Self.text], [2])
        try await expectHarmless(
            ["hunt", "--list-rules", "--rules", rules, "--rules", bad], [0, 3], formats: ["table", "json"])
        try await expectHarmless(
            ["hunt", "--explain-rule", Self.text, "--rules", rules], [0, 3], formats: ["table", "json"])
        expectPlain(try await run(["rules", "test", rules]), "rules test")
        expectPlain(try await run(["hunt", "--source", "cloudtrail", "--logs", broken]), "broken")
        let access = try snapshot.write(
            Array(
                "lorem bucket [01/Jan/2026:00:00:00 +0000] 10.0.0.1 \(Self.text.replacing("\r\n", with: "")) R REST.GET.OBJECT k\n"
                    .utf8), to: "access.log")
        expectPlain(try await run(["hunt", "--source", "s3-access", "--logs", access, "--verbose"]), "access log")
        let flows = try snapshot.write(
            Array("version account-id interface-id \(Self.text.replacing(" ", with: ""))\n2 1 \(Self.text)\n".utf8),
            to: "flow.log")
        expectPlain(try await run(["hunt", "--source", "vpc-flow", "--logs", flows, "--verbose"]), "flow log")
    }

    @Test func whatUsersTypeIsTextInErrors() async throws {
        let folder = FileManager.default.temporaryDirectory.path
        let arguments: [[String]] = [
            ["scan", "--check", Self.text], ["scan", "--snapshot", "/nonexistent/" + Self.text],
            ["scan", "--config", Self.text], ["scan", "--mute", Self.text],
            ["scan", "--output", "/nonexistent/" + Self.text],
            ["scan", "--output", folder + "/" + Self.text + "/x", "--snapshot", "x"], ["scan", "--region", Self.text],
            ["scan", "--profile", Self.text], ["scan", "--endpoint-url", Self.text], ["scan", "--format", Self.text],
            ["scan", "--practice", Self.text], ["scan", "--now", Self.text], ["scan", "--account", Self.text],
            ["explain", Self.text], ["scan", Self.text], [Self.text], ["scan", "--" + Self.text],
            ["hunt", "--source", "cloudtrail", "--logs", Self.text], ["hunt", "--source", Self.text],
            ["hunt", "--explain-rule", Self.text],
            ["hunt", "--source", "vpc-flow", "--flow-format", Self.text, "--logs", "x"],
            ["hunt", "--source", "cloudtrail", "--logs", "x", "--rules", Self.text],
            ["verify", "--path", Self.text, "--public-keys", "x", "--s3-bucket", "b"],
            ["verify", "--trail-arn", Self.text],
            ["access", "can", "x", Self.text, "*"], ["access", "who-can", "s3:GetObject", Self.text],
            ["access", "who-can", "s3:GetObject", "*", "--context", Self.text],
            ["access", "evaluate", "--cases", Self.text],
            ["rules", "test", Self.text], ["policy", "--check", Self.text],
        ]
        for arguments in arguments {
            let outcome = try await run(arguments)
            #expect(outcome.status != 0, "\(arguments.first ?? "")")
            expectPlain(outcome, "\(arguments.prefix(3).map { $0 == Self.text ? "TEXT" : $0 })")
        }
    }
}
