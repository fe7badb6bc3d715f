import AWSClient
import Foundation
import Inventory
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A run that is killed leaves each file as it was or as it should be, and the next run removes what else was left.
@Suite(.timeLimit(.minutes(15))) struct KillTests {
    private static let environment = [
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent",
    ]

    private static func isJSON(_ bytes: Data) -> Bool {
        bytes.last == 0x0A && (try? JSONSerialization.jsonObject(with: bytes)) != nil
    }

    @Test(arguments: [SIGKILL, SIGTERM])
    func aScanThatIsKilledLeavesOldFilesOrNewOnes(signal: Int32) async throws {
        guard try await KilledRun.isPossible() else { return }
        let upstream = try await SweepTests.baseline.value.upstream
        let server = try await TestServer.start { request in
            (try? await upstream.answer(request)).map { .answer($0) } ?? .hangUp
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "parapet-killed-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var environment = Self.environment
        environment["AWS_ENDPOINT_URL"] = server.endpoint
        let run = KilledRun(
            [
                "scan", "--region", "eu-west-1", "--check", "cloudtrail-log-file-validation", "--check",
                "cloudtrail-multi-region",
                "--save-snapshot", folder.path + "/account.parapet", "--output", folder.path + "/report.json",
                "--output", folder.path + "/report.md",
            ], environment, in: folder, ["account.parapet": "old", "report.json": "old", "report.md": nil], status: 2
        ) { name, bytes in
            switch name {
            case "account.parapet": (try? Snapshot(decoding: Array(bytes))) != nil
            case "report.json": Self.isJSON(bytes)
            default: bytes.starts(with: "# ".utf8) && bytes.last == 0x0A
            }
        }
        let problems = try await run.problems(signal: signal)
        #expect(problems == [])
    }

    @Test(arguments: [SIGKILL, SIGTERM])
    func aSuggestionThatIsKilledLeavesOldFilesOrNewOnes(signal: Int32) async throws {
        guard try await KilledRun.isPossible() else { return }
        let snapshot = try AccessSnapshot()
        defer { snapshot.remove() }
        let record = #"""
            {"eventVersion":"1.08","eventID":"e","eventTime":"2026-01-01T00:00:00Z","eventSource":"s3.amazonaws.com",
            "eventName":"GetObject","eventCategory":"Data","awsRegion":"us-east-1","recipientAccountId":"123456789012",
            "userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/ann"},
            "requestParameters":{"bucketName":"logs","key":"AWSLogs/x"}}
            """#
        let log = try snapshot.write(Array(#"{"Records":[\#(record)]}"#.utf8), to: "log.json")
        let folder = snapshot.folder.appending(path: "out")
        let run = KilledRun(
            [
                "access", "suggest", "ann", "--snapshot", snapshot.path, "--logs", log, "--output",
                folder.path + "/policy.json", "--output", folder.path + "/policy.csv",
            ], Self.environment, in: folder, ["policy.json": "old", "policy.csv": nil], status: 0
        ) { name, bytes in
            name == "policy.json" ? Self.isJSON(bytes) : bytes.suffix(2).elementsEqual("\r\n".utf8)
        }
        let problems = try await run.problems(signal: signal)
        #expect(problems == [])
    }
}
