import Dispatch

extension RandomAccessCollection where Self: Sendable, Index == Int {
    /// The transformed elements, in their order. The number of concurrent transformations is that of the cores.
    public func concurrentMap<Result: Sendable>(_ transform: @Sendable (Element) -> Result) -> [Result] {
        [Result](unsafeUninitializedCapacity: count) { results, initialized in
            // Safe, because each iteration writes only its own element.
            nonisolated(unsafe) let results = results
            DispatchQueue.concurrentPerform(iterations: count) { number in
                results.initializeElement(at: number, to: transform(self[startIndex + number]))
            }
            initialized = count
        }
    }
}
