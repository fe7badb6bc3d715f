import Foundation
import Hunting
import Runs
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A hunt that is killed leaves each file as it was or as it should be, and the next run removes what else was left.
@Suite(.timeLimit(.minutes(15))) struct HuntKillTests {
    @Test(arguments: [SIGKILL, SIGTERM])
    func aHuntThatIsKilledLeavesOldFilesOrNewOnes(signal: Int32) async throws {
        guard try await KilledRun.isPossible() else { return }
        let logs = try LogsFolder()
        let log = try logs.write("a.json.gz", Trail.file((0..<40).map { Trail.record("e-\($0)", "StopLogging") }))
        let folder = logs.url.appending(path: "out")
        let run = KilledRun(
            [
                "hunt", "--source", "cloudtrail", "--logs", log, "--baseline", folder.path + "/baseline.json",
                "--output", folder.path + "/alerts.json", "--output", folder.path + "/alerts.csv",
            ], HuntCommand.isolated, in: folder, ["alerts.json": "old", "alerts.csv": nil, "baseline.json": nil],
            status: 2
        ) { name, bytes in
            switch name {
            case "alerts.json": (try? HuntDocument(String(decoding: bytes, as: UTF8.self)))?.groups.isEmpty == false
            case "alerts.csv": bytes.count { $0 == 0x0A } == 41 && bytes.last == 0x0A
            default: (try? BaselineFile(folder.path + "/" + name).read().keys) != nil
            }
        }
        let problems = try await run.problems(signal: signal)
        #expect(problems == [])
    }
}
