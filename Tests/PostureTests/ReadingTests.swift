import AWSClient
import EffectiveAccess
import FoundationEssentials
import Inventory
import Posture
import Synchronization
import Testing

@Suite struct ReadingTests {
    @Test("a derived value is made once, also for checks that run at the same time")
    func derivedOnce() async {
        let reading = Reading(.sample, by: .sample)
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<64 { group.addTask { reading.counted } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts.count == 64)
        #expect(Set(counts).count == 1)
        #expect(reading.counted == counts.first)
    }

    @Test("each reading derives its own values, and each property has its own")
    func apart() {
        let (one, other) = (Reading(.sample, by: .sample), Reading(.sample, by: .sample))
        #expect(one.counted != other.counted)
        #expect(one.counted != one.countedToo)
        #expect(one.nested == one.counted)
    }

    @Test("all checks of an evaluation see one reading")
    func shared() {
        let first = Remembering("a")
        let second = Remembering("b")
        let evaluator = Evaluator(checks: [first, second], criteria: .sample)
        _ = evaluator.findings(in: .sample)
        #expect(first.seen == second.seen)
        _ = evaluator.findings(in: .sample)
        #expect(first.seen == second.seen)
    }

    @Test("a policy is read as its document says, and one that cannot be read stays unknown")
    func policies() throws {
        let reading = Reading(.sample, by: .sample)
        for _ in 0..<2 {
            #expect(
                try reading.policy(PolicyDocument.administrator, from: .getKeyPolicy)
                    == PolicyDocument.administrator.policy)
            let unread = #expect(throws: Unknown.self) {
                try reading.policy(PolicyDocument.unreadable, from: .getKeyPolicy)
            }
            #expect(unread?.call == "kms:GetKeyPolicy")
            #expect(try reading.policy(nil as PolicyDocument?, from: .getKeyPolicy) == nil)
        }
    }

    @Test("a reading forwards its account's facts and its criteria")
    func forwards() throws {
        var account = Account.sample
        account.hold(trails: .sample)
        account.hold(users: [.sample])
        let reading = Reading(account, by: .sample)
        #expect(reading.trails.map(\.trailARN) == [Trail.sample.trailARN])
        #expect(reading.id == account.id)
        #expect(reading.landscape.principals.map(\.name) == ["alice"])
        #expect(reading.settings == Settings())
        #expect(reading.days(since: Criteria.sample.daysAgo(3)) == 3)
        #expect(reading.days(until: Criteria.sample.daysAgo(-3)) == 3)
        #expect(reading.hours(since: Criteria.sample.hoursAgo(3)) == 3)
    }
}

private let counter = Mutex(0)

private func next() -> Int {
    counter.withLock { count in
        count += 1
        return count
    }
}

extension Reading {
    fileprivate var counted: Int { once { _ in next() } }
    fileprivate var countedToo: Int { once { _ in next() } }
    fileprivate var nested: Int { once { $0.counted } }
}

/// A check that keeps what its reading derived.
private final class Remembering: Check {
    let about: About
    private let values = Mutex<[Int]>([])

    init(_ id: String) { about = Fixed(id).about }

    var seen: [Int] { values.withLock { $0 } }
    var examples: [Example] { [] }

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        values.withLock { $0.append(reading.counted) }
        return []
    }
}
