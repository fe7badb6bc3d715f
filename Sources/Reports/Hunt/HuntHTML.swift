import Analytics
public import FoundationEssentials
import Hunting

extension HuntReport {
    /// One page that stands alone, without a script: the sums, what could not be judged, and the rules that alerted,
    /// the most severe first, each with its groups to unfold.
    public func html() -> Data { Data(HTMLPage(title: "Hunt in \(sourceName)", body: HuntPage(self).body).source.utf8) }
}

/// The page's content. What is left out of it, so that a browser can bear it, is counted.
private struct HuntPage {
    let report: HuntReport
    let outline: HuntOutline
    /// How many groups of a rule are shown, and how many alerts of a group. In a long report fewer alerts.
    let groupLimit = 40
    let alertLimit: Int

    init(_ report: HuntReport) {
        self.report = report
        outline = HuntOutline(report.result)
        let groups = outline.sections.reduce(0) { $0 + min(40, $1.groups.count) }
        alertLimit = max(1, min(20, 1_500 / max(1, groups)))
    }

    @HTML.Builder var body: HTML {
        HTML.element("header") {
            HTML.element("h1") { "Hunt in \(report.sourceName)" }
            HTML.element("p", ["class": "quiet"]) { "\(report.readings), \(logs)" }
            HTML.element("p", ["class": "quiet"]) { times }
        }
        HTML.element("main") {
            warnings
            if outline.sections.isEmpty {
                HTML.element("p") { report.nothingFound }
            } else {
                tiles
                outline.sections.map(section)
            }
        }
        HTML.element("footer", ["class": "quiet"]) {
            HTML.element("p") {
                "Parapet \(report.run.parapet). \(HuntWords.count(report.result.statistics.rules, "rule")) were run. "
                    + "Times are in UTC."
            }
        }
    }

    private var logs: String {
        report.run.logs.prefix(5).joined(separator: ", ") + (report.run.logs.count > 5 ? ", …" : "")
    }

    private var times: String {
        let finished = HuntWords.moment(Int(report.run.finished.timeIntervalSince1970))
        guard let (first, last) = report.alertSpan else { return "Finished \(finished)" }
        return "Alerts from \(HuntWords.moment(first)) to \(HuntWords.moment(last)). Finished \(finished)"
    }

    @HTML.Builder private var warnings: HTML {
        if !report.allDoubts.isEmpty {
            HTML.element("section", ["class": "note"]) {
                HTML.element("h2") { "Not determined" }
                HTML.element("p") { "Not everything could be judged. Silence is no proof here." }
                list(report.allDoubts, limit: 50)
            }
        }
        if !report.result.learning.isEmpty {
            HTML.element("section", ["class": "note"]) {
                HTML.element("h2") { "Learning" }
                HTML.element("p") { report.learningSentence + "." }
                HTML.element("details") {
                    HTML.element("summary") { "Which ones" }
                    list(report.result.learning, limit: 500)
                }
            }
        }
    }

    private func list(_ items: [String], limit: Int) -> HTML {
        HTML.element("ul") {
            items.prefix(limit).map { item in HTML.element("li") { item } }
            if items.count > limit { HTML.element("li") { "… and \(HuntWords.count(items.count - limit)) more" } }
        }
    }

    private var tiles: HTML {
        HTML.element("ul", ["class": "tiles", "aria-label": "Alerts by severity"]) {
            report.severities.map { severity, count in
                HTML.element("li", ["class": severity.rawValue]) {
                    HTML.element("strong") { HuntWords.count(count) }
                    HTML.element("span") { severity.rawValue }
                }
            }
        }
    }

    private func section(_ section: HuntOutline.Section) -> HTML {
        let rule = section.rule
        let severity = (section.groups.map(\.group.severity).max() ?? rule.severity).rawValue
        let rest = section.groups.dropFirst(groupLimit)
        return HTML.element("section", ["class": "rule"]) {
            HTML.element("div", ["class": "heading"]) {
                HTML.element("span", ["class": "badge \(severity)"]) { severity }
                HTML.element("h2") { rule.title }
                HTML.element("span", ["class": "quiet"]) { HuntWords.count(section.count, "alert") }
            }
            if !rule.summary.isEmpty { HTML.element("p") { rule.summary } }
            about(rule)
            section.groups.prefix(groupLimit).map(group)
            if !rest.isEmpty {
                HTML.element("p", ["class": "quiet"]) {
                    let alerts = rest.reduce(0) { $0 + $1.group.count }
                    "… and \(HuntWords.count(rest.count)) more with \(HuntWords.count(alerts, "alert")): "
                        + "--format json has all of them."
                }
            }
        }
    }

    @HTML.Builder private func about(_ rule: AlertRule) -> HTML {
        HTML.element("p", ["class": "quiet"]) {
            HTML.element("code") { rule.id }
            rule.techniques.map { technique in HTML.text(" · \(technique)") }
            if !rule.practice.isEmpty { " · \(rule.practice)" }
        }
        rule.falsePositives.map { words in
            HTML.element("p", ["class": "quiet"]) { "The same picture without harm: \(words)" }
        }
        rule.references.map { reference in
            HTML.element("p") {
                if WebAddress.isOne(reference) {
                    HTML.element("a", ["href": reference, "rel": "noopener noreferrer"]) { reference }
                } else {
                    reference
                }
            }
        }
    }

    private func group(_ entry: HuntOutline.Group) -> HTML {
        let group = entry.group
        let shown = entry.alerts.prefix(alertLimit)
        let rest = group.count - shown.count
        return HTML.element("details") {
            HTML.element("summary") {
                HTML.element("strong") { "\(HuntWords.count(group.count)) ×" }
                HTML.element("span", ["class": "who code"]) { HuntWords.keys(group) }
                HTML.element("span", ["class": "when"]) { HuntWords.stretch(group.first, group.last) }
            }
            shown.map { HuntAlertCard(alert: $0).content }
            if rest > 0 {
                HTML.element("p", ["class": "quiet"]) {
                    "… and \(HuntWords.count(rest)) more: --format json has those that were kept."
                }
            }
        }
    }
}
