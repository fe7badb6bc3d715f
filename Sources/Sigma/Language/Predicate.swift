public import Basics
public import IAMPolicy

/// A condition on one event: a value that is independent of its execution. The local matcher compiles it.
public indirect enum Predicate: Sendable, Hashable {
    /// True if all parts are. True without parts.
    case all([Predicate])
    /// True if any part is. False without parts.
    case any([Predicate])
    /// True if the part is false. A test of an absent field is false, so its negation is true.
    case not(Predicate)
    /// True if the field passes the test. A field with several values passes if one of them does.
    case field(String, FieldTest)
    /// True if any text of the event passes: a search for keywords. The test is `.text` or `.regex`.
    case keyword(FieldTest)
}

/// A test of a field's value. An absent field passes no test but `.exists(false)` and `.null`.
public enum FieldTest: Sendable, Hashable {
    /// The text of a string, a number or a boolean; an object's compact JSON text or one of its leaves.
    case text(TextPattern)
    /// The same as `text`, for a regular expression, which is not anchored.
    case regex(RegexPattern)
    /// An IP address within the block.
    case cidr(CIDR)
    /// Whether the record has the field, even if it is empty. A null is as absent, as in SQL and in Elastic's backend:
    /// exports write the fields that CloudTrail leaves out as null. Of several values one must not be null.
    case exists(Bool)
    /// The field is null or absent, as in SQL and in Sigma's backends: CloudTrail leaves `errorCode` out of successful
    /// calls, and rules say `errorCode: null` for them. Of several values one must be null.
    case null
    /// A number, or text that is a number.
    case compare(Comparison, Double)
    /// A part of a timestamp.
    case timePart(TimePart, Comparison, Double)
    /// The text of another field.
    case reference(FieldReference)
    /// A policy, or a value that contains policies, one of which admits the audience.
    case policy(PolicyTest)
}

/// A comparison of two numbers.
public enum Comparison: String, Sendable, Hashable, CaseIterable, BitwiseCopyable {
    case equal = "eq"
    case notEqual = "neq"
    case less = "lt"
    case lessOrEqual = "lte"
    case greater = "gt"
    case greaterOrEqual = "gte"

    public func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }

    /// Whether a count that passes can fail when it grows.
    var boundsAbove: Bool {
        switch self {
        case .greater, .greaterOrEqual: false
        case .equal, .notEqual, .less, .lessOrEqual: true
        }
    }
}

/// A PCRE regular expression, with Sigma's flags.
public struct RegexPattern: Sendable, Hashable {
    public var text: String
    public var ignoresCase: Bool
    /// Whether `^` and `$` also match at the ends of lines.
    public var multipleLines: Bool
    /// Whether `.` also matches a newline.
    public var dotMatchesAll: Bool

    public init(_ text: String, ignoresCase: Bool = false, multipleLines: Bool = false, dotMatchesAll: Bool = false) {
        self.text = text
        self.ignoresCase = ignoresCase
        self.multipleLines = multipleLines
        self.dotMatchesAll = dotMatchesAll
    }
}

/// Another field of the same event, with which a field is compared.
public struct FieldReference: Sendable, Hashable {
    public enum Relation: String, Sendable, Hashable, BitwiseCopyable {
        case equal, startsWith, endsWith, contains
    }

    public var field: String
    public var relation: Relation
    public var cased: Bool

    public init(field: String, relation: Relation = .equal, cased: Bool = false) {
        self.field = field
        self.relation = relation
        self.cased = cased
    }
}

/// A test for callers outside the account that the policy of a resource admits. An account, a principal or an ARN that
/// a call takes instead of a policy counts as a policy for it. The test is Parapet's own: Sigma has none like it.
public struct PolicyTest: Sendable, Hashable {
    /// The field with the account that the resource belongs to.
    public static let ownerField = "recipientAccountId"

    public var audience: Audience
    /// The IDs of accounts and organizations that do not count as others.
    public var trusted: Set<String>

    public init(_ audience: Audience, trusted: Set<String> = []) {
        self.audience = audience
        self.trusted = trusted
    }
}

/// A part of a date and time, as written: time zones are not converted.
///
/// Source: Sigma Modifiers Appendix 2.1.0, "Time Modifiers".
public enum TimePart: String, Sendable, Hashable, CaseIterable, BitwiseCopyable {
    case minute, hour, day
    /// The week of ISO 8601, 1 to 53.
    case week
    case month, year
}

extension Predicate {
    /// Calls `body` with every field that the predicate uses, also referenced ones. A field may come more than once.
    public func forEachField(_ body: (String) -> Void) {
        switch self {
        case .all(let parts), .any(let parts): for part in parts { part.forEachField(body) }
        case .not(let part): part.forEachField(body)
        case .keyword: break
        case .field(let name, let test):
            body(name)
            switch test {
            case .reference(let other): body(other.field)
            case .policy: body(PolicyTest.ownerField)
            default: break
            }
        }
    }
}
