extension FlowBaseline {
    /// Hours since 1970 in which there can be flow logs: those of the years 2010 to 2099.
    private static let hours = 350_640..<1_139_568
    /// Logarithms of amounts: no sum of an account's bytes comes near the upper end.
    private static let logs: ClosedRange<Float> = 0...64
    private static let amounts: ClosedRange<Float> = 0...1e28

    /// Whether every value is one that a run can have written. A file that somebody changed, or that was cut and mended,
    /// is refused as a whole: what it leads to expect would be anybody's guess.
    public var isPossible: Bool {
        Self.isSight(lastHour) && series.values.allSatisfy(Self.isPossible)
            && networks.values.allSatisfy { $0.values.allSatisfy(Self.isSight) }
            && ports.values.allSatisfy { $0.values.allSatisfy(Self.isSight) }
            && sweeps.values.allSatisfy(Self.isSight)
            && peerPeaks.values.allSatisfy { $0.values.allSatisfy(Self.amounts.contains) }
            && topPeers.values.allSatisfy { $0.allSatisfy(Self.amounts.contains) }
    }

    private static func isPossible(_ history: SeriesHistory) -> Bool {
        (0...1e6).contains(history.slowSum) && (-1e28...1e28).contains(history.slowBytes)
            && isSight(history.slowStart) && (0...3).contains(history.unusualBefore)
            && history.hours.allSatisfy(isPossible)
    }

    private static func isPossible(_ hour: SeriesHistory.Hour) -> Bool {
        hours.contains(hour.hour) && (0...12).contains(hour.active) && logs.contains(hour.total)
            && logs.contains(hour.bin) && logs.contains(hour.peak) && logs.contains(hour.spread)
            && logs.contains(abs(hour.residual))
    }

    /// When something was seen; 0 if it never was.
    private static func isSight(_ hour: Int) -> Bool { hour == 0 || hours.contains(hour) }
}
