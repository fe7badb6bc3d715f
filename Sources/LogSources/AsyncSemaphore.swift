internal import Synchronization

/// Admits tasks up to a total weight, in order of arrival.
final class AsyncSemaphore: Sendable {
    private struct State {
        var free: Int
        var waiting: [(weight: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let capacity: Int
    private let state: Mutex<State>

    init(capacity: Int) {
        self.capacity = max(1, capacity)
        state = Mutex(State(free: self.capacity))
    }

    /// - Parameter weight: is capped at the capacity, so a heavier task runs alone.
    func enter(_ weight: Int = 1) async {
        await withCheckedContinuation { continuation in
            let mayEnter = state.withLock { state in
                let weight = min(weight, capacity)
                guard state.waiting.isEmpty, state.free >= weight else {
                    state.waiting.append((weight, continuation))
                    return false
                }
                state.free -= weight
                return true
            }
            if mayEnter { continuation.resume() }
        }
    }

    func leave(_ weight: Int = 1) {
        let admitted = state.withLock { state in
            state.free += min(weight, capacity)
            var admitted: [CheckedContinuation<Void, Never>] = []
            while let first = state.waiting.first, first.weight <= state.free {
                state.free -= first.weight
                admitted.append(state.waiting.removeFirst().continuation)
            }
            return admitted
        }
        for continuation in admitted { continuation.resume() }
    }
}
