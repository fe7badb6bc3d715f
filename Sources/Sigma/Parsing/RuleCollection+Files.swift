extension RuleCollection {
    /// The rules of one file, with the rules in other files that they refer to. The file's own rules alert as if the
    /// file were loaded alone; the other rules do not alert. For a file that has only filters, the result has the rules
    /// that the filters apply to.
    /// - Parameter file: its name.
    public func rules(of file: String) -> RuleCollection {
        var own = Set(detections.indices.filter { detections[$0].about.file == file })
        let ownCorrelations = Set(correlations.indices.filter { correlations[$0].about.file == file })
        if own.isEmpty, ownCorrelations.isEmpty { own = filtered[file, default: []] }
        let alerts = alerts(by: suppressions.filter { $0.file == file })

        var keptCorrelations = ownCorrelations
        for place in ownCorrelations { collect(under: place, into: &keptCorrelations) }
        let inner = keptCorrelations.flatMap { correlations[$0].steps.flatMap(detections(under:)) }

        var result = RuleCollection()
        result.problems = problems.filter { $0.file == file }
        let detectionPlaces = own.union(inner).sorted()
        let correlationPlaces = keptCorrelations.sorted()
        for place in detectionPlaces {
            result.detections.append(detections[place])
            result.detectionAlerts.append(own.contains(place) && alerts.detections[place])
        }
        for place in correlationPlaces {
            var rule = correlations[place]
            for index in rule.steps.indices {
                switch rule.steps[index].source {
                case .detection(let old):
                    rule.steps[index].source = .detection(detectionPlaces.firstIndex(of: old) ?? 0)
                case .correlation(let old):
                    rule.steps[index].source = .correlation(correlationPlaces.firstIndex(of: old) ?? 0)
                }
            }
            result.correlations.append(rule)
            result.correlationAlerts.append(ownCorrelations.contains(place) && alerts.correlations[place])
        }
        return result
    }

    /// Whether a file only serves other files: it has filters for their rules, or rules that their correlations count.
    public func servesOthers(_ file: String) -> Bool {
        guard !problems.contains(where: { $0.file == file }) else { return false }
        let counted = alerts(
            by: suppressions.filter { $0.file != file }.map {
                Suppression(file: $0.file, generates: false, sources: $0.sources)
            })
        let own = detections.indices.filter { detections[$0].about.file == file }
        let ownCorrelations = correlations.indices.filter { correlations[$0].about.file == file }
        if own.isEmpty, ownCorrelations.isEmpty { return filtered[file]?.isEmpty == false }
        return own.allSatisfy { !counted.detections[$0] } && ownCorrelations.allSatisfy { !counted.correlations[$0] }
    }

    private func collect(under place: Int, into places: inout Set<Int>) {
        for step in correlations[place].steps {
            if case .correlation(let inner) = step.source, places.insert(inner).inserted {
                collect(under: inner, into: &places)
            }
        }
    }
}
