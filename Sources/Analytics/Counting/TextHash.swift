internal import LogReaders

/// Hashes of texts that strangers choose.
struct TextHash: Sendable {
    let mix: Mixer

    @inline(__always)
    func callAsFunction(_ bytes: Bytes, _ salt: UInt64) -> UInt64 {
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
