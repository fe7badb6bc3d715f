import Synchronization

/// Limits the number of calls in progress, so that the memory for answers stays bounded.
actor ConcurrencyLimit {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ limit: Int) {
        free = limit
    }

    func run<Value: Sendable>(_ body: @Sendable () async -> Value) async -> Value {
        await enter()
        defer { leave() }
        return await body()
    }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}

/// A limit for each quota, so that calls that wait for one quota do not block the others.
final class Lanes: Sendable {
    private let width: Int
    private let limits = Mutex<[RateBudget.Key: ConcurrencyLimit]>([:])

    init(width: Int) {
        self.width = width
    }

    subscript(key: RateBudget.Key) -> ConcurrencyLimit {
        limits.withLock { limits in
            if let limit = limits[key] { return limit }
            let limit = ConcurrencyLimit(width)
            limits[key] = limit
            return limit
        }
    }
}
