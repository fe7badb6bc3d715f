import AWSClient
import Basics
import Foundation
import Gzip
import IAMPolicy
import Inventory
import Testing
import TestSupport

/// The access verbs as a user meets them: the built program, its streams and exit codes.
@Suite(.timeLimit(.minutes(10))) struct AccessCommandTests {
    private static let environment = [
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent",
    ]

    private func access(_ arguments: [String], endpoint: String? = nil) async throws -> Subprocess.Outcome {
        var environment = Self.environment
        environment["AWS_ENDPOINT_URL"] = endpoint ?? "http://127.0.0.1:9"
        return try await Subprocess.run(Repository.parapet, ["access"] + arguments, environment: environment)
    }

    private func document(_ outcome: Subprocess.Outcome) throws -> JSON {
        try JSONDecoder().decode(JSON.self, from: Data(outcome.standardOutput.utf8))
    }

    /// What a person sees fits the terminal and cannot move its cursor.
    private func expectTidy(_ text: String) {
        #expect(!text.contains("\u{1B}"))
        for line in text.split(separator: "\n") where line.count > 80 {
            #expect(!line.drop { $0 == " " }.contains(" "), "only a word that is too long alone: \(line)")
        }
    }

    // MARK: - can

    struct Answer: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var arguments: [String]
        var outcome: String
        var says: [String]
    }

    private static let answers: [Answer] = [
        .init(
            testDescription: "allowed", arguments: ["ann", "s3:GetObject", AccessSnapshot.logs], outcome: "allowed",
            says: ["✓ Allowed", "user/ann: inline policy own, statement Read", #""s3:GetObject""#]),
        .init(
            testDescription: "with MFA", arguments: ["user/bob", "s3:GetObject", AccessSnapshot.logs],
            outcome: "conditional", says: ["Allowed with conditions: with MFA"]),
        .init(
            testDescription: "MFA given",
            arguments: ["bob", "s3:GetObject", AccessSnapshot.logs, "--context", "aws:MultiFactorAuthPresent=true"],
            outcome: "allowed", says: ["✓ Allowed", "aws:MultiFactorAuthPresent = true"]),
        .init(
            testDescription: "no MFA given",
            arguments: ["bob", "s3:GetObject", AccessSnapshot.logs, "--context", "aws:multifactorauthpresent=false"],
            outcome: "denied", says: ["Denied: no policy of the principal allows it"]),
        .init(
            testDescription: "absent key given",
            arguments: ["bob", "s3:GetObject", AccessSnapshot.logs, "--context", "aws:MultiFactorAuthPresent="],
            outcome: "denied", says: ["Denied"]),
        .init(
            testDescription: "nothing allows", arguments: ["ann", "s3:PutObject", AccessSnapshot.logs],
            outcome: "denied", says: ["no policy of the principal allows it"]),
        .init(
            testDescription: "boundary", arguments: ["role/deploy", "s3:GetObject", AccessSnapshot.logs],
            outcome: "denied", says: ["the permissions boundary does not allow it", "Required to allow it"]),
        .init(
            testDescription: "session",
            arguments: [
                "arn:aws:sts::123456789012:assumed-role/reader/me", "s3:GetObject", AccessSnapshot.logs,
            ], outcome: "allowed", says: ["arn:aws:iam::123456789012:role/reader", "you entered the session"]),
        .init(
            testDescription: "no resource", arguments: ["role/deploy", "ec2:DescribeInstances", "*"],
            outcome: "allowed", says: ["✓ Allowed"]),
    ]

    @Test(arguments: answers)
    func canSaysYesNoOrUnderWhat(_ answer: Answer) async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let arguments = ["can"] + answer.arguments + ["--snapshot", snapshot.path, "--format"]
        let table = try await access(arguments + ["table"])
        #expect(table.status == 0, "\(table.standardError)")
        let words = table.standardOutput.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
        for text in answer.says { #expect(words.contains(text), "\(table.standardOutput)") }
        expectTidy(table.standardOutput)
        let json = try document(try await access(arguments + ["json"]))
        #expect(json.member("schema") == "parapet.access.can/1")
        #expect(json.member("outcome") == .string(answer.outcome))
        #expect(json.member("determined") == true)
        let coded = try await access(["can"] + answer.arguments + ["--snapshot", snapshot.path, "--exit-code"])
        #expect(coded.status == (answer.outcome == "allowed" ? 0 : 2))
    }

    // MARK: - who-can, what-can, escalations

    @Test func whoCanListsEverybodyWithTheirConditions() async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let arguments = ["who-can", "s3:GetObject", AccessSnapshot.logs, "--snapshot", snapshot.path, "--format"]
        let table = try await access(arguments + ["table"])
        #expect(table.status == 0, "\(table.standardError)")
        expectTidy(table.standardOutput)
        for text in [
            "user/ann", "with MFA", "dee\\u{1b}[2J", "Other accounts (1)", "account 999999999999", "from 10.0.0.0/8",
            "user/cid → arn:aws:iam::123456789012:role/reader",
        ] {
            #expect(table.standardOutput.contains(text), "\(text) in \(table.standardOutput)")
        }
        let json = try document(try await access(arguments + ["json"]))
        #expect(json.member("schema") == "parapet.access.who-can/1")
        let outcomes = json.items("principals").map {
            "\($0.text("name")) \($0.member("access")?.text("outcome") ?? "")"
        }
        #expect(outcomes == ["reader allowed", "ann allowed", "bob conditional", "dee\u{1B}[2J allowed"])
        #expect(json.items("outsiders").map { $0.text("account") } == ["999999999999"])

        let from = try await access(arguments + ["json", "--context", "aws:SourceIp=192.0.2.1"])
        #expect(try document(from).items("outsiders").isEmpty)
        let service = try await access([
            "who-can", "s3:PutObject", AccessSnapshot.logs, "--snapshot", snapshot.path, "--format", "table",
        ])
        #expect(service.standardOutput.contains("Services (1)"))
        #expect(service.standardOutput.contains("on behalf of the account 123456789012"))
    }

    @Test func whatCanListsGrantsAndWhatClosesThem() async throws {
        let snapshot = try AccessSnapshot { account in
            account[.identities] = account[.identities].map { identities throws(Unknown) in
                var identities = identities
                identities.users.append(
                    AccessSnapshot.user(
                        "eve",
                        #"{"Sid":"Two","Effect":"Allow","Action":["sqs:SendMessage","sqs:ReceiveMessage"],"Resource":["arn:aws:sqs:us-east-1:123456789012:a","arn:aws:sqs:us-east-1:123456789012:b"]},{"Effect":"Deny","Action":"sns:*","Resource":"*"},{"Sid":"Gone","Effect":"Allow","Action":"sns:Publish","Resource":"*"}"#
                    ))
                return identities
            }
        }
        defer { snapshot.remove() }
        let table = try await access(["what-can", "eve", "--snapshot", snapshot.path, "--format", "table"])
        #expect(table.status == 0, "\(table.standardError)")
        expectTidy(table.standardOutput)
        #expect(table.standardOutput.contains("✓ sqs:SendMessage, sqs:ReceiveMessage"))
        #expect(table.standardOutput.contains("Granted, but denied or limited (1)"))
        #expect(table.standardOutput.contains("✗ sns:Publish on *"))
        let cid = try await access(["what-can", "cid", "--snapshot", snapshot.path, "--format", "json"])
        let json = try document(cid)
        #expect(json.member("schema") == "parapet.access.what-can/1")
        #expect(
            Set(json.items("roles").compactMap { $0.items("roles").last?.text })
                == ["arn:aws:iam::123456789012:role/deploy", "arn:aws:iam::123456789012:role/reader"])
    }

    @Test func escalationsAreFoundAndHaveTheirExitCode() async throws {
        let sound = try AccessSnapshot()
        defer { sound.remove() }
        let none = try await access(["escalations", "--snapshot", sound.path, "--format", "table"])
        #expect(none.status == 3, "the snapshot lacks the workloads: \(none.standardOutput)")

        let snapshot = try AccessSnapshot { account in
            account.holdNoWorkloads()
            account[.identities] = account[.identities].map { identities throws(Unknown) in
                var identities = identities
                identities.users.append(
                    AccessSnapshot.user(
                        "eve", #"{"Sid":"Self","Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"}"#))
                return identities
            }
        }
        defer { snapshot.remove() }
        let table = try await access(["escalations", "--snapshot", snapshot.path, "--format", "table"])
        #expect(table.status == 2, "\(table.standardError)")
        expectTidy(table.standardOutput)
        #expect(table.standardOutput.contains("user/eve"))
        #expect(table.standardOutput.contains("user/eve: inline policy own, statement Self"))
        let json = try document(try await access(["escalations", "--snapshot", snapshot.path, "--format", "json"]))
        #expect(json.member("schema") == "parapet.access.escalations/1")
        #expect(json.items("paths").map { $0.text("principal") } == ["arn:aws:iam::123456789012:user/eve"])
    }

    // MARK: - What could not be read

    @Test func whatWasNotReadLeavesTheAnswerOpen() async throws {
        let denied = Unknown(
            .accessDenied, call: "organizations:ListPoliciesForTarget",
            permission: "organizations:ListPoliciesForTarget",
            detail: "AccessDenied")
        let noPolicies = try AccessSnapshot { $0[.organizationPolicies] = .unknown(denied) }
        defer { noPolicies.remove() }
        let noIdentities = try AccessSnapshot { $0[.identities] = .unknown(denied) }
        defer { noIdentities.remove() }
        let noBucket = try AccessSnapshot {
            $0[.bucketRegions] = .notCollected
            $0[.loggingTargetRegions] = .notCollected
        }
        defer { noBucket.remove() }
        for snapshot in [noPolicies, noIdentities, noBucket] {
            for verb in [["can", "ann"], ["who-can"]] {
                let outcome = try await access(
                    verb + ["s3:GetObject", AccessSnapshot.logs, "--snapshot", snapshot.path, "--format", "table"])
                #expect(outcome.status == 3, "\(verb): \(outcome.standardOutput)\(outcome.standardError)")
                #expect(outcome.standardOutput.contains("Not determined"))
                expectTidy(outcome.standardOutput)
            }
        }
        let what = try await access(["what-can", "ann", "--snapshot", noIdentities.path, "--format", "json"])
        #expect(what.status == 3)
        #expect(try document(what).member("determined") == false)
        let can = try await access([
            "can", "ann", "s3:GetObject", AccessSnapshot.logs, "--snapshot", noPolicies.path, "--format", "json",
        ])
        #expect(
            try document(can).items("doubts").map { $0.text("permission") }
                == ["organizations:ListPoliciesForTarget"])
    }

    // MARK: - Mishaps

    struct Mishap: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var arguments: [String]
        var status: Int32 = 64
        var says: [String]
    }

    private static let mishaps: [Mishap] = [
        .init(testDescription: "no action", arguments: ["can", "ann", "GetObject", "*"], says: ["service:Name"]),
        .init(testDescription: "many actions", arguments: ["who-can", "s3:Get*", "*"], says: ["s3:GetObject"]),
        .init(testDescription: "no ARN", arguments: ["who-can", "s3:GetObject", "logs"], says: ["ARN", "'*'"]),
        .init(
            testDescription: "many resources", arguments: ["who-can", "s3:GetObject", "arn:aws:s3:::logs/*"],
            says: ["arn:aws:s3:::logs/x"]),
        .init(
            testDescription: "alias",
            arguments: ["who-can", "kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:alias/a"],
            says: ["key's ARN"]),
        .init(
            testDescription: "no value", arguments: ["can", "ann", "s3:ListBucket", "*", "--context", "aws:SourceIp"],
            says: ["KEY=VALUE"]),
        .init(
            testDescription: "no key",
            arguments: ["can", "ann", "s3:ListBucket", "*", "--context", "SourceIp=10.0.0.1"],
            says: ["aws:SourceIp"]),
        .init(
            testDescription: "snapshot and account",
            arguments: ["what-can", "ann", "--snapshot", "x", "--region", "us-east-1"], says: ["--snapshot"]),
        .init(
            testDescription: "policy and format",
            arguments: ["suggest", "ann", "--logs", "x", "--policy-only", "--format", "json"], says: ["--policy-only"]),
    ]

    @Test(arguments: mishaps)
    func aSlipIsToldInOneClearLine(_ mishap: Mishap) async throws {
        let outcome = try await access(mishap.arguments)
        #expect(outcome.status == mishap.status)
        #expect(outcome.standardOutput.isEmpty)
        for text in mishap.says { #expect(outcome.standardError.contains(text), "\(outcome.standardError)") }
    }

    @Test func anUnknownPrincipalIsToldWithTheNearest() async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        for (name, near) in [
            ("an", "ann"), ("role/redaer", "role/reader"), ("arn:aws:iam::123456789012:user/ban", "user/bob"),
        ] {
            let outcome = try await access(["what-can", name, "--snapshot", snapshot.path])
            #expect(outcome.status == 1)
            #expect(outcome.standardError.hasPrefix("error: '\(name)'"))
            #expect(outcome.standardError.contains(near), "\(outcome.standardError)")
        }
    }

    // MARK: - suggest

    private func record(_ name: String, key: String, error: String? = nil) -> String {
        let code = error.map { #","errorCode":"\#($0)""# } ?? ""
        return """
            {"eventVersion":"1.08","eventID":"\(UUID().uuidString)","eventTime":"2026-01-01T00:00:00Z",\
            "eventSource":"s3.amazonaws.com","eventName":"\(name)","awsRegion":"us-east-1","managementEvent":false,\
            "userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/ann"},\
            "requestParameters":{"bucketName":"logs","key":"\(key)"},"recipientAccountId":"123456789012"\(code)}
            """
    }

    @Test func suggestWritesThePolicyForWhatWasDone() async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let zipped =
            #"{"Records":[\#(record("GetObject", key: "a/1")),\#(record("PutObject", key: "a/1", error: "AccessDenied"))]}"#
        _ = try snapshot.write(Gzip.compress(Array(zipped.utf8)), to: "logs/2026/01/one.json.gz")
        let lines = record("HeadObject", key: "a/2") + "\n" + record("GetObject", key: "b/3") + "\n"
        _ = try snapshot.write(Array(lines.utf8), to: "logs/two.jsonl")
        // Another trail delivers the same events, in other files.
        _ = try snapshot.write(Array(lines.utf8), to: "logs/other/two.jsonl")
        _ = try snapshot.write(Array("{}".utf8), to: "logs/AWSLogs/123456789012/CloudTrail-Digest/3.json")
        let logs = snapshot.folder.appending(path: "logs").path
        let arguments = ["suggest", "ann", "--logs", logs, "--snapshot", snapshot.path]

        let only = try await access(arguments + ["--policy-only"])
        #expect(only.status == 0, "\(only.standardError)")
        let policy = try Policy(parsing: only.standardOutput)
        #expect(
            policy.statements.map(\.json)
                == [#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::logs/*"}"#])

        let table = try await access(arguments + ["--format", "table"])
        #expect(table.status == 0)
        expectTidy(table.standardOutput)
        func words(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        for text in ["Kept", "used: s3:GetObject", "Denied requests", "s3:PutObject", "4 of 4 events"] {
            #expect(words(table.standardOutput).contains(text), "\(table.standardOutput)")
        }
        let json = try document(try await access(arguments + ["--format", "json"]))
        #expect(json.member("schema") == "parapet.access.suggest/1")
        #expect(json.items("refused").map { $0.text("action") } == ["s3:PutObject"])

        for damaged in ["no log", #"{"Records":[{"eventName":"x"}]}"#, #"{"Records":[{"eventID":"x","eventTi"#] {
            let file = try snapshot.write(Array(damaged.utf8), to: "logs/four.json")
            let open = try await access(arguments + ["--format", "table"])
            #expect(open.status == 3, "\(damaged)")
            #expect(open.standardOutput.contains("four.json"))
            // The others are read all the same.
            #expect(words(open.standardOutput).contains("4 of 4 events"))
            try FileManager.default.removeItem(atPath: file)
        }
    }

    @Test func suggestWithoutAnythingToGoBySaysSo() async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let file = try snapshot.write(Array(record("GetObject", key: "a").utf8), to: "x.json")
        let other = try await access(["suggest", "bob", "--logs", file, "--snapshot", snapshot.path])
        #expect(other.status == 1)
        #expect(other.standardError.contains("no allowed call"))
        let missing = try await access(["suggest", "ann", "--logs", "/nonexistent", "--snapshot", snapshot.path])
        #expect(missing.status == 1)
        #expect(missing.standardError.contains("/nonexistent"))
    }

    // MARK: - Live

    @Test func aLiveAccountIsReadNoFurtherThanTheQuestionGoes() async throws {
        let endpoint = try await MotoServer.sample.value.endpoint
        let arguments = [
            "who-can", "s3:GetObject", "arn:aws:s3:::marlow-finch-old-logs/AWSLogs/x", "--format", "table",
        ]
        let outcome = try await access(arguments + ["--verbose"], endpoint: endpoint)
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(outcome.standardOutput.contains("Any principal (1)"))
        #expect(outcome.standardError.contains("s3:GetBucketPolicy"))
        #expect(!outcome.standardError.contains("cloudtrail:"))
        #expect(!outcome.standardError.contains("ec2:"))

        let upstream = RecordingUpstream(endpoint)
        let proxy = try await TestServer.start { request in
            let operation = WireOperation(request)
            if let operation, operation.description == "s3:GetBucketPolicy" { return .answer(operation.denial) }
            return (try? await upstream.answer(request)).map { .answer($0) } ?? .hangUp
        }
        let denied = try await access(arguments, endpoint: proxy.endpoint)
        #expect(denied.status == 3)
        #expect(denied.standardOutput.contains("s3:GetBucketPolicy"))
    }

    // MARK: - Output

    /// A rename over a device would replace it for the whole machine.
    @Test func aPipeIsWrittenAndNotReplaced() async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let pipe = snapshot.folder.appending(path: "pipe").path
        let script = """
            mkfifo "$1" && { cat "$1" > "$1.out" & } && "$0" access what-can ann --snapshot "$2" --format json --output "$1" \
            && wait && test -p "$1"
            """
        let outcome = try await Subprocess.run("/bin/sh", ["-c", script, Repository.parapet, pipe, snapshot.path])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        let written = try String(contentsOfFile: pipe + ".out", encoding: .utf8)
        #expect(written.contains("parapet.access.what-can/1"))
    }
}

extension JSON {
    fileprivate func member(_ name: String) -> JSON? { self[name] }

    fileprivate func text(_ name: String) -> String { member(name)?.text ?? "" }

    fileprivate func items(_ name: String) -> [JSON] {
        member(name)?.elements ?? []
    }
}
