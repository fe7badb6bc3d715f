internal import Analytics
internal import Basics
internal import LogReaders
internal import Sigma

/// Makes alerts from the findings of correlations.
struct CorrelationAlerts {
    let rules: RuleSet
    private let names: RecordFields
    /// Maximum number of events that an alert shows as steps: the first event of each rule, and the earliest of the
    /// others.
    private static let shownSteps = 20

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
            .init("held_since", .string(Moment(nearestTo: Int(found.time / 1000)).description)),
            .init("events", .int(found.eventCount)),
            .init("steps", .array(steps(found).map(step))),
        ]
        return alert
    }

    private func steps(_ found: CorrelationAlert) -> [CorrelationAlert.Event] {
        var rules: Set<Int> = []
        let isFirst = found.events.map { rules.insert($0.rule).inserted }
        var room = Self.shownSteps - rules.count
        return zip(found.events, isFirst).filter { _, isFirst in
            if isFirst { return true }
            room -= 1
            return room >= 0
        }.map(\.0)
    }

    /// The evidence of one event: time, rule, actor, action, target and source, then the fields that the correlation
    /// compares, by their names in the log.
    private func step(_ event: CorrelationAlert.Event) -> JSON {
        var members: [JSON.Object.Member] = [
            .init("time", .string(Moment(nearestTo: Int(event.time / 1000)).description)),
            .init("rule", .string(rules.collection.detections[event.rule].about.title)),
        ]
        var said: Set<String> = [names.time]
        for (name, fields, separator) in names.step {
            let texts = fields.compactMap { field in event.fields[field].map { SecretFields.shown($0, of: field) } }
            said.formUnion(fields)
            if !texts.isEmpty { members.append(.init(name, .string(texts.joined(separator: separator)))) }
        }
        let others = event.fields.filter { !said.contains($0.key) && !names.account.contains($0.key) }
        if !others.isEmpty {
            members.append(
                .init(
                    "fields",
                    .members(
                        others.sorted { $0.key < $1.key }.map {
                            .init($0.key, .string(SecretFields.shown($0.value, of: $0.key)))
                        })))
        }
        return .members(members)
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
