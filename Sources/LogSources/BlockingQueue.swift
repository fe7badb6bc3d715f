internal import DequeModule
internal import Glibc

/// Hands values over to threads that wait for them.
final class BlockingQueue<Value: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // The mutex guards the following.
    private var values: Deque<Value> = []
    private var isClosed = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func push(_ value: Value) {
        pthread_mutex_lock(mutex)
        values.append(value)
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Ends the queue: no more values will be pushed.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits for the next value; `nil` once the queue is closed and empty.
    func pop() -> Value? { pop(upTo: 1, of: 1).first }

    /// Waits for the next values. Takes at most one part in `shares` of the queue, so that all threads have work until
    /// the end.
    /// - Returns: at most `most` values; none once the queue is closed and empty.
    func pop(upTo most: Int, of shares: Int) -> [Value] {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while values.isEmpty {
            if isClosed { return [] }
            pthread_cond_wait(condition, mutex)
        }
        let run = Array(values.prefix(max(1, min(most, values.count / shares))))
        values.removeFirst(run.count)
        return run
    }
}

/// Waits for an asynchronous operation. To be called only on threads outside the cooperative pool.
func waiting<Value: Sendable>(for operation: @escaping @Sendable () async -> Value) -> Value {
    let answer = BlockingQueue<Value>()
    Task.detached { answer.push(await operation()) }
    guard let value = answer.pop() else { preconditionFailure("the queue is never closed") }
    return value
}

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
