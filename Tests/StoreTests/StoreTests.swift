import Basics
import Foundation
import Testing

@testable import Store

@Suite struct FindingLifeTests {
    let folder = Folder()

    private func finding(_ id: String, _ status: String, region: String = "us-east-1") -> StoredFinding {
        StoredFinding(
            id: id, check: "a-check", practice: "audit-trail", severity: .high, status: status, account: "1",
            region: region, resourceType: "AWS::S3::Bucket", resource: id, arn: "arn:\(id)", title: "A title",
            message: "a message", hasFix: false, record: "{}", seen: Date(timeIntervalSince1970: 0))
    }

    private func scan(_ id: String, _ time: TimeInterval, regions: [String] = ["us-east-1"]) -> StoredScan {
        StoredScan(
            id: id, started: Date(timeIntervalSince1970: time - 1), finished: Date(timeIntervalSince1970: time),
            parapet: "1", accounts: ["1"], regions: regions, checks: ["a-check"], isPartial: false)
    }

    @Test func aFindingKeepsItsLife() throws {
        let store = try Store(folder.file("a.db"))
        #expect(try store.record(scan("s1", 10), [finding("f", "fail")]).map(\.after) == ["fail"])
        #expect(try store.record(scan("s2", 20), [finding("f", "fail")]).isEmpty)
        #expect(try store.record(scan("s3", 30), [finding("f", "pass")]).map(\.before) == ["fail"])
        let stored = try #require(try store.finding("f"))
        #expect(stored.firstSeen.timeIntervalSince1970 == 10)
        #expect(stored.lastSeen.timeIntervalSince1970 == 30)
        #expect(stored.resolved?.timeIntervalSince1970 == 30)
        #expect(try store.changes(of: "f").map(\.after) == ["pass", "fail"])
        #expect(try store.standings(since: .distantPast).map(\.status) == ["fail", "fail", "pass"])
    }

    @Test func whatWasNotReadIsNotGone() throws {
        let store = try Store(folder.file("a.db"))
        try store.record(
            scan("s1", 10, regions: ["us-east-1", "us-west-2"]),
            [finding("f", "fail"), finding("g", "fail", region: "us-west-2")])
        try store.record(scan("s2", 20), [finding("x", "unknown")])
        #expect(try store.finding("f")?.status == "fail")
        try store.record(scan("s3", 30), [finding("x", "pass")])
        #expect(try store.finding("f")?.status == StoredFinding.gone)
        #expect(try store.finding("g")?.status == "fail")
    }
}

/// A folder that is removed at the end.
final class Folder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)").path

    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}
