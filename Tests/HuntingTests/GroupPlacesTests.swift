import TestSupport
import Testing

@testable import Hunting

@Test func aGroupIsFoundByItsHashAndItsKey() {
    var generator = SeededGenerator(seed: 5)
    // Every hash twice, as if two keys had the same.
    let hashes = (0..<3_000).map { _ in UInt64.random(in: .min ... .max, using: &generator) }.flatMap { [$0, $0] }
    var places = GroupPlaces()
    for (place, hash) in hashes.enumerated() {
        #expect(places.find(hash) { $0 == place } == nil)
        places.insert(hash, place)
    }
    #expect(hashes.indices.allSatisfy { place in places.find(hashes[place]) { $0 == place } == place })
    #expect(places.find(~hashes[0]) { _ in false } == nil)
}
