import Basics
import FoundationEssentials
import Gzip
import LogSources
import Synchronization
import Testing
import TestSupport

@Suite("Logs are read from a bucket")
struct ObjectSourceTests {
    private static func key(_ account: String, _ date: String, _ name: String) -> String {
        "trail/AWSLogs/\(account)/CloudTrail/eu-west-1/\(date)/\(name).json.gz"
    }

    private static func store() -> MemoryStore {
        var objects: [String: [UInt8]] = [:]
        for account in ["111111111111", "222222222222"] {
            for day in 1...9 {
                for number in 0..<3 {
                    let name = "E\(account.first ?? "0")\(day)\(number)"
                    objects[key(account, "2024/05/0\(day)", name)] = Gzip.compress(Array(record(name).utf8))
                }
            }
            objects["trail/AWSLogs/\(account)/CloudTrail-Digest/eu-west-1/2024/05/05/d.json.gz"] = Array("no".utf8)
        }
        objects["trail/AWSLogs/readme"] = Array(record("EXTRA").utf8)
        return MemoryStore(objects: objects)
    }

    private static func day(_ day: Int) -> Date {
        // 2024-05-01T00:00:00Z
        Date(timeIntervalSince1970: 1_714_521_600 + Double(day - 1) * 86400)
    }

    @Test("Everything below a prefix, with and without its slash, or as part of a name")
    func prefixes() async throws {
        let store = Self.store()
        for prefix in ["", "trail", "trail/"] {
            let read = try await ReadLogs.events(["s3://logs/\(prefix)"], store: store)
            #expect(read.found.count == 2 * 9 * 3 + 1)
            #expect(read.account.files == 55 && read.account.isWhole)
        }
        #expect(try await ReadLogs.events(["s3://logs/trail/AWSLogs/1"], store: store).found.count == 27)
        let one = Self.key("111111111111", "2024/05/01", "E110")
        #expect(try await ReadLogs.events(["s3://logs/\(one)"], store: store).found == ["E110"])
        await #expect(throws: Failure.self) { try await ReadLogs.events(["s3://logs/else/"], store: store) }
    }

    @Test("What two places have in common is read once")
    func overlap() async throws {
        let places = ["s3://logs/trail/", "s3://logs/trail/AWSLogs/1", "s3://logs/trail/AWSLogs/111111111111/"]
        let read = try await ReadLogs.events(places, store: Self.store())
        #expect(read.found.count == 55 && read.account.files == 55)
    }

    @Test("Dates in what the user named are no days of logs, but for a year or a month at its end")
    func datesAbove() async throws {
        let store = MemoryStore(objects: [
            "old/2020/01/01/AWSLogs/1/2024/05/04/a": Array(record("A").utf8),
            "old/2020/01/01/AWSLogs/1/2024/05/08/b": Array(record("B").utf8),
        ])
        let dates = DateFolders(from: Self.day(4), to: Self.day(4))
        for place in ["old/2020/01/01/", "old/2020/01/01/AWSLogs/1/2024/", "old/2020/01/01/AWSLogs/1/2024/05"] {
            #expect(try await ReadLogs.events(["s3://logs/\(place)"], store: store, dates: dates).found == ["A"])
        }
    }

    @Test("Only the days that are wanted, and the day around them, are listed and fetched")
    func dates() async throws {
        let store = Self.store()
        let read = try await ReadLogs.events(
            ["s3://logs/trail/"], store: store, dates: DateFolders(from: Self.day(4), to: Self.day(4)))
        let days = Set(read.found.filter { $0 != "EXTRA" }.map { $0.dropFirst(2).prefix(1) })
        #expect(days == ["3", "4", "5"])
        #expect(read.found.contains("EXTRA"))
        #expect(!store.listed.contains { $0.contains("2024/05/08") })
        let none = try await ReadLogs.events(
            ["s3://logs/trail/AWSLogs/111111111111"], store: store,
            dates: DateFolders(from: Self.day(100), to: nil))
        #expect(none.found.isEmpty && none.account.isWhole)
    }

    @Test("Large objects come in parts")
    func large() async throws {
        let lines = (0..<300_000).map { "line\(1_000_000 + $0)\($0 &* 2_654_435_761)" }
        let text = Array(lines.joined(separator: "\n").utf8)
        let store = MemoryStore(objects: ["a/plain": text + [0x0A] + text, "a/small": text])
        let read = try await ReadLogs.lines(["s3://logs/a/"], store: store)
        #expect(text.count * 2 > 10 << 20)
        #expect(read.found.count == 900_000)
        #expect(read.account.files == 2 && read.account.isWhole)
        #expect(read.account.bytes == text.count * 3 + 1)
    }

    @Test("An object that may not be read, or vanished, is told, and the others are read")
    func refused() async throws {
        var store = Self.store()
        store.refused = [Self.key("111111111111", "2024/05/01", "E110")]
        store.vanished = [Self.key("111111111111", "2024/05/01", "E111")]
        let read = try await ReadLogs.events(["s3://logs/trail/"], store: store)
        #expect(read.found.count == 53)
        #expect(read.account.damagedFiles == 2)
        #expect(read.account.losses.contains { $0.what.contains("AccessDenied") })
        #expect(read.account.losses.contains { $0.what.contains("vanished") })
    }

    @Test("Of a large object that breaks off, what came before is read")
    func brokenOff() async throws {
        let text = Array((0..<1_500_000).map { "line\(1_000_000 + $0)" }.joined(separator: "\n").utf8)
        var store = MemoryStore(objects: ["a/large": text])
        store.refusedFrom = 10 << 20
        let read = try await ReadLogs.lines(["s3://logs/a/"], store: store)
        #expect(text.count > 16 << 20)
        #expect(read.found.count > 900_000)
        #expect(read.account.damagedFiles == 1)
        #expect(read.account.losses.first?.what.contains("AccessDenied") == true)
    }

    @Test("What came is compared with the size that was listed: cut at a line's end, empty, or larger")
    func sizes() async throws {
        let whole = record("A") + "\n" + record("B") + "\n"
        var store = MemoryStore(objects: [
            "a/cut": Array((record("A") + "\n").utf8), "a/empty": [], "a/more": Array((whole + whole).utf8),
            "a/sound": Array(whole.utf8),
        ])
        store.listedSizes = ["a/cut": whole.utf8.count, "a/empty": whole.utf8.count, "a/more": whole.utf8.count]
        let read = try await ReadLogs.events(["s3://logs/a/"], store: store)
        #expect(read.account.damagedFiles == 3)
        #expect(Set(read.account.incomplete.keys) == ["s3://logs/a/cut", "s3://logs/a/empty", "s3://logs/a/more"])
        #expect(read.account.losses.contains { $0.what.contains("0 bytes came") })
    }

    @Test("Sizes that no object can have are no crash", arguments: [Int.max, .min, -1])
    func absurdSizes(size: Int) async throws {
        var store = Self.store()
        let keys = (1...9).map { Self.key("111111111111", "2024/05/0\($0)", "E1\($0)0") }
        store.listedSizes = Dictionary(uniqueKeysWithValues: keys.map { ($0, size) })
        let read = try await ReadLogs.events(["s3://logs/trail/"], store: store)
        #expect(read.found.count == 55 && read.account.damagedFiles == 9)
    }

    @Test("A large object that is replaced while it is read is told")
    func replaced() async throws {
        let text = Array((0..<1_500_000).map { "line\(1_000_000 + $0)" }.joined(separator: "\n").utf8)
        var store = MemoryStore(objects: ["a/large": text])
        store.replacedFrom = 8 << 20
        let read = try await ReadLogs.lines(["s3://logs/a/"], store: store)
        #expect(read.account.damagedFiles == 1)
        #expect(read.account.losses.first?.what.contains("replaced") == true)
    }

    @Test("A run that continues from the cursors of the one before reads what was delivered since, and nothing twice")
    func continued() async throws {
        let first = try await ReadLogs.events(["s3://logs/trail/"], store: Self.store(), after: [])
        #expect(first.found.count == 55)
        #expect(first.account.cursors.map(\.prefix).contains("trail/AWSLogs/111111111111/CloudTrail/eu-west-1/"))
        let kept = try JSONDecoder().decode(
            [ObjectListing.Cursor].self, from: JSONEncoder().encode(first.account.cursors))

        // The next day in one region, the first day in a new one, and an object beside the accounts' folders.
        let later = [
            Self.key("111111111111", "2024/05/10", "A"), Self.key("111111111111", "2024/05/10", "B"),
            Self.key("222222222222", "2024/05/01", "C").replacing("eu-west-1", with: "us-east-1"),
            "trail/AWSLogs/readme2",
        ]
        let grown = Self.store().adding(later)
        let second = try await ReadLogs.events(["s3://logs/trail/"], store: grown, after: kept)
        #expect(second.found == ["A", "B", "C", "readme2"])
        let third = try await ReadLogs.events(["s3://logs/trail/"], store: grown, after: second.account.cursors)
        #expect(third.found.isEmpty && third.account.isWhole && third.account.cursors == second.account.cursors)
    }

    @Test("With cursors, only the wanted days are fetched, and a prefix that is no folder is continued too")
    func continuedWithDates() async throws {
        let dates = DateFolders(from: Self.day(4), to: Self.day(4))
        let read = try await ReadLogs.events(["s3://logs/trail/"], store: Self.store(), dates: dates, after: [])
        #expect(Set(read.found.filter { $0 != "EXTRA" }.map { $0.dropFirst(2).prefix(1) }) == ["3", "4", "5"])

        let store = MemoryStore(objects: ["access/log-1": Array(record("one").utf8)])
        let first = try await ReadLogs.events(["s3://logs/access/log-"], store: store, after: [])
        let next = try await ReadLogs.events(
            ["s3://logs/access/log-"], store: store.adding(["access/log-2"]), after: first.account.cursors)
        #expect(first.found == ["one"] && next.found == ["log-2"])
        await #expect(throws: Failure.self) { try await ReadLogs.events(["s3://logs/else/"], store: store, after: []) }
    }

    @Test("Each lane gets the same objects in the same order, whichever comes first", arguments: [false, true])
    func lanes(isListed: Bool) async throws {
        // Some are larger than the first part of an object whose size is not known.
        let objects = Dictionary(
            uniqueKeysWithValues: (0..<60).map {
                ("a/\(100 + $0)", Array(record("\(100 + $0)", filler: $0 % 3 == 0 ? 1_500_000 : 10).utf8))
            })
        let store = MemoryStore(objects: objects)
        let places: [LogLocation] =
            isListed
            ? [LogLocation("s3://logs/a/")]
            : objects.keys.sorted().map { .object(ObjectAddress(bucket: "logs", key: $0), size: nil) }
        var first: [[String]] = []
        for threads in [1, 2, 3, 8] {
            let pipeline = LogPipeline(places, layout: .json, store: store, workers: threads, fetches: 7)
            let (lanes, account) = try await pipeline.run {
                [String]()
            } read: { names, piece in
                if piece.isFirst { names.append(piece.file.name) }
            }
            #expect(account.isWhole, "\(account.losses)")
            if threads == 1 { first = lanes }
            #expect(lanes == first, "\(threads)")
        }
        #expect(first.count == 8 && first.joined().count == 60)
        #expect(first.allSatisfy { $0 == $0.sorted() })
    }

    @Test("Objects in memory are bounded, and all are released", arguments: [1, 3])
    func bounded(fetches: Int) async throws {
        let objects = Dictionary(uniqueKeysWithValues: (0..<200).map { ("a/\($0)", Array(record("\($0)").utf8)) })
        let store = MemoryStore(objects: objects)
        let pipeline = LogPipeline([LogLocation("s3://logs/a/")], layout: .json, store: store, fetches: fetches)
        let (_, account) = try await pipeline.run {
            0
        } read: { count, _ in
            count += 1
        }
        #expect(account.files == 200 && account.isWhole)
        #expect(store.mostAtOnce <= fetches)
    }

    @Test("A bucket that cannot be listed is an error")
    func unlisted() async throws {
        var store = Self.store()
        store.mayList = false
        let refusing = store
        await #expect(throws: Failure.self) { try await ReadLogs.events(["s3://logs/"], store: refusing) }
        await #expect(throws: Failure.self) { try await ReadLogs.events(["s3://logs/"]) }
    }

    @Test("What could not be listed before the deadline is lost, and said")
    func deadline() async throws {
        var store = Self.store()
        store.isSlow = true
        let slow = store
        await #expect(throws: Failure.self) { try await ReadLogs.events(["s3://logs/trail/"], store: slow) }
        let read = try await ReadLogs.events(["s3://logs/trail/"], store: slow, after: [], deadline: .now)
        #expect(read.found.count == 10)
        #expect(read.account.damagedFiles == 1 && read.account.cursors.isEmpty)
        #expect(
            read.account.incomplete["s3://logs/trail/"] == "the time was up before all of its objects were listed",
            "\(read.account.incomplete)")
    }
}

/// A bucket in memory.
struct MemoryStore: LogStore {
    private let keys: [String]
    private let objects: [String: [UInt8]]
    private let calls = Calls()
    var refused: Set<String> = []
    var vanished: Set<String> = []
    var refusedFrom = Int.max
    var mayList = true
    /// Whether only the first page of a listing is answered.
    var isSlow = false
    /// The sizes that the listing states, if they are not true.
    var listedSizes: [String: Int] = [:]
    /// From this offset on another version answers.
    var replacedFrom = Int.max

    private final class Calls: Sendable {
        let listed = Mutex<[String]>([])
        let fetching = Mutex((now: 0, most: 0))
    }

    init(objects: [String: [UInt8]]) {
        self.objects = objects
        keys = objects.keys.sorted { $0.isBefore($1) }
    }

    var listed: [String] { calls.listed.withLock { $0 } }
    var mostAtOnce: Int { calls.fetching.withLock { $0.most } }

    /// With an object more for each key, of an event that is called like it.
    func adding(_ keys: [String]) -> MemoryStore {
        MemoryStore(
            objects: objects.merging(
                keys.map { key in
                    let name = key.split(separator: "/").last?.prefix { $0 != "." } ?? ""
                    return (
                        key,
                        key.hasSuffix(".gz")
                            ? Gzip.compress(Array(record(String(name)).utf8)) : Array(record(String(name)).utf8)
                    )
                }
            ) { first, _ in first })
    }

    func folders(in bucket: String, under prefix: String) async throws(Failure) -> [String] {
        calls.listed.withLock { $0.append(prefix) }
        let below = keys.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
        return Set(below.filter { $0.contains("/") }.map { String($0.prefix { $0 != "/" }) }).sorted()
    }

    func page(of bucket: String, under prefix: String, after key: String) async throws(Failure) -> ObjectPage {
        guard mayList, key.isEmpty || !isSlow else {
            throw Failure("cannot list", why: "AccessDenied", advice: "allow it")
        }
        calls.listed.withLock { $0.append(prefix) }
        let rest = keys.filter { $0.hasPrefix(prefix) && key.isBefore($0) }
        let found = rest.prefix(10).map {
            ListedObject(key: $0, size: self.listedSizes[$0] ?? self.objects[$0]?.count ?? 0)
        }
        return ObjectPage(objects: found, isLast: rest.count <= 10)
    }

    func part(
        of object: ObjectAddress, from offset: Int, length: Int, version: String?
    ) async throws(Failure) -> ObjectPart? {
        if refused.contains(object.key) || offset >= refusedFrom {
            throw Failure("cannot read", why: "AccessDenied", advice: "allow it")
        }
        guard !vanished.contains(object.key), let bytes = objects[object.key] else { return nil }
        calls.fetching.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        defer { calls.fetching.withLock { $0.now -= 1 } }
        await Task.yield()
        return ObjectPart(
            bytes: Array(bytes.dropFirst(offset).prefix(length)), totalSize: bytes.count, metadata: [:],
            version: offset >= replacedFrom ? "2" : "1")
    }
}
