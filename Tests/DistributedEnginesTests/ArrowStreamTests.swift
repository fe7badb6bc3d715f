import Foundation
import TestSupport
import Testing

@testable import SparkConnect

/// The reader of Arrow's format, on streams of a real server and on damaged ones.
@Suite struct ArrowStreamTests {
    @Test func columnsOfEveryKindAreReadWithTheirNulls() throws {
        let stream = try ArrowStream(ArrowSamples.mixed)
        #expect(stream.rowCount == 3)
        #expect(stream.columns.map(\.name) == ["text", "whole", "real", "flag"])
        #expect(
            stream.columns.map(\.values) == [
                .texts(["a", nil, "ü€"]), .integers([1, nil, -9]), .doubles([1.5, nil, 0]),
                .booleans([true, nil, false]),
            ])
    }

    @Test func aStreamWithoutRowsHasColumns() throws {
        let stream = try ArrowStream(ArrowSamples.empty)
        #expect(stream.rowCount == 0)
        #expect(stream.columns.map(\.values) == [.texts([]), .texts([])])
    }

    @Test func columnsOfOtherTypesAreRefused() {
        #expect(throws: ArrowError.unsupported("an integer of 32 bits")) { try ArrowStream(ArrowSamples.short) }
    }

    @Test(arguments: [ArrowSamples.record, ArrowSamples.mixed, ArrowSamples.empty])
    func aStreamThatEndsEarlyNeverReadsAsTheWholeOne(bytes: [UInt8]) throws {
        let whole = try ArrowStream(bytes)
        for length in 0..<bytes.count {
            guard let part = try? ArrowStream(Array(bytes[..<length])) else { continue }
            // Only a cut between two messages can be read, and it has fewer rows, which the count of the answer shows.
            #expect(part.rowCount < whole.rowCount || whole.rowCount == 0 || part == whole, "\(length)")
            if part == whole, whole.rowCount > 0 {
                #expect(bytes.count - length <= 8, "only the mark of the end is missing")
            }
        }
    }

    @Test func damagedStreamsAreErrorsAndNeverCrashes() throws {
        var random = SeededGenerator(seed: 22)
        var read = 0
        for sample in [ArrowSamples.record, ArrowSamples.mixed] {
            for _ in 0..<20_000 {
                var bytes = sample
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let place = Int.random(in: bytes.indices, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    default: bytes[place] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
                    }
                }
                if let stream = try? ArrowStream(bytes) {
                    read += 1
                    // What is read is consistent.
                    for column in stream.columns { #expect(column.values.count == stream.rowCount) }
                }
            }
        }
        // Most changes hit texts and paddings.
        #expect((1..<40_000).contains(read))
    }

    @Test func randomBytesAreErrors() {
        var random = SeededGenerator(seed: 23)
        for length in 0..<400 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(throws: ArrowError.self) { try ArrowStream(bytes) }
        }
    }
}
