/// An index of statements by the resource that they may name. Its keys are the literal texts before the patterns' first
/// wildcard or variable.
struct ResourceIndex: Sendable {
    /// The statements whose patterns have no wildcard, by the whole text.
    private var literal: [String: [Int]] = [:]
    /// The statements whose patterns have a wildcard, by the length of the text before it, and then by that text.
    private var prefixed: [Int: [Substring: [Int]]] = [:]
    private var lengths: [Int] = []
    /// The statements that any resource must be compared with.
    private var always: [Int] = []

    /// - Parameter statements: the texts of the `Resource` element of each; `nil` if it has `NotResource` instead, or
    ///   neither.
    init(_ statements: some Sequence<(number: Int, texts: [String]?)>) {
        for (number, texts) in statements {
            guard let texts else {
                always.append(number)
                continue
            }
            for text in texts { add(number, for: text) }
        }
        lengths = prefixed.keys.sorted()
    }

    private mutating func add(_ number: Int, for text: String) {
        let wildcards: Set<UInt8> = [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "$")]
        guard let end = text.utf8.firstIndex(where: { wildcards.contains($0) }) else {
            literal[text, default: []].append(number)
            return
        }
        guard end > text.startIndex else {
            always.append(number)
            return
        }
        let prefix = text[..<end]
        prefixed[prefix.utf8.count, default: [:]][prefix, default: []].append(number)
    }

    /// The statements that may name the resource, each once, in their order. Whether they do has yet to be evaluated.
    func candidates(for resource: String) -> [Int] {
        var found = always
        found += literal[resource] ?? []
        let bytes = resource.utf8
        for length in lengths {
            guard length <= bytes.count else { break }
            let end = bytes.index(bytes.startIndex, offsetBy: length)
            // A text that is cut within a character equals no text before a wildcard.
            guard let end = end.samePosition(in: resource.unicodeScalars) else { continue }
            found += prefixed[length]?[resource[..<end]] ?? []
        }
        return Set(found).sorted()
    }
}
