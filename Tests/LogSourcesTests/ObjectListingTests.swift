import Basics
import Foundation
import LogSources
import Synchronization
import Testing

/// A bucket in memory, with pages of a few objects, to which objects are added while it is being listed.
private final class GrowingStore: LogStore {
    private let keys: Mutex<[String]>
    private let pageSize: Int

    init(_ keys: [String], pageSize: Int) {
        self.keys = Mutex(keys.sorted { $0.isBefore($1) })
        self.pageSize = pageSize
    }

    func add(_ new: [String]) {
        keys.withLock { $0 = ($0 + new).sorted { $0.isBefore($1) } }
    }

    func folders(in bucket: String, under prefix: String) async throws(Failure) -> [String] {
        []
    }

    func page(
        of bucket: String, under prefix: String, after key: String
    ) async throws(Failure) -> ObjectPage {
        let found = keys.withLock { $0.filter { $0.hasPrefix(prefix) && key.isBefore($0) } }
        return ObjectPage(
            objects: found.prefix(pageSize).map { ListedObject(key: $0, size: 1) },
            isLast: found.count <= pageSize)
    }

    func part(
        of object: ObjectAddress, from offset: Int, length: Int, version: String?
    ) async throws(Failure) -> ObjectPart? { nil }
}

@Suite("A listing's cursor can be kept, and what continues from it finds each object once")
struct ObjectListingTests {
    private let keys = (0..<23).map { "logs/2026/\(100 + $0)" }

    private func cursor() -> ObjectListing.Cursor {
        ObjectListing.Cursor(bucket: "b", prefix: "logs/")
    }

    /// As a watch keeps it between two runs.
    private func kept(_ cursor: ObjectListing.Cursor) throws -> ObjectListing.Cursor {
        try JSONDecoder().decode(ObjectListing.Cursor.self, from: JSONEncoder().encode(cursor))
    }

    @Test(
        "What is delivered late is listed again",
        arguments: [
            ("l/", "l/2026/11/30/a_20261130T1305Z_x.gz", "l/2026/11/29"), ("l/", "l/2026/11/28/a", "l/2026/11/28/a"),
            ("l/", "l/year=2026/month=12/day=01/a", "l/year=2026/month=11/day=29"),
            ("l/", "l/2026-11-30-06-10-11-AB", "l/2026-11-29"),
            ("", "access2026-11-30-06-10-11-AB", "access2026-11-29"),
            ("l/", "l/some-object", "l/some-object"), ("l/", "l/2026-report", "l/2026-report"), ("l/", "", ""),
            ("l/", "l/2026/11/29", "l/2026/11/29"),
        ])
    func late(prefix: String, key: String, start: String) {
        let cursor = ObjectListing.Cursor(bucket: "b", prefix: prefix, after: key)
        let back = cursor.goingBack(to: Date(timeIntervalSince1970: 1_795_950_000))
        #expect(back == ObjectListing.Cursor(bucket: "b", prefix: prefix, after: start))
    }

    @Test("Continued after every page, in a listing of its own", arguments: [1, 2, 5, 22, 23, 100])
    func pages(pageSize: Int) async throws {
        let store = GrowingStore(keys + ["other/1"], pageSize: pageSize)
        var cursor = cursor()
        var found: [String] = []
        while true {
            var listing = ObjectListing(store, cursor)
            guard let objects = try await listing.next() else { break }
            found += objects.map(\.key)
            cursor = try kept(listing.cursor)
        }
        #expect(found == keys)
    }

    @Test(
        "What is delivered later is found by the next run, and nothing else again",
        arguments: [1, 3, 50])
    func growing(pageSize: Int) async throws {
        let store = GrowingStore(keys, pageSize: pageSize)
        var first = ObjectListing(store, cursor())
        var found: [String] = []
        while let objects = try await first.next() { found += objects.map(\.key) }
        #expect(found == keys)
        let later = ["logs/2026/200", "logs/2027/1"]
        store.add(later)
        var second = ObjectListing(store, try kept(first.cursor))
        found = []
        while let objects = try await second.next() { found += objects.map(\.key) }
        #expect(found == later)
        #expect(try await second.next() == nil)
    }

    @Test(
        "Stopped in the middle of a page, it continues with the object behind", arguments: Array(1...22)
    )
    func stopped(after count: Int) async throws {
        let store = GrowingStore(keys, pageSize: 7)
        var listing = ObjectListing(store, cursor())
        var found: [String] = []
        reading: while let objects = try await listing.next() {
            for object in objects {
                found.append(object.key)
                if found.count == count {
                    listing.stop(at: object.key)
                    break reading
                }
            }
        }
        var rest = ObjectListing(store, try kept(listing.cursor))
        while let objects = try await rest.next() { found += objects.map(\.key) }
        #expect(found == keys)
    }

    @Test("A store that repeats itself is an error, not an endless listing")
    func repeating() async throws {
        struct Repeating: LogStore {
            func folders(in bucket: String, under prefix: String) async throws(Failure) -> [String] { [] }
            func page(
                of bucket: String, under prefix: String, after key: String
            ) async throws(Failure) -> ObjectPage {
                ObjectPage(objects: [ListedObject(key: "logs/1", size: 1)], isLast: false)
            }
            func part(
                of object: ObjectAddress, from offset: Int, length: Int, version: String?
            ) async throws(Failure) -> ObjectPart? { nil }
        }
        var listing = ObjectListing(Repeating(), cursor())
        #expect(try await listing.next()?.count == 1)
        await #expect(throws: Failure.self) { try await listing.next() }
    }

    @Test("Keys are ordered by their UTF-8 bytes, as S3 lists them")
    func order() {
        #expect("a/\u{FF5E}".isBefore("a/\u{10000}"))
        #expect("Z".isBefore("a"))
        #expect(!"a".isBefore("a"))
    }
}
