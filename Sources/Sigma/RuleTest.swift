public import Basics
public import LogReaders

/// Runs rules against example events: events that must alert, and events that must not.
///
/// The examples are in a file beside the rules', `<rules>.events.json`: `{"match": […], "ignore": […]}`. An element is
/// a record, which is evaluated alone, or a list of records, which are evaluated together. For rules that alert only by
/// correlation, all single records of a list are evaluated together.
public enum RuleTest {
    /// The result of one example.
    public struct Case: Sendable, Hashable {
        /// Its place in the list, from 0; `nil` if all single records were evaluated together.
        public var index: Int?
        public var mustAlert: Bool
        /// The identifiers of the rules that alerted.
        public var alerts: [String]

        public var passes: Bool { alerts.isEmpty != mustAlert }
    }

    public struct Outcome: Sendable, Hashable {
        public var cases: [Case]
        /// The problems of the rules: there should be none.
        public var problems: [RuleProblem]

        public init(cases: [Case], problems: [RuleProblem]) {
            self.cases = cases
            self.problems = problems
        }

        public var passes: Bool { problems.isEmpty && !cases.isEmpty && cases.allSatisfy(\.passes) }
    }

    /// - Parameters:
    ///   - rules: a rule file that needs no others; all of its rules are run.
    ///   - events: JSON of the examples.
    ///   - source: the log; `nil` for the log of the file's rules.
    /// - Throws: `RuleProblem` if the examples cannot be read, or the rules are for no log.
    public static func run(
        rules: (name: String, text: String), events: (name: String, json: [UInt8]), placeholders: Placeholders = [:],
        source: LogSource? = nil
    ) throws(RuleProblem) -> Outcome {
        let collection = RuleCollection(parsing: [rules], placeholders: placeholders)
        return try run(file: rules.name, of: collection, events: events, source: source)
    }

    /// - Parameters:
    ///   - file: the name of the rule file. Its own rules are run, with the rules that they refer to in others.
    ///   - collection: the rules of all files.
    ///   - events: JSON of the examples.
    ///   - source: the log; `nil` for the log of the file's rules.
    /// - Throws: `RuleProblem` if the examples cannot be read, or the rules are for no log.
    public static func run(
        file: String, of collection: RuleCollection, events: (name: String, json: [UInt8]), source: LogSource? = nil
    ) throws(RuleProblem) -> Outcome {
        let examples: JSON
        do {
            examples = try JSON(parsing: events.json)
        } catch {
            throw RuleProblem(file: events.name, line: error.position.line, reason: "\(error.reason)")
        }
        guard case .object(let object) = examples else {
            throw RuleProblem(
                file: events.name, line: 1, reason: "the examples must be an object with match and ignore")
        }
        for member in object.members where member.name != "match" && member.name != "ignore" {
            throw RuleProblem(
                file: events.name, line: 1, reason: "the key \(member.name) is not known: there are match and ignore")
        }
        let collection = collection.rules(of: file)
        let sources = source.map { [$0] } ?? LogSource.allCases
        let sets = sources.map { RuleSet(collection, for: $0) }.filter { !$0.detections.isEmpty }
        guard let set = sets.first else {
            if !collection.problems.isEmpty { return Outcome(cases: [], problems: collection.problems) }
            let names = sources.map(\.rawValue).joined(separator: ", ")
            throw RuleProblem(
                file: file, line: 1,
                reason: source == nil
                    ? "its rules are for none of the logs \(names)" : "its rules are for another log than \(names)")
        }
        var outcome = Outcome(cases: [], problems: collection.problems + set.problems)
        for (list, mustAlert) in [("match", true), ("ignore", false)] {
            outcome.cases += try cases(examples[list], list, mustAlert, set, events.name)
        }
        return outcome
    }

    private static func cases(
        _ examples: JSON?, _ list: String, _ mustAlert: Bool, _ rules: RuleSet, _ file: String
    ) throws(RuleProblem) -> [Case] {
        guard let examples else { return [] }
        guard case .array(let elements) = examples else {
            throw RuleProblem(file: file, line: 1, reason: "\(list) must be a list of events")
        }
        let alertsByItself = rules.detections.contains { rules.collection.detectionAlerts[$0] }
        var cases: [Case] = []
        var together: [JSON] = []
        for (index, element) in elements.enumerated() {
            switch element {
            case .array(let records):
                cases.append(Case(index: index, mustAlert: mustAlert, alerts: alerts(rules, records)))
            case .object where alertsByItself:
                cases.append(Case(index: index, mustAlert: mustAlert, alerts: alerts(rules, [element])))
            case .object: together.append(element)
            default:
                throw RuleProblem(
                    file: file, line: 1, reason: "element \(index) of \(list) is neither an event nor a list")
            }
        }
        if !together.isEmpty {
            cases.append(Case(index: nil, mustAlert: mustAlert, alerts: alerts(rules, together)))
        }
        return cases
    }

    /// The identifiers of the rules that alert on the records.
    public static func alerts(_ rules: RuleSet, _ records: [JSON]) -> [String] {
        let matcher = RuleMatcher(rules)
        var found: Set<String> = []
        for record in records {
            matcher.match(JSONEvent(record, fields: rules.fields)) {
                found.insert(rules.collection.detections[$0].about.identifier)
            }
        }
        for alert in rules.correlate([matcher.observations]) {
            found.insert(rules.collection.correlations[alert.correlation].about.identifier)
        }
        return found.sorted()
    }
}
