import Analytics
public import FoundationEssentials
import Hunting

extension HuntReport {
    /// Markdown with GitHub's tables: what was read, a table of the groups, and a section for each rule with its first
    /// alerts.
    public func markdown() -> Data {
        let outline = HuntOutline(result)
        let blocks = [["# Hunt in \(MarkdownText.escaped(sourceName))"], about, warnings, table(outline)]
            .filter { !$0.isEmpty }
        let lines = blocks.flatMap { $0 + [""] } + outline.sections.flatMap { section($0) + [""] }
        return Data(lines.dropLast().joined(separator: "\n").utf8) + Data("\n".utf8)
    }

    /// Groups in the table; alerts in a rule's section.
    private static var limits: (groups: Int, alerts: Int) { (200, 10) }

    private var about: [String] {
        let logs = run.logs.prefix(10).map { MarkdownText.code($0) }.joined(separator: ", ")
        var lines = ["- Read: \(readings), from \(logs)\(run.logs.count > 10 ? ", …" : "")"]
        lines.append("- Finished: \(HuntWords.moment(Int(run.finished.timeIntervalSince1970)))")
        if let span = alertSpan {
            let alerts = HuntWords.count(max(result.statistics.alerts, result.alerts.count), "alert")
            let counts = severities.map { "\(HuntWords.count($0.count)) \($0.severity.rawValue)" }
            lines.append("- Found: \(alerts) (\(counts.joined(separator: ", ")))")
            lines.append("- Time of the alerts: \(HuntWords.moment(span.first)) to \(HuntWords.moment(span.last))")
        } else {
            lines.append("- Found: " + nothingFound)
        }
        return lines
    }

    private var warnings: [String] {
        var lines: [String] = []
        if !allDoubts.isEmpty {
            lines += ["## Not determined", "", "Silence is no proof here:", ""]
            lines += allDoubts.map { "- " + MarkdownText.escaped($0) }
        }
        if !result.learning.isEmpty {
            if !lines.isEmpty { lines.append("") }
            let names = result.learning.prefix(10).map { MarkdownText.code($0) }.joined(separator: ", ")
            lines += ["## Learning", "", "\(learningSentence): \(names)\(result.learning.count > 10 ? ", …" : "")."]
        }
        return lines
    }

    private func table(_ outline: HuntOutline) -> [String] {
        guard !outline.sections.isEmpty else { return [] }
        var lines = [
            "## Alerts", "", "| Severity | Rule | Who | Alerts | First | Last |",
            "| --- | --- | --- | ---: | --- | --- |",
        ]
        for group in result.groups.prefix(Self.limits.groups) {
            let cells = [
                group.severity.rawValue, MarkdownText.escaped(group.title),
                MarkdownText.code(HuntWords.keys(group), isInTable: true), HuntWords.count(group.count),
                HuntWords.moment(group.first), HuntWords.moment(group.last),
            ]
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        let rest = result.groups.count - Self.limits.groups
        if rest > 0 { lines += ["", "… and \(HuntWords.count(rest, "further group"))."] }
        return lines
    }

    private func section(_ section: HuntOutline.Section) -> [String] {
        let rule = section.rule
        var lines = ["## " + MarkdownText.escaped(rule.title), ""]
        if !rule.summary.isEmpty { lines += [MarkdownText.escaped(rule.summary), ""] }
        lines.append("- Severity: \(rule.severity.rawValue)")
        lines.append("- Rule: " + MarkdownText.code(rule.id))
        if !rule.practice.isEmpty { lines.append("- Practice: " + MarkdownText.code(rule.practice)) }
        if !rule.techniques.isEmpty {
            lines.append("- MITRE ATT&amp;CK: " + rule.techniques.map { MarkdownText.code($0) }.joined(separator: ", "))
        }
        lines += rule.falsePositives.map { "- The same picture without harm: " + MarkdownText.escaped($0) }
        lines += rule.references.map { "- " + MarkdownText.link($0) }
        let alerts = section.groups.flatMap(\.alerts)
        let shown = alerts.prefix(Self.limits.alerts)
        if !shown.isEmpty { lines.append("") }
        for alert in shown { lines += entry(alert) }
        let rest = section.count - shown.count
        if rest > 0 { lines += ["", "… and \(HuntWords.count(rest, "further alert"))."] }
        return lines
    }

    private func entry(_ alert: Alert) -> [String] {
        let place = [alert.account, alert.region, alert.event].compactMap { $0 }.map { MarkdownText.code($0) }
        let head = [HuntWords.moment(alert.time), MarkdownText.code(alert.actor)] + place
        var lines = ["- " + head.joined(separator: " · ")]
        for (name, value) in alert.fields.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
            lines.append("  - \(MarkdownText.escaped(name)): \(MarkdownText.code(value))")
        }
        let evidence = HuntEvidence(alert: alert)
        if let comparison = evidence.comparison {
            lines.append(
                "  - " + MarkdownText.escaped(comparison)
                    + (evidence.sparkline.map { " " + MarkdownText.code($0) } ?? ""))
        }
        for fact in evidence.others {
            lines.append("  - \(MarkdownText.escaped(fact.name)): \(MarkdownText.code(HuntEvidence.words(fact.value)))")
        }
        return lines
    }
}
