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
