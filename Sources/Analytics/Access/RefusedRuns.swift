/// Consecutive denied requests that were followed by an allowed one.
struct RefusedRun: Equatable {
    var count = 0
    /// The times of the first denied request and of the allowed one, in minutes since 1970.
    var first = 0
    var allowed = 0
}

extension AccessClient {
    /// All runs, in order of time. They are found by minute, so that the order of the records does not matter. A minute
    /// with both denied and allowed requests ends a run and is not part of one.
    var refusedRuns: [RefusedRun] {
        // All denied requests came before the first allowed one.
        if firstAllowed < .max, refusals.last < firstAllowed {
            return [RefusedRun(count: refusals.count, first: refusals.first / 60, allowed: firstAllowed / 60)]
        }
        let allowed = allowedMinutes
        var runs: [RefusedRun] = []
        var open = RefusedRun()
        var next = 0
        func end(at minute: Int) {
            if open.count > 0 { runs.append(RefusedRun(count: open.count, first: open.first, allowed: minute)) }
            open = RefusedRun()
        }
        for (minute, count) in refusedMinutes {
            while next < allowed.count, allowed[next] < minute {
                end(at: allowed[next])
                next += 1
            }
            if next < allowed.count, allowed[next] == minute {
                end(at: minute)
            } else {
                if open.count == 0 { open.first = minute }
                open.count += count
            }
        }
        if next < allowed.count { end(at: allowed[next]) }
        return runs
    }

    private var allowedMinutes: [Int] {
        hours.entries.flatMap { hour in
            (0..<60).lazy.filter { hour.minutes >> UInt64($0) & 1 != 0 }.map { Int(hour.slot) * 60 + $0 }
        }
    }

    /// The denied requests by minute. The count of a five-minute period is divided among its active minutes.
    private var refusedMinutes: [(minute: Int, count: Int)] {
        refusals.bins.entries.flatMap { bin -> [(minute: Int, count: Int)] in
            let minutes = (0..<5).filter { bin.minutes >> UInt8($0) & 1 != 0 }
            let share = Int(bin.count) / max(1, minutes.count)
            return minutes.enumerated().map { place, minute in
                let rest = place == 0 ? Int(bin.count) - share * minutes.count : 0
                return (Int(bin.slot) * 5 + minute, share + rest)
            }
        }
    }
}
