/// Requests that were refused one after the other, and then one that was allowed.
struct RefusedRun: Equatable {
    var count = 0
    /// Minutes since 1970, of the first one that was refused and of the one that was allowed.
    var first = 0
    var allowed = 0
}

extension AccessParty {
    /// All of them, in order of time. They are told by minutes, so that the order of the records does not matter: where
    /// within the same minute something is refused and something allowed, that minute ends a run and counts for none.
    var refusedRuns: [RefusedRun] {
        // All was refused before anything was allowed, by the second.
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

    /// The five minutes' requests, in equal shares for the minutes in which there were any.
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
