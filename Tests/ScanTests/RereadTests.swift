import AWSClient
import Basics
import Foundation
import Inventory
import Posture
import Practices
import Reports
import Testing
import TestSupport

/// Whoever doubts a finding types its commands, and sees what Parapet saw.
@Suite(.timeLimit(.minutes(10))) struct RereadTests {
    /// The AWS CLI (`Tests/Support/python/reread.py`) reads the evidence of every failing finding of the sample account again.
    /// What moto answers otherwise than AWS is set right there: `DescribeTrails` with names.
    @Test
    func theCLIReadsWhatFailingFindingsRestOn() async throws {
        let upstream = RecordingUpstream(try await MotoServer.sample.value.endpoint)
        let proxy = try await TestServer.start { request in
            (try? await sampleAnswer(to: request, from: upstream)).map { .answer($0) } ?? .hangUp
        }
        let run = await SampleScan.scan(proxy.endpoint)
        let report = ScanReport(
            scan: .init(
                id: "1", started: Date(), finished: Date(), parapet: "test", accounts: [run.account.id],
                regions: SampleScan.regions.sorted()),
            findings: run.findings, checks: Catalogue.checks.map(\.about))
        let keys = run.findings.flatMap(\.evidence).filter { $0.fact == "AccessKeyMetadata" }
        #expect(!keys.isEmpty && keys.allSatisfy { $0.value[0]?["AccessKeyId"]?.text?.hasPrefix("AKIA") == true })
        let file = FileManager.default.temporaryDirectory.appending(path: "reread-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(try report.report.bytes(.json)).write(to: file)

        let outcome = try await Subprocess.python("Tests/Support/python/reread.py", [file.path, proxy.endpoint])
        #expect(outcome.status == 0, "\(outcome.standardError.suffix(2_000))")
        let lines = outcome.standardOutput.split(separator: "\n")
        #expect(lines.count == 1, "\(lines.dropLast().prefix(60).joined(separator: "\n"))")
        let sums = try JSON(parsing: String(lines.last ?? ""))
        #expect(sums["equal"]?.integer ?? 0 > 400)
        // No call shows what is concluded or set, and what IAM reports by a job takes two calls.
        guard case .object(let without)? = sums["without"] else { return }
        #expect(
            Set(without.members.map(\.name)).isSubset(of: [
                "derived", "settings", "default", "iam:GetServiceLastAccessedDetails",
            ]),
            "\(without)")
    }
}
