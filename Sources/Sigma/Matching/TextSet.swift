/// A set of patterns, any of which may match, compiled for bytes: grouped by shape, so that a text is scanned as
/// rarely as possible.
struct TextSet: BitwiseCopyable {
    private struct Needle: BitwiseCopyable {
        var bytes: UnsafeBufferPointer<UInt8>
    }

    private let lower: UnsafePointer<UInt8>
    private let foldsCase: Bool
    private let matchesAll: Bool
    private let exact: LiteralTable
    private let prefixes: UnsafeBufferPointer<Needle>
    private let suffixes: UnsafeBufferPointer<Needle>
    /// Sorted by the first byte.
    private let contained: UnsafeBufferPointer<Needle>
    /// For each byte the place in `contained` of the first needle that begins with it; 257 places.
    private let starts: UnsafeBufferPointer<Int32>
    private let shortestContained: Int
    private let others: UnsafeBufferPointer<WildcardCode>

    /// - Parameter patterns: either all case-sensitive or all not.
    init(_ patterns: [TextPattern], in memory: CompiledMemory) {
        let foldsCase = patterns.first?.cased != true
        self.foldsCase = foldsCase
        lower = foldsCase ? CaseFolding.lowering : CaseFolding.keeping
        var matchesAll = false
        var exact: [(text: [UInt8], value: Int32)] = []
        var prefixes: [[UInt8]] = []
        var suffixes: [[UInt8]] = []
        var contained: [[UInt8]] = []
        var others: [WildcardCode] = []
        for pattern in patterns {
            // Literals that a modifier encoded are not text, but their ASCII letters are folded as well.
            let pattern = foldsCase ? pattern.mapLiterals { CaseFolding.fold($0) } : pattern
            switch pattern.shape {
            case .equals(let bytes): exact.append((bytes, 0))
            case .hasPrefix(let bytes): prefixes.append(bytes)
            case .hasSuffix(let bytes): suffixes.append(bytes)
            case .contains(let bytes): contained.append(bytes)
            case .anything: matchesAll = true
            case .other: others.append(WildcardCode(pattern.elements, in: memory))
            }
        }
        contained.sort { $0[0] < $1[0] }
        func needles(_ all: [[UInt8]]) -> UnsafeBufferPointer<Needle> {
            memory.store(all.map { Needle(bytes: memory.store($0)) })
        }
        self.matchesAll = matchesAll
        self.exact = LiteralTable(exact, foldsCase: foldsCase, in: memory)
        self.prefixes = needles(prefixes)
        self.suffixes = needles(suffixes)
        self.contained = needles(contained)
        starts = memory.store(
            contained.isEmpty ? [] : (0...256).map { byte in Int32(contained.count { Int($0[0]) < byte }) })
        shortestContained = contained.map(\.count).min() ?? 0
        self.others = memory.store(others)
    }

    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if matchesAll || matchesBytes(text) { return true }
        // Bytes that match also match with folded characters, but not the other way round.
        guard foldsCase, CaseFolding.hasNonASCII(text) else { return false }
        return CaseFolding.fold(text).withUnsafeBufferPointer(matchesBytes)
    }

    @inline(__always)
    private func matchesBytes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if !exact.isEmpty, exact.value(of: text) >= 0 { return true }
        for needle in prefixes where isNeedle(needle, in: text, at: 0) { return true }
        for needle in suffixes where isNeedle(needle, in: text, at: text.count - needle.bytes.count) { return true }
        if contained.count > 0, containsNeedle(text) { return true }
        for code in others where code.matches(text, lower) { return true }
        return false
    }

    @inline(__always)
    private func isNeedle(_ needle: Needle, in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        guard position >= 0, position + needle.bytes.count <= text.count else { return false }
        for index in 0..<needle.bytes.count where lower[Int(text[position + index])] != needle.bytes[index] {
            return false
        }
        return true
    }

    private func containsNeedle(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count >= shortestContained else { return false }
        for position in 0...(text.count - shortestContained) {
            let byte = Int(lower[Int(text[position])])
            var index = Int(starts[byte])
            let end = Int(starts[byte + 1])
            while index < end {
                if isNeedle(contained[index], in: text, at: position) { return true }
                index += 1
            }
        }
        return false
    }
}

/// A pattern with wildcards in any place.
struct WildcardCode: BitwiseCopyable {
    /// Bytes, and wildcards as larger numbers.
    private let elements: UnsafeBufferPointer<UInt16>
    private static let anyRun: UInt16 = 256
    private static let anyOne: UInt16 = 257

    init(_ elements: [TextPattern.Element], in memory: CompiledMemory) {
        self.elements = memory.store(
            elements.flatMap { element -> [UInt16] in
                switch element {
                case .literal(let bytes): bytes.map(UInt16.init)
                case .anyRun: [Self.anyRun]
                case .anyOne: [Self.anyOne]
                }
            })
    }

    /// Only the last `*` ever needs to be extended, so the time is at worst the product of the two lengths.
    func matches(_ text: UnsafeBufferPointer<UInt8>, _ lower: UnsafePointer<UInt8>) -> Bool {
        var position = 0
        var next = 0
        var retry: (element: Int, position: Int)?
        while position < text.count {
            if next < elements.count, elements[next] == Self.anyRun {
                next += 1
                if next == elements.count { return true }
                retry = (next, position)
            } else if next < elements.count, elements[next] == Self.anyOne {
                next += 1
                position = Self.afterCharacter(position, text)
            } else if next < elements.count, elements[next] == UInt16(lower[Int(text[position])]) {
                next += 1
                position += 1
            } else if let last = retry {
                position = last.position + 1
                retry = (last.element, position)
                next = last.element
            } else {
                return false
            }
        }
        while next < elements.count, elements[next] == Self.anyRun { next += 1 }
        return next == elements.count
    }

    /// The offset after a character, which may have several bytes in UTF-8.
    @inline(__always)
    private static func afterCharacter(_ position: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
        var end = position + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }
}
