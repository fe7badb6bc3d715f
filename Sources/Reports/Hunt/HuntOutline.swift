import Analytics
import Basics
import Hunting

/// The alerts of a report under their rules and groups, in the order of the groups.
struct HuntOutline {
    struct Section {
        var rule: AlertRule
        var groups: [Group]
        var count: Int { groups.reduce(0) { $0 + $1.group.count } }
    }

    struct Group {
        var group: AlertGroup
        /// The alerts that were kept, in order of time.
        var alerts: [Alert]
    }

    private(set) var sections: [Section] = []

    private struct Identity: Hashable {
        var rule: String
        var values: [String]
    }

    init(_ result: HuntResult) {
        var names: [String: [String]] = [:]
        for group in result.groups where names[group.rule] == nil { names[group.rule] = group.keys.map(\.name) }
        var alerts: [Identity: [Alert]] = [:]
        for alert in result.alerts {
            let values = (names[alert.rule] ?? []).map(alert.groupValue)
            alerts[Identity(rule: alert.rule, values: values), default: []].append(alert)
        }
        var places: [String: Int] = [:]
        for group in result.groups {
            let identity = Identity(rule: group.rule, values: group.keys.map(\.value))
            let entry = Group(group: group, alerts: alerts[identity] ?? [])
            if let place = places[group.rule] {
                sections[place].groups.append(entry)
            } else {
                places[group.rule] = sections.count
                sections.append(Section(rule: result.rule(group), groups: [entry]))
            }
        }
    }
}

extension HuntResult {
    /// The group's rule. If the result does not have it, it is made from the group.
    fileprivate func rule(_ group: AlertGroup) -> AlertRule {
        rules[group.rule]
            ?? AlertRule(
                id: group.rule, title: group.title, kind: .rule, severity: group.severity, practice: group.practice)
    }
}
