import Testing
@testable import LogSources

@Suite("A queue of lanes between threads")
struct LaneQueueTests {
    private final class Load: Sendable {}

    @Test("What was taken is not kept")
    func release() {
        let queue = LaneQueue<Load>(lanes: 1, threads: 1)
        weak var first: Load?
        do {
            let load = Load()
            first = load
            queue.push(load, lane: 0)
            queue.push(Load(), lane: 0)
        }
        #expect(first != nil)
        _ = queue.next(after: nil)
        #expect(first == nil)
        queue.close()
        #expect(queue.next(after: 0) != nil && queue.next(after: 0) == nil)
    }

    @Test("A lane's items come in order, one at a time, also if they arrive in another order")
    func order() throws {
        let queue = LaneQueue<Int>(lanes: 2, threads: 1)
        let places = (0..<3).map { _ in queue.reserve(0) }
        queue.push(2, at: places[2])
        queue.push(9, lane: 1)
        // The first item of lane 0 has not come.
        let other = try #require(queue.next(after: nil))
        #expect(other == (1, 9))
        queue.push(0, at: places[0])
        queue.push(1, at: places[1])
        queue.close()
        var (taken, found): (Int?, [Int]) = (1, [])
        while let next = queue.next(after: taken) {
            taken = next.lane
            found.append(next.item)
        }
        #expect(found == [0, 1, 2])
    }

    @Test("A lane that another thread reads is not handed out")
    func taken() throws {
        for threads in [1, 4] {
            let queue = LaneQueue<String>(lanes: 4, threads: threads)
            for name in ["a", "b"] { queue.push(name, lane: 0) }
            queue.push("c", lane: 3)
            let first = try #require(queue.next(after: nil))
            let second = try #require(queue.next(after: nil))
            #expect(first == (0, "a") && second == (3, "c"))
            let third = try #require(queue.next(after: 0))
            #expect(third == (0, "b"))
        }
    }
}
