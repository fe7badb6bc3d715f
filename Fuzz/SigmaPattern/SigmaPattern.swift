// Patterns of Sigma rules, matched as rules match them, against a plain search over characters.
//
// The input: a byte of which the lowest bit says whether case counts, then texts that end with a zero byte: the last is what
// is searched, the others are the patterns.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 1, count < 2048 else { return 0 }
    let input = UnsafeBufferPointer(start: start, count: count)
    let cased = input[0] & 1 == 1
    var parts = input.dropFirst().split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
    let text = parts.removeLast()
    guard !parts.isEmpty, parts.count <= 8 else { return 0 }
    let patterns = parts.map { part in
        var pattern = TextPattern(parsing: String(decoding: part, as: UTF8.self))
        pattern.cased = cased
        return pattern
    }
    for pattern in patterns {
        precondition(TextPattern(parsing: pattern.description).elements == pattern.elements, "\(pattern)")
    }
    let memory = CompiledMemory()
    let set = TextSet(patterns, in: memory)
    // Exactly as long as the text, so that a read beyond it is seen.
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
    defer { copy.deallocate() }
    _ = copy.initialize(from: text)
    let found = withExtendedLifetime(memory) { set.matches(UnsafeBufferPointer(copy)) }
    // Invalid UTF-8 has no characters to search.
    guard let string = String(validating: text, as: UTF8.self) else { return 0 }
    let expected = patterns.contains {
        matches(characters(of: $0, cased), string.unicodeScalars.map { cased ? $0 : CaseFolding.fold($0) })
    }
    precondition(found == expected, "\(patterns) on \(string.debugDescription): \(found)")
    return 0
}

private enum Part {
    case scalar(Unicode.Scalar), run, one
}

private func characters(of pattern: TextPattern, _ cased: Bool) -> [Part] {
    pattern.elements.flatMap { element -> [Part] in
        switch element {
        case .anyRun: [.run]
        case .anyOne: [.one]
        case .literal(let bytes):
            String(decoding: bytes, as: UTF8.self).unicodeScalars.map { .scalar(cased ? $0 : CaseFolding.fold($0)) }
        }
    }
}

/// For each length of the text's beginning, whether the pattern so far matches it.
private func matches(_ pattern: [Part], _ text: [Unicode.Scalar]) -> Bool {
    var reached = [Bool](repeating: false, count: text.count + 1)
    reached[0] = true
    for part in pattern {
        var next = [Bool](repeating: false, count: text.count + 1)
        for length in 0...text.count {
            switch part {
            case .run: next[length] = reached[length] || (length > 0 && next[length - 1])
            case .one: next[length] = length > 0 && reached[length - 1]
            case .scalar(let scalar): next[length] = length > 0 && reached[length - 1] && text[length - 1] == scalar
            }
        }
        reached = next
    }
    return reached[text.count]
}
