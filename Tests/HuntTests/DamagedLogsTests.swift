import Foundation
import Gzip
import TestSupport
import Testing

/// Logs that are damaged: what can be read is, what cannot is told, and silence over the rest is no success.
@Suite(.timeLimit(.minutes(10))) struct DamagedLogsTests {
    private static let sound = Trail.file([Trail.record("e-1", "DescribeTrails")])

    struct Damage: Sendable, CustomTestStringConvertible {
        var name: String
        var file: String
        var bytes: @Sendable () -> [UInt8]
        /// How many events of the damaged file are read all the same.
        var read: Int
        var testDescription: String { name }
    }

    private static let damages = [
        Damage(
            name: "gzip that is cut", file: "b.json.gz",
            bytes: {
                let whole = Trail.file((0..<200).map { Trail.record("f-\($0)", "Op\($0 * 7919)") })
                return Array(whole.prefix(whole.count / 2))
            }, read: -1),
        Damage(
            name: "half a record", file: "b.json",
            bytes: {
                Array("{\"Records\":[\(Trail.record("f-1", "GetTrail")),".utf8)
                    + Array(Trail.record("f-2", "GetTrail").utf8.prefix(200))
            }, read: 1),
        Damage(name: "no JSON", file: "b.json", bytes: { Array("lorem ipsum".utf8) }, read: 0),
        Damage(name: "NUL bytes", file: "b.json", bytes: { Array(repeating: 0, count: 5_000) }, read: 0),
        Damage(
            name: "a gzip with other things in it", file: "b.json.gz",
            bytes: { Gzip.compress((0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 131) }) }, read: 0),
        Damage(
            name: "zstandard", file: "b.json.zst",
            bytes: { [0x28, 0xB5, 0x2F, 0xFD] + Array(repeating: 7, count: 90) },
            read: 0),
        Damage(
            name: "a line of 100 MB", file: "b.jsonl",
            bytes: {
                Array(Trail.record("f-1", "GetTrail").utf8) + [10] + Array("{\"eventName\":\"".utf8)
                    + Array(repeating: UInt8(ascii: "x"), count: 100_000_000) + Array("\"}\n".utf8)
                    + Array(Trail.record("f-2", "GetTrail").utf8) + [10]
            }, read: 2),
    ]

    @Test(arguments: damages) func theRestIsReadAndTheDamageTold(_ damage: Damage) async throws {
        let folder = try LogsFolder()
        try folder.write("a.json.gz", Self.sound)
        try folder.write(damage.file, damage.bytes())
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path)
        #expect(outcome.status == 3, "\(outcome.standardError.prefix(500))")
        #expect(outcome.standardError.contains(damage.file))
        #expect(document.stats.skipped + document.stats.damagedFiles > 0)
        #expect(!document.doubts.isEmpty)
        if damage.read >= 0 {
            #expect(document.stats.events == 1 + damage.read)
        } else {
            #expect(document.stats.events > 1)
        }
    }

    @Test func anAlertStillIsAnAlertBesideDamage() async throws {
        let folder = try LogsFolder()
        try folder.write("a.json.gz", Trail.file([Trail.record("e-1", "StopLogging")]))
        try folder.write("b.json", "lorem")
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path)
        #expect(outcome.status == 2)
        #expect(document.alerts.count == 1)
        #expect(!document.doubts.isEmpty)
    }

    /// Nobody escapes a rule by a byte that may not be there.
    @Test func invalidUTF8IsReadAllTheSame() async throws {
        let folder = try LogsFolder()
        var bytes = Array(Trail.record("e-1", "StopLogging").utf8)
        let place = try #require(bytes.firstRange(of: Array("aws-cli".utf8))).lowerBound
        bytes[place] = 0xFF
        try folder.write("a.json", bytes)
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path)
        #expect(outcome.status == 2)
        #expect(document.alerts.map(\.event) == ["e-1"])
    }

    @Test func whereNothingCanBeReadTheJobIsNotDone() async throws {
        let folder = try LogsFolder()
        try folder.write("b.json", "lorem ipsum")
        let outcome = try await HuntCommand.run([
            "hunt", "--source", "cloudtrail", "--logs", folder.url.path, "--format", "json",
        ])
        #expect(outcome.status == 1)
        #expect(outcome.standardOutput.isEmpty)
        #expect(outcome.standardError.hasPrefix("error: nothing could be read"))
    }

    /// JSON of another kind, judged by rules of CloudTrail, is no success either.
    @Test func whatIsNoRecordOfCloudTrailIsDoubted() async throws {
        let folder = try LogsFolder()
        try folder.write("a.json.gz", Self.sound)
        try folder.write("b.json", #"{"configurationItems":[{"resourceId":"x"}]}"#)
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path)
        #expect(outcome.status == 3)
        #expect(document.doubts.contains { $0.hasPrefix("1 JSON object in the logs is not a record of CloudTrail") })
    }

    @Test(arguments: [("2026-03-01", 0), ("2026-03-02", 3)]) func aRangeWithoutARecordIsNoSuccess(
        from: String, status: Int32
    ) async throws {
        let folder = try LogsFolder()
        try folder.write("a.json.gz", Self.sound)
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path, ["--from", from])
        #expect(outcome.status == status)
        #expect(document.doubts.contains { $0.contains("range") } == (status == 3))
    }

    @Test(arguments: ["s3-access", "vpc-flow"]) func norIsItOfTheOtherLogs(source: String) async throws {
        let folder = try LogsFolder()
        try folder.write(
            "a.log",
            source == "vpc-flow"
                ? "2 123456789012 eni-1 10.0.0.1 10.0.0.2 443 40000 6 3 300 1772359200 1772359260 ACCEPT OK\n"
                : "o b [01/Mar/2026:10:00:00 +0000] 198.51.100.7 arn:aws:iam::123456789012:user/ann R REST.GET.OBJECT k "
                    + "\"GET /b/k HTTP/1.1\" 200 - 1 1 1 1 \"-\" \"-\" - h SigV4 - AuthHeader - TLSv1.2 - -\n")
        for (from, isDoubted) in [("2026-03-01", false), ("2026-03-02", true)] {
            let outcome = try await HuntCommand.run([
                "hunt", "--source", source, "--logs", folder.url.path, "--format", "json", "--from", from,
            ])
            let document = try HuntDocument(outcome.standardOutput)
            #expect(document.doubts.contains { $0.contains("range") } == isDoubted)
        }
    }

    @Test func anEmptyFolderIsNoSuccess() async throws {
        let folder = try LogsFolder()
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path)
        #expect(outcome.status == 3)
        #expect(document.doubts.contains { $0.contains("no log file") })
    }

    @Test func foldersInACircleEnd() async throws {
        let folder = try LogsFolder()
        try folder.write("deep/a.json.gz", Trail.file([Trail.record("e-1", "StopLogging")]))
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: "deep/back"), withDestinationURL: folder.url)
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path)
        #expect(outcome.status == 2)
        #expect(document.stats.files == 1)
    }

    /// Many damaged files are named by a few lines and a sum.
    @Test func whatIsSkippedIsToldInFewLines() async throws {
        let folder = try LogsFolder()
        try folder.write("a.json.gz", Self.sound)
        for number in 0..<40 { try folder.write("b\(number).json", "lorem ipsum") }
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path)
        #expect(outcome.status == 3)
        #expect(outcome.standardError.split(separator: "\n").count <= 7)
        #expect(outcome.standardError.contains("40"))
        #expect(document.stats.skipped + document.stats.damagedFiles == 40)
    }

    @Test func aLogLineCannotMoveTheCursor() async throws {
        let folder = try LogsFolder()
        try folder.write("a.log", "\u{1B}[2Jlorem \u{202E}ipsum\n")
        let outcome = try await HuntCommand.run([
            "hunt", "--source", "vpc-flow", "--logs", folder.url.path,
        ])
        #expect(outcome.status == 1)
        #expect(!outcome.standardError.contains("\u{1B}"))
        #expect(!outcome.standardError.unicodeScalars.contains("\u{202E}"))
    }
}
