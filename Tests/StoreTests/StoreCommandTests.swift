import Basics
import Foundation
import TestSupport
import Testing

@testable import Store

/// The store from the command line.
@Suite(.timeLimit(.minutes(5))) struct StoreCommandTests {
    let folder = Folder()

    private func parapet(_ arguments: String...) async throws -> Subprocess.Outcome {
        try await Subprocess.run(
            Repository.parapet, arguments, environment: ["HOME": folder.path, "XDG_DATA_HOME": folder.file("data")])
    }

    private var usual: String { folder.file("data/parapet/parapet.db") }

    /// Access logs of a trail bucket: a reader, and an anonymous request that is denied.
    private func logs() throws -> String {
        let key = "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/03/01/f.json.gz"
        let lines = [
            ("arn:aws:iam::123456789012:user/old", "200"), ("arn:aws:iam::123456789012:user/old", "200"), ("-", "403"),
        ].enumerated().map { number, line in
            #"o trail-logs [01/Mar/2026:0\#(number):00:00 +0000] 192.0.2.3 \#(line.0) R\#(number) REST.GET.OBJECT \#(key) "#
                + #""GET /\#(key) HTTP/1.1" \#(line.1) - 1234 1234 17 16 "-" "aws-sdk-java/1.12" - h= SigV4 "#
                + "ECDHE-RSA-AES128-GCM-SHA256 AuthHeader trail-logs.s3.eu-west-1.amazonaws.com TLSv1.2 - -\n"
        }
        let path = folder.file("access.log")
        try Data(lines.joined().utf8).write(to: URL(filePath: path))
        return path
    }

    private func rows(_ type: String, _ database: String) async throws -> [JSON] {
        let outcome = try await parapet("db", "export", "--db", database)
        #expect(outcome.status == 0, "\(outcome.standardError)")
        return try outcome.standardOutput.split(separator: "\n").map { try JSON(parsing: $0) }
            .filter { $0["type"]?.text == type }
    }

    @Test func aHuntIsKeptInTheUsualFileAndASecondOneAddsNothing() async throws {
        let logs = try logs()
        for _ in 0..<2 {
            let outcome = try await parapet("hunt", "--store", "--source", "s3-access", "--logs", logs)
            #expect(outcome.status == 0 || outcome.status == 2, "\(outcome.standardError)")
        }
        let access = try await rows("access", usual)
        #expect(access.map { $0["count"]?.integer }.sorted { ($0 ?? 0) < ($1 ?? 0) } == [1, 2])
        #expect(access.first { $0["isRefused"] == .bool(true) }?["requester"]?.text == "-")
        #expect(try await rows("baseline", usual).map { $0["name"]?.text } == ["s3-access"])
    }

    @Test func aDryRunCountsWhatPruneDeletesAndDeletesNothing() async throws {
        let file = folder.file("old.db")
        let store = try Store(file)
        let old = Date(timeIntervalSince1970: 1_000_000)
        let findings = (0..<3).map { number in
            StoredFinding(
                id: "f\(number)", check: "c", practice: "p", severity: .low, status: number == 0 ? "fail" : "pass",
                account: "1", region: "r", resourceType: "t", resource: "x", arn: "arn:\(number)", title: "t",
                message: "m", hasFix: false, record: "{}", seen: old)
        }
        for day in 0..<3 {
            let time = old + Double(day) * 86_400
            try store.record(
                StoredScan(
                    id: "s\(day)", started: time, finished: time, parapet: "1", accounts: ["1"], regions: ["r"],
                    checks: ["c"], isPartial: false), findings)
        }
        try store.change("the objects") { try $0.markRead("s3://b/k", tag: "", at: old) }
        let before = try store.health().rows
        let words = ["db", "prune", "--older-than", "30", "--format", "json", "--db", file]
        func deleted(_ more: [String]) async throws -> JSON {
            let outcome = try await Subprocess.run(
                Repository.parapet, words + more, environment: ["HOME": folder.path])
            #expect(outcome.status == 0, "\(outcome.standardError)")
            return try JSON(parsing: outcome.standardOutput)
        }
        let preview = try await deleted(["--dry-run"])
        #expect(preview["dryRun"] == .bool(true))
        #expect(preview["deleted"]?["finding"]?.integer == 2)
        #expect(preview["deleted"]?["object"]?.integer == 1)
        #expect(try store.health().rows == before)
        let pruned = try await deleted([])
        #expect(pruned["deleted"] == preview["deleted"])
        #expect(pruned["dryRun"] == nil)
        let table = try await parapet("db", "prune", "--older-than", "30", "--dry-run", "--db", file)
        #expect(table.standardOutput == "Nothing is older than 30 days.\n")
    }

    @Test func aFileCanBeNamedAndChecked() async throws {
        let file = folder.file("my.db")
        _ = try await parapet("hunt", "--source", "s3-access", "--logs", try logs(), "--store", file)
        #expect(!FileManager.default.fileExists(atPath: usual))
        let check = try await parapet("db", "check", "--db", file, "--format", "json")
        #expect(check.status == 0)
        let health = try JSON(parsing: check.standardOutput)
        #expect(health["problems"] == [])
        #expect(health["rows"]?["access"]?.integer == 2)
        #expect(try await parapet("db", "check", "--db", file).standardOutput.contains("No damage found."))
        let prune = try await parapet("db", "prune", "--db", file, "--older-than", "1")
        #expect(prune.status == 0)
        #expect(prune.standardOutput.contains("Nothing is older") || prune.standardOutput.contains("access"))
    }

    @Test(arguments: ["check", "prune", "export"]) func aStoreThatIsMissingOrGarbageIsAnError(verb: String) async throws
    {
        let missing = try await parapet("db", verb, "--db", folder.file("none.db"))
        #expect(missing.status == 1)
        #expect(missing.standardError.contains("there is no such file"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("none.db")))
        try Data("lorem".utf8).write(to: URL(filePath: folder.file("garbage.db")))
        let garbage = try await parapet("db", verb, "--db", folder.file("garbage.db"))
        // Damage is what a check looks for.
        #expect(garbage.status == (verb == "check" ? 2 : 1))
        #expect((garbage.standardOutput + garbage.standardError).contains("damaged"), "\(garbage.standardError)")
    }

    @Test func theStoreIsNotOverwrittenByAReport() async throws {
        let file = folder.file("my.db")
        let outcome = try await parapet(
            "hunt", "--source", "s3-access", "--logs", try logs(), "--store", file, "--format", "json", "--output", file
        )
        #expect(outcome.status == 1, "\(outcome.standardError)")
        #expect(try Store(file).scans().isEmpty)
    }

    @Test func anEmptyNameIsAUsageError() async throws {
        #expect(try await parapet("hunt", "--source", "s3-access", "--logs", "x", "--store", "").status == 64)
        #expect(try await parapet("db", "prune", "--older-than", "0").status == 64)
    }
}
