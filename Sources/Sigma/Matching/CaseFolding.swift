/// Unicode's simple case folding, in which a character becomes one character.
///
/// Source: Unicode Character Database, CaseFolding.txt, statuses C and S. They are derived here from the case
/// mappings, since Swift's library has no folding.
enum CaseFolding {
    /// Maps A to Z to lower case, and every other byte to itself. Never deallocated.
    nonisolated(unsafe) static let lowering: UnsafePointer<UInt8> = table { $0 &- 65 < 26 ? $0 | 0x20 : $0 }
    /// Maps every byte to itself. Never deallocated.
    nonisolated(unsafe) static let keeping: UnsafePointer<UInt8> = table { $0 }

    private static func table(_ value: (UInt8) -> UInt8) -> UnsafePointer<UInt8> {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        for byte in UInt8.min...UInt8.max { bytes[Int(byte)] = value(byte) }
        return UnsafePointer(bytes)
    }

    static func hasNonASCII(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.contains { $0 >= 0x80 }
    }

    /// Folds UTF-8. Invalid bytes are kept.
    static func fold(_ text: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = text.startIndex
        while position != text.endIndex {
            let byte = text[position]
            if byte < 0x80 {
                result.append(byte &- 65 < 26 ? byte | 0x20 : byte)
                position = text.index(after: position)
                continue
            }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
            let end = text.index(position, offsetBy: length, limitedBy: text.endIndex) ?? text.endIndex
            var decoder = Unicode.UTF8()
            var bytes = text[position..<end].makeIterator()
            if byte >= 0xC2, case .scalarValue(let scalar) = decoder.decode(&bytes) {
                result.append(contentsOf: Array(String(fold(scalar)).utf8))
                position = text.index(position, offsetBy: scalar.utf8.count)
            } else {
                result.append(byte)
                position = text.index(after: position)
            }
        }
        return result
    }

    static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        // Folding keeps the dotless i.
        if scalar == "\u{131}" { return scalar }
        let upper = single(scalar.properties.uppercaseMapping) ?? scalar
        return single(upper.properties.lowercaseMapping) ?? single(scalar.properties.lowercaseMapping) ?? scalar
    }

    private static func single(_ text: String) -> Unicode.Scalar? {
        text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
    }
}

extension Unicode.Scalar {
    fileprivate var utf8: Unicode.UTF8.EncodedScalar {
        Unicode.UTF8.encode(self) ?? Unicode.UTF8.encodedReplacementCharacter
    }
}

/// Converts eight ASCII letters to lower case at once.
@inline(__always)
func lowered(_ word: UInt64) -> UInt64 {
    let low = word & 0x7F7F_7F7F_7F7F_7F7F
    let beyondZ = low &+ 0x2525_2525_2525_2525
    let fromA = low &+ 0x3F3F_3F3F_3F3F_3F3F
    let isUpper = ~word & (fromA ^ beyondZ) & 0x8080_8080_8080_8080
    return word | isUpper >> 2
}
