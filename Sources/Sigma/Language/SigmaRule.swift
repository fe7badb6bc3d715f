/// A rule that matches single events.
///
/// Source: Sigma Rules Specification 2.1.0.
public struct DetectionRule: Sendable, Hashable {
    public var about: RuleMetadata
    public var logSource: LogSourceSelector
    /// The condition on events, with the rule's filters.
    public var predicate: Predicate
    /// The titles of the filters that were applied.
    public var filters: [String] = []
    /// Whether Parapet has the rule built in.
    var isBuiltIn = false

    /// The condition on the events that are evaluated. A call through a VPC endpoint is recorded twice, by the service
    /// and as a network activity event: a built-in rule that does not select by category evaluates the first record.
    var evaluated: Predicate {
        var selectsCategory = false
        predicate.forEachField { selectsCategory = selectsCategory || $0 == "eventCategory" }
        guard isBuiltIn, !selectsCategory else { return predicate }
        return .all([predicate, .not(.field("eventCategory", .text(TextPattern(literal: "NetworkActivity"))))])
    }
}

/// A rule about matches of other rules within a period.
///
/// Source: Sigma Correlation Rules Specification 2.1.0. The aggregations and `near` of specification 1.0 are
/// converted.
public struct CorrelationRule: Sendable, Hashable {
    /// The source of a step: the matches of a detection rule, or the alerts of another correlation.
    public enum Source: Sendable, Hashable {
        /// The place in `RuleCollection.detections`.
        case detection(Int)
        /// The place in `RuleCollection.correlations`.
        case correlation(Int)
    }

    public struct Step: Sendable, Hashable {
        /// Its name in the rule.
        public var name: String
        public var source: Source
        /// The fields of this step's events for names of `groupBy`.
        public var aliases: [String: String] = [:]
    }

    public var about: RuleMetadata
    public var kind: CorrelationKind
    public var steps: [Step]
    /// Fields or aliases whose values must agree. An event that lacks one of them is not counted.
    public var groupBy: [String]
    /// In milliseconds; `nil` for an aggregation of specification 1.0 without a time frame, which covers all events.
    public var timespan: Int64?
    /// Whether the counted rules alert by themselves as well.
    public var generates: Bool
}

public enum CorrelationKind: Sendable, Hashable {
    /// The number of events.
    case eventCount([Bound])
    /// The number of distinct values of the fields together.
    case valueCount(fields: [String], [Bound])
    /// A figure computed from the numbers in the field.
    case valueFigure(Figure, field: String, [Bound])
    /// The rules that matched in the same period, in any order.
    case temporal(StepCondition)
    /// The number of different rules that matched in the order of the steps.
    case temporalOrdered(atLeast: Int)
    /// The first step's event, with a condition on the other steps' events at most the timespan before or after it.
    case near(StepCondition)

    public enum Figure: Sendable, Hashable {
        case sum, average, minimum, maximum, median
        /// 0 to 100.
        case percentile(Double)
    }
}

/// One bound of a range of counts or figures.
public struct Bound: Sendable, Hashable {
    public var comparison: Comparison
    public var value: Double

    public init(_ comparison: Comparison, _ value: Double) {
        self.comparison = comparison
        self.value = value
    }
}

/// A condition on the steps that matched.
public indirect enum StepCondition: Sendable, Hashable {
    /// The number of different steps.
    case count([Bound])
    case step(Int)
    case all([StepCondition])
    case any([StepCondition])
    case not(StepCondition)
}

/// A rule's description of itself.
public struct RuleMetadata: Sendable, Hashable {
    public var title: String
    public var id: String?
    /// A name by which correlations and filters may refer to it.
    public var name: String?
    public var status: String?
    public var level: RuleLevel?
    public var description: String?
    public var author: String?
    public var date: String?
    public var modified: String?
    public var references: [String] = []
    public var tags: [String] = []
    public var falsePositives: [String] = []
    /// How to respond to an alert. Sigma has no field for it; `response` is the name that several tools use.
    public var response: String?
    /// Fields that help to investigate an alert.
    public var fields: [String] = []
    /// The rule's file, and the line where it begins there.
    public var file: String
    public var line: Int

    /// The identifier in alerts: the ID, or else the name, or else the title.
    public var identifier: String { id ?? name ?? title }

    /// MITRE ATT&CK techniques, as in `T1562.008`, from tags such as `attack.t1562.008`.
    public var techniques: [String] {
        tags.compactMap { tag in
            let tag = tag.lowercased()
            guard tag.hasPrefix("attack.t"), tag.dropFirst(8).first?.isNumber == true else { return nil }
            return tag.dropFirst(7).uppercased()
        }
    }

    /// Parapet's practices, as in `audit-trail`, from tags such as `parapet.audit-trail`.
    public var practices: [String] {
        tags.filter { $0.hasPrefix("parapet.") }.map { String($0.dropFirst(8)) }
    }

    /// Whether a reference of a correlation or a filter means this rule.
    func isCalled(_ reference: String) -> Bool {
        id.map { $0.lowercased() == reference.lowercased() } == true || name == reference
    }
}

/// The severity of a match.
public enum RuleLevel: String, Sendable, Hashable, CaseIterable, Comparable {
    case informational, low, medium, high, critical

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    public static func < (left: RuleLevel, right: RuleLevel) -> Bool { left.rank < right.rank }
}

/// A reason why a rule, or a part of a file, is not used.
public struct RuleProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// From 1.
    public var line: Int
    public var reason: String

    public init(file: String, line: Int, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    public var description: String { "\(file):\(line): \(reason)" }
}
