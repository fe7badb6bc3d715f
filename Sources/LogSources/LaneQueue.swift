internal import DequeModule
internal import Glibc

/// Hands items out in lanes: the items of one lane one at a time, in order, to whichever thread is free.
///
/// Which lane an item is in depends on the listing alone. So each lane sees the same items in the same order, for every
/// number of threads and however fast they are, and bounded counts of a lane are the same in each run.
final class LaneQueue<Item: Sendable>: @unchecked Sendable {
    /// The place of an item, which can come later than the items behind it.
    struct Place: Sendable {
        let lane: Int
        fileprivate let number: Int
    }

    private struct Lane {
        /// `nil` for an item that has not come yet.
        var items: Deque<Item?> = []
        /// The number of items that were handed out.
        var done = 0
        /// Whether a thread reads an item of the lane.
        var isTaken = false

        var isReady: Bool { !isTaken && items.first.map { $0 != nil } ?? false }
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Whether threads change lanes after each item, so that the lanes end at about the same time.
    private let changesLanes: Bool
    // The mutex guards the following.
    private var lanes: [Lane]
    private var isClosed = false

    /// The number of lanes.
    let count: Int

    init(lanes: Int, threads: Int) {
        count = max(1, lanes)
        self.lanes = Array(repeating: Lane(), count: count)
        // Few threads stay in their lanes: items near each other have much in common, which is then in the cache.
        changesLanes = threads > count / 2
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Reserves the next place of a lane.
    func reserve(_ lane: Int) -> Place {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        lanes[lane].items.append(nil)
        return Place(lane: lane, number: lanes[lane].done + lanes[lane].items.count - 1)
    }

    func push(_ item: Item, at place: Place) {
        pthread_mutex_lock(mutex)
        lanes[place.lane].items[place.number - lanes[place.lane].done] = item
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    func push(_ item: Item, lane: Int) { push(item, at: reserve(lane)) }

    /// Ends the queue: no more places will be reserved.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Gives back the lane of the last item, and waits for the next item.
    /// - Parameter lane: the lane of the thread's last item; `nil` for the first one.
    /// - Returns: `nil` once the queue is closed and empty.
    func next(after lane: Int?) -> (lane: Int, item: Item)? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if let lane {
            lanes[lane].isTaken = false
            // If this thread takes another lane, this one may be the lane that others wait for.
            pthread_cond_signal(condition)
        }
        while true {
            if let next = readyLane(after: lane), let item = lanes[next].items.popFirst() ?? nil {
                lanes[next].done += 1
                lanes[next].isTaken = true
                return (next, item)
            }
            if isClosed, lanes.allSatisfy(\.items.isEmpty) {
                pthread_cond_broadcast(condition)
                return nil
            }
            pthread_cond_wait(condition, mutex)
        }
    }

    private func readyLane(after lane: Int?) -> Int? {
        if changesLanes {
            return lanes.indices.filter { lanes[$0].isReady }.max { lanes[$0].items.count < lanes[$1].items.count }
        }
        if let lane, lanes[lane].isReady { return lane }
        return lanes.firstIndex(where: \.isReady)
    }
}
