import Basics
import LogReaders
import Sigma

/// Makes conditions on rows from rules.
///
/// A condition lets through every row of a record that the rule matches, and as few others as the engine can tell
/// apart. The local matcher then judges the rows. Where an engine would judge a test differently (regular expressions,
/// values inside JSON text, other alphabets), the condition tests only what surely follows from it.
///
/// Below a `not` the bound turns round: there a condition must let through only rows that surely pass.
struct RuleSieve {
    let table: LogTable

    /// A condition that every row of a matching record passes.
    func above(_ predicate: Predicate) -> SQLCondition { bound(predicate, isAbove: true).simplified }

    private func bound(_ predicate: Predicate, isAbove: Bool) -> SQLCondition {
        switch predicate {
        case .all(let parts): .all(parts.map { bound($0, isAbove: isAbove) })
        case .any(let parts): .any(parts.map { bound($0, isAbove: isAbove) })
        case .not(let part): .not(bound(part, isAbove: !isAbove))
        case .field(let name, let test): bound(test, on: table.place(of: name), isAbove: isAbove)
        case .keyword(let test):
            isAbove
                ? .any(table.leaves.map { leaf in bound(test, within: leaf.value, name: nil, kind: leaf.kind) })
                : .never
        }
    }

    private func bound(_ test: FieldTest, on place: LogTable.Place, isAbove: Bool) -> SQLCondition {
        switch place {
        case .exact(let value): return isAbove ? above(test, value) : below(test, value)
        case .json(let value, let name):
            switch test {
            case .exists(false), .null: return isAbove ? .always : .test(value, .isNull)
            default: return isAbove ? bound(test, within: value, name: name, kind: .json) : .never
            }
        case .loose(let value):
            switch test {
            case .exists(false), .null: return isAbove ? .always : .test(value, .isNull)
            default: return isAbove ? bound(test, within: value, name: nil, kind: .loose) : .never
            }
        case .shared(let value):
            switch test {
            case .exists(false), .null: return isAbove ? .always : .test(value, .isNull)
            // The name of a field can be cut in two or be continued, so that only its value is looked for.
            default: return isAbove ? bound(test, within: value, name: nil, kind: .json) : .never
            }
        case .opaque, .missing: return isAbove ? .always : .never
        }
    }

    // MARK: Columns that hold the field's text

    private func above(_ test: FieldTest, _ value: ColumnText) -> SQLCondition {
        switch test {
        // Between the parts of JSON that a column holds as text, the matcher leaves out spaces.
        case .text where Self.looksForJSON(test), .regex where Self.looksForJSON(test):
            bound(test, within: value, name: nil, kind: .json)
        case .text(let pattern): Self.text(pattern, value)
        case .regex(let pattern):
            .any(
                pattern.requiredLiterals?.map { .test(value, .like([.anyRun, .literal($0), .anyRun], folded: true)) }
                    ?? [.not(.test(value, .isNull))])
        case .cidr(let block):
            Self.addresses(in: block, value)
                ?? .test(value, .like([.anyRun, .literal(":"), .anyRun], folded: false))
        case .exists(let exists): exists ? .not(.test(value, .isNull)) : .test(value, .isNull)
        case .null: .test(value, .isNull)
        case .compare(let comparison, let number):
            value.isConverted
                ? .test(value, .compare(comparison.inSQL, number))
                : .any([
                    .test(value, .compare(comparison.inSQL, number)),
                    .all([.not(.test(value, .isNull)), .not(.test(value, .isPlainNumber))]),
                ])
        case .timePart, .reference, .policy: .not(.test(value, .isNull))
        }
    }

    private func below(_ test: FieldTest, _ value: ColumnText) -> SQLCondition {
        switch test {
        case .text(let pattern): Self.text(pattern, value)
        case .cidr(let block): Self.addresses(in: block, value) ?? .never
        case .exists(let exists): exists ? .not(.test(value, .isNull)) : .test(value, .isNull)
        case .null: .test(value, .isNull)
        case .compare(let comparison, let number):
            value.isConverted
                ? .test(value, .compare(comparison.inSQL, number))
                : .all([.test(value, .compare(comparison.inSQL, number)), .test(value, .isPlainNumber)])
        case .regex, .timePart, .reference, .policy: .never
        }
    }

    /// The pattern on a text of printable ASCII, on which engines and the matcher agree. Rows with other characters
    /// pass as a whole: see ``HuntSieve``.
    private static func text(_ pattern: TextPattern, _ value: ColumnText) -> SQLCondition {
        var parts: [SQLTest.Part] = []
        for element in pattern.elements {
            switch element {
            case .anyRun: parts.append(.anyRun)
            case .anyOne: parts.append(.anyOne)
            case .literal(let bytes):
                guard bytes.allSatisfy(\.isPrintable) else { return .never }
                let text = String(decoding: bytes, as: UTF8.self)
                parts.append(.literal(pattern.cased ? text : text.lowercased()))
            }
        }
        if parts.isEmpty { return .test(value, .isOneOf([""], folded: false)) }
        if case .literal(let text) = parts[0], parts.count == 1 {
            return .test(value, .isOneOf([text], folded: !pattern.cased))
        }
        return .test(value, .like(parts, folded: !pattern.cased))
    }

    /// The addresses of an IPv4 block as a regular expression, which needs no function of one engine alone; `nil` for
    /// IPv6, whose addresses have many spellings.
    private static func addresses(in block: CIDR, _ value: ColumnText) -> SQLCondition? {
        expression(for: block).map { .test(value, .matches("^\($0)$")) }
    }

    /// The regular expression of the addresses of an IPv4 block; `nil` for IPv6.
    static func expression(for block: CIDR) -> String? {
        guard let first = block.network.address.ipv4 else { return nil }
        let number = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
        let parts = (0..<4).map { place in
            let fixed = min(8, max(0, block.prefixLength - place * 8))
            let start = Int(first >> UInt32(24 - place * 8) & 0xFF)
            if fixed == 0 { return number }
            if fixed == 8 { return "\(start)" }
            return "(\((start..<(start + 1 << (8 - fixed))).map { "\($0)" }.joined(separator: "|")))"
        }
        return parts.joined(separator: "[.]")
    }

    // MARK: Texts that contain the field's text

    /// A condition that follows from the test, on a text that contains the field's text.
    /// - Parameter name: the end of the field's name in JSON text.
    private func bound(
        _ test: FieldTest, within value: ColumnText, name: String?, kind: LogTable.Kind
    ) -> SQLCondition {
        guard kind != .opaque else { return .always }
        let isJSON = kind == .json
        var needed: [[String]?] = []
        switch test {
        case .text(let pattern):
            for case .literal(let bytes) in pattern.elements {
                needed += Self.pieces(of: bytes, inJSON: isJSON).map { piece in piece.map { [$0] } }
            }
        case .regex(let pattern):
            let longest = (pattern.requiredLiterals ?? []).map { Self.longest(of: $0, inJSON: isJSON) }
            // If one of the alternatives is uncertain, nothing is certain.
            if !longest.contains(nil) { needed.append(longest.compactMap(\.self)) }
        default: break
        }
        func contains(_ text: String) -> SQLCondition {
            .test(value, .like([.anyRun, .literal(text), .anyRun], folded: true))
        }
        var plain: [SQLCondition] = needed.map { alternatives in
            alternatives.map { $0.isEmpty ? .always : .any($0.map(contains)) } ?? .never
        }
        if let name, name.utf8.allSatisfy({ $0.isPrintable && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") }) {
            plain.append(contains("\(name.lowercased())\""))
        }
        guard !plain.isEmpty else { return .not(.test(value, .isNull)) }
        // Escapes and other alphabets can spell a text differently.
        return .any([.all(plain), isJSON ? .test(value, .isUnusualJSON) : .anyIsUnusual([value])])
    }

    /// The longest piece of a regular expression's literal; `nil` if there is none.
    private static func longest(of literal: String, inJSON: Bool) -> String? {
        let pieces = pieces(of: Array(literal.utf8), inJSON: inJSON)
        guard !pieces.contains(nil) else { return nil }
        return pieces.compactMap(\.self).max { $0.count < $1.count }
    }

    /// Whether the test looks for more than one part of JSON.
    private static func looksForJSON(_ test: FieldTest) -> Bool {
        switch test {
        case .text(let pattern):
            pattern.elements.contains { element in
                guard case .literal(let bytes) = element else { return false }
                return bytes.contains(where: structure.contains)
            }
        case .regex(let pattern):
            pattern.requiredLiterals?.contains { $0.utf8.contains(where: structure.contains) } ?? false
        default: false
        }
    }

    private static let structure = Array("\"{}[],".utf8)

    /// The parts of a literal that stand unchanged in a text that contains it. JSON may have spaces around brackets,
    /// commas and colons. `nil` is a part that plain text cannot have.
    private static func pieces(of bytes: [UInt8], inJSON: Bool) -> [String?] {
        return bytes.split { inJSON && structure.contains($0) }.map { piece in
            let piece = inJSON ? piece.drop { $0 == UInt8(ascii: ":") } : piece
            guard piece.allSatisfy({ $0.isPrintable && !(inJSON && $0 == UInt8(ascii: "\\")) }) else { return nil }
            return String(decoding: piece, as: UTF8.self).lowercased()
        }.filter { $0 != "" }
    }
}

extension UInt8 {
    /// Whether it is a printable character of ASCII, a space included.
    fileprivate var isPrintable: Bool { (0x20...0x7E).contains(self) }
}

extension Comparison {
    fileprivate var inSQL: SQLTest.NumberComparison {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        }
    }
}
