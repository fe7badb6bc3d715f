/// A condition as written, before its names are resolved.
indirect enum ConditionExpression: Equatable {
    case all([ConditionExpression])
    case any([ConditionExpression])
    case not(ConditionExpression)
    case name(String)
    /// `1 of`, `all of`: `nil` for all.
    case some(Int?, of: String)
}

/// The part after the pipe in conditions of specification 1.0.
enum Aggregation: Equatable {
    case figure(function: String, field: String?, groupBy: [String], Bound)
    case near(ConditionExpression)
}

/// Parses conditions by recursive descent. From the lowest to the highest precedence: pipe, `or`, `and`, `not`, `x
/// of`, parentheses.
///
/// Source: Sigma Rules Specification 2.1.0, "Condition"; 1.0, "Aggregation expression" and "Near aggregation expression".
struct ConditionParser {
    private let tokens: [ConditionToken]
    private var position = 0
    private var depth = 0

    static func parse(_ text: String) throws(ConditionError) -> (
        condition: ConditionExpression, aggregation: Aggregation?
    ) {
        var parser = ConditionParser(tokens: try ConditionToken.all(in: text))
        let condition = try parser.anyOf()
        guard parser.next == .pipe else {
            try parser.expectEnd()
            return (condition, nil)
        }
        parser.position += 1
        let aggregation = try parser.aggregation()
        try parser.expectEnd()
        return (condition, aggregation)
    }

    private init(tokens: [ConditionToken]) {
        self.tokens = tokens
    }

    private var next: ConditionToken? { position < tokens.count ? tokens[position] : nil }

    /// Takes the next token if it is the word, without regard to case.
    private mutating func take(word: String) -> Bool {
        guard case .word(let found)? = next, found.lowercased() == word else { return false }
        position += 1
        return true
    }

    private mutating func take(_ token: ConditionToken) -> Bool {
        guard next == token else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(orElse reason: String) throws(ConditionError) -> String {
        guard case .word(let word)? = next else { throw ConditionError(reason: reason) }
        position += 1
        return word
    }

    private func expectEnd() throws(ConditionError) {
        guard let next else { return }
        throw ConditionError(reason: "the condition goes on unexpectedly with \(next.text)")
    }

    private mutating func anyOf() throws(ConditionError) -> ConditionExpression {
        var parts = [try allOf()]
        while take(word: "or") { parts.append(try allOf()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func allOf() throws(ConditionError) -> ConditionExpression {
        var parts = [try negation()]
        while take(word: "and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation() throws(ConditionError) -> ConditionExpression {
        var isNegated = false
        while take(word: "not") { isNegated.toggle() }
        let operand = try operand()
        return isNegated ? .not(operand) : operand
    }

    private mutating func operand() throws(ConditionError) -> ConditionExpression {
        guard let token = next else { throw ConditionError(reason: "the condition ends too early") }
        position += 1
        switch token {
        case .open:
            depth += 1
            defer { depth -= 1 }
            guard depth <= Self.deepest else { throw ConditionError(reason: "the condition has too many brackets") }
            let inner = try anyOf()
            guard take(.close) else { throw ConditionError(reason: "a bracket is not closed") }
            return inner
        case .word(let word):
            if case .word(let of)? = next, of.lowercased() == "of" { return try quantified(word) }
            if ["and", "or", "of"].contains(word.lowercased()) {
                throw ConditionError(reason: "the condition has \(word) where a name should be")
            }
            return .name(word)
        default: throw ConditionError(reason: "the condition has \(token.text) where a name should be")
        }
    }

    private mutating func quantified(_ quantifier: String) throws(ConditionError) -> ConditionExpression {
        let count: Int?
        switch quantifier.lowercased() {
        case "all": count = nil
        case "any": count = 1
        default:
            guard let number = Int(quantifier), number > 0 else {
                throw ConditionError(reason: "\(quantifier) of is not known; it is 1, any, all or another number")
            }
            count = number
        }
        position += 1
        return .some(count, of: try takeWord(orElse: "\(quantifier) of needs a name, a pattern or them"))
    }

    private mutating func aggregation() throws(ConditionError) -> Aggregation {
        if take(word: "near") { return .near(try anyOf()) }
        let function = try takeWord(orElse: "nothing stands after the pipe")
        guard ["count", "min", "max", "avg", "sum"].contains(function.lowercased()) else {
            throw ConditionError(reason: "the aggregation \(function) is not known")
        }
        guard take(.open) else { throw ConditionError(reason: "\(function) needs brackets") }
        var field: String?
        if case .word(let name)? = next {
            field = name
            position += 1
        }
        guard take(.close) else { throw ConditionError(reason: "\(function) needs one field in brackets") }
        if field == nil, function.lowercased() != "count" {
            throw ConditionError(reason: "\(function) needs a field")
        }
        var groupBy: [String] = []
        if take(word: "by") {
            repeat { groupBy.append(try takeWord(orElse: "by needs a field")) } while take(.comma)
        }
        let reason = "\(function) needs a comparison with a number"
        guard case .comparison(let comparison)? = next else { throw ConditionError(reason: reason) }
        position += 1
        guard let value = Double(try takeWord(orElse: reason)), value.isFinite else {
            throw ConditionError(reason: reason)
        }
        return .figure(
            function: function.lowercased(), field: field, groupBy: groupBy, Bound(comparison, value))
    }

    /// How deeply parentheses may be nested.
    private static let deepest = 100
}

extension ConditionToken {
    /// The token as written.
    fileprivate var text: String {
        switch self {
        case .word(let word): word
        case .open: "("
        case .close: ")"
        case .pipe: "|"
        case .comma: ","
        case .comparison(let comparison): comparison.sign
        }
    }
}

extension Comparison {
    /// The operator in conditions of specification 1.0 and in explanations.
    public var sign: String {
        switch self {
        case .equal: "="
        case .notEqual: "!="
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }
}
