import LogReaders

/// A necessary condition of a rule on one field.
struct LiteralRequirement: Hashable {
    /// A part of a text. The bytes are folded.
    struct Shape: Hashable {
        var test: RecordFilter.Test
        var bytes: [UInt8]

        /// Whether a folded text has the shape.
        func admits(_ text: String) -> Bool {
            switch test {
            case .equals: text.utf8.elementsEqual(bytes)
            case .hasPrefix: text.utf8.starts(with: bytes)
            case .hasSuffix: text.utf8.suffix(bytes.count).elementsEqual(bytes)
            case .contains: text.utf8.contains(bytes)
            case .exists: true
            }
        }
    }

    /// The value of ``field`` for keywords, which may occur in any text of the event.
    static let anywhere = ""

    var field: String
    /// The field's text must have one of these shapes; `nil` if the field must only be present.
    var shapes: Set<Shape>?

    /// The possible texts of the field, one of which it must have; `nil` if they are unknown.
    var values: Set<[UInt8]>? {
        guard let shapes, shapes.allSatisfy({ $0.test == .equals }) else { return nil }
        return Set(shapes.map(\.bytes))
    }

    /// All requirements of a predicate, at most one for each field. Each must hold, so any one may be tested first.
    /// `nil` for a predicate that is never true.
    static func all(of predicate: Predicate) -> [LiteralRequirement]? {
        switch predicate {
        case .all(let parts):
            var result: [LiteralRequirement] = []
            for part in parts {
                guard let requirements = all(of: part) else { return nil }
                result += requirements
            }
            return strictest(result)
        case .any(let parts):
            let possible = parts.compactMap(all)
            guard let first = possible.first else { return nil }
            // A field has a requirement only if every part has one for it. Then one of the parts' requirements must
            // hold.
            return possible.dropFirst().reduce(first) { common, others in
                common.compactMap { requirement in
                    others.first { $0.field == requirement.field }.map(requirement.union)
                }
            }
        case .not(.not(let part)): return all(of: part)
        case .not(.field(let field, .exists(false))), .not(.field(let field, .null)):
            return [LiteralRequirement(field: field, shapes: nil)]
        // An absent field passes these, so they require nothing.
        case .not, .field(_, .exists(false)), .field(_, .null): return []
        case .keyword(let test): return shapes(of: test).map { [LiteralRequirement(field: anywhere, shapes: $0)] } ?? []
        case .field(let field, let test): return [LiteralRequirement(field: field, shapes: shapes(of: test))]
        }
    }

    private static func shapes(of test: FieldTest) -> Set<Shape>? {
        switch test {
        case .text(let pattern): shape(of: pattern).map { [$0] }
        case .regex(let pattern):
            RegexLiterals.required(by: pattern.text).map { Set($0.map { Shape(test: .contains, bytes: $0) }) }
        default: nil
        }
    }

    /// The literals. The field's text must contain at least one of them; `nil` if there are none.
    var literals: Set<[UInt8]>? {
        guard let shapes, !shapes.isEmpty, !shapes.contains(where: \.bytes.isEmpty) else { return nil }
        return Set(shapes.map(\.bytes))
    }

    /// The shape of a pattern's longest literal.
    private static func shape(of pattern: TextPattern) -> Shape? {
        if let literal = pattern.literal { return Shape(test: .equals, bytes: CaseFolding.fold(literal)) }
        var best: Shape?
        for (index, element) in pattern.elements.enumerated() {
            guard case .literal(let bytes) = element, bytes.count > best?.bytes.count ?? 0 else { continue }
            let test: RecordFilter.Test =
                index == 0 ? .hasPrefix : index == pattern.elements.count - 1 ? .hasSuffix : .contains
            best = Shape(test: test, bytes: CaseFolding.fold(bytes))
        }
        return best
    }

    private static func strictest(_ requirements: [LiteralRequirement]) -> [LiteralRequirement] {
        var result: [LiteralRequirement] = []
        for requirement in requirements {
            guard let place = result.firstIndex(where: { $0.field == requirement.field }) else {
                result.append(requirement)
                continue
            }
            if requirement.strictness < result[place].strictness { result[place] = requirement }
        }
        return result
    }

    /// The lower the value, the fewer events probably pass.
    private var strictness: Int {
        guard let shapes else { return .max }
        return shapes.count + (values == nil ? 1000 : 0)
    }

    private func union(_ other: LiteralRequirement) -> LiteralRequirement {
        guard let shapes, let others = other.shapes else { return LiteralRequirement(field: field, shapes: nil) }
        return LiteralRequirement(field: field, shapes: shapes.union(others))
    }
}
