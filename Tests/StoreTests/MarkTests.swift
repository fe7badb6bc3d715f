import Basics
import Foundation
import Testing

@testable import Store

@Suite struct MarkTests {
    let folder = Folder()
    let start = Date(timeIntervalSince1970: 1_000_000)

    private func store() throws -> Store {
        let store = try Store(folder.file("a.db"))
        let finding = StoredFinding(
            id: "f", check: "a-check", practice: "audit-trail", severity: .high, status: "fail", account: "1",
            region: "us-east-1", resourceType: "AWS::S3::Bucket", resource: "b", arn: "arn:b", title: "A title",
            message: "a message", hasFix: false, record: "{}", seen: start)
        try store.record(
            StoredScan(
                id: "s", started: start, finished: start, parapet: "1", accounts: ["1"], regions: ["us-east-1"],
                checks: ["a-check"], isPartial: false), [finding])
        _ = try store.change("the alert") {
            try $0.add([
                StoredAlert(
                    id: "a", rule: "r", title: "An alert", source: "cloudtrail", severity: .high,
                    practice: "audit-trail",
                    account: nil, region: nil, actor: "x", event: nil, time: nil, lastTime: nil, record: "{}",
                    stored: start)
            ])
        }
        return store
    }

    @Test func aMuteHoldsUntilItsEnd() throws {
        let store = try store()
        let mute = StoredMute(finding: "f", reason: "known", by: "ann", since: start, until: start + 60)
        #expect(try store.change("the mute") { try $0.mute(mute) })
        #expect(try store.mute(of: "f", at: start) == mute)
        #expect(try store.isMuted("f", at: start + 59))
        #expect(try !store.isMuted("f", at: start + 60))
        #expect(try store.mutes(at: start + 60).isEmpty)
        #expect(try store.change("the mute") { try $0.isMuted("f", at: start) })
    }

    /// Sums count what is muted apart, until the mute ends.
    @Test func sumsCountAMutedFindingApart() throws {
        let store = try store()
        let passing = StoredFinding(
            id: "p", check: "a-check", practice: "audit-trail", severity: .high, status: "pass", account: "1",
            region: "us-east-1", resourceType: "AWS::S3::Bucket", resource: "c", arn: "arn:c", title: "A title",
            message: "a message", hasFix: false, record: "{}", seen: start)
        func scan(_ id: String, at time: Date) -> StoredScan {
            StoredScan(
                id: id, started: time, finished: time, parapet: "1", accounts: ["1"], regions: ["us-east-1"],
                checks: ["a-check"], isPartial: false)
        }
        var failing = try #require(try store.finding("f"))
        try store.record(scan("s2", at: start + 1), [failing, passing])
        _ = try store.change("the mutes") { writer in
            // A finding that passes stays a pass.
            try ["f", "p"].map {
                try writer.mute(StoredMute(finding: $0, reason: "known", by: "ann", since: start, until: start + 60))
            }
        }
        func sums(at time: Date) throws -> [[String: Int]] {
            func sum(_ counts: [(status: String, count: Int)]) -> [String: Int] {
                Dictionary(counts.map { ($0.status, $0.count) }, uniquingKeysWith: +)
            }
            return [
                sum(try store.practiceCounts(at: time).map { ($0.status, $0.count) }),
                sum(try store.placeCounts(at: time).map { ($0.status, $0.count) }),
                try store.checkCounts(at: time)["a-check"] ?? [:], try store.statusCounts(FindingQuery(), at: time),
                try store.statusCounts(FindingQuery(text: "title"), at: time),
            ]
        }
        for counts in try sums(at: start + 59) { #expect(counts == ["muted": 1, "pass": 1]) }
        for counts in try sums(at: start + 60) { #expect(counts == ["fail": 1, "pass": 1]) }
        for (status, ids) in [("fail", []), ("muted", ["f"]), ("pass", ["p"])] {
            for count in [0, 3_000] {
                for order in FindingQuery.Order.allCases {
                    let query = FindingQuery(status: status, order: order)
                    #expect(try store.findings(query, at: start + 59, of: count).map(\.id) == ids, "\(status) \(order)")
                }
            }
        }
        #expect(try store.findings(FindingQuery(status: "fail"), at: start + 60).map(\.id) == ["f"])
        #expect(try store.findings(FindingQuery(status: "fail")).map(\.id) == ["f"])
        // The trend is counted at the time of each scan.
        for (id, time) in [("s3", start + 2), ("s4", start + 61)] {
            failing.lastSeen = time
            try store.record(scan(id, at: time), [failing, passing])
        }
        let standings = try store.standings(since: start + 2)
        #expect(standings.filter { $0.scan == "s3" }.map(\.status) == ["muted", "pass"])
        #expect(standings.filter { $0.scan == "s4" }.map(\.status) == ["fail", "pass"])
    }

    @Test func aLaterMuteReplacesAnEarlierOneAndUnmutingEndsIt() throws {
        let store = try store()
        for reason in ["one", "two"] {
            #expect(
                try store.change("the mute") {
                    try $0.mute(StoredMute(finding: "f", reason: reason, by: "ann", since: start, until: nil))
                })
        }
        #expect(try store.mutes(at: start).map(\.reason) == ["two"])
        #expect(try store.change("the mute") { try $0.unmute("f") })
        #expect(try !store.change("the mute") { try $0.unmute("f") })
        #expect(try !store.isMuted("f", at: start))
    }

    @Test func whatDoesNotExistIsNeitherMutedNorAcknowledged() throws {
        let store = try store()
        let mute = StoredMute(finding: "' OR 1=1 --", reason: "known", by: "ann", since: start, until: nil)
        #expect(try !store.change("the mute") { try $0.mute(mute) })
        #expect(try !store.change("the alert") { try $0.acknowledge("none", by: "ann", at: start) })
    }

    @Test func theFirstAcknowledgmentStays() throws {
        let store = try store()
        #expect(try store.change("the alert") { try $0.acknowledge("a", by: "ann", at: start + 1) })
        #expect(try store.change("the alert") { try $0.acknowledge("a", by: "bob", at: start + 2) })
        let alert = try #require(try store.alert("a"))
        #expect(alert.acknowledgedBy == "ann")
        #expect(alert.acknowledged == start + 1)
    }

    @Test func changesOfAnotherConnectionAreNoticed() throws {
        let store = try store()
        let changes = try StoreChanges(store.path)
        let (version, newest) = (try changes.version(), try changes.newest())
        #expect(try changes.version() == version)
        #expect(newest == StoreChanges.Newest(findingChanges: 1, alerts: 1, scans: 1))
        _ = try store.change("the mute") { try $0.unmute("f") }
        _ = try store.change("the alert") { try $0.acknowledge("a", by: "ann", at: start) }
        #expect(try changes.version() != version)
        #expect(try changes.newest() == newest)
    }

    @Test func aDeletedOrReplacedFileIsNoticed() throws {
        let store = try store()
        let changes = try StoreChanges(store.path)
        try changes.checkFile()
        try FileManager.default.moveItem(atPath: store.path, toPath: folder.file("b.db"))
        #expect(throws: Failure.self) { try changes.checkFile() }
        _ = try Store(folder.file("a.db"))
        let failure = #expect(throws: Failure.self) { try changes.checkFile() }
        #expect(failure?.why == "the file was replaced")
    }
}
