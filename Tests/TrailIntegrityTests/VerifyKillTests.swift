import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A verification that is killed leaves each file as it was or as it should be, and the next run removes what else was left.
@Suite(.timeLimit(.minutes(15))) struct VerifyKillTests {
    @Test(arguments: [SIGKILL, SIGTERM])
    func aVerificationThatIsKilledLeavesOldFilesOrNewOnes(signal: Int32) async throws {
        guard try await KilledRun.isPossible() else { return }
        let copy = try LocalCopy(TamperingCase.Scene(SampleTrail(bucket: "case-killed")))
        let keys = SigningKey.known.map { ["Fingerprint": $0.fingerprint, "Value": $0.value] }
        try JSONSerialization.data(withJSONObject: ["PublicKeyList": keys]).write(
            to: URL(filePath: copy.path + "/keys.json"))
        let folder = URL(filePath: copy.path + "-reports")
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = KilledRun(
            [
                "verify", "--path", copy.path, "--public-keys", copy.path + "/keys.json", "--s3-bucket", "case-killed",
                "--start-time", "2026-01-31T21:00:00Z", "--end-time", "2026-02-01T03:00:00Z",
                "--output", folder.path + "/report.json", "--output", folder.path + "/report.html",
            ], [:], in: folder, ["report.json": "old", "report.html": nil], status: 0
        ) { name, bytes in
            name == "report.json"
                ? (try? JSONSerialization.jsonObject(with: bytes)) != nil
                : bytes.suffix(8).elementsEqual("</html>\n".utf8)
        }
        let problems = try await run.problems(signal: signal)
        #expect(problems == [])
    }
}
