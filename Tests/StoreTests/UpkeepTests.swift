import Basics
import Foundation
import GRDB
import Testing

@testable import Store

/// Checking, pruning and exporting.
@Suite struct UpkeepTests {
    let folder = Folder()

    private func date(_ seconds: TimeInterval) -> Date { Date(timeIntervalSince1970: seconds) }

    private func alert(_ id: String, stored: TimeInterval, finding: String? = nil) -> StoredAlert {
        StoredAlert(
            id: id, rule: "r", title: "t", source: "cloudtrail", severity: .high, practice: "audit-trail",
            account: "1", region: nil, actor: "a", event: nil, time: nil, lastTime: nil, record: #"{"id":"x"}"#,
            finding: finding, stored: date(stored))
    }

    private func filled() throws -> Store {
        let store = try Store(folder.file("a.db"))
        try store.record(
            RecordTests.scan("old", 10),
            [
                RecordTests.finding("fails", "fail"), RecordTests.finding("passes", "pass"),
                RecordTests.finding("unclear", "unknown"), RecordTests.finding("alerted", "pass"),
            ])
        try store.change("rows") { writer in
            _ = try writer.add([alert("open", stored: 10, finding: "alerted"), alert("done", stored: 10)])
            try writer.database.execute(sql: "UPDATE alert SET acknowledged = 11 WHERE id = 'done'")
            try writer.setBaseline("vpc-flow", Data(#"{"schema":"x"}"#.utf8), at: date(10))
            try writer.setCursor("s3://b/p", #"{"key":"k"}"#, at: date(10))
            try writer.markRead("s3://b/p/o", tag: "e", at: date(10))
            try writer.add([
                StoredDelivery(
                    notifier: "n", subject: "open", group: "g", kind: "alert", severity: .high, content: "{}",
                    created: date(10), due: date(10))
            ])
            try writer.set([
                StoredTraffic(
                    interface: "eni-1", direction: "out-external", hour: 0, bytes: 5, lower: nil, upper: nil,
                    isUnusual: false, peers: "[]")
            ])
        }
        return store
    }

    @Test func pruningKeepsWhatIsOpen() throws {
        let store = try filled()
        let pruning = try store.prune(olderThan: date(1_000_000))
        #expect(pruning.deleted.map(\.name).sorted() == ["alert", "finding", "object", "traffic"])
        #expect(try store.finding("fails") != nil)
        #expect(try store.finding("unclear") != nil)
        #expect(try store.finding("alerted") != nil, "an open alert belongs to it")
        #expect(try store.finding("passes") == nil)
        #expect(try store.alert("open") != nil)
        #expect(try store.alert("done") == nil)
        #expect(try store.baseline("vpc-flow") != nil)
        #expect(try store.cursor("s3://b/p") != nil)
        #expect(try store.dueDeliveries(at: date(20)).count == 1)
        #expect(try store.scans().count == 1, "the latest scan stays")
        #expect(try store.changes(of: "fails").count == 1)
        #expect(try store.prune(olderThan: date(1_000_000)).deleted.isEmpty)
        #expect(try store.health().problems.isEmpty)
    }

    @Test func whatIsYoungStays() throws {
        let store = try filled()
        #expect(try store.prune(olderThan: date(5)).deleted.isEmpty)
    }

    @Test func everyTableIsCountedAndExported() throws {
        let store = try filled()
        let tables = try store.read("tables") {
            try String.fetchSet(
                $0,
                sql: """
                    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'
                    AND name NOT LIKE 'grdb%' AND name NOT LIKE 'finding_%'
                    """)
        }
        #expect(tables == Set(Schema.tables))
        var rows: [JSON] = []
        try store.export { rows.append($0) }
        let counts = try store.health().rows.filter { $0.rows > 0 }
        for table in counts { #expect(rows.count { $0["type"]?.text == table.name } == table.rows, "\(table.name)") }
        let finding = try #require(rows.first { $0["type"]?.text == "finding" })
        #expect(finding["firstSeen"]?.text == "1970-01-01T00:00:10Z")
        #expect(finding["hasFix"] == .bool(false))
        #expect(finding["record"]?.object != nil)
        #expect(rows.first { $0["type"]?.text == "baseline" }?["content"]?["schema"]?.text == "x")
    }

    @Test func anExportStopsAtTheFirstErrorOfItsReader() throws {
        struct Full: Error {}
        let store = try filled()
        #expect(throws: Full.self) { try store.export { _ in throw Full() } }
    }

    @Test func aSecondHuntOverTheSameLogsCountsNothingTwice() throws {
        let store = try Store(folder.file("b.db"))
        let access = StoredAccess(
            bucket: "b", day: 1, requester: "r", operation: "REST.GET.OBJECT", isRefused: true, count: 7,
            addresses: "[]", lastTime: date(86_500))
        func count() throws -> Int? {
            try store.read("the count") { try Int.fetchOne($0, sql: "SELECT SUM(count) FROM access") }
        }
        for _ in 0..<2 { try store.change("requests") { try $0.set([access]) } }
        #expect(try count() == 7)
        try store.change("requests") { try $0.add([access]) }
        #expect(try count() == 14)
    }

    @Test func aBaselineOfAnotherProcessIsNotOverwritten() throws {
        let store = try Store(folder.file("c.db"))
        func set(_ time: TimeInterval, from known: TimeInterval?) throws -> Bool {
            try store.change("a baseline") {
                try $0.setBaseline("vpc-flow", Data("\(time)".utf8), at: date(time), ifFrom: known.map(date))
            }
        }
        #expect(try set(10, from: nil))
        #expect(try !set(20, from: nil))
        #expect(try set(20, from: 10))
        #expect(try !set(30, from: 10))
        #expect(try store.storedBaseline("vpc-flow")?.updated == date(20))
    }
}
