/// An identifier that the same parts give on every run and machine. It distinguishes items, but is not cryptographic,
/// so it proves nothing.
public enum StableIdentifier {
    /// FNV-1a with 128 bits (Fowler, Noll, Vo; RFC 9923), as 32 hexadecimal digits.
    public static func text(_ parts: some Sequence<String>) -> String {
        let prime = UInt128(0x100_0000) << 64 | 0x13B
        var hash = UInt128(0x6C62_272E_07BB_0142) << 64 | 0x62B8_2175_6295_C58D
        func mix(_ byte: UInt8) { hash = (hash ^ UInt128(byte)) &* prime }
        for part in parts {
            for byte in part.utf8 { mix(byte) }
            // A separator. UTF-8 text cannot contain this byte, so no part can run into the next.
            mix(0xFF)
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 32) { bytes in
            for place in 0..<32 { bytes[place] = digits[Int(hash >> UInt128((31 - place) * 4) & 0xF)] }
            return 32
        }
    }
}
