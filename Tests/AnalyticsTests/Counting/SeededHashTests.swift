import Testing
@testable import Analytics

@Suite struct SeededHashTests {
    /// Eight bytes that were chosen so that one factor became zero erased all that was hashed before them.
    @Test(arguments: [UInt64(4), 0, .max, 0x9E37_79B9_7F4A_7C15])
    func noBytesEraseThoseBefore(seed: UInt64) {
        let mix = SeededHash(seed: seed)
        for chosen: UInt64 in [0x9E37_79B9_7F4A_7C15, 0, .max, 0xD6E8_FEB8_6659_FD93] {
            let hashes = Set((0..<1_000).map { mix($0, chosen) })
            #expect(hashes.count == 1_000, "\(chosen)")
            #expect(Set((0..<1_000).map { mix(chosen, $0) }).count == 1_000)
        }
    }
}
