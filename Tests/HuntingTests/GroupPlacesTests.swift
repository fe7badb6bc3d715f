import TestSupport
import Testing

@testable import Hunting

@Test func aGroupIsFoundByItsHash() {
    var generator = SeededGenerator(seed: 5)
    // Some have the same lower half.
    let hashes = (0..<6_000).map { number -> UInt64 in
        UInt64.random(in: .min ... .max, using: &generator) << 32 | UInt64(number % 4_000)
    }
    var places = GroupPlaces()
    for _ in 0..<2 {
        for (place, hash) in hashes.enumerated() {
            #expect(places.find(hash) == nil)
            places.insert(hash, place)
        }
        #expect(hashes.map(places.find) == Array(hashes.indices))
        #expect(places.find(~hashes[0]) == nil)
        places.removeAll()
        #expect(places.find(hashes[0]) == nil)
    }
}
