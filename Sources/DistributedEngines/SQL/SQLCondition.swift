public import Basics

/// A condition on a row, in no particular dialect.
///
/// It has two values: a test of a NULL is false. ``SQLDialect`` keeps that meaning in SQL's three-valued logic.
public indirect enum SQLCondition: Sendable, Hashable {
    case always, never
    case all([SQLCondition])
    case any([SQLCondition])
    case not(SQLCondition)
    case test(ColumnText, SQLTest)
    /// One of the texts has a character that is not printable ASCII.
    case anyIsUnusual([ColumnText])
}

/// A test of a value that is not NULL, except for ``isNull``.
public enum SQLTest: Sendable, Hashable {
    case isNull
    /// The text, in lower case if `folded`, is one of these.
    case isOneOf([String], folded: Bool)
    /// The text, in lower case if `folded`, has these parts in this order.
    case like([Part], folded: Bool)
    /// The number, or the text that is a number.
    case compare(NumberComparison, Double)
    /// The text has only the characters of a decimal number.
    case isPlainNumber
    /// A regular expression that means the same to every engine: classes, groups and alternatives only.
    case matches(String)
    /// The JSON text has a backslash, so that it may contain escaped characters, or a character that is not printable
    /// ASCII.
    case isUnusualJSON
    /// The text is not before another one, in the order of their characters.
    case isAtLeast(String)
    case isBelow(String)
    /// The timestamp, which is in UTC, is not before a moment.
    case isNotBefore(Moment)
    case isBefore(Moment)

    public enum Part: Sendable, Hashable {
        case literal(String)
        case anyRun, anyOne
    }

    public enum NumberComparison: String, Sendable, Hashable {
        case equal = "="
        case notEqual = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }
}

extension SQLCondition {
    /// The same condition with fewer parts: without constants and repetitions, and with one list for all values of a
    /// column.
    public var simplified: SQLCondition {
        switch self {
        case .all(let parts):
            var kept: [SQLCondition] = []
            for part in parts.map(\.simplified) {
                switch part {
                case .never: return .never
                case .always: continue
                case .all(let inner): for part in inner where !kept.contains(part) { kept.append(part) }
                default: if !kept.contains(part) { kept.append(part) }
                }
            }
            return kept.isEmpty ? .always : kept.count == 1 ? kept[0] : .all(kept)
        case .any(let parts):
            var kept: [SQLCondition] = []
            for part in parts.map(\.simplified) {
                switch part {
                case .always: return .always
                case .never: continue
                case .any(let inner): for part in inner { kept.append(part) }
                default: kept.append(part)
                }
            }
            kept = Self.merged(kept)
            return kept.isEmpty ? .never : kept.count == 1 ? kept[0] : .any(kept)
        case .not(let part):
            switch part.simplified {
            case .always: return .never
            case .never: return .always
            case .not(let inner): return inner
            case let inner: return .not(inner)
            }
        case .test(_, .isOneOf(let values, _)) where values.isEmpty: return .never
        case .test(_, .like(let parts, _)) where parts == [.anyRun]: return self
        case .anyIsUnusual(let texts) where texts.isEmpty: return .never
        default: return self
        }
    }

    /// Alternatives without repetitions, in which the values of a column are in one list.
    private static func merged(_ parts: [SQLCondition]) -> [SQLCondition] {
        struct Key: Hashable {
            var text: ColumnText
            var folded: Bool
        }
        var result: [SQLCondition] = []
        var seen: Set<SQLCondition> = []
        var places: [Key: Int] = [:]
        for part in parts {
            guard case .test(let text, .isOneOf(let values, let folded)) = part else {
                if seen.insert(part).inserted { result.append(part) }
                continue
            }
            let key = Key(text: text, folded: folded)
            if let place = places[key], case .test(_, .isOneOf(let before, _)) = result[place] {
                result[place] = .test(text, .isOneOf(Set(before + values).sorted(), folded: folded))
            } else {
                places[key] = result.count
                result.append(.test(text, .isOneOf(Set(values).sorted(), folded: folded)))
            }
        }
        return result
    }
}
