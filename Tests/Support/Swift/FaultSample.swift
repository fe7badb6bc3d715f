import FoundationEssentials

/// Which of many faults a run of the tests tries.
public enum FaultSample {
    private static let wanted = ProcessInfo.processInfo.environment["PARAPET_FAULTS"] ?? ""

    /// Whether `make test-faults` asks for all, or for a part of all.
    public static let isWhole = wanted == "all" || part != nil

    /// `2/5` is the second of five parts of all faults, for runs that must end sooner.
    private static let part: (number: Int, count: Int)? = {
        let numbers = wanted.split(separator: "/").compactMap { Int($0) }
        guard numbers.count == 2, numbers[0] >= 1, numbers[0] <= numbers[1] else { return nil }
        return (numbers[0], numbers[1])
    }()

    /// The same ones each time, or all, or the wanted part of all.
    public static func chosen<Fault>(_ all: [Fault], _ count: Int, seed: UInt64) -> [Fault] {
        if let part { return all.enumerated().filter { $0.offset % part.count == part.number - 1 }.map(\.element) }
        if isWhole { return all }
        var generator = SeededGenerator(seed: seed)
        return Array(all.shuffled(using: &generator).prefix(count))
    }
}
