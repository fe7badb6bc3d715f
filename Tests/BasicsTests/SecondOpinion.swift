import Basics
import TestSupport
import Testing

/// What `Tests/Support/python/basics_opinions.py` prints; it runs once.
enum SecondOpinion {
    private static let printed = Task {
        let outcome = try await Subprocess.python("Tests/Support/python/basics_opinions.py", [])
        try #require(outcome.status == 0, "\(outcome.standardError)")
        return try JSON(parsing: outcome.standardOutput)
    }

    /// The rows about one thing.
    static func rows(_ name: String) async throws -> [[JSON]] {
        let rows = try #require(try await printed.value[name]?.elements)
        try #require(rows.count > 500)
        return rows.compactMap(\.elements)
    }
}

/// The same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
