internal import Analytics
import Basics
import Hunting
public import LogReaders
import Basics
import Posture
public import Sigma

/// The rules and analytics that a hunt can run, for a person to browse and for programs to read.
public struct RuleList {
    /// A rule with its explanation.
    public struct Page {
        var source: LogSource?
        var rule: AlertRule
        /// The condition for an alert, line by line.
        var condition: [String]
        /// Whether it alerts by itself; else only correlations count it.
        var alerts: Bool
        var filters: [String]
        var about: RuleMetadata?
    }

    private let pages: [Page]
    /// The IDs, names or titles of the rules that are explained; empty for all.
    private let references: [String]

    /// - Parameters:
    ///   - sources: the logs whose rules are wanted.
    ///   - analytics: whether the built-in analytics are listed too.
    ///   - references: the IDs, names or titles of the rules that are explained; empty for all.
    public init(_ collection: RuleCollection, sources: [LogSource], analytics: Bool, references: [String] = []) {
        self.references = references
        var pages: [Page] = []
        for source in sources {
            let set = RuleSet(collection, for: source)
            for place in set.detections {
                pages.append(Page(source, collection.explain(detection: place), .rule))
            }
            for place in set.correlations {
                pages.append(Page(source, collection.explain(correlation: place), .correlation))
            }
            guard analytics else { continue }
            for rule in BuiltInAnalytics.rules(for: source) {
                pages.append(Page(source: source, rule: rule, condition: [], alerts: true, filters: []))
            }
        }
        self.pages = pages
    }

    /// The pages of the rules with this ID, name or title.
    public func pages(of reference: String) -> [Page] {
        let wanted = reference.lowercased()
        return pages.filter { page in
            page.rule.id.lowercased() == wanted || page.rule.title.lowercased() == wanted
                || page.about?.name?.lowercased() == wanted || page.about?.id?.lowercased() == wanted
        }
    }

    /// The ID or title that is nearest to a reference that no rule has.
    public func nearest(to reference: String) -> String? {
        NearestNames.nearest(to: reference, among: pages.map(\.rule.id) + pages.map(\.rule.title), count: 1).first
    }

    // MARK: For a person

    /// All rules by practice, ending with a line feed.
    public func rendered(_ text: TerminalText) -> String {
        let listed = pages.filter(\.alerts)
        let practices = Dictionary(grouping: listed) { Practice(id: $0.rule.practice) }
        var page = TerminalPage(text)
        for practice in Practice.all.map(Optional.some) + [nil] {
            guard let pages = practices[practice] else { continue }
            let title = practice.map { "\($0.number). \($0.title)" } ?? "No practice"
            page.line(styled: text.styled(title, .bold) + (practice.map { "  (\($0.id))" } ?? ""))
            for rule in pages.map(\.rule).sorted(by: { ($0.severity, $1.title) > ($1.severity, $0.title) }) {
                let techniques = rule.techniques.isEmpty ? "" : " · " + rule.techniques.joined(separator: ", ")
                page.add(rule.title, indent: 2)
                page.add("\(rule.id)  \(rule.severity.rawValue)\(techniques)", indent: 6, .dim)
            }
            page.space()
        }
        let counts = AlertRule.Kind.allCases.compactMap { kind -> String? in
            let count = listed.count { $0.rule.kind == kind }
            return count == 0 ? nil : "\(count) \(count == 1 ? kind.singular : kind.plural)"
        }
        page.add(counts.joined(separator: ", ") + "; details: parapet hunt --explain-rule ID")
        return page.rendered
    }

    /// The rules that are explained, each on a page, ending with a line feed.
    public func explained(_ text: TerminalText) -> String {
        references.flatMap(pages(of:)).map { explained($0, text) }
            .joined(separator: "\n" + String(repeating: "─", count: 40) + "\n\n")
    }

    private func explained(_ page: Page, _ text: TerminalText) -> String {
        let rule = page.rule
        var lines = TerminalPage(text)
        lines.add(rule.title, .bold)
        var facts = [rule.kind.rawValue, rule.severity.rawValue]
        if let source = page.source { facts.append("log source: \(source.rawValue)") }
        if let practice = Practice(id: rule.practice) {
            facts.append("practice \(practice.number), \(practice.title)")
        }
        lines.line(rule.id, .cyan)
        lines.add(facts.joined(separator: " · "))
        func section(_ title: String, _ items: [String], wraps: Bool = true) {
            if !items.isEmpty { lines.heading(title) }
            for item in items {
                if wraps { lines.add(item, indent: 2) } else { lines.line("  " + item) }
            }
        }
        section("Description", rule.summary.isEmpty ? [] : [rule.summary])
        section("Detection logic", page.condition, wraps: false)
        if !page.alerts { section("Alone", ["Correlation component; does not alert on its own."]) }
        section("Filters that apply to it", page.filters)
        section("MITRE ATT&CK", rule.techniques)
        section("Response", rule.response.isEmpty ? [] : [rule.response])
        section("False positives", rule.falsePositives)
        section("References", rule.references, wraps: false)
        if let about = page.about {
            let facts = [
                about.status.map { "status \($0)" }, about.author.map { "by \($0)" }, about.date.map { "dated \($0)" },
                "\(about.file):\(about.line)",
            ]
            section("Rule", [facts.compactMap(\.self).joined(separator: " · ")])
        }
        return lines.rendered
    }

    /// An array of objects, ending with a line feed.
    public var json: String {
        let records = (references.isEmpty ? pages : references.flatMap(pages(of:))).map { page -> JSON in
            let rule = page.rule
            return .members([
                "id": .string(rule.id), "title": .string(rule.title), "kind": .string(rule.kind.rawValue),
                "source": (page.source?.rawValue).map(JSON.string), "severity": .string(rule.severity.rawValue),
                "practice": .string(rule.practice), "summary": .string(rule.summary),
                "techniques": .texts(rule.techniques), "references": .texts(rule.references),
                "falsePositives": .texts(rule.falsePositives), "response": .string(rule.response),
                "condition": .texts(page.condition),
                "alerts": .bool(page.alerts), "file": (page.about?.file).map(JSON.string),
            ])
        }
        return JSONText.pretty(.array(records)) + "\n"
    }
}

extension RuleList.Page {
    fileprivate init(_ source: LogSource, _ explanation: RuleExplanation, _ kind: AlertRule.Kind) {
        self.init(
            source: source, rule: AlertRule(explanation.about, kind), condition: explanation.lines,
            alerts: explanation.alerts, filters: explanation.filters, about: explanation.about)
    }
}

extension AlertRule.Kind {
    fileprivate var singular: String { rawValue }
    fileprivate var plural: String { self == .analytic ? "analytics" : rawValue + "s" }
}
