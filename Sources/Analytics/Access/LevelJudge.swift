/// Tells which volumes of a series are unusual, by what went before.
///
/// What is judged is never in the level that it is judged by, and what was unusual is clipped before it becomes part of the
/// history: neither does a long attack hide itself, nor does one prepare the next.
struct LevelJudge {
    struct Volume {
        var slot: Int32
        var amount: Double
    }

    struct Unusual {
        var slot: Int32
        var amount: Double
        var usual: Double
    }

    struct Verdict {
        var unusual: [Unusual] = []
        /// The median of what may be learned.
        var learnt: Double?

        var most: Unusual? { unusual.max { $0.amount < $1.amount } }
    }

    /// What is less is never unusual.
    let floor: Double
    /// How many times the usual it must be.
    let growth: Double
    /// The history ends so many slots before what is judged, so that an attack that grows is not its own history.
    let gap: Int32
    /// It goes so many slots back.
    let window: Int32

    /// Fewer volumes are no history.
    private static let least = 6

    /// - Parameters:
    ///   - volumes: in order of time.
    ///   - known: the level by the baseline; it counts before what the series itself says.
    ///   - unknown: the level of whoever has no history; none if he is not to be judged.
    func judge(_ volumes: [Volume], known: Double?, unknown: Double?) -> Verdict {
        var verdict = Verdict()
        var history: [Volume] = []
        history.reserveCapacity(volumes.count)
        for volume in volumes {
            guard volume.amount >= floor, let usual = known ?? level(history, before: volume.slot) ?? unknown,
                volume.amount > usual * growth
            else {
                history.append(volume)
                continue
            }
            verdict.unusual.append(Unusual(slot: volume.slot, amount: volume.amount, usual: usual))
            history.append(Volume(slot: volume.slot, amount: min(volume.amount, clip(usual))))
        }
        verdict.learnt = Robust.median(history.map(\.amount))
        // However long it went on within this run.
        if let first = verdict.unusual.first { verdict.learnt = verdict.learnt.map { min($0, clip(first.usual)) } }
        return verdict
    }

    /// Whatever goes on for long becomes the usual slowly: twice as much with each run, all of which alert.
    private func clip(_ usual: Double) -> Double { max(2 * usual, floor / growth) }

    /// The median of the window before a slot.
    private func level(_ history: [Volume], before slot: Int32) -> Double? {
        let end = Self.place(of: slot &- gap, in: history)
        let start = Self.place(of: slot &- gap &- window, in: history)
        guard end - start >= Self.least else { return nil }
        return Robust.median(history[start..<end].map(\.amount))
    }

    /// The place of the first volume that is not before the slot.
    private static func place(of slot: Int32, in history: [Volume]) -> Int {
        var (low, high) = (0, history.count)
        while low < high {
            let middle = (low + high) / 2
            if history[middle].slot < slot { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
