import Basics
import Foundation
import GRDB
import Testing

@testable import Store

/// What can befall the file.
@Suite(.serialized) struct StoreFileTests {
    let folder = Folder()

    private func failing(_ body: () throws -> Void) -> Failure? {
        do {
            try body()
            return nil
        } catch {
            return error as? Failure
        }
    }

    @Test func onlyItsOwnerCanReadIt() throws {
        let path = folder.file("new/parapet.db")
        let store = try Store(path)
        try store.record(RecordTests.scan("s", 10), [RecordTests.finding("f", "fail")])
        for file in [path, "\(path)-wal", "\(path)-shm"] {
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(file)")
        }
    }

    @Test(arguments: [
        "lorem ipsum dolor sit amet", "SQLite format 3\0 but no more", String(repeating: "\0", count: 9_000),
    ])
    func garbageIsRefusedAndKept(text: String) throws {
        let path = folder.file("garbage.db")
        try Data(text.utf8).write(to: URL(filePath: path))
        let failure = try #require(failing { _ = try Store(path) })
        #expect(failure.why.contains("damaged") || failure.why.contains("another program"), "\(failure)")
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(text.utf8))
    }

    @Test func aTruncatedFileIsAnError() throws {
        let path = folder.file("cut.db")
        var store: Store? = try Store(path)
        try store?.record(RecordTests.scan("s", 10), (0..<500).map { RecordTests.finding("f\($0)", "fail") })
        try store?.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try store?.pool.close()
        store = nil
        let bytes = try Data(contentsOf: URL(filePath: path))
        try bytes.prefix(bytes.count / 3).write(to: URL(filePath: path))
        let failure = failing {
            let store = try Store(path)
            let health = try store.health()
            #expect(!health.problems.isEmpty)
            throw Failure("x", why: "damaged", advice: "x")
        }
        #expect(failure?.why.contains("damaged") == true, "\(String(describing: failure))")
    }

    @Test func theDatabaseOfAnotherProgramIsLeftAlone() throws {
        let path = folder.file("foreign.db")
        try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE bookmark (address TEXT)") }
        let failure = try #require(failing { _ = try Store(path) })
        #expect(failure.why == "it is the database of another program")
        let tables = try DatabaseQueue(path: path).read {
            try String.fetchAll($0, sql: "SELECT name FROM sqlite_master")
        }
        #expect(tables == ["bookmark"])
    }

    /// The moment between the migrator's own table and the first step, as a killed process leaves it.
    @Test func aStoreThatIsBeingCreatedIsNotTheDatabaseOfAnotherProgram() throws {
        let path = folder.file("begun.db")
        try DatabaseQueue(path: path).write {
            try $0.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        }
        #expect(try Store(path).scans().isEmpty)
    }

    @Test func manyProcessesMayCreateOneStoreAtOnce() async throws {
        for round in 0..<5 {
            let path = folder.file("new-\(round).db")
            let scans = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try Store(path).scans().count } }
                return try await group.reduce(0, +)
            }
            #expect(scans == 0)
        }
    }

    @Test func aStoreOfALaterVersionIsRefused() throws {
        let path = folder.file("later.db")
        try Store(path).pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99-later')") }
        let failure = try #require(failing { _ = try Store(path) })
        #expect(failure.why == "it was written by a later version of Parapet")
    }

    /// The first migration alone, as an earlier version left it.
    @Test func aStoreOfTheFirstVersionIsBroughtUpToDateWithItsRows() throws {
        let path = folder.file("first.db")
        let queue = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(queue, upTo: "1")
        try queue.write {
            try $0.execute(
                sql: """
                    INSERT INTO scan VALUES ('s', 1.5, 2.5, '0.1.0', '["1"]', '["us-east-1"]', '["a-check"]', 0);
                    INSERT INTO sign VALUES ('watch', '{"lag": 3}', 4.5);
                    """)
        }
        try queue.close()
        let store = try Store(path)
        #expect(try store.scans().map(\.id) == ["s"])
        #expect(try store.scans().first?.accounts == ["1"])
        #expect(try store.sign("watch")?.content["lag"]?.integer == 3)
        #expect(try store.health().problems.isEmpty)
        #expect(try Store(path, isReadOnly: true).scans().count == 1)
    }

    @Test func aMissingStoreIsNotCreatedByAReader() throws {
        let path = folder.file("none.db")
        #expect(failing { _ = try Store(path, isReadOnly: true) }?.why == "there is no such file")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aLockBeyondPatienceIsAnErrorAndNothingIsHalfWritten() throws {
        let path = folder.file("locked.db")
        let store = try Store(path, patience: 0.2)
        let other = try DatabaseQueue(path: path)
        try other.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN IMMEDIATE; INSERT INTO sign VALUES ('other', '{}', 1)")
            let failure = failing {
                try store.record(RecordTests.scan("s", 10), [RecordTests.finding("f", "fail")])
            }
            #expect(failure?.why.hasPrefix("another process is writing") == true, "\(String(describing: failure))")
            // Readers go on meanwhile.
            #expect(try store.scans().isEmpty)
            try database.execute(sql: "COMMIT")
        }
        try store.record(RecordTests.scan("s", 10), [RecordTests.finding("f", "fail")])
        #expect(try store.scans().count == 1)
    }

    @Test func aFullDiskIsAnErrorAndNothingIsHalfWritten() throws {
        let path = folder.file("full.db")
        let store = try Store(path)
        try store.record(RecordTests.scan("s1", 10), [RecordTests.finding("f", "fail")])
        try store.pool.writeWithoutTransaction {
            let pages = try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0
            try $0.execute(sql: "PRAGMA max_page_count = \(pages + 4)")
        }
        let findings = (0..<5_000).map { RecordTests.finding("g\($0)", "fail") }
        let failure = failing { try store.record(RecordTests.scan("s2", 20), findings) }
        #expect(failure?.why == "the disk is full")
        #expect(try store.scans().map(\.id) == ["s1"])
        #expect(try store.finding("f")?.lastSeen == Date(timeIntervalSince1970: 10))
        try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        #expect(try store.record(RecordTests.scan("s2", 20), findings).count == 5_001)
    }

    /// A scan, a watch and a dashboard: two writers and a reader, each with connections of its own.
    @Test func severalProcessesUseOneFileAtOnce() async throws {
        let path = folder.file("shared.db")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for account in ["1", "2", "3"] {
                group.addTask {
                    let store = try Store(path)
                    for number in 1...15 {
                        let findings = (0..<40).map {
                            RecordTests.finding("\(account)-\($0)", number % 2 == 0 ? "pass" : "fail", account: account)
                        }
                        let scan = RecordTests.scan("\(account)-\(number)", Double(number), accounts: [account])
                        #expect(try store.record(scan, findings).count == 40)
                    }
                }
            }
            group.addTask {
                let store = try Store(path)
                for number in 0..<60 {
                    try store.change("a sign") {
                        try $0.setSign("watch", ["beat": .int(number)], at: Date(timeIntervalSince1970: 1))
                    }
                }
            }
            group.addTask {
                let store = try Store(path)
                for _ in 0..<60 {
                    // Each account's findings change in one transaction, so a reader never sees a part of it.
                    let states = try store.read("all") {
                        try Row.fetchAll(
                            $0, sql: "SELECT account, COUNT(DISTINCT status) FROM finding GROUP BY account")
                    }
                    #expect(states.allSatisfy { ($0[1] as Int) == 1 })
                }
            }
            try await group.waitForAll()
        }
        let store = try Store(path)
        #expect(try store.scans().count == 45)
        #expect(try store.health().problems.isEmpty)
        #expect(try store.changes(of: "1-0").count == 15)
    }
}
