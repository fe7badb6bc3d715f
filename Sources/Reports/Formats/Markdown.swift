import Analytics
import Basics
import Pages

extension Report {
    /// The limits of what a person reads: rows of the overview, and items of one rule.
    private static var limits: (rows: Int, items: Int) { (200, 20) }

    /// Writes Markdown with GitHub's tables: the scope, the overview, and a section for each rule with its first items.
    /// Passes, and checks that evaluated nothing, are only counted.
    func writeMarkdown(to sink: Sink) throws {
        try sink.line("# " + MarkdownText.escaped(title) + "\n")
        for fact in summary { try sink.line("- " + Self.markdown(fact)) }
        for note in notes {
            try sink.line("\n## \(MarkdownText.escaped(note.title))\n\n\(MarkdownText.escaped(note.sentence))\n")
            for line in note.lines.prefix(50) { try sink.line("- " + MarkdownText.escaped(line)) }
            if note.lines.count > 50 { try sink.line("- … and \(Figures.count(note.lines.count - 50)) more") }
        }
        if let overview, !overview.rows.isEmpty { try writeMarkdown(overview, to: sink) }
        // Only places are kept, so that memory does not grow with the content of items.
        var shown: [[Int]] = Array(repeating: [], count: rules.count)
        var counts = Array(repeating: 0, count: rules.count)
        for (place, item) in items.enumerated() where item.status.needsAttention {
            counts[item.rule] += 1
            if shown[item.rule].count < Self.limits.items { shown[item.rule].append(place) }
        }
        for rule in rulesWorstFirst where counts[rule] > 0 {
            try writeMarkdown(rules[rule], to: sink)
            for place in shown[rule] { try writeMarkdown(items[place], to: sink) }
            let rest = counts[rule] - shown[rule].count
            if rest > 0 { try sink.line("\n… and \(Figures.count(rest)) more.") }
        }
        guard kind == .compliance, !items.isEmpty else { return }
        try sink.line("\n## All \(lists.first?.name ?? "items") by their ids\n")
        for item in items {
            let place = [item.subject, item.account ?? "", item.region ?? ""].filter { !$0.isEmpty }
            let words = [item.id, rules[item.rule].id] + place
            try sink.line("- \(item.status.words): " + words.map { MarkdownText.code($0) }.joined(separator: " · "))
        }
    }

    /// The rules' numbers, the more severe first.
    var rulesWorstFirst: [Int] {
        rules.indices.sorted { (rules[$0].severity, $1) > (rules[$1].severity, $0) }
    }

    private func writeMarkdown(_ overview: Overview, to sink: Sink) throws {
        func row(_ cells: [String]) throws { try sink.line("| " + cells.joined(separator: " | ") + " |") }
        try sink.line("\n## \(MarkdownText.escaped(overview.title))\n")
        try row(overview.columns.map(MarkdownText.escaped))
        try row(overview.columns.map { _ in "---" })
        for cells in overview.rows.prefix(Self.limits.rows) {
            try row(cells.map { Self.markdown($0, isInTable: true) })
        }
        let rest = overview.rows.count - Self.limits.rows
        if rest > 0 { try sink.line("\n… and \(Figures.count(rest)) more.") }
    }

    private func writeMarkdown(_ rule: Rule, to sink: Sink) throws {
        try sink.line("\n## " + MarkdownText.escaped(rule.title) + "\n")
        if !rule.summary.isEmpty { try sink.line(MarkdownText.escaped(rule.summary) + "\n") }
        for fact in rule.facts { try sink.line("- " + Self.markdown(fact)) }
        if !rule.facts.isEmpty { try sink.line() }
    }

    private func writeMarkdown(_ item: any ReportItem, to sink: Sink) throws {
        let status = item.status == .fail || item.status == .information ? [] : ["\(item.status.rawValue)"]
        let place = [item.subject, item.account ?? "", item.region ?? ""].filter { !$0.isEmpty }
        let head = status + [item.when].compactMap(\.self) + place.map { MarkdownText.code($0) }
        try sink.line(
            "- " + head.joined(separator: " · ")
                + (item.message.isEmpty ? "" : ": " + MarkdownText.escaped(item.message)))
        for fact in item.details where !fact.value.text.isEmpty { try sink.line("  - " + Self.markdown(fact)) }
        if let picture = item.picture {
            try sink.line("  - History:\n\n    ```")
            for line in picture.lines { try sink.line("    " + line) }
            try sink.line("    ```\n")
        }
    }

    private static func markdown(_ fact: Fact) -> String {
        (fact.name.isEmpty ? "" : MarkdownText.escaped(fact.name) + ": ") + markdown(fact.value)
    }

    private static func markdown(_ words: Words, isInTable: Bool = false) -> String {
        switch words.style {
        case .plain: MarkdownText.escaped(words.text)
        case .code: MarkdownText.code(words.text, isInTable: isInTable)
        case .link: MarkdownText.link(words.text)
        }
    }
}

extension ReportItem {
    /// The time at which it was seen, for people.
    var when: String? {
        seen.map { seen in
            Figures.moment(seen.lowerBound)
                + (seen.count == 1 ? "" : " to " + Figures.moment(seen.upperBound))
        }
    }
}

extension Report.Rule {
    /// The facts about the rule besides its title and summary.
    var facts: [Report.Fact] {
        guard !kind.isEmpty else { return [] }
        func fact(_ name: String, _ texts: [String], _ style: (String) -> Report.Words) -> [Report.Fact] {
            texts.filter { !$0.isEmpty }.map { Report.Fact(name, style($0)) }
        }
        return [Report.Fact("Severity", .plain(severity.rawValue))]
            + fact(kind == "check" ? "Check" : "Rule", [id], Report.Words.code)
            + fact("Practice", [practice], Report.Words.code)
            + fact("MITRE ATT&CK", techniques, Report.Words.code)
            + fact(kind == "check" ? "Fix" : "Response", [remedy], Report.Words.plain)
            + fact("Mapped controls", equivalents, Report.Words.code)
            + fact("False positives", falsePositives, Report.Words.plain)
            + fact("", references, Report.Words.link)
    }
}
