/// All rules of some files, with their references to each other looked up, and what could not be understood.
public struct RuleCollection: Sendable {
    public private(set) var detections: [DetectionRule] = []
    /// Those that a correlation counts come before it.
    public private(set) var correlations: [CorrelationRule] = []
    /// In the order of the files.
    public private(set) var problems: [RuleProblem] = []
    /// For each of `detections`, whether its matches are alerts: those that correlations count are not, unless one of
    /// these says `generate`.
    public private(set) var detectionAlerts: [Bool] = []
    /// The same for each of `correlations`.
    public private(set) var correlationAlerts: [Bool] = []

    /// Reads rule files. What cannot be understood is left out and told in `problems`; the rest is read.
    /// - Parameters:
    ///   - files: names as they are to be shown, and YAML of one or several documents.
    ///   - placeholders: what stands for `%name%` in values with the modifier `expand`.
    public init(parsing files: [(name: String, text: String)], placeholders: Placeholders = [:]) {
        var drafts: [CorrelationDraft] = []
        var filters: [FilterRule] = []
        for file in files {
            let (documents, broken) = RuleDocument.all(in: file.text, file: file.name)
            let (rules, misplaced) = RuleDocument.applyActions(documents)
            problems += broken + misplaced
            for document in rules {
                do {
                    switch try RuleParser(document: document, placeholders: placeholders).parse() {
                    case .detection(let rule): detections.append(rule)
                    case .aggregated(let rules, let correlation): add(rules, correlation)
                    case .correlation(let draft): drafts.append(draft)
                    case .filter(let filter): filters.append(filter)
                    }
                } catch {
                    problems.append(error)
                }
            }
        }
        apply(filters)
        resolve(drafts)
        findAlerts()
        let order = Dictionary(files.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        problems.sort { (order[$0.file] ?? 0, $0.line) < (order[$1.file] ?? 0, $1.line) }
    }

    /// The rules of an aggregation refer to each other by their places.
    private mutating func add(_ rules: [DetectionRule], _ correlation: CorrelationRule) {
        var correlation = correlation
        for index in correlation.steps.indices {
            if case .detection(let place) = correlation.steps[index].source {
                correlation.steps[index].source = .detection(detections.count + place)
            }
        }
        detections += rules
        correlations.append(correlation)
    }

    private mutating func apply(_ filters: [FilterRule]) {
        for filter in filters {
            var unknown = filter.rules ?? []
            for index in detections.indices {
                let about = detections[index].about
                if let rules = filter.rules {
                    guard rules.contains(where: about.isCalled) else { continue }
                    unknown.removeAll(where: about.isCalled)
                }
                guard filter.logSource.covers(detections[index].logSource) else { continue }
                detections[index].predicate = .all([detections[index].predicate, filter.predicate])
                detections[index].filters.append(filter.title)
            }
            for name in unknown {
                problems.append(
                    RuleProblem(
                        file: filter.file, line: filter.line,
                        reason: "the filter \(filter.title) is for \(name), which is not among the rules"))
            }
        }
    }

    /// Takes in the correlations whose rules are there, until no more can be.
    private mutating func resolve(_ drafts: [CorrelationDraft]) {
        var waiting = drafts
        while true {
            var left: [CorrelationDraft] = []
            for draft in waiting {
                if let steps = steps(of: draft, others: waiting) {
                    var rule = draft.rule
                    rule.steps = steps
                    correlations.append(rule)
                } else {
                    left.append(draft)
                }
            }
            if left.count == waiting.count { break }
            waiting = left
        }
        for draft in waiting {
            let missing = draft.references.filter { source(named: $0) == nil }
            let inCircle = missing.allSatisfy { name in waiting.contains { $0.rule.about.isCalled(name) } }
            problems.append(
                RuleProblem(
                    file: draft.rule.about.file, line: draft.line,
                    reason: "the correlation refers to \(missing.joined(separator: ", ")), "
                        + (inCircle
                            ? "which cannot be used themselves or lead back to it" : "which is not among the rules")))
        }
    }

    /// Nil while one of its rules is not there.
    private func steps(of draft: CorrelationDraft, others: [CorrelationDraft]) -> [CorrelationRule.Step]? {
        var steps: [CorrelationRule.Step] = []
        for name in draft.references {
            guard let source = source(named: name) else { return nil }
            let about =
                switch source {
                case .detection(let index): detections[index].about
                case .correlation(let index): correlations[index].about
                }
            var step = CorrelationRule.Step(name: name, source: source)
            for (alias, fields) in draft.aliases {
                step.aliases[alias] = fields[name] ?? fields.first { about.isCalled($0.key) }?.value
            }
            steps.append(step)
        }
        return steps
    }

    /// Aggregations of specification 1.0 are both; what is meant is what alerts.
    private func source(named name: String) -> CorrelationRule.Source? {
        if let index = correlations.firstIndex(where: { $0.about.isCalled(name) }) { return .correlation(index) }
        return detections.firstIndex { $0.about.isCalled(name) }.map { .detection($0) }
    }

    private mutating func findAlerts() {
        detectionAlerts = Array(repeating: true, count: detections.count)
        correlationAlerts = Array(repeating: true, count: correlations.count)
        for generates in [false, true] {
            for correlation in correlations where correlation.generates == generates {
                for step in correlation.steps {
                    switch step.source {
                    case .detection(let index): detectionAlerts[index] = generates
                    case .correlation(let index): correlationAlerts[index] = generates
                    }
                }
            }
        }
    }
}
