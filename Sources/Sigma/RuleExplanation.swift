internal import IAMPolicy

/// A rule's explanation in words, for `--explain-rule`.
public struct RuleExplanation: Sendable, Hashable {
    /// A line and its indented lines.
    public struct Line: Sendable, Hashable {
        public var text: String
        public var inner: [Line] = []
    }

    public var about: RuleMetadata
    public var logSource: LogSourceSelector?
    /// The condition.
    public var condition: Line
    /// The titles of the rule's filters.
    public var filters: [String]
    /// Whether the rule alerts by itself; otherwise only correlations count it.
    public var alerts: Bool

    /// The condition as indented lines.
    public var lines: [String] { Self.lines(condition, indent: "") }

    private static func lines(_ line: Line, indent: String) -> [String] {
        [indent + line.text] + line.inner.flatMap { lines($0, indent: indent + "  ") }
    }
}

extension RuleCollection {
    /// Explains the rules with an ID, a name or a title; none if there is no such rule.
    public func explain(_ reference: String) -> [RuleExplanation] {
        func isMeant(_ about: RuleMetadata) -> Bool { about.isCalled(reference) || about.title == reference }
        let found = correlations.indices.filter { isMeant(correlations[$0].about) }
        // The detections of an aggregation have its name. Its explanation includes them.
        if !found.isEmpty { return found.map(explain(correlation:)) }
        return detections.indices.filter { isMeant(detections[$0].about) }.map(explain(detection:))
    }

    /// - Parameter place: in `detections`.
    public func explain(detection place: Int) -> RuleExplanation {
        let rule = detections[place]
        return RuleExplanation(
            about: rule.about, logSource: rule.logSource, condition: rule.predicate.explanation, filters: rule.filters,
            alerts: detectionAlerts[place])
    }

    /// - Parameter place: in `correlations`.
    public func explain(correlation place: Int) -> RuleExplanation {
        let rule = correlations[place]
        let names = rule.steps.map(\.name)
        var condition = RuleExplanation.Line(text: rule.kind.explanation(names) + span(rule) + group(rule))
        for step in rule.steps {
            let inner =
                switch step.source {
                case .detection(let index): explain(detection: index).condition
                case .correlation(let index): explain(correlation: index).condition
                }
            let aliases = step.aliases.sorted { $0.key < $1.key }.map { ", \($0.key) is \($0.value)" }.joined()
            condition.inner.append(RuleExplanation.Line(text: "\(step.name)\(aliases):", inner: [inner]))
        }
        return RuleExplanation(
            about: rule.about, logSource: nil, condition: condition, filters: [], alerts: correlationAlerts[place])
    }

    private func span(_ rule: CorrelationRule) -> String {
        guard let timespan = rule.timespan else { return ", over all that is read" }
        let units: [(Int64, String)] = [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1000, "second")]
        let (size, name) = units.first { timespan % $0.0 == 0 } ?? (1, "millisecond")
        let count = timespan / size
        return ", within \(count) \(name)\(count == 1 ? "" : "s")"
    }

    private func group(_ rule: CorrelationRule) -> String {
        rule.groupBy.isEmpty ? "" : ", with the same \(rule.groupBy.joined(separator: " and "))"
    }
}

extension CorrelationKind {
    fileprivate func explanation(_ names: [String]) -> String {
        switch self {
        case .eventCount(let bounds): "the number of events is \(Bound.explanation(bounds))"
        case .valueCount(let fields, let bounds):
            "the number of different values of \(fields.joined(separator: " with ")) is \(Bound.explanation(bounds))"
        case .valueFigure(let figure, let field, let bounds):
            "the \(figure.explanation) of \(field) is \(Bound.explanation(bounds))"
        case .temporal(let condition): condition.explanation(names)
        case .temporalOrdered(let least):
            least == names.count
                ? "each of these, in this order" : "at least \(least) of these \(names.count), in this order"
        case .near(let condition): "\(names[0]), and before or after it \(condition.explanation(names))"
        }
    }
}

extension CorrelationKind.Figure {
    fileprivate var explanation: String {
        switch self {
        case .sum: "sum"
        case .average: "average"
        case .minimum: "least"
        case .maximum: "greatest"
        case .median: "median"
        case .percentile(let percentile): "percentile \(percentile.short)"
        }
    }
}

extension Bound {
    fileprivate static func explanation(_ bounds: [Bound]) -> String {
        bounds.map { "\($0.comparison.sign) \($0.value.short)" }.joined(separator: " and ")
    }
}

extension StepCondition {
    fileprivate func explanation(_ names: [String]) -> String {
        switch self {
        case .count(let bounds): "the number of different rules that match is \(Bound.explanation(bounds))"
        case .step(let step): names.indices.contains(step) ? names[step] : "rule \(step + 1)"
        case .all(let parts): "(" + parts.map { $0.explanation(names) }.joined(separator: " and ") + ")"
        case .any(let parts): "(" + parts.map { $0.explanation(names) }.joined(separator: " or ") + ")"
        case .not(let part): "not \(part.explanation(names))"
        }
    }
}

extension Predicate {
    var explanation: RuleExplanation.Line { explanation(negated: false) }

    private func explanation(negated: Bool) -> RuleExplanation.Line {
        switch self {
        case .not(let part): return part.explanation(negated: !negated)
        case .all(let parts):
            return RuleExplanation.Line(text: negated ? "not all of:" : "all of:", inner: parts.map(\.explanation))
        case .any(let parts):
            if parts.isEmpty { return RuleExplanation.Line(text: negated ? "always" : "never") }
            // Alternatives for one field fit on one line.
            if let (field, values) = Self.oneField(parts) {
                return RuleExplanation.Line(
                    text: "\(field) \(negated ? "is none of" : "is one of") \(values.joined(separator: ", "))")
            }
            return RuleExplanation.Line(text: negated ? "none of:" : "any of:", inner: parts.map(\.explanation))
        case .field(let field, let test):
            return RuleExplanation.Line(text: "\(field) \(test.explanation(negated: negated))")
        case .keyword(let test):
            return RuleExplanation.Line(
                text: "\(negated ? "no text" : "any text") of the event \(test.explanation(negated: false))")
        }
    }

    /// The field and the texts, if all parts are case-insensitive texts without wildcards for one field.
    private static func oneField(_ parts: [Predicate]) -> (field: String, values: [String])? {
        var field: String?
        var values: [String] = []
        for part in parts {
            guard case .field(let name, .text(let pattern)) = part, !pattern.cased, !pattern.hasWildcards,
                field == nil || field == name
            else { return nil }
            field = name
            values.append(quoted(String(decoding: pattern.literal ?? [], as: UTF8.self)))
        }
        return field.map { ($0, values) }
    }
}

extension FieldTest {
    fileprivate func explanation(negated: Bool) -> String {
        let (verb, does) = negated ? ("is not", "does not ") : ("is", "")
        /// `begins` or `does not begin`.
        func word(_ stem: String) -> String { negated ? does + stem : stem + (stem.hasSuffix("ch") ? "es" : "s") }
        switch self {
        case .text(let pattern):
            return pattern.explanation(verb, word) + (pattern.cased ? ", in these capital and small letters" : "")
        case .regex(let regex):
            let flags = [
                regex.ignoresCase ? "in capital or small letters" : nil, regex.multipleLines ? "line by line" : nil,
                regex.dotMatchesAll ? "across lines" : nil,
            ]
            return ([word("match") + " the regular expression \(regex.text)"] + flags.compactMap { $0 }).joined(
                separator: ", ")
        case .cidr(let block): return "\(verb) an address in \(block)"
        case .exists(let flag): return flag != negated ? "is there" : "is not there"
        case .null: return "\(verb) null"
        case .compare(let comparison, let number): return "\(verb) a number \(comparison.sign) \(number.short)"
        case .timePart(let part, let comparison, let number):
            return "\(verb) a time whose \(part.rawValue) is \(comparison.sign) \(number.short)"
        case .reference(let reference):
            let cased = reference.cased ? ", in the same capital and small letters" : ""
            switch reference.relation {
            case .equal: return "\(verb) the same as \(reference.field)" + cased
            case .startsWith: return "\(word("begin")) with \(reference.field)" + cased
            case .endsWith: return "\(word("end")) with \(reference.field)" + cased
            case .contains: return "\(word("contain")) \(reference.field)" + cased
            }
        case .policy(let test): return "\(word("allow")) \(test.audience.explanation)"
        }
    }
}

extension Audience {
    fileprivate var explanation: String {
        switch self {
        case .anyone: "any principal"
        case .anotherAccount: "another account or organization"
        case .anyWebIdentity: "any user of a web identity provider"
        }
    }
}

extension TextPattern {
    fileprivate func explanation(_ verb: String, _ word: (String) -> String) -> String {
        func text(_ bytes: [UInt8]) -> String { quoted(String(decoding: bytes, as: UTF8.self)) }
        return switch shape {
        case .equals(let bytes): bytes.isEmpty ? "\(verb) empty" : "\(verb) \(text(bytes))"
        case .hasPrefix(let bytes): "\(word("begin")) with \(text(bytes))"
        case .hasSuffix(let bytes): "\(word("end")) with \(text(bytes))"
        case .contains(let bytes): "\(word("contain")) \(text(bytes))"
        case .anything: "\(verb) there and not null"
        case .other: "\(verb) like \(quoted(description))"
        }
    }
}

/// Quotes a text and escapes control characters: rules are untrusted.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: result += "\\u{\(String(scalar.value, radix: 16))}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

extension Double {
    /// The number, without a decimal point if it is whole.
    fileprivate var short: String { self == rounded() && magnitude < 1e15 ? String(Int64(self)) : String(self) }
}
