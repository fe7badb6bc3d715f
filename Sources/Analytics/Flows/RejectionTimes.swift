internal import Algorithms

/// The times of rejected requests, by pair. The number of rejections before the first accepted request is known only
/// after all records are read. The number of times is bounded.
struct RejectionTimes: Sendable {
    private struct Rejection {
        var pair: Int32
        let time: UInt32
    }

    private var rejections: [Rejection] = []

    var count: Int { rejections.count }

    @inline(__always)
    mutating func add(_ time: UInt32, pair: Int32) { rejections.append(Rejection(pair: pair, time: time)) }

    /// Adds another worker's times.
    /// - Parameter numbers: the number in this tally of each of the other tally's pairs.
    mutating func merge(_ other: RejectionTimes, _ numbers: [Int32]) {
        rejections += other.rejections.map { Rejection(pair: numbers[Int($0.pair)], time: $0.time) }
    }

    /// Renumbers the pairs.
    /// - Parameter numbers: old number → new number, -1 if the pair was dropped.
    mutating func renumber(_ numbers: [Int32]) {
        for place in rejections.indices { rejections[place].pair = numbers[Int(rejections[place].pair)] }
        rejections.removeAll { $0.pair < 0 }
    }

    /// The rejections of each pair before a given time: their number, and the time of the first.
    /// - Parameter accepted: returns the time for a pair; `nil` to leave the pair out.
    func before(_ accepted: (Int) -> UInt32?) -> [Int: (count: Int, first: UInt32)] {
        var found: [Int: (count: Int, first: UInt32)] = [:]
        for rejection in rejections {
            guard let limit = accepted(Int(rejection.pair)), rejection.time < limit else { continue }
            let known = found[Int(rejection.pair)] ?? (0, rejection.time)
            found[Int(rejection.pair)] = (known.count + 1, min(known.first, rejection.time))
        }
        return found
    }

    /// Drops rejections beyond a bound: the latest of each pair first, then those of the pairs with the fewest.
    /// - Parameter most: the number of rejections of a pair to keep.
    mutating func forget(keeping bound: Int, ofEach most: Int) {
        rejections.sort { ($0.pair, $0.time) < ($1.pair, $1.time) }
        var fewest = 1
        repeat {
            var kept: [Rejection] = []
            for own in rejections.chunked(by: { $0.pair == $1.pair }) where own.count >= fewest {
                kept += own.prefix(most)
            }
            rejections = kept
            fewest += 1
        } while rejections.count > bound
    }
}
