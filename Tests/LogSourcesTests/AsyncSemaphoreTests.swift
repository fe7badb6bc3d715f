import Synchronization
import Testing

@testable import LogSources

@Suite("A semaphore admits tasks up to its capacity")
struct AsyncSemaphoreTests {
    /// What is admitted now, and the most that ever was.
    private final class Load: Sendable {
        let weights = Mutex((now: 0, most: 0))

        func change(by weight: Int) {
            weights.withLock { $0 = ($0.now + weight, max($0.most, $0.now + weight)) }
        }
    }

    @Test("Never more than the capacity, but what is heavier alone", arguments: [1, 3, 10])
    func capacity(capacity: Int) async {
        let semaphore = AsyncSemaphore(capacity: capacity)
        let load = Load()
        await withTaskGroup { group in
            for number in 0..<100 {
                group.addTask {
                    let weight = 1 + number % 4
                    await semaphore.enter(weight)
                    load.change(by: min(weight, capacity))
                    await Task.yield()
                    load.change(by: -min(weight, capacity))
                    semaphore.leave(weight)
                }
            }
        }
        #expect(load.weights.withLock { $0.now } == 0)
        #expect((1...capacity).contains(load.weights.withLock { $0.most }))
    }
}
