import Testing
@testable import LogSources

@Suite("A queue between threads")
struct BlockingQueueTests {
    private final class Load: Sendable {}

    @Test("What was taken is not kept")
    func release() {
        let queue = BlockingQueue<Load>()
        weak var first: Load?
        do {
            let load = Load()
            first = load
            queue.push(load)
            queue.push(Load())
        }
        #expect(first != nil)
        _ = queue.pop()
        #expect(first == nil)
        for _ in 0..<10 { queue.push(Load()) }
        // One share at most, and one at least.
        #expect(queue.pop(upTo: 24, of: 4).count == 2)
        #expect(queue.pop(upTo: 3, of: 2).count == 3)
        #expect(queue.pop(upTo: 24, of: 1).count == 6)
        queue.push(Load())
        queue.close()
        #expect(queue.pop() != nil && queue.pop() == nil)
    }
}
