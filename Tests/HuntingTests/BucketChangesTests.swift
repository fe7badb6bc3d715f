import TestSupport
import Testing
@testable import Hunting
@testable import LogSources

/// Which changes of buckets are kept until the buckets of trails are known.
@Suite struct BucketChangesTests {
    private static func change(
        _ number: Int, _ bucket: String, _ operation: String = "PutBucketPolicy", actor: String = "ci",
        isDenied: Bool = false, length: Int = 100, file: String = "a"
    ) -> BucketChanges.Change {
        BucketChanges.Change(
            bucket: bucket, operation: operation, actor: Array(actor.utf8), isDenied: isDenied,
            time: "\(100_000 + number)",
            event: "e-\(number)", record: Array(repeating: UInt8(number & 0x7F), count: length),
            file: LogFile(.file(file), size: 0))
    }

    /// Room for eight small changes, or for two denied ones.
    private static func changes(_ changes: [BucketChanges.Change]) -> BucketChanges {
        var result = BucketChanges(bytes: 16_000, buckets: 5)
        for change in changes { result.add(change) }
        return result
    }

    private static func events(_ changes: BucketChanges, _ names: Set<String>) -> ([String], Int) {
        let found = changes.changes(of: names)
        return (found.kept.map { "\($0.event) \($0.file.name)" }.sorted(), found.omitted)
    }

    /// However the changes are divided among workers, in whatever order, and however their counts are merged.
    @Test func theNumberOfWorkersChangesNothing() {
        var generator = SeededGenerator(seed: 5)
        let names: Set<String> = ["bucket-0", "bucket-3", "bucket-11"]
        var all = (0..<400).map { number in
            let random = Int.random(in: 0..<12, using: &generator)
            return Self.change(
                number, "bucket-\(random * random % 13)", number % 3 == 0 ? "DeleteBucketPolicy" : "PutBucketPolicy",
                actor: "actor-\(number % 7)", isDenied: number % 5 == 0, length: number % 4 == 0 ? 3_000 : 100)
        }
        all += all.prefix(50).map { change in
            var other = change
            other.file = LogFile(.file("b"), size: 0)
            return other
        }
        let expected = Self.events(Self.changes(all), names)
        #expect(!expected.0.isEmpty && expected.1 > 0)
        for workers in [2, 3, 4, 9] {
            all.shuffle(using: &generator)
            var parts = (0..<workers).map { worker in
                Self.changes(all.enumerated().filter { $0.offset % workers == worker }.map(\.element))
            }
            parts.shuffle(using: &generator)
            var merged = BucketChanges(bytes: 16_000, buckets: 5)
            for part in parts { merged.merge(part) }
            #expect(Self.events(merged, names) == expected)
        }
    }

    @Test func aFloodOfOtherChangesDisplacesNothing() {
        let planted = [
            Self.change(900, "zeta", "PutBucketVersioning", actor: "mallory"),
            Self.change(901, "zeta", "DeleteBucketPolicy", actor: "mallory"),
        ]
        let floods = [
            (0..<500).map { Self.change($0, "b\($0 % 4)") },
            // Of the same bucket and operation, by another role.
            (0..<500).map { Self.change($0, "zeta", "DeleteBucketPolicy") },
            // Denied, and large.
            (0..<500).map { Self.change($0, "b\($0)", actor: "a\($0)", isDenied: true) },
            (0..<500).map { Self.change($0, "b\($0)", actor: "a\($0)", length: 20_000) },
        ]
        for flood in floods {
            for order in [flood + planted, planted + flood] {
                let kept = Self.changes(order).changes(of: ["zeta"]).kept.map(\.event)
                #expect(Set(kept).isSuperset(of: ["e-900", "e-901"]))
            }
        }
    }

    /// Only changes of trail buckets, and those that could have been.
    @Test func whatCouldNotBeKeptIsCounted() {
        let flood = (0..<500).map { Self.change($0, "b\($0 % 3)") }
        #expect(Self.events(Self.changes(flood + [Self.change(600, "zeta")]), ["zeta"]).1 == 0)
        let more = (0..<30).map { Self.change(600 + $0, "zeta") }
        #expect(Self.events(Self.changes(flood + more), ["zeta"]).1 > 20)
        #expect(Self.events(Self.changes([Self.change(1, "zeta", length: 600_000)]), ["zeta"]).1 == 1)
        // More buckets than are counted.
        #expect(Self.events(Self.changes((0..<500).map { Self.change($0, "b\($0)") }), ["zeta"]).1 > 400)
    }
}
