internal import FoundationEssentials

/// Applies modifiers to patterns. A pattern may become several, any of which may match.
enum TextChanges {
    static func apply(_ change: ModifierChain.Change, to pattern: TextPattern) throws(ConditionError) -> [TextPattern] {
        switch change {
        case .startsWith: return [pattern.withRunAfter()]
        case .endsWith: return [pattern.withRunBefore()]
        case .contains: return [pattern.withRunBefore().withRunAfter()]
        case .base64: return [TextPattern(literal: base64(try bytes(of: pattern, "base64")))]
        case .base64Offset: return try base64AtOffsets(try bytes(of: pattern, "base64offset"))
        case .utf16LE: return [pattern.mapLiterals { utf16($0, littleEndian: true) }]
        case .utf16BE: return [pattern.mapLiterals { utf16($0, littleEndian: false) }]
        case .utf16:
            var marked = TextPattern()
            marked.append(.literal([0xFF, 0xFE]))
            marked.append(pattern.mapLiterals { utf16($0, littleEndian: true) })
            return [marked]
        case .windowsDash: return try dashes(pattern)
        }
    }

    private static func bytes(of pattern: TextPattern, _ modifier: String) throws(ConditionError) -> [UInt8] {
        guard let bytes = pattern.literal else {
            throw ConditionError(reason: "\(modifier) cannot encode wildcards; write them as \\* and \\?")
        }
        return bytes
    }

    private static func utf16(_ bytes: [UInt8], littleEndian: Bool) -> [UInt8] {
        String(decoding: bytes, as: UTF8.self).utf16.flatMap { unit in
            let low = UInt8(truncatingIfNeeded: unit)
            let high = UInt8(truncatingIfNeeded: unit >> 8)
            return littleEndian ? [low, high] : [high, low]
        }
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// The base64 of the bytes within a longer encoded text: they may begin at the first, second or third byte of a
    /// group. Characters with bits of a neighbor are dropped.
    private static func base64AtOffsets(_ bytes: [UInt8]) throws(ConditionError) -> [TextPattern] {
        try (0..<3).map { offset throws(ConditionError) in
            let text = base64([UInt8](repeating: 0, count: offset) + bytes)
            let length = offset + bytes.count
            let start = [0, 2, 3][offset]
            let end = length / 3 * 4 + [0, 1, 2][length % 3]
            guard start < end else { throw ConditionError(reason: "base64offset needs a longer text") }
            return TextPattern(literal: text.dropFirst(start).prefix(end - start))
        }
    }

    private static let dashes = ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"]

    /// Replaces each dash that begins a command line option by any of five characters.
    private static func dashes(_ pattern: TextPattern) throws(ConditionError) -> [TextPattern] {
        var variants = [TextPattern()]
        var count = 0
        var previousIsWord = false
        for element in pattern.elements {
            guard case .literal(let bytes) = element else {
                for index in variants.indices { variants[index].append(element) }
                previousIsWord = false
                continue
            }
            let text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
            for (index, scalar) in text.enumerated() {
                let beginsWord = index + 1 < text.count && isWord(text[index + 1])
                if dashes.contains(String(scalar)), !previousIsWord, beginsWord {
                    count += 1
                    variants = variants.flatMap { variant in
                        dashes.map { dash in
                            var longer = variant
                            longer.append(.literal(Array(dash.utf8)))
                            return longer
                        }
                    }
                    guard count <= 3 else {
                        throw ConditionError(reason: "windash is for texts with at most three options")
                    }
                } else {
                    for index in variants.indices { variants[index].append(.literal(Array(String(scalar).utf8))) }
                }
                previousIsWord = isWord(scalar)
            }
        }
        return variants
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
    }
}
