import Analytics
import Basics
import FoundationEssentials
import Hunting
import Sigma

/// A hunt for a person at a terminal: the rules that alerted, the most severe first, each with a line for each group of
/// alerts; then what could not be evaluated; then the sums.
struct HuntTable {
    private let report: HuntReport
    private let isVerbose: Bool
    private var page: TerminalPage
    /// How many groups of one rule are shown before the rest is only counted; `nil` for all.
    private var limit: Int? { isVerbose ? nil : 8 }

    init(_ report: HuntReport, text: TerminalText, isVerbose: Bool) {
        self.report = report
        self.isVerbose = isVerbose
        page = TerminalPage(text)
    }

    /// The whole table, ending with a line feed.
    func rendered() -> String {
        var table = self
        let outline = HuntOutline(report.result)
        table.addHeader()
        switch report.order {
        case .severity: for section in outline.sections { table.add(section) }
        case .time: table.addChronology()
        }
        table.addLearning()
        table.addDoubts()
        table.addSummary(outline)
        return table.page.rendered
    }

    private mutating func addHeader() {
        let seconds = report.run.finished.timeIntervalSince(report.run.started)
        let took = seconds < 0.1 ? "under 0.1 s" : "\(Figures.decimal(seconds)) s"
        page.add("Parapet hunt · \(report.sourceName) · \(report.readings) · \(took)", .bold)
        if let (first, last) = report.alertSpan {
            page.line("Alerts from \(Figures.moment(first)) to \(Figures.moment(last))", .dim)
        }
    }

    private mutating func add(_ section: HuntOutline.Section) {
        let severity = section.groups.map(\.group.severity).max() ?? section.rule.severity
        let mark = severity.rawValue.uppercased()
        let room = max(mark.count + 1, 10)
        page.space()
        let gap = String(repeating: " ", count: room - mark.count)
        page.add(section.rule.title, indent: room, .bold, margin: page.text.styled(mark, severity.style) + gap)
        let about = [section.rule.id] + section.rule.techniques.prefix(4)
        page.add(about.joined(separator: " · "), indent: room, .dim)
        if isVerbose, !section.rule.response.isEmpty {
            page.add("Response: " + section.rule.response, indent: room)
        }
        let shown = section.groups.prefix(limit ?? section.groups.count)
        for (place, entry) in shown.enumerated() {
            add(entry)
            if isVerbose {
                for alert in entry.alerts { add(alert) }
                page.rest(
                    entry.group.count - entry.alerts.count, indent: 6, "more, counted only (--max-alerts keeps more)")
            } else if place == 0, section.rule.kind == .analytic, let first = entry.alerts.first {
                let evidence = HuntEvidence(alert: first)
                let parts = [evidence.short, evidence.sparkline].compactMap(\.self)
                if !parts.isEmpty { page.add(parts.joined(separator: " "), indent: 11, .dim) }
            }
        }
        let rest = section.groups.dropFirst(shown.count)
        let alerts = Figures.count(rest.reduce(0) { $0 + $1.group.count }, "alert")
        page.rest(rest.count, indent: 4, "more with \(alerts) (--verbose or --format json shows all)")
    }

    /// Adds each alert that was kept, the earliest first: the time, the severity, the title, the actor and the action.
    private mutating func addChronology() {
        page.space()
        for alert in report.result.alerts {
            let severity = alert.severity.rawValue.uppercased()
            let mark =
                page.text.styled(severity, alert.severity.style)
                + String(repeating: " ", count: max(1, 10 - severity.count))
            let time = alert.hasTime ? Figures.moment(alert.time) : Figures.noTime
            page.add(alert.title, indent: time.count + 12, .bold, margin: time + "  " + mark)
            let words = [alert.actor, AlertSentence([alert]).text].compactMap(\.self).joined(separator: " · ")
            page.add(words, indent: time.count + 12, .dim)
            if isVerbose { add(alert) }
        }
    }

    /// Adds the count, the name and the times of a group. A long name is shortened in the middle so that all fits on
    /// one line; verbose tables show the whole name.
    private mutating func add(_ entry: HuntOutline.Group) {
        let count = "\(Figures.count(entry.group.count)) ×"
        let begin = "  " + String(repeating: " ", count: max(0, 8 - count.count)) + count + " "
        let times = Figures.stretch(entry.group.first, entry.group.last)
        let keys = TerminalText.escaped(entry.group.keyText)
        let room = page.text.width - begin.count - times.count - 2
        // Some width must be left for the name, else the times go below it.
        if isVerbose && keys.count > room || room < 20 {
            let name = isVerbose ? keys : TerminalText.shortened(keys, to: page.text.width - begin.count)
            page.add(name, indent: begin.count, .cyan, margin: begin)
            page.line(String(repeating: " ", count: begin.count) + times)
        } else {
            let name = TerminalText.shortened(keys, to: room)
            let gap = String(repeating: " ", count: room - name.count + 2)
            page.line(styled: begin + page.text.styled(name, .cyan) + gap + times)
        }
        guard !isVerbose, let sentence = AlertSentence(entry.alerts).text else { return }
        page.add(sentence, indent: begin.count, .dim, margin: String(repeating: " ", count: begin.count))
    }

    /// Adds everything that is known about an alert.
    private mutating func add(_ alert: Alert) {
        let until = alert.lastTime == alert.time ? "" : " to " + Figures.moment(alert.lastTime)
        let head = [
            alert.hasTime ? Figures.moment(alert.time) + until : Figures.noTime, alert.region,
            alert.account.map { "account \($0)" },
            alert.event.map { "event \($0)" },
        ]
        page.add(head.compactMap(\.self).joined(separator: " · "), indent: 6)
        for (name, value) in alert.fields.filter({ !$0.value.isEmpty }).sorted(by: { $0.key < $1.key }) {
            addEntry(name, value)
        }
        let evidence = HuntEvidence(alert: alert)
        if let comparison = evidence.comparison { page.add(comparison, indent: 8) }
        if let sparkline = evidence.sparkline { page.add(sparkline, indent: 8) }
        for fact in evidence.others { addEntry(EvidenceWords.label(fact.name), EvidenceWords.value(fact.value)) }
        for (place, step) in evidence.steps.enumerated() { addEntry("step \(place + 1)", step) }
        if let raw = alert.raw { addEntry("record", raw) }
    }

    private mutating func addEntry(_ name: String, _ value: String) {
        page.add("\(name): \(value)", indent: 10, margin: String(repeating: " ", count: 8))
    }

    private mutating func addLearning() {
        let learning = report.result.learning
        guard !learning.isEmpty else { return }
        let shown = learning.prefix(isVerbose ? learning.count : 3)
        let rest = shown.count < learning.count ? ", …" : ""
        page.heading("Learning", style: .yellow)
        page.add("\(report.learningSentence): \(shown.joined(separator: ", "))\(rest)", indent: 2)
    }

    private mutating func addDoubts() {
        let doubts = report.allDoubts
        guard !doubts.isEmpty else { return }
        page.space()
        page.line(styled: page.text.styled("Not determined", .yellow) + " (no alert does not mean no activity)")
        let shown = doubts.prefix(isVerbose ? doubts.count : 12)
        for doubt in shown { page.add(doubt, indent: 4, mark: "?", .yellow) }
        page.rest(doubts.count - shown.count, "more (--verbose shows all)")
    }

    private mutating func addSummary(_ outline: HuntOutline) {
        page.space()
        guard report.matchedRules > 0 else { return page.add(report.nothingFound) }
        let rules = Figures.count(report.result.statistics.rules, "rule")
        page.add("\(report.sum) · \(Figures.count(report.matchedRules)) of \(rules) matched")
        if let omission = report.omission { page.add(omission, .yellow) }
        guard let first = outline.sections.first else { return }
        if first.rule.kind != .analytic {
            let isBuiltIn = BuiltInRules.has(id: first.rule.id)
            page.add("Next: parapet hunt\(isBuiltIn ? "" : " --rules …") --explain-rule \(first.rule.id)", .dim)
        } else if !isVerbose {
            page.add("Next: --verbose shows each alert with its evidence", .dim)
        }
    }
}
