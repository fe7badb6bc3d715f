extension RuleCollection {
    /// Resolves the references between rules.
    mutating func resolveReferences(of parsed: ParsedRuleFiles, firstOwnFile: Int) {
        var names = RuleNames(firstOwnFile: firstOwnFile)
        var drafts: [(draft: CorrelationDraft, file: Int)] = []
        var filters: [(filter: FilterRule, file: Int)] = []
        for piece in parsed.pieces {
            switch piece.rule {
            case .detection(let rule):
                names.add(.detection(detections.count), rule.about, file: piece.file)
                detections.append(rule)
            case .aggregated(let rules, let correlation):
                // The name of an aggregation refers to its correlation, which is the part that alerts.
                names.add(.correlation(correlations.count), correlation.about, file: piece.file)
                add(rules, correlation)
            case .correlation(let draft):
                names.add(.draft(drafts.count), draft.rule.about, file: piece.file)
                drafts.append((draft, piece.file))
            case .filter(let filter): filters.append((filter, piece.file))
            }
        }
        for (filter, file) in filters { apply(filter, names, file) }
        var unusable = parsed.unusable
        let places = place(drafts, names, &unusable)
        suppressions = correlations.map {
            Suppression(file: $0.about.file, generates: $0.generates, sources: $0.steps.map(\.source))
        }
        for correlation in unusable {
            suppressions.append(suppression(by: correlation, names, places))
        }
        (detectionAlerts, correlationAlerts) = alerts(by: suppressions)
    }

    /// Adds an aggregation, whose rules refer to each other by their places.
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

    // MARK: Filters

    private mutating func apply(_ filter: FilterRule, _ names: RuleNames, _ file: Int) {
        var places = Set(detections.indices)
        if let references = filter.rules {
            places = []
            for reference in references {
                do throws(ConditionError) {
                    places.formUnion(try targets(of: filter, reference, names, file))
                } catch {
                    problems.append(RuleProblem(file: filter.file, line: filter.line, reason: error.reason))
                }
            }
        }
        for place in places where filter.logSource.covers(detections[place].logSource) {
            detections[place].predicate = .all([detections[place].predicate, filter.predicate])
            detections[place].filters.append(filter.title)
            filtered[filter.file, default: []].insert(place)
        }
    }

    /// The places in `detections` of the rules that a filter's reference means: all rules that have the name in one
    /// file.
    private func targets(
        of filter: FilterRule, _ reference: String, _ names: RuleNames, _ file: Int
    ) throws(ConditionError) -> [Int] {
        let referrer = "the filter \(filter.title)"
        let all = names.meant(by: reference, in: file)
        guard !all.isEmpty else {
            throw ConditionError(reason: "\(referrer) is for \(reference), which is not among the rules")
        }
        let entries = all.filter { !$0.target.isDraft }
        guard let first = entries.first else {
            throw ConditionError(
                reason: "\(referrer) is for \(reference), which is a correlation: name the rules that it counts")
        }
        guard entries.allSatisfy({ $0.file == first.file }) else {
            throw RuleNames.ambiguity(of: reference, entries, referrer)
        }
        var places: [Int] = []
        for entry in entries {
            switch entry.target {
            case .detection(let place): places.append(place)
            case .correlation(let place):
                // The first rule that an aggregation counts is that of its events.
                if case .detection(let base)? = correlations[place].steps.first?.source { places.append(base) }
            case .draft: break
            }
        }
        return places
    }

    // MARK: Correlations

    /// Adds the correlations whose rules exist. A correlation comes after the correlations that it counts.
    /// - Returns: the number of a draft → its place in `correlations`.
    private mutating func place(
        _ drafts: [(draft: CorrelationDraft, file: Int)], _ names: RuleNames, _ unusable: inout [UnusableCorrelation]
    ) -> [Int: Int] {
        var steps: [Int: [PlannedStep]] = [:]
        for (number, (draft, file)) in drafts.enumerated() {
            do {
                steps[number] = try draft.steps(names, in: file, number: number)
            } catch {
                problems.append(error)
                unusable.append(UnusableCorrelation(draft, file: file))
            }
        }
        var places: [Int: Int] = [:]
        var waiting = steps.keys.sorted()
        while true {
            var left: [Int] = []
            for number in waiting {
                let found = (steps[number] ?? []).compactMap { $0.step(places) }
                guard found.count == steps[number]?.count else {
                    left.append(number)
                    continue
                }
                var rule = drafts[number].draft.rule
                rule.steps = found
                places[number] = correlations.count
                correlations.append(rule)
            }
            if left.count == waiting.count { break }
            waiting = left
        }
        for number in waiting {
            let (draft, file) = drafts[number]
            let missing = (steps[number] ?? []).filter { $0.step(places) == nil }.map(\.name)
            problems.append(
                RuleProblem(
                    file: draft.rule.about.file, line: draft.line,
                    reason: "the correlation refers to \(missing.joined(separator: ", ")), "
                        + "which cannot be used themselves or lead back to it"))
            unusable.append(UnusableCorrelation(draft, file: file))
        }
        return places
    }

    // MARK: Alerts

    /// The rules that an unusable correlation would count. An ambiguous reference silences nothing.
    private func suppression(
        by correlation: UnusableCorrelation, _ names: RuleNames, _ places: [Int: Int]
    ) -> Suppression {
        let sources = correlation.references.compactMap { reference -> CorrelationRule.Source? in
            let meant = names.meant(by: reference, in: correlation.file).compactMap { $0.target.source(places) }
            return meant.count == 1 ? meant[0] : nil
        }
        return Suppression(file: correlation.fileName, generates: correlation.generates, sources: sources)
    }

    /// The rules that alert by themselves.
    func alerts(by suppressions: [Suppression]) -> (detections: [Bool], correlations: [Bool]) {
        var detectionAlerts = Array(repeating: true, count: detections.count)
        var correlationAlerts = Array(repeating: true, count: correlations.count)
        for generates in [false, true] {
            for suppression in suppressions where suppression.generates == generates {
                for source in suppression.sources {
                    switch source {
                    case .detection(let place): detectionAlerts[place] = generates
                    case .correlation(let place): correlationAlerts[place] = generates
                    }
                }
            }
        }
        return (detectionAlerts, correlationAlerts)
    }
}

/// A step whose rule is known. The rule's place may still be unknown.
private struct PlannedStep {
    var name: String
    var target: RuleNames.Target
    var aliases: [String: String]

    /// `nil` while its correlation has no place.
    func step(_ places: [Int: Int]) -> CorrelationRule.Step? {
        target.source(places).map { CorrelationRule.Step(name: name, source: $0, aliases: aliases) }
    }
}

extension RuleNames.Target {
    fileprivate var isDraft: Bool {
        if case .draft = self { true } else { false }
    }

    fileprivate func source(_ places: [Int: Int]) -> CorrelationRule.Source? {
        switch self {
        case .detection(let place): .detection(place)
        case .correlation(let place): .correlation(place)
        case .draft(let number): places[number].map { .correlation($0) }
        }
    }
}

extension CorrelationDraft {
    /// - Parameter number: the draft's own number.
    fileprivate func steps(_ names: RuleNames, in file: Int, number: Int) throws(RuleProblem) -> [PlannedStep] {
        var found: [(name: String, entry: RuleNames.Entry)] = []
        var missing: [String] = []
        for name in references {
            let all = names.meant(by: name, in: file)
            // A correlation may have the same name as the rule that it counts.
            let others = all.filter { $0.target != .draft(number) }
            let entries = others.isEmpty ? all : others
            guard entries.count < 2 else {
                throw problem(line, RuleNames.ambiguity(of: name, entries, "the correlation").reason)
            }
            if let entry = entries.first { found.append((name, entry)) } else { missing.append(name) }
        }
        guard missing.isEmpty else {
            throw problem(
                line, "the correlation refers to \(missing.joined(separator: ", ")), which is not among the rules")
        }
        var steps = found.map { PlannedStep(name: $0.name, target: $0.entry.target, aliases: [:]) }
        for alias in aliases {
            for field in alias.fields {
                let places = found.indices.filter {
                    found[$0].name == field.rule || found[$0].entry.about.isCalled(field.rule)
                }
                guard !places.isEmpty else {
                    throw problem(
                        field.line,
                        "the alias \(alias.name) has a field for \(field.rule), which the correlation does not count")
                }
                for place in places { steps[place].aliases[alias.name] = field.name }
            }
            guard rule.groupBy.contains(alias.name) || rule.kind.valueFields.contains(alias.name) else { continue }
            let lacking = steps.filter { $0.aliases[alias.name] == nil }.map(\.name)
            guard lacking.isEmpty else {
                throw problem(alias.line, "the alias \(alias.name) has no field for \(lacking.joined(separator: ", "))")
            }
        }
        return steps
    }

    private func problem(_ line: Int, _ reason: String) -> RuleProblem {
        RuleProblem(file: rule.about.file, line: line, reason: reason)
    }
}
