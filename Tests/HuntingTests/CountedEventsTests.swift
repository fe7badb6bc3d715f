import Testing

@testable import Hunting

@Suite struct CountedEventsTests {
    private func insert(_ counted: CountedEvents, _ number: Int) -> Bool {
        Array("event-\(number)".utf8).withUnsafeBufferPointer { counted.insert($0) }
    }

    @Test func anEventIsNewOnceAndTheMemoryIsBounded() {
        let counted = CountedEvents(limit: 100)
        for number in 0..<150 {
            #expect(insert(counted, number))
            #expect(!insert(counted, number))
        }
        // The older hundred are still remembered, until the next hundred are full.
        #expect(!insert(counted, 0))
        for number in 150..<200 { #expect(insert(counted, number)) }
        #expect(insert(counted, 0))
        #expect(!insert(counted, 199))
    }
}
