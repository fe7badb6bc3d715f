internal import Glibc

/// A thread that runs one closure. Decompressing and matching would block the cooperative pool, so they have threads
/// of their own.
enum WorkerThread {
    private final class Work {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func start(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(run))
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, work.toOpaque())
        guard status == 0 else {
            // No thread is available: run it here.
            work.takeRetainedValue().run()
            return
        }
        pthread_detach(thread)
    }
}

/// Waits for an asynchronous operation. To be called only on threads outside the cooperative pool.
func waiting<Value: Sendable>(for operation: @escaping @Sendable () async -> Value) -> Value {
    let answer = LaneQueue<Value>(lanes: 1, threads: 1)
    Task.detached { answer.push(await operation(), lane: 0) }
    guard let (_, value) = answer.next(after: nil) else { preconditionFailure("the queue is never closed") }
    return value
}
