import FoundationEssentials

/// Which of many faults a run of the tests tries.
public enum FaultSample {
    /// Whether `make test-faults` asks for all.
    public static let isWhole = ProcessInfo.processInfo.environment["PARAPET_FAULTS"] == "all"

    /// The same ones each time, or all.
    public static func chosen<Fault>(_ all: [Fault], _ count: Int, seed: UInt64) -> [Fault] {
        if isWhole { return all }
        var generator = SeededGenerator(seed: seed)
        return Array(all.shuffled(using: &generator).prefix(count))
    }
}
