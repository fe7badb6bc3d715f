import Testing

@testable import Hunting

@Test func aHashIsNewOnce() {
    var hashes = EventHashes()
    let some = (0..<5_000).map { (number: Int) -> Int in number &* 0x5851_F42D_4C95_7F2D &+ 2 }
    #expect(some.filter { hashes.insert($0) } == some)
    #expect(some.filter { hashes.insert($0) }.isEmpty)
    #expect(hashes.count == some.count && some.allSatisfy(hashes.contains) && !hashes.contains(0))
}
