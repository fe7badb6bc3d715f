// The compact form in which the built-in rules are embedded, because parsing YAML takes longer than hunting in a small
// log.
//
//     documents = node…
//     node      = line kind size ":" content
//     kind      = "p" a scalar without quotes, "q" another one: its size in bytes, its text
//               | "s" a sequence: the number of its elements, these
//               | "m" a mapping: the number of its entries, each key before its value

extension RuleNode {
    /// Returns the compact form of documents.
    public static func compact(_ documents: [RuleNode]) -> String {
        var text = ""
        for document in documents { document.write(to: &text) }
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .scalar(let scalar):
            text += "\(line)\(scalar.isPlain ? "p" : "q")\(scalar.string.utf8.count):\(scalar.string)"
        case .sequence(let sequence):
            text += "\(line)s\(sequence.elements.count):"
            for element in sequence.elements { element.write(to: &text) }
        case .mapping(let mapping):
            text += "\(line)m\(mapping.entries.count):"
            for (key, value) in mapping.entries {
                key.write(to: &text)
                value.write(to: &text)
            }
        }
    }

    /// Returns the documents in a compact form; `nil` if the text is not in that form.
    public static func documents(inCompact text: String) -> [RuleNode]? {
        var text = text
        return text.withUTF8 { bytes in
            var reader = CompactReader(bytes: bytes)
            var documents: [RuleNode] = []
            while !reader.isAtEnd {
                guard let document = reader.node() else { return nil }
                documents.append(document)
            }
            return documents
        }
    }
}

private struct CompactReader {
    let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0
    /// The number of levels by which nodes can still be nested.
    private var depth = 200

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    mutating func node() -> RuleNode? {
        guard depth > 0, let line = number(), let kind = byte(), let size = number(), byte() == UInt8(ascii: ":"),
            size <= bytes.count - at
        else { return nil }
        depth -= 1
        defer { depth += 1 }
        switch kind {
        case UInt8(ascii: "p"), UInt8(ascii: "q"):
            defer { at += size }
            let text = String(decoding: bytes[at..<at + size], as: UTF8.self)
            return .scalar(RuleNode.Scalar(string: text, isPlain: kind == UInt8(ascii: "p"), line: line))
        case UInt8(ascii: "s"):
            var elements: [RuleNode] = []
            for _ in 0..<size {
                guard let element = node() else { return nil }
                elements.append(element)
            }
            return .sequence(RuleNode.Sequence(elements, line: line))
        case UInt8(ascii: "m"):
            var entries: [(key: RuleNode, value: RuleNode)] = []
            for _ in 0..<size {
                guard let key = node(), let value = node() else { return nil }
                entries.append((key, value))
            }
            return .mapping(RuleNode.Mapping(entries, line: line))
        default: return nil
        }
    }

    private mutating func byte() -> UInt8? {
        guard at < bytes.count else { return nil }
        defer { at += 1 }
        return bytes[at]
    }

    private mutating func number() -> Int? {
        let start = at
        var number = 0
        while at < bytes.count, at - start < 9, bytes[at] &- 48 < 10 {
            number = number * 10 + Int(bytes[at] - 48)
            at += 1
        }
        return at > start ? number : nil
    }
}
