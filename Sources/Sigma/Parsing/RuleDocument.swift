internal import RuleTree
internal import Yams

/// One YAML document of a rule file: its top level is a mapping.
struct RuleDocument {
    let file: String
    /// How many lines of the file precede the first line of its nodes.
    let linesBefore: Int
    var root: RuleNode.Mapping

    /// The line in the file, from 1.
    func line(of node: RuleNode?) -> Int { (node?.line ?? root.line) + linesBefore }

    func problem(_ reason: String, at node: RuleNode? = nil) -> RuleProblem {
        RuleProblem(file: file, line: line(of: node), reason: reason)
    }

    subscript(_ key: String) -> RuleNode? { root[key] }

    /// The text of a key; `nil` if it is absent or null.
    func text(_ key: String) throws(RuleProblem) -> String? {
        guard let node = root[key], !node.isNullScalar else { return nil }
        guard let text = node.scalar?.string else { throw problem("\(key) must be text", at: node) }
        return text
    }

    /// A list of texts; a single text is a list of one.
    func texts(_ key: String, in mapping: RuleNode.Mapping? = nil) throws(RuleProblem) -> [String] {
        guard let node = (mapping ?? root)[key], !node.isNullScalar else { return [] }
        if let text = node.scalar?.string { return [text] }
        guard let sequence = node.sequence else { throw problem("\(key) must be a list of texts", at: node) }
        var result: [String] = []
        for element in sequence {
            guard let text = element.scalar?.string else {
                throw problem("\(key) must be a list of texts", at: element)
            }
            result.append(text)
        }
        return result
    }

    func mapping(_ key: String) throws(RuleProblem) -> RuleNode.Mapping? {
        guard let node = root[key], !node.isNullScalar else { return nil }
        guard let mapping = node.mapping else { throw problem("\(key) must be a mapping", at: node) }
        return mapping
    }
}

extension RuleDocument {
    /// The documents of a file. Invalid ones do not hide the others.
    static func all(in text: String, file: String) -> (documents: [RuleDocument], problems: [RuleProblem]) {
        guard text.utf8.count <= longestFile else {
            return ([], [RuleProblem(file: file, line: 1, reason: "the file is longer than \(longestFile) bytes")])
        }
        if let documents = BuiltInRules.documents(of: file, text) {
            return self.documents(documents.map { (.success($0), 0) }, file: file)
        }
        if let reason = YAMLText.refusal(of: text) { return ([], [RuleProblem(file: file, line: 1, reason: reason)]) }
        let text = withoutByteOrderMark(text)
        // If the file is parsed as a whole, nodes know their line in it, in whatever document they end up.
        if let whole = roots(of: text) { return documents(whole, file: file) }

        var parts = split(text)
        var roots: [Root] = []
        var problems: [RuleProblem] = []
        for index in parts.indices {
            do {
                let linesBefore = parts[index].linesBefore
                roots += try RuleNode.documents(inYAML: parts[index].text).map { ($0, linesBefore) }
            } catch {
                problems.append(problem(for: error, file: file, linesBefore: parts[index].linesBefore))
                let lines = parts[index].text.utf8.count { $0 == UInt8(ascii: "\n") }
                parts[index].text = String(repeating: "\n", count: lines)
            }
        }
        let rest = Self.roots(of: parts.map(\.text).joined(separator: "\n")) ?? roots
        let (documents, unusable) = documents(rest, file: file)
        return (documents, problems + unusable)
    }

    /// The documents of a text; `nil` if not all of it is YAML.
    private static func roots(of text: String) -> [Root]? {
        (try? RuleNode.documents(inYAML: text))?.map { ($0, 0) }
    }

    private static func documents(
        _ roots: [Root], file: String
    ) -> (documents: [RuleDocument], problems: [RuleProblem]) {
        var documents: [RuleDocument] = []
        var problems: [RuleProblem] = []
        for (root, linesBefore) in roots {
            let node: RuleNode
            switch root {
            case .success(let found): node = found
            case .failure(let large):
                problems.append(
                    RuleProblem(file: file, line: large.line + linesBefore, reason: "the rule is too large"))
                continue
            }
            if node.isNullScalar { continue }
            guard let root = node.mapping else {
                problems.append(
                    RuleProblem(
                        file: file, line: node.line + linesBefore, reason: "a rule must be a mapping"))
                continue
            }
            var document = RuleDocument(file: file, linesBefore: linesBefore, root: root)
            do throws(RuleProblem) {
                try document.resolveMergeKeys()
                documents.append(document)
            } catch {
                problems.append(error)
            }
        }
        return (documents, problems)
    }

    /// Removes the byte order mark, which YAML parsers take for text.
    private static func withoutByteOrderMark(_ text: String) -> String {
        let mark: Unicode.Scalar = "\u{FEFF}"
        return text.unicodeScalars.first == mark ? String(text.unicodeScalars.dropFirst()) : text
    }

    static let longestFile = 4 << 20

    /// The top level of a document.
    private typealias Root = (node: Result<RuleNode, RuleNode.TooLarge>, linesBefore: Int)

    /// Splits a text at lines that begin with `---`, which always begin a document.
    private static func split(_ text: String) -> [(text: String, linesBefore: Int)] {
        var parts: [(text: String, linesBefore: Int)] = []
        var current: [Substring] = []
        var start = 0
        var number = 0
        // In Swift "\r\n" is one character, so lines are split by bytes.
        for line in Substring(text).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = Substring(line)
            if line.utf8.starts(with: "---".utf8), [nil, 32, 9, 13].contains(line.utf8.dropFirst(3).first) {
                parts.append((current.joined(separator: "\n"), start))
                current = []
                start = number
            }
            current.append(line)
            number += 1
        }
        parts.append((current.joined(separator: "\n"), start))
        return parts
    }

    private static func problem(for error: any Error, file: String, linesBefore: Int) -> RuleProblem {
        guard let error = error as? YamlError else { return RuleProblem(file: file, line: 1, reason: "\(error)") }
        switch error {
        case .scanner(_, let what, let mark, _), .parser(_, let what, let mark, _), .composer(_, let what, let mark, _):
            return RuleProblem(file: file, line: mark.line + linesBefore, reason: "this is not YAML: \(what)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().joined(separator: ", ")
            return RuleProblem(
                file: file, line: context.mark.line + linesBefore, reason: "a key is there more than once: \(names)")
        case .reader(let what, _, _, _):
            return RuleProblem(file: file, line: linesBefore + 1, reason: "this is not YAML: \(what)")
        default:
            return RuleProblem(file: file, line: linesBefore + 1, reason: "this is not YAML")
        }
    }
}

extension RuleNode {
    /// Whether the node is null: a plain scalar or nothing.
    var isNullScalar: Bool {
        guard let scalar, scalar.isPlain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// The value of a plain boolean.
    var plainBool: Bool? {
        guard let scalar, scalar.isPlain else { return nil }
        switch scalar.string {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: return nil
        }
    }

    /// The value of a switch, for which YAML 1.1 has more words. In values of fields these words are texts as well, since
    /// logs have them: `MFAUsed: Yes`.
    var plainFlag: Bool? {
        guard let scalar, scalar.isPlain else { return nil }
        switch scalar.string.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: return nil
        }
    }

    /// The number that YAML understands, if logs write it otherwise: `0x100` is 256 and `1.10` is 1.1 (YAML 1.2.2, "Core
    /// Schema"). Whole numbers with leading zeros are left as they are, since they are account IDs.
    var unusualNumber: Double? {
        guard let scalar, scalar.isPlain else { return nil }
        let digits = scalar.string.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        let isHexadecimal = digits.starts(with: "0x".utf8) && digits.dropFirst(2).allSatisfy(\.isHexadecimalDigit)
        let isDecimal =
            digits.contains(UInt8(ascii: ".")) && digits.allSatisfy { $0 == UInt8(ascii: ".") || $0 &- 48 < 10 }
        guard isHexadecimal || isDecimal, let number = Double(scalar.string), number.isFinite else { return nil }
        return number
    }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool { self &- 48 < 10 || (self | 0x20) &- 97 < 6 }
}
