import Glibc

/// SplitMix64 (Steele, Lea, Flood 2014): the same seed makes the same world everywhere.
struct Randomness {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// 0 up to, not including, 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    mutating func exponential() -> Double { -log(max(unit(), 1e-300)) }

    mutating func normal() -> Double { sqrt(2 * exponential()) * cos(2 * .pi * unit()) }

    /// The few are often: rank r comes about 1/r as often as rank 1.
    mutating func rank(of count: Int) -> Int {
        min(count - 1, Int(exp(unit() * log(Double(count) + 1))) - 1)
    }
}
