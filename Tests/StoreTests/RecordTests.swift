import Basics
import Foundation
import GRDB
import Testing
import TestSupport

@testable import Store

/// What stays true of findings, whatever scans come in whatever order.
@Suite struct RecordTests {
    let folder = Folder()

    static func finding(
        _ id: String, _ status: String, account: String = "1", region: String = "us-east-1", check: String = "a-check",
        record: String = "{}"
    ) -> StoredFinding {
        StoredFinding(
            id: id, check: check, practice: "audit-trail", severity: .high, status: status, account: account,
            region: region, resourceType: "AWS::S3::Bucket", resource: id, arn: "arn:\(id)", title: "A title",
            message: "a message", hasFix: false, record: record, seen: Date(timeIntervalSince1970: 0))
    }

    static func scan(_ id: String, _ time: TimeInterval, accounts: [String] = ["1"], isPartial: Bool = false)
        -> StoredScan
    {
        StoredScan(
            id: id, started: Date(timeIntervalSince1970: time - 1), finished: Date(timeIntervalSince1970: time),
            parapet: "1", accounts: accounts, regions: ["us-east-1"], checks: ["a-check"], isPartial: isPartial)
    }

    @Test(arguments: 0..<8) func randomScansKeepEveryLifeInOrder(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let store = try Store(folder.file("random-\(seed).db"))
        var time = 1_000.0
        for number in 0..<25 {
            time += Double.random(in: 0...100, using: &random)
            // Some scans are of an old snapshot.
            let moment = Int.random(in: 0..<6, using: &random) == 0 ? time - 500 : time
            let isPartial = Int.random(in: 0..<3, using: &random) == 0
            let statuses = ["pass", "fail", "unknown", "muted", "manual", "notApplicable"]
            let findings = (0..<12).compactMap { id -> StoredFinding? in
                guard Int.random(in: 0..<4, using: &random) > 0 else { return nil }
                return Self.finding("f\(id)", statuses.randomElement(using: &random) ?? "pass")
            }
            let scan = Self.scan("s\(number)", moment, isPartial: isPartial)
            let known = try stored(in: store)
            let changes = try store.record(scan, findings)
            let after = try stored(in: store)
            for (id, finding) in after {
                #expect(finding.firstSeen <= finding.changed || known[id]?.changed == finding.changed)
                #expect(finding.firstSeen <= finding.lastSeen)
                #expect(finding.resolved == nil || finding.status != "fail")
                let last = try #require(try store.changes(of: id).first)
                #expect(last.after == finding.status)
                if changes.contains(where: { $0.finding == id }) { #expect(finding.changed == scan.finished) }
            }
            // A failing finding is never lost, and never turns into another without a change that says so.
            for (id, finding) in known where finding.status == "fail" {
                let now = try #require(after[id])
                #expect(now.status == "fail" || changes.contains { $0.finding == id && $0.before == "fail" })
            }
            if isPartial { #expect(!changes.contains { $0.after == StoredFinding.gone }) }
        }
    }

    private func stored(in store: Store) throws -> [String: StoredFinding] {
        Dictionary(
            uniqueKeysWithValues: try store.read("all") { try StoredFinding.fetchAll($0) }.map { ($0.id, $0) })
    }

    /// A failure that cannot be read, or is accepted, is not resolved.
    @Test func onlyAPassResolves() throws {
        let store = try Store(folder.file("a.db"))
        var time = 10.0
        func see(_ status: String) throws -> Date? {
            time += 10
            try store.record(Self.scan("s\(time)", time), [Self.finding("f", status)])
            return try #require(try store.finding("f")).resolved
        }
        #expect(try see("fail") == nil)
        #expect(try see("unknown") == nil)
        #expect(try see("muted") == nil)
        #expect(try see("pass") == Date(timeIntervalSince1970: 50))
        #expect(try see("unknown") == Date(timeIntervalSince1970: 50))
        #expect(try see("pass") == Date(timeIntervalSince1970: 50), "it did not fail again")
        #expect(try see("fail") == nil)
    }

    @Test func aScanOfAnOldSnapshotChangesNothing() throws {
        let store = try Store(folder.file("a.db"))
        try store.record(Self.scan("new", 100), [Self.finding("f", "fail"), Self.finding("g", "pass")])
        #expect(try store.record(Self.scan("old", 50), [Self.finding("f", "pass")]).isEmpty)
        #expect(try store.finding("f")?.status == "fail")
        #expect(try store.finding("g")?.status == "pass")
    }

    @Test func twoFindingsOfOneIdentifierAreOneThatFails() throws {
        let store = try Store(folder.file("a.db"))
        let findings = [Self.finding("f", "pass"), Self.finding("f", "fail"), Self.finding("f", "unknown")]
        #expect(try store.record(Self.scan("s1", 10), findings).map(\.after) == ["fail"])
        #expect(try store.record(Self.scan("s2", 20), findings).isEmpty)
    }

    @Test func aHundredThousandFindingsAreStoredInSecondsAndASecondScanChangesNothing() throws {
        let store = try Store(folder.file("large.db"))
        let record = "{\"evidence\":\"\(String(repeating: "x", count: 1_000))\"}"
        let findings = (0..<100_000).map {
            Self.finding("f\($0)", $0 % 3 == 0 ? "fail" : "pass", record: record)
        }
        #expect(try store.record(Self.scan("s1", 10), findings).count == 100_000)
        #expect(try store.record(Self.scan("s2", 20), findings).isEmpty)
        #expect(try store.standings(since: .distantPast).count == 4)
    }
}
