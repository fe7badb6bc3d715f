import Basics
import Foundation
import TestSupport
import Testing

/// Habits that users bring from other tools: short options, lists, hints at slips, exit codes for scripts.
@Suite(.timeLimit(.minutes(10))) struct HabitTests {
    private func parapet(_ arguments: [String]) async throws -> Subprocess.Outcome {
        try await Subprocess.run(Repository.parapet, arguments, environment: ["HOME": "/nonexistent"])
    }

    @Test(arguments: [
        (["scna"], "error: unknown verb 'scna'; similar: scan (see 'parapet --help')\n"),
        (["access", "whocan"], "error: unknown verb 'whocan'; similar: who-can"),
        (["scan", "--regin", "us-east-1"], "error: unknown option '--regin'"),
        (["scan", "-r", "us-east1"], "unknown Region 'us-east1'; similar: us-east-1"),
        (["scan", "-o", "json"], "'json' is a format: use --format json"),
        (["scan", "-f", "jsn"], "does not support the format 'jsn'"),
        (["scan", "--status", "fial"], "unknown status 'fial'; similar: fail"),
        (["scan", "--practice", "flow-log"], "unknown practice 'flow-log'; similar: flow-logs"),
        (["scan", "--service", "s33"], "unknown service 's33'; similar: s3"),
        (["scan", "--check", "root-mfaa"], "unknown check 'root-mfaa'; similar: root-mfa"),
        (["scan", "--check", "guardduty_is_enabled"], "no check covers 'guardduty_is_enabled'"),
        (["scan", "--check", "root-mfa", "--exclude", "root-mfa"], "no check matches these options"),
        (["scan", "--check", "root-mfa,"], "it has an empty entry"),
        (
            ["scan", "--account", "123456789012", "--role-name", "arn:aws:iam::123456789012:role/Audit"],
            "use --role-name Audit"
        ),
        (["hunt", "--source", "cloudtrail", "--logs", "x", "--from", "yesterday"], "24h"),
        (["access", "can", "x", "s3:GetObjekt", "arn:aws:s3:::b/k"], "'s3:GetObjekt' is not an IAM action"),
    ])
    func aSlipIsAUsageErrorInOneLine(arguments: [String], says: String) async throws {
        let outcome = try await parapet(arguments)
        #expect(outcome.status == 64)
        #expect(outcome.standardOutput.isEmpty)
        #expect(outcome.standardError.contains(says), "\(outcome.standardError)")
        #expect(outcome.standardError.hasPrefix("error: ") && outcome.standardError.hasSuffix("--help')\n"))
        #expect(outcome.standardError.count { $0 == "\n" } == 1, "\(outcome.standardError)")
    }

    @Test func shortOptionsAndListsDoWhatTheLongOnesDo() async throws {
        let short = try await parapet(["checks", "-f", "json", "--check", "root-mfa,IAM.6", "--practice", "flow-logs"])
        let long = try await parapet([
            "checks", "--format", "json", "--check", "root-mfa", "--check", "IAM.6", "--practice", "flow-logs",
        ])
        #expect(short.status == 0 && short.standardOutput == long.standardOutput)
        #expect(short.standardOutput.contains("root-hardware-mfa"))
    }

    /// The table is the default on a pipe too, without color; the ending of a file says its format.
    @Test func formatsFollowFromWhereTheyGo() async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let scan = ["scan", "--snapshot", snapshot.path, "--check", "iam-user-in-group"]
        let table = try await parapet(scan)
        #expect(table.standardOutput.hasPrefix("Parapet · account ") && !table.standardOutput.contains("\u{1B}"))
        for (ending, beginning) in [("json", "{"), ("html", "<!DOCTYPE html>"), ("csv", "id,"), ("md", "# ")] {
            let file = FileManager.default.temporaryDirectory.appending(path: "habit-\(UUID().uuidString).\(ending)")
            defer { try? FileManager.default.removeItem(at: file) }
            #expect(try await parapet(scan + ["-o", file.path]).status == table.status)
            #expect(try String(contentsOf: file, encoding: .utf8).hasPrefix(beginning), "\(ending)")
        }
    }

    /// `parapet … | head` ends as other tools do.
    @Test func aClosedPipeEndsQuietly() async throws {
        let outcome = try await Subprocess.run(
            "/bin/bash",
            ["-c", "{ sleep 1; '\(Repository.parapet)' checks; echo $? >&2; } | true"],
            environment: ["HOME": "/nonexistent"])
        #expect(outcome.standardError == "141\n")
    }

    @Test func whatFailsNeedNotEndWithAnError() async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let scan = ["scan", "--snapshot", snapshot.path, "--check", "iam-user-in-group"]
        #expect(try await parapet(scan).status == 2)
        #expect(try await parapet(scan + ["--fail-on", "none"]).status == 0)
    }

    /// An event of years ago is not within the last day.
    @Test(arguments: [("24h", 3), ("3650d", 2)])
    func timesAreRelative(from: String, status: Int32) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "habit-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        let record =
            #"{"eventVersion":"1.08","eventTime":"2026-01-01T10:00:00Z","eventSource":"cloudtrail.amazonaws.com","#
            + #""eventName":"StopLogging","requestParameters":{"name":"main"},"eventID":"1"}"#
        try Data("{\"Records\":[\(record)]}".utf8).write(to: file)
        let outcome = try await parapet([
            "hunt", "-f", "json", "--logs", file.path, "--source", "cloudtrail", "--from", from,
        ])
        #expect(outcome.status == status, "\(outcome.standardError)")
    }

    @Test func servicesAndExclusionsNarrowTheChecks() async throws {
        func ids(_ more: [String]) async throws -> Set<String> {
            let outcome = try await parapet(["checks", "-f", "json"] + more)
            #expect(outcome.status == 0, "\(outcome.standardError)")
            return Set(try JSON(parsing: outcome.standardOutput).elements?.compactMap { $0["id"]?.text } ?? [])
        }
        let all = try await ids([])
        let ofKMS = try await ids(["--service", "kms"])
        #expect(!ofKMS.isEmpty && ofKMS.isSubset(of: all) && ofKMS.count < all.count)
        #expect(try await ids(["--exclude", ofKMS.sorted().joined(separator: ",")]) == all.subtracting(ofKMS))
    }

    /// Of another type than the action is on: a warning, since IAM would only never match.
    @Test func aResourceOfTheWrongTypeIsReported() async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let outcome = try await parapet([
            "access", "who-can", "s3:GetObject", "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1", "--snapshot",
            snapshot.path,
        ])
        #expect(outcome.standardError.contains("warning: s3:GetObject applies to resources of type"))
    }

    @Test(arguments: [
        ("groupby: [x]", "unknown setting 'groupby'"), ("hunt:\n  readers: [a]", "unknown setting 'readers' in hunt"),
        ("hunt:\n  group-by: [a]", "unknown setting 'group-by' in hunt"),
        ("allowed-ingress:\n  - {source: 0.0.0.0/0, group: [x]}", "unknown field 'group' in allowed-ingress"),
        ("trail-access:\n  reader: [x]", "unknown setting 'reader' in trail-access"),
    ])
    func aMisspeltSettingIsAnError(text: String, says: String) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "habit-\(UUID().uuidString).yml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(text.utf8).write(to: file)
        let outcome = try await parapet(["hunt", "--logs", file.path, "--source", "cloudtrail", "--config", file.path])
        #expect(outcome.status == 1 && outcome.standardError.contains(says), "\(outcome.standardError)")
    }

    /// What a user typed wrongly is no reason to show what the program is made of.
    @Test(arguments: [
        ["scan", "--snapshot", "/dev/null"], ["fix", "apply", "/dev/null", "--yes", "x"],
        ["access", "evaluate", "/dev/null"], ["verify", "--logs", "/nonexistent"],
        ["hunt", "--source", "cloudtrail", "--logs", "/nonexistent"], ["rules", "test", "/nonexistent"],
    ])
    func errorsShowNoInnards(arguments: [String]) async throws {
        let outcome = try await parapet(arguments)
        #expect(outcome.status != 0 && outcome.standardError.hasPrefix("error: "), "\(outcome.standardError)")
        for word in ["DecodingError", "NSError", "Error Domain", "Swift.", "NIO", ".swift", "fatal"] {
            #expect(!outcome.standardError.contains(word), "\(outcome.standardError)")
        }
    }

    /// What a report lists changes nothing about what a pipeline is told.
    @Test func filtersChangeNoExitCode() async throws {
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let scan = ["scan", "--snapshot", snapshot.path, "--check", "iam-user-in-group,iam-role-trust-not-public"]
        let all = try await parapet(scan)
        for more in [
            ["--status", "pass"], ["--resource", "nothing"], ["--summary"], ["--sort", "severity"],
            ["--status", "not-applicable", "-f", "json"],
        ] {
            let filtered = try await parapet(scan + more)
            #expect(filtered.status == all.status, "\(more)")
        }
    }

    @Test func completionsKnowChecksRegionsAndFiles() async throws {
        let script = try await parapet(["--generate-completion-script", "bash"])
        #expect(script.status == 0)
        for word in ["cloudtrail-log-file-validation", "ap-southeast-2", "not-determined", "who-can"] {
            #expect(script.standardOutput.contains(word), "\(word)")
        }
    }

    @Test func aCheckIsExplainedInMarkdown() async throws {
        let outcome = try await parapet(["explain", "root-mfa", "-f", "markdown"])
        #expect(
            outcome.status == 0 && outcome.standardOutput.hasPrefix("# Root user should have MFA"),
            "\(outcome.standardOutput)")
        for title in [
            "## Risk", "## Failing examples", "## Remediation", "## Required permissions", "- iam:GetAccountSummary",
        ] {
            #expect(outcome.standardOutput.replacing("\\", with: "").contains("\n\(title)\n"), "\(title)")
        }
    }

    @Test func aCheckIsExplainedForPrograms() async throws {
        let outcome = try await parapet(["explain", "IAM.7", "--format", "json"])
        let checks = try #require(try JSON(parsing: outcome.standardOutput).elements)
        #expect(checks.count > 3)
        for check in checks {
            #expect(check["id"]?.text?.hasPrefix("iam-password-policy") == true)
            #expect(check["examples"]?.elements?.isEmpty == false)
            #expect(check["evaluation"]?.text?.isEmpty == false)
        }
    }
}
