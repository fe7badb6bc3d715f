internal import Algorithms

/// Finds unusual volumes of a series by comparing each volume with the ones before.
///
/// A volume is never part of the level that it is compared with. Unusual volumes are clipped before they become part of
/// the history, so that a long attack neither hides itself nor makes the next one look usual.
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
        /// The median to learn.
        var learned: Double?

        var most: Unusual? { unusual.max { $0.amount < $1.amount } }
    }

    /// Smaller volumes are never unusual.
    let floor: Double
    /// The ratio of an unusual volume to the usual level.
    let growth: Double
    /// The number of slots between the end of the history and the evaluated slot, so that a growing attack is not its
    /// own history.
    let gap: Int32
    /// The number of slots that the history covers.
    let window: Int32

    /// The fewest volumes that a history needs.
    static let least = 6

    /// - Parameters:
    ///   - volumes: in order of time.
    ///   - known: the level in the baseline, which takes precedence over the series' own.
    ///   - unknown: the level of a series without history; `nil` to skip such a series.
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
        verdict.learned = Robust.median(history.map(\.amount))
        // A long attack within this run does not raise the learned level either.
        if let first = verdict.unusual.first { verdict.learned = verdict.learned.map { min($0, clip(first.usual)) } }
        return verdict
    }

    /// The highest amount that is learned. A lasting change is learned slowly: the level at most doubles with each run,
    /// and each of these runs alerts.
    private func clip(_ usual: Double) -> Double { max(2 * usual, floor / growth) }

    /// The median of the window that ends before a slot.
    private func level(_ history: [Volume], before slot: Int32) -> Double? {
        let end = Self.place(of: slot &- gap, in: history)
        let start = Self.place(of: slot &- gap &- window, in: history)
        guard end - start >= Self.least else { return nil }
        return Robust.median(history[start..<end].map(\.amount))
    }

    /// The index of the first volume that is not before the slot.
    private static func place(of slot: Int32, in history: [Volume]) -> Int {
        history.partitioningIndex { $0.slot >= slot }
    }
}
