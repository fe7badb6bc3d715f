public import LogReaders

/// Hashes words. The seed is random in each run, and each word is combined with a secret. An attacker who chooses the
/// words therefore cannot make either factor zero, which would erase the other (as in wyhash, which uses secrets the
/// same way).
public struct SeededHash: Sendable {
    private let secrets: (left: UInt64, right: UInt64)

    public init(seed: UInt64) { secrets = (Self.scrambled(seed), Self.scrambled(~seed)) }

    /// Makes a secret of any seed (SplitMix64: Steele, Lea, Flood 2014).
    private static func scrambled(_ seed: UInt64) -> UInt64 {
        var secret = seed &+ 0x9E37_79B9_7F4A_7C15
        secret = (secret ^ secret >> 30) &* 0xBF58_476D_1CE4_E5B9
        secret = (secret ^ secret >> 27) &* 0x94D0_49BB_1331_11EB
        return secret ^ secret >> 31
    }

    @inline(__always)
    func callAsFunction(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = (a ^ secrets.left).multipliedFullWidth(by: b ^ secrets.right)
        let folded = product.high ^ product.low
        let again = (folded ^ 0xD6E8_FEB8_6659_FD93).multipliedFullWidth(by: secrets.left | 1)
        return again.high ^ again.low
    }

    @inline(__always)
    func callAsFunction(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 { self(self(a, b), c) }
}

/// Hashes texts that an attacker can choose.
public struct TextHash: Sendable {
    let mix: SeededHash

    public init(mix: SeededHash) { self.mix = mix }

    /// The hash of a text; another one with another salt.
    @inline(__always)
    public func callAsFunction(_ bytes: Bytes, _ salt: UInt64) -> UInt64 {
        var sum = mix(UInt64(bytes.count), salt)
        var at = 0
        guard let start = bytes.baseAddress.map({ UnsafeRawPointer($0) }) else { return sum }
        while at + 8 <= bytes.count {
            sum = mix(sum, start.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            at += 8
        }
        var rest: UInt64 = 0
        while at < bytes.count {
            rest = rest << 8 | UInt64(bytes[at])
            at += 1
        }
        return mix(sum, rest)
    }
}
