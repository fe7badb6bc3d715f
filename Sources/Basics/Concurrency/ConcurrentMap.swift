import Dispatch

extension RandomAccessCollection where Self: Sendable, Index == Int {
    /// The transformed elements in their order. As many are transformed at once as there are cores.
    public func concurrentMap<Result: Sendable>(_ transform: @Sendable (Element) -> Result) -> [Result] {
        [Result](unsafeUninitializedCapacity: count) { results, initialized in
            // Each has its own place.
            nonisolated(unsafe) let results = results
            DispatchQueue.concurrentPerform(iterations: count) { number in
                results.initializeElement(at: number, to: transform(self[startIndex + number]))
            }
            initialized = count
        }
    }
}
