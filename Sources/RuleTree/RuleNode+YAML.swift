internal import Yams

extension RuleNode {
    /// A document with too many nodes or levels. Aliases can make a huge tree from a short document.
    public struct TooLarge: Error {
        /// The line at which the document begins, from 1.
        public let line: Int
    }

    /// The limits of a document: the number of nodes, and of levels.
    private static let most = 200_000
    private static let deepest = 200

    /// Returns the documents in a text.
    /// - Throws: `YamlError` if the text is not YAML.
    public static func documents(inYAML text: String) throws -> [Result<RuleNode, TooLarge>] {
        // Tags do not matter here. Resolving them for every key by regular expressions would take most of the time.
        let parser = try Yams.Parser(yaml: text, resolver: .basic)
        var documents: [Result<RuleNode, TooLarge>] = []
        while let node = try parser.nextRoot() {
            var left = most
            let document = RuleNode(node, depth: 0, &left)
            documents.append(document.map { .success($0) } ?? .failure(TooLarge(line: node.mark?.line ?? 1)))
        }
        return documents
    }

    /// Returns `nil` if the document is too large.
    private init?(_ node: Yams.Node, depth: Int, _ left: inout Int) {
        left -= 1
        guard left > 0, depth < Self.deepest else { return nil }
        let line = node.mark?.line ?? 1
        switch node {
        case .scalar(let scalar):
            self = .scalar(Scalar(string: scalar.string, isPlain: scalar.style == .plain, line: line))
        case .mapping(let mapping):
            var entries: [(key: RuleNode, value: RuleNode)] = []
            for (key, value) in mapping {
                guard let key = RuleNode(key, depth: depth + 1, &left),
                    let value = RuleNode(value, depth: depth + 1, &left)
                else { return nil }
                entries.append((key, value))
            }
            self = .mapping(Mapping(entries, line: line))
        case .sequence(let sequence):
            var elements: [RuleNode] = []
            for element in sequence {
                guard let element = RuleNode(element, depth: depth + 1, &left) else { return nil }
                elements.append(element)
            }
            self = .sequence(Sequence(elements, line: line))
        // Unreachable: the parser resolves aliases, or throws.
        case .alias: self = .scalar(Scalar(string: "", isPlain: true, line: line))
        }
    }
}
