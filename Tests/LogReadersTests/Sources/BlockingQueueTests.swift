import Testing

@testable import LogReaders

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
        queue.close()
        #expect(queue.pop() != nil && queue.pop() == nil)
    }
}
