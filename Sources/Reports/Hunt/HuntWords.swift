import Basics
internal import Analytics
import AWSClient
import FoundationEssentials
internal import Hunting

/// What the formats for people have in common: figures, moments and places in words.
enum HuntWords {
    /// `12,345`
    static func count(_ count: Int) -> String {
        let digits = String(count.magnitude)
        var text = count < 0 ? "-" : ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `1 file`, `12,345 files`
    static func count(_ count: Int, _ thing: String) -> String {
        "\(self.count(count)) \(thing)\(count == 1 ? "" : "s")"
    }

    /// `3.1 MB`: decimal, as storage is sold.
    static func bytes(_ count: Int) -> String {
        var (amount, unit) = (Double(count), 0)
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        while amount.magnitude >= 999.5, unit < units.count - 1 {
            amount /= 1_000
            unit += 1
        }
        if unit == 0 { return "\(count) B" }
        return (amount.magnitude < 9.95 ? decimal(amount) : self.count(Int(amount.rounded()))) + " " + units[unit]
    }

    /// With one place after the point, unless that is 0.
    static func decimal(_ number: Double) -> String {
        guard number.isFinite, number.magnitude < 1e15 else { return "\(number)" }
        let tenths = Int((number * 10).rounded())
        let whole = (number < 0 && tenths > -10 ? "-" : "") + count(tenths / 10)
        return tenths % 10 == 0 ? count(tenths / 10) : "\(whole).\(abs(tenths % 10))"
    }

    /// `2026-01-01T00:00:00Z`; the nearest moment that has a date where the logs name none.
    static func moment(_ seconds: Int) -> String {
        (Moment(seconds: seconds) ?? (seconds < 0 ? .earliest : .latest)).date.rfc3339
    }

    /// `2026-01-01 10:00 to 12:30`, in UTC and to the minute, the day said once where it is the same.
    static func stretch(_ first: Int, _ last: Int) -> String {
        let (begin, end) = (minute(first), minute(last))
        if begin == end { return begin }
        return begin.prefix(10) == end.prefix(10) ? "\(begin) to \(end.suffix(5))" : "\(begin) to \(end)"
    }

    private static func minute(_ seconds: Int) -> String {
        let text = moment(seconds)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
    }

    /// The middle left out, so that both ends are there: of an ARN, the account and the name.
    static func shortened(_ text: String, to columns: Int) -> String {
        guard text.count > columns, columns > 3 else { return text }
        let tail = (columns - 1) * 3 / 5
        return text.prefix(columns - 1 - tail) + "…" + text.suffix(tail)
    }

    /// A group's keys; the name of a key is said unless it is the actor.
    static func keys(_ group: AlertGroup) -> String {
        group.keys.map { key in
            let value = key.value.isEmpty ? "(none)" : key.value
            return key.name == "actor" ? value : "\(key.name) \(value)"
        }.joined(separator: " · ")
    }
}

extension HuntReport {
    /// The log by its usual name.
    var sourceName: String {
        switch run.source {
        case "cloudtrail": "CloudTrail"
        case "s3-access": "S3 server access logs"
        case "vpc-flow": "VPC flow logs"
        default: run.source
        }
    }

    /// `12,345 events in 3 files (1.2 MB)`
    var readings: String {
        let size = result.statistics.bytes > 0 ? " (\(HuntWords.bytes(result.statistics.bytes)))" : ""
        return HuntWords.count(result.statistics.events, "event") + " in "
            + HuntWords.count(result.statistics.files, "file") + size
    }

    /// The moments of the first and last alert.
    var alertSpan: (first: Int, last: Int)? {
        guard let first = result.groups.map(\.first).min(), let last = result.groups.map(\.last).max() else {
            return nil
        }
        return (first, last)
    }

    /// How many alerts there are of each severity, the worst first. Where some were only counted, they have the
    /// severity of their group.
    var severities: [(severity: Severity, count: Int)] {
        var counts: [Severity: Int] = [:]
        if result.alerts.count == result.statistics.alerts {
            for alert in result.alerts { counts[alert.severity, default: 0] += 1 }
        } else {
            for group in result.groups { counts[group.severity, default: 0] += group.count }
        }
        return counts.sorted { $0.key > $1.key }.map { (severity: $0.key, count: $0.value) }
    }

    /// What nobody found may be said of: no alert is proof of nothing where something is in doubt.
    var nothingFound: String {
        let statement =
            "No alert in \(HuntWords.count(result.statistics.events, "event")) of "
            + "\(HuntWords.count(result.statistics.files, "file"))"
        if result.statistics.events == 0 {
            return statement + ". Nothing was read, so nothing is known."
        }
        if !result.doubts.isEmpty || result.statistics.skipped > 0 {
            return statement + ", but not everything could be judged: this is no proof that nothing happened."
        }
        return statement + ", judged by \(HuntWords.count(result.statistics.rules, "rule"))."
    }

    /// The doubts, with what the figures say and no text did.
    var allDoubts: [String] {
        var doubts = result.doubts
        let statistics = result.statistics
        if doubts.isEmpty, statistics.skipped > 0 || statistics.damagedFiles > 0 {
            doubts.append(
                "\(HuntWords.count(statistics.skipped, "record")) could not be read, and "
                    + "\(HuntWords.count(statistics.damagedFiles, "file")) not wholly.")
        }
        return doubts
    }

    var learningSentence: String {
        let count = result.learning.count
        return "learning, not normal: \(HuntWords.count(count, "network interface")) "
            + "\(count == 1 ? "has" : "have") too little history to call the traffic usual or not"
    }
}

/// The alerts of a report under their rules and groups, in the order of the groups.
struct HuntOutline {
    struct Section {
        var rule: AlertRule
        var groups: [Group]
        var count: Int { groups.reduce(0) { $0 + $1.group.count } }
    }

    struct Group {
        var group: AlertGroup
        /// Those that were kept, in order of time.
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
    /// What is known of the group's rule.
    fileprivate func rule(_ group: AlertGroup) -> AlertRule {
        rules[group.rule]
            ?? AlertRule(
                id: group.rule, title: group.title, kind: .rule, severity: group.severity, practice: group.practice)
    }
}
