import Basics
import Foundation
import TestSupport
import Testing

/// What a principal repeats each night is told once.
@Suite(.timeLimit(.minutes(10))) struct HabitTests {
    private let folder: LogsFolder

    init() throws { folder = try LogsFolder() }

    /// Sixty parameters that one session of a role reads with decryption.
    private func plan(_ day: Int, _ hour: String, role: String = "terraform") -> [String] {
        (10..<59).map { second in
            Trail.record(
                "\(role)-\(day)-\(hour)-\(second)", "GetParameter", source: "ssm.amazonaws.com",
                time: "2026-03-0\(day)T\(hour):\(second)Z",
                actor: "arn:aws:sts::123456789012:assumed-role/\(role)/session-\(day)"
            ).replacing(#"{"name":"main"}"#, with: #"{"name":"/app/\#(second)","withDecryption":true}"#)
        }
    }

    private func times(_ records: [String], _ name: String) async throws -> [String] {
        let log = try folder.write(name, Trail.file(records))
        let (_, document) = try await HuntCommand.cloudTrail(log, ["--baseline", folder.path("baseline.json")])
        return document.alerts.filter { $0.title == "Bulk parameter decryption" }.map(\.time).sorted()
    }

    @Test func repetitionsAtTheSameTimeOfOtherDaysAreUsual() async throws {
        let nights = (1...3).flatMap { plan($0, "02:5\($0)") }
        #expect(try await times(nights, "a.json.gz") == ["2026-03-01T02:51:10Z"])
        let next = plan(4, "03:10") + plan(4, "15:00") + plan(4, "02:50", role: "other")
        #expect(try await times(next, "b.json.gz") == ["2026-03-04T02:50:10Z", "2026-03-04T15:00:10Z"])
    }

    /// A clean-up deletes twelve snapshots each night; an attacker does it once more in the afternoon.
    @Test func whatMachinesRepeatIsCounted() async throws {
        func cleanUp(_ day: Int, _ hour: String) -> [String] {
            (10..<22).map { second in
                Trail.record(
                    "\(day)-\(hour)-\(second)", "DeleteSnapshot", source: "ec2.amazonaws.com",
                    time: "2026-03-0\(day)T\(hour):\(second)Z",
                    actor: "arn:aws:sts::123456789012:assumed-role/velero/session-\(day)")
            }
        }
        let records = (1...3).flatMap { cleanUp($0, "02:00") } + cleanUp(3, "15:00")
        let log = try folder.write("c.json.gz", Trail.file(records))
        let output = try await HuntCommand.run(["hunt", "--source", "cloudtrail", "--logs", log, "--format", "json"])
        let document = try JSON(parsing: output.standardOutput)
        let times = document["alerts"]?.elements?.compactMap { $0["time"]?.text } ?? []
        #expect(times == ["2026-03-01T02:00:10Z", "2026-03-03T15:00:10Z"])
        #expect(document["stats"]?["repetitions"] == .int(2))
    }
}
