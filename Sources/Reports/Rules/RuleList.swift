internal import Analytics
import Basics
public import FoundationEssentials
import Hunting
public import LogReaders
import Basics
import Posture
public import Sigma

/// The rules and analytics that a hunt can run, for a person to browse and for programs to read.
public struct RuleList {
    /// A rule with what there is to say of it.
    public struct Page {
        var source: LogSource?
        var rule: AlertRule
        /// What it takes to alert, line by line.
        var condition: [String]
        /// Whether it alerts by itself; else only correlations count it.
        var alerts: Bool
        var filters: [String]
        var about: RuleMetadata?
    }

    private let collection: RuleCollection
    private let pages: [Page]

    /// - Parameters:
    ///   - sources: the logs whose rules are wanted.
    ///   - analytics: whether the built-in analytics are listed too.
    public init(_ collection: RuleCollection, sources: [LogSource], analytics: Bool) {
        self.collection = collection
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

    /// Those that are called so: by id, name or title.
    public func pages(of reference: String) -> [Page] {
        let wanted = reference.lowercased()
        return pages.filter { page in
            page.rule.id.lowercased() == wanted || page.rule.title.lowercased() == wanted
                || page.about?.name?.lowercased() == wanted || page.about?.id?.lowercased() == wanted
        }
    }

    /// What may have been meant by a name that nothing has.
    public func nearest(to reference: String) -> String? {
        NearestNames.nearest(to: reference, among: pages.map(\.rule.id) + pages.map(\.rule.title), count: 1).first
    }

    // MARK: For a person

    /// All of them by practice, ending with a line feed.
    public func rendered(_ text: TerminalText) -> String {
        let listed = pages.filter(\.alerts)
        let practices = Dictionary(grouping: listed) { Practice(id: $0.rule.practice) }
        var lines: [String] = []
        for practice in Practice.all.map(Optional.some) + [nil] {
            guard let pages = practices[practice] else { continue }
            if !lines.isEmpty { lines.append("") }
            let title = practice.map { "\($0.number). \($0.title)" } ?? "Tied to no practice"
            lines.append(text.styled(title, .bold) + (practice.map { "  (\($0.id))" } ?? ""))
            for page in pages.sorted(by: { ($0.rule.severity, $1.rule.title) > ($1.rule.severity, $0.rule.title) }) {
                let techniques =
                    page.rule.techniques.isEmpty ? "" : " · " + page.rule.techniques.joined(separator: ", ")
                lines += text.wrapped(TerminalText.escaped(page.rule.title), indent: 2)
                lines += text.wrapped(
                    TerminalText.escaped("\(page.rule.id)  \(page.rule.severity.rawValue)\(techniques)"), indent: 6
                ).map { text.styled($0, .dim) }
            }
        }
        let counts = AlertRule.Kind.allCases.compactMap { kind -> String? in
            let count = listed.count { $0.rule.kind == kind }
            return count == 0 ? nil : "\(count) \(count == 1 ? kind.singular : kind.plural)"
        }
        lines += ["", counts.joined(separator: ", ") + "; --explain-rule ID says more of one"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Those that are called so, each on a page, ending with a line feed.
    public func explained(_ references: [String], _ text: TerminalText) -> String {
        references.flatMap(pages(of:)).map { explained($0, text).joined(separator: "\n") + "\n" }
            .joined(separator: "\n" + String(repeating: "─", count: 40) + "\n\n")
    }

    private func explained(_ page: Page, _ text: TerminalText) -> [String] {
        let rule = page.rule
        var lines = text.wrapped(TerminalText.escaped(rule.title)).map { text.styled($0, .bold) }
        var facts = [rule.kind.rawValue, rule.severity.rawValue]
        if let source = page.source { facts.append("over \(source.rawValue)") }
        if let practice = Practice(id: rule.practice) {
            facts.append("practice \(practice.number), \(practice.title)")
        }
        lines.append(text.styled(TerminalText.escaped(rule.id), .cyan))
        lines += text.wrapped(TerminalText.escaped(facts.joined(separator: " · ")))
        func section(_ title: String, _ items: [String], wraps: Bool = true) {
            guard !items.isEmpty else { return }
            lines += ["", text.styled(title, .bold)]
            for item in items {
                let item = TerminalText.escaped(item)
                lines += wraps ? text.wrapped(item, indent: 2) : ["  " + item]
            }
        }
        section("What it means", rule.summary.isEmpty ? [] : [rule.summary])
        section("When it alerts", page.condition, wraps: false)
        if !page.alerts { section("Alone", ["It gives no alert by itself: correlations count it."]) }
        section("Filters that are part of it", page.filters)
        section("MITRE ATT&CK", rule.techniques)
        section("What gives the same picture", rule.falsePositives)
        section("References", rule.references, wraps: false)
        if let about = page.about {
            let facts = [
                about.status.map { "status \($0)" }, about.author.map { "by \($0)" }, about.date.map { "of \($0)" },
                "\(about.file):\(about.line)",
            ]
            section("Rule", [facts.compactMap(\.self).joined(separator: " · ")])
        }
        return lines
    }

    // MARK: For programs

    /// An array of objects, ending with a line feed.
    /// - Parameter references: ids, names or titles; all where there are none.
    public func json(only references: [String] = []) throws -> Data {
        struct Record: Encodable {
            var id: String
            var title: String
            var kind: String
            var source: String?
            var severity: String
            var practice: String
            var summary: String
            var techniques: [String]
            var references: [String]
            var falsePositives: [String]
            var condition: [String]
            var alerts: Bool
            var file: String?
        }
        let wanted = references.isEmpty ? pages : references.flatMap(pages(of:))
        return try RecordWriter.document(
            wanted.map { page in
                Record(
                    id: page.rule.id, title: page.rule.title, kind: page.rule.kind.rawValue,
                    source: page.source?.rawValue, severity: page.rule.severity.rawValue,
                    practice: page.rule.practice, summary: page.rule.summary, techniques: page.rule.techniques,
                    references: page.rule.references, falsePositives: page.rule.falsePositives,
                    condition: page.condition, alerts: page.alerts, file: page.about?.file)
            })
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
