import Basics
import Foundation
import GRDB
import Testing

@testable import Dashboard
@testable import Store

/// Rows that a person edited by hand, or that a later version wrote.
@Suite struct UnreadableRowTests {
    let folder = PageFolder()

    private func get(_ pages: DashboardPages, _ url: String) throws -> String {
        try #require(try pages.answer(PageRequest(url: url, mayWrite: false, now: PageSamples.now))).html
    }

    /// The sample account in a file of its own.
    private func sample() throws -> Store { try PageSamples.account(folder.file("\(UUID().uuidString).db")) }

    @Test func anAlertWithASeverityThatIsNotKnownStaysOnThePage() throws {
        let store = try sample()
        let id = try #require(try store.alerts(AlertQuery()).first).id
        let count = try store.alertCount(AlertQuery())
        try store.pool.write {
            try $0.execute(sql: "UPDATE alert SET severity = 'catastrophic' WHERE id = ?", arguments: [id])
        }
        let pages = try PageSamples.pages(store)
        let list = try get(pages, "/alerts?state=all")
        #expect(list.contains("/alerts/\(id)"))
        #expect(list.contains(#"<span class="badge unknown">unknown</span>"#))
        let page = try get(pages, "/alerts/\(id)")
        #expect(page.contains("The store holds values that cannot be read: severity."))
        #expect(try store.alertCount(AlertQuery()) == count)
        #expect(try store.alerts(AlertQuery(), limit: 1_000).count == count)
        #expect(try store.openAlerts().values.reduce(0, +) == store.alertCount(AlertQuery(isAcknowledged: false)))
        // Not hidden from those who ask for severe alerts.
        #expect(try store.alert(id)?.severity == .critical)
    }

    @Test func aFindingWithASeverityThatIsNotKnownStaysOnThePageAndIsScannedAgain() throws {
        let store = try sample()
        let finding = try #require(try store.findings(FindingQuery(status: "fail")).first)
        try store.pool.write {
            try $0.execute(
                sql: "UPDATE finding SET severity = 'catastrophic', changed = 'yesterday' WHERE id = ?",
                arguments: [finding.id])
        }
        let pages = try PageSamples.pages(store)
        #expect(try get(pages, "/findings?status=fail").contains("/findings/\(finding.id)"))
        let page = try get(pages, "/findings/\(finding.id)")
        #expect(page.contains("The store holds values that cannot be read: changed, severity."))
        let time = PageSamples.now + 3_600
        let scan = StoredScan(
            id: "later", started: time, finished: time, parapet: "1", accounts: [finding.account],
            regions: [finding.region], checks: [finding.check], isPartial: true)
        try store.record(scan, [finding])
        #expect(try store.finding(finding.id)?.unreadable == nil)
        #expect(try store.finding(finding.id)?.severity == finding.severity)
    }

    /// Every table of the store, with a row of which no value is what its column should hold.
    @Test(arguments: Schema.tables) func noRowKeepsAPageFromItsOthers(table: String) throws {
        let store = try sample()
        try store.pool.write { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
            let keys = Set(
                try database.primaryKey(table).columns
                    + database.foreignKeys(on: table).flatMap { $0.originColumns })
            let columns = try database.columns(in: table).map(\.name).filter { !keys.contains($0) && $0 != "number" }
            guard !columns.isEmpty else { return }
            let changes = columns.map { "\"\($0)\" = 'not a value'" }.joined(separator: ", ")
            try database.execute(
                sql: "UPDATE \"\(table)\" SET \(changes) WHERE rowid = (SELECT MIN(rowid) FROM \"\(table)\")")
        }
        let pages = try PageSamples.pages(store)
        for url in PageSamples.paths { #expect(throws: Never.self, "\(url)") { _ = try get(pages, url) } }
        // What scans, verifications, watches and notifiers read.
        _ = try store.scans()
        _ = try store.standings(since: .distantPast)
        _ = try store.verifications()
        _ = try store.coverage(since: .distantPast)
        _ = try store.problems(since: .distantPast)
        _ = try store.lastCompleteScan()
        _ = try store.alerts(in: "cloudtrail", since: .distantPast)
        _ = try store.mutes(at: PageSamples.now)
        _ = try store.journals()
        _ = try store.deliveries()
        _ = try store.deliveryCounts()
        _ = try store.dueDeliveries(at: .distantFuture)
        _ = try store.outage(of: "s3://watch-logs")
        _ = try store.touched()
        _ = try store.sign("watch")
        _ = try store.storedBaseline("cloudtrail")
        _ = try store.lastVerification(of: "main", in: "123456789012")
        try store.export { _ in }
        #expect(try store.health().problems.isEmpty)
    }
}
