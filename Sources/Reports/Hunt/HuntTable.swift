import Basics
internal import Analytics
import FoundationEssentials
import Hunting

/// A hunt for a person at a terminal: the rules that alerted, the most severe first, each with a line for whoever did
/// it; then what could not be judged; then the sums.
public struct HuntTable {
    let report: HuntReport
    let text: TerminalText
    let isVerbose: Bool
    /// How many groups of one rule are shown before the rest is only counted; `nil` for all.
    private var limit: Int? { isVerbose ? nil : 8 }

    public init(_ report: HuntReport, text: TerminalText, isVerbose: Bool) {
        self.report = report
        self.text = text
        self.isVerbose = isVerbose
    }

    /// The whole table, ending with a line feed.
    public func rendered() -> String {
        let outline = HuntOutline(report.result)
        var lines = header()
        for section in outline.sections { lines += [""] + self.lines(of: section) }
        lines += learning() + doubts() + summary(outline)
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Parts of the table

    private func header() -> [String] {
        let seconds = report.run.finished.timeIntervalSince(report.run.started)
        let took = seconds < 0.1 ? "under 0.1 s" : "\(HuntWords.decimal(seconds)) s"
        let words = "Parapet hunt · \(report.sourceName) · \(report.readings) · \(took)"
        var lines = wrapped(words)
        lines[0] = text.styled("Parapet hunt", .bold) + lines[0].dropFirst("Parapet hunt".count)
        if let (first, last) = report.alertSpan {
            lines.append(text.styled("Alerts from \(HuntWords.moment(first)) to \(HuntWords.moment(last))", .dim))
        }
        return lines
    }

    private func lines(of section: HuntOutline.Section) -> [String] {
        let severity = section.groups.map(\.group.severity).max() ?? section.rule.severity
        let mark = severity.rawValue.uppercased()
        let room = max(mark.count + 1, 10)
        var lines = wrapped(section.rule.title, indent: room).enumerated().map { place, line in
            place > 0
                ? text.styled(line, .bold)
                : text.styled(mark, severity.style) + String(repeating: " ", count: room - mark.count)
                    + text.styled(String(line.dropFirst(room)), .bold)
        }
        let about = [section.rule.id] + section.rule.techniques.prefix(4)
        lines += wrapped(about.joined(separator: " · "), indent: room).map { text.styled($0, .dim) }
        let shown = section.groups.prefix(limit ?? section.groups.count)
        for (place, entry) in shown.enumerated() {
            lines += self.lines(of: entry)
            if isVerbose {
                lines += entry.alerts.flatMap(details) + missing(entry)
            } else if place == 0, section.rule.kind == .analytic, let first = entry.alerts.first {
                lines += evidence(first)
            }
        }
        let rest = section.groups.dropFirst(shown.count)
        if !rest.isEmpty {
            let alerts = rest.reduce(0) { $0 + $1.group.count }
            lines += text.wrapped(
                "… and \(HuntWords.count(rest.count)) more with \(HuntWords.count(alerts, "alert")) "
                    + "(--verbose or --format json shows all)", indent: 4)
        }
        return lines
    }

    /// How often, who, and when: on one line, with the middle of a long name left out; with all of it where much is
    /// shown.
    private func lines(of entry: HuntOutline.Group) -> [String] {
        let group = entry.group
        let count = "\(HuntWords.count(group.count)) ×"
        let begin = "  " + String(repeating: " ", count: max(0, 8 - count.count)) + count + " "
        let times = HuntWords.stretch(group.first, group.last)
        let keys = TerminalText.escaped(HuntWords.keys(group))
        let room = text.width - begin.count - times.count - 2
        if isVerbose, keys.count > room {
            let names = text.wrapped(keys, indent: begin.count)
            return names.enumerated().map {
                $0 == 0 ? begin + text.styled(String($1.dropFirst(begin.count)), .cyan) : $1
            }
                + [String(repeating: " ", count: begin.count) + times]
        }
        // Some width must be left for the name, else the times go below it.
        guard room >= 20 else {
            let name = HuntWords.shortened(keys, to: text.width - begin.count)
            return [begin + text.styled(name, .cyan), String(repeating: " ", count: begin.count) + times]
        }
        let name = HuntWords.shortened(keys, to: room)
        let gap = String(repeating: " ", count: room - name.count + 2)
        return [begin + text.styled(name, .cyan) + gap + times]
    }

    private func evidence(_ alert: Alert) -> [String] {
        let evidence = HuntEvidence(alert: alert)
        let parts = [evidence.short, evidence.sparkline].compactMap { $0 }
        return parts.isEmpty ? [] : wrapped(parts.joined(separator: " "), indent: 11).map { text.styled($0, .dim) }
    }

    /// What of a group was not kept.
    private func missing(_ entry: HuntOutline.Group) -> [String] {
        let count = entry.group.count - entry.alerts.count
        return count > 0
            ? text.wrapped("… and \(HuntWords.count(count)) more, only counted (--max-alerts keeps more)", indent: 6)
            : []
    }

    private func learning() -> [String] {
        let learning = report.result.learning
        guard !learning.isEmpty else { return [] }
        let shown = learning.prefix(isVerbose ? learning.count : 3).joined(separator: ", ")
        let rest = isVerbose || learning.count <= 3 ? "" : ", …"
        let words = wrapped("\(report.learningSentence): \(shown)\(rest)", indent: 2)
        return ["", text.styled("Learning", .yellow)] + words
    }

    private func doubts() -> [String] {
        let doubts = report.allDoubts
        guard !doubts.isEmpty else { return [] }
        var lines = ["", text.styled("Not determined", .yellow) + " (silence is no proof here)"]
        let shown = doubts.prefix(isVerbose ? doubts.count : 12)
        for doubt in shown {
            lines += wrapped(doubt, indent: 4).enumerated().map { place, line in
                place == 0 ? "  " + text.styled("?", .yellow) + " " + line.dropFirst(4) : line
            }
        }
        if shown.count < doubts.count {
            lines.append("  … and \(HuntWords.count(doubts.count - shown.count)) more (--verbose shows all)")
        }
        return lines
    }

    private func summary(_ outline: HuntOutline) -> [String] {
        guard let first = outline.sections.first else {
            return [""] + wrapped(report.nothingFound)
        }
        let statistics = report.result.statistics
        let severities = report.severities.map { "\(HuntWords.count($0.count)) \($0.severity.rawValue)" }
        let alerts = max(statistics.alerts, report.result.alerts.count)
        let rules = "\(HuntWords.count(outline.sections.count)) of \(HuntWords.count(statistics.rules, "rule")) alerted"
        let sum = "\(HuntWords.count(alerts, "alert")) (\(severities.joined(separator: ", "))) · \(rules)"
        let next =
            first.rule.kind == .analytic
            ? isVerbose ? nil : "Next: --verbose shows each alert with its evidence"
            : "Next: parapet hunt --explain-rule \(TerminalText.escaped(first.rule.id))"
        return [""] + wrapped(sum) + (next.map { text.wrapped($0).map { text.styled($0, .dim) } } ?? [])
    }

    /// Escaped and broken into lines.
    func wrapped(_ words: String, indent: Int = 0) -> [String] {
        text.wrapped(TerminalText.escaped(words), indent: indent)
    }
}
