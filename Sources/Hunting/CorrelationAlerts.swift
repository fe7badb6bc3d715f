internal import Analytics
internal import Basics
internal import LogReaders
internal import Sigma

/// Makes alerts of the findings of correlations.
struct CorrelationAlerts {
    let rules: RuleSet
    private let names: RecordFields
    /// How many of its events an alert lists.
    private static let namedEvents = 20

    init(_ rules: RuleSet) {
        self.rules = rules
        names = RecordFields(rules.source)
    }

    func alert(_ found: CorrelationAlert) -> Alert {
        let rule = rules.collection.correlations[found.correlation]
        let about = AlertRule(rule.about, .correlation)
        let last = found.events.last
        var alert = Alert(
            rule: about.id, title: about.title,
            event: names.event.flatMap { field in last?.fields[field].map { SecretFields.shown($0, of: field) } },
            time: Int(found.first / 1000), lastTime: Int(found.last / 1000), severity: about.severity,
            account: common(names.account, found), region: names.region.flatMap { common([$0], found) },
            actor: common(names.actor, found) ?? groupText(found), practice: about.practice,
            fields: Dictionary(
                uniqueKeysWithValues: found.group.map { ($0.key, SecretFields.shown($0.value, of: $0.key)) }))
        alert.evidence = [
            .init("observed", .double(found.measure)),
            .init("held since", .string(Moment(nearestTo: Int(found.time / 1000)).description)),
            .init("events", .int(found.eventCount)),
            .init(
                "records",
                .array(
                    found.events.prefix(Self.namedEvents).map { event in
                        var members: [JSON.Object.Member] = [
                            .init("time", .string(Moment(nearestTo: Int(event.time / 1000)).description)),
                            .init("rule", .string(rules.collection.detections[event.rule].about.title)),
                        ]
                        members += event.fields.sorted { $0.key < $1.key }
                            .filter { $0.key != names.time }
                            .map { .init($0.key, .string(SecretFields.shown($0.value, of: $0.key))) }
                        return .members(members)
                    })),
        ]
        return alert
    }

    /// The value of the first field that is the same in all events.
    private func common(_ fields: [String], _ found: CorrelationAlert) -> String? {
        for field in fields {
            if let value = found.group[field] { return SecretFields.shown(value, of: field) }
            guard let first = found.events.first?.fields[field] else { continue }
            if found.events.allSatisfy({ $0.fields[field] == first }) { return SecretFields.shown(first, of: field) }
        }
        return nil
    }

    private func groupText(_ found: CorrelationAlert) -> String {
        let text = found.group.sorted { $0.key < $1.key }.map { SecretFields.shown($0.value, of: $0.key) }
            .joined(separator: ", ")
        return text.isEmpty ? "(several)" : text
    }
}
