import Analytics
import Basics
import Pages

extension Report {
    /// Writes one self-contained page: the sums, the undetermined results, the rules and the items. The page's own
    /// script pages, filters and searches the items. Without scripts, the page shows the first items.
    ///
    /// Items are written into the page as data. Items that do not fit into 28 MB are only counted.
    func writeHTML(to sink: Sink) throws {
        try writeHTML(to: sink, limit: 28_000_000)
    }

    /// - Parameter limit: the limit of the data, in bytes.
    func writeHTML(to sink: Sink, limit: Int) throws {
        try sink.write(HTMLPage.head(title).source + "<body>")
        try sink.write(header.source)
        if let audit { try writeAudit(audit, limit: limit, to: sink) } else { try writeMain(limit: limit, to: sink) }
        try sink.write(footer.source)
        if !items.isEmpty { try sink.write(HTMLPage.script.source) }
        try sink.write("</body></html>\n")
    }

    private func writeMain(limit: Int, to sink: Sink) throws {
        try sink.write("<main>")
        for note in notes { try sink.write(html(note).source) }
        if !tallies.isEmpty { try sink.write(tiles.source) }
        if let timelines { try sink.write(html(timelines).source) }
        if let overview, !overview.rows.isEmpty { try sink.write(html(overview).source) }
        if let histories, !histories.histories.isEmpty { try sink.write(html(histories).source) }
        try writeRules(to: sink)
        if !items.isEmpty {
            try sink.write("<section>" + HTML.element("h2") { heading }.source)
            try writeItems(worstFirst, limit, to: sink)
            try sink.write("</section>")
        }
        try sink.write("</main>")
    }

    /// The items' places: failing ones first, and the more severe before the others.
    var worstFirst: [Int] {
        let levels = Severity.allCases.count
        var groups: [[Int]] = Array(repeating: [], count: Status.allCases.count * levels)
        for (place, item) in items.enumerated() {
            let status = Status.allCases.firstIndex(of: item.status) ?? 0
            let severity = Severity.allCases.firstIndex(of: item.severity) ?? 0
            groups[status * levels + levels - 1 - severity].append(place)
        }
        return groups.flatMap(\.self)
    }

    // MARK: Before the items

    private var header: HTML {
        HTML.element("header") {
            HTML.element("h1") { title }
            summary.map { fact in
                HTML.element("p", ["class": "quiet"]) {
                    fact.name.isEmpty ? "" : fact.name + ": "
                    Self.html(fact.value)
                }
            }
        }
    }

    private var footer: HTML {
        HTML.element("footer", ["class": "quiet"]) {
            HTML.element("p") { parapet.isEmpty ? "Parapet" : "Parapet \(parapet). Times are in UTC." }
        }
    }

    func html(_ note: Note) -> HTML {
        HTML.element("section", ["class": "note"]) {
            HTML.element("h2") { note.title }
            HTML.element("p") { note.sentence }
            if note.lines.count > 10 {
                HTML.element("details") {
                    HTML.element("summary") { "Show \(Figures.count(note.lines.count))" }
                    list(note.lines)
                }
            } else if !note.lines.isEmpty {
                list(note.lines)
            }
        }
    }

    private func list(_ lines: [String]) -> HTML {
        HTML.element("ul") {
            lines.prefix(500).map { line in HTML.element("li") { line } }
            if lines.count > 500 { HTML.element("li") { "… and \(Figures.count(lines.count - 500)) more" } }
        }
    }

    var tiles: HTML {
        HTML.element("ul", ["class": "tiles", "aria-label": "Sums"]) {
            tallies.map { name, count in
                HTML.element("li", ["class": name]) {
                    HTML.element("strong") { Figures.count(count) }
                    HTML.element("span") { Status(rawValue: name)?.words ?? name }
                }
            }
        }
    }

    private func html(_ overview: Overview) -> HTML {
        HTML.element("section") {
            HTML.element("h2") { overview.title }
            HTML.element("div", ["class": "scroll"]) {
                HTML.element("table", ["class": "cards overview"]) {
                    HTML.element("thead") {
                        HTML.element("tr") {
                            overview.columns.map { name in HTML.element("th", ["scope": "col"]) { name } }
                        }
                    }
                    HTML.element("tbody") {
                        overview.rows.prefix(200).map { cells in
                            HTML.element("tr") {
                                zip(overview.columns, cells).map { title, cell in
                                    HTML.element("td", ["data-title": title]) { Self.html(cell) }
                                }
                            }
                        }
                    }
                }
            }
            if overview.rows.count > 200 {
                HTML.element("p", ["class": "quiet"]) { "… and \(Figures.count(overview.rows.count - 200)) more" }
            }
        }
    }

    private func html(_ histories: Histories) -> HTML {
        HTML.element("section") {
            HTML.element("h2") { histories.title }
            HTML.element("div", ["class": "two"]) {
                histories.histories.map { history in
                    HTML.element("article", ["class": "rule"]) {
                        HTML.element("h3") { Self.html(history.name) }
                        HTML.element("p", ["class": "quiet"]) { history.summary }
                        HTML.element("div", ["class": "chart-box"]) { history.picture.drawing.html }
                    }
                }
            }
            if let omission = histories.omission { HTML.element("p", ["class": "quiet"]) { omission } }
        }
    }

    private func html(_ timelines: Timelines) -> HTML {
        HTML.element("section") {
            HTML.element("h2") { "Timeline" }
            HTML.element("svg", ["class": "sprite", "aria-hidden": "true"]) { HTML.own("defs", Drawing.patterns) }
            HTML.element("ul", ["class": "legend"]) {
                SpanTimeline.Span.Kind.allCases.map { kind in
                    HTML.element("li") {
                        HTML.element("svg", ["aria-hidden": "true", "viewBox": "0 0 26 12"]) {
                            HTML.element(
                                "rect",
                                [
                                    "class": kind.rawValue, "width": "26", "height": "12",
                                    "fill": kind.pattern.map { "url(#\($0))" } ?? "currentColor",
                                ])
                        }
                        kind.words
                    }
                }
            }
            timelines.timelines.map { name, account, drawing in
                HTML.element("article", ["class": "rule"]) {
                    HTML.element("h3") { name }
                    HTML.element("p", ["class": "quiet"]) { account }
                    HTML.element(
                        "div",
                        [
                            "class": "scroll chart-box", "role": "region", "tabindex": "0",
                            "aria-label": "Timeline of \(name)",
                        ]
                    ) { drawing.html }
                }
            }
            if let omission = timelines.omission { HTML.element("p", ["class": "quiet"]) { omission } }
        }
    }

    /// Writes an expandable card for each rule with an item that needs attention.
    private func writeRules(to sink: Sink) throws {
        var counts = Array(repeating: 0, count: rules.count)
        for item in items where item.status.needsAttention { counts[item.rule] += 1 }
        let shown = rulesWorstFirst.filter { counts[$0] > 0 && !rules[$0].kind.isEmpty }
        guard let first = shown.first else { return }
        try sink.write("<section>" + HTML.element("h2") { rules[first].kind == "check" ? "Checks" : "Rules" }.source)
        for (rule, count) in shown.map({ (rules[$0], counts[$0]) }) {
            let card = HTML.element("details", ["class": "rule"]) {
                HTML.element("summary") {
                    HTML.element("span", ["class": "badge \(rule.severity.rawValue)"]) { rule.severity.rawValue }
                    HTML.element("strong") { rule.title }
                    HTML.element("span", ["class": "quiet"]) { "\(Figures.count(count)) ×" }
                }
                if !rule.summary.isEmpty { HTML.element("p") { rule.summary } }
                facts(rule.facts)
            }
            try sink.write(card.source)
        }
        try sink.write("</section>")
    }

    // MARK: The items

    private var shownColumns: [(place: Int, column: Column, title: String)] {
        columns.enumerated().compactMap { place, column in column.title.map { (place, column, $0) } }
    }

    private var heading: String {
        lists.count == 1 ? lists[0].name.prefix(1).uppercased() + lists[0].name.dropFirst() : "Answers"
    }

    /// The number of items that the page shows without scripts.
    private static var rowsWithoutScript: Int { 200 }

    func writeItems(_ order: [Int], _ limit: Int, to sink: Sink) throws {
        let shown = shownColumns
        let titles = shown.filter { $0.column.style != .detail }.map(\.title) + ["Details"]
        try sink.write(#"<div id="items">"#)
        try sink.write(#"<form id="controls" role="search" hidden></form>"#)
        try sink.write(#"<p id="status" class="quiet" aria-live="polite">"#)
        let first = order.prefix(Self.rowsWithoutScript)
        try sink.write(first.count < order.count ? "The first \(first.count) of \(Figures.count(order.count))" : "")
        try sink.write(#"</p><table class="items"><thead><tr>"#)
        try sink.write(titles.map { title in HTML.element("th", ["scope": "col"]) { title }.source }.joined())
        try sink.write(#"</tr></thead><tbody id="rows">"#)
        for place in first { try sink.write(row(items[place], shown).source) }
        try sink.write(#"</tbody></table><nav id="pages" aria-label="Pages" hidden></nav></div>"#)

        var pools = (
            cells: shown.map { _ in PageTexts() }, message: PageTexts(), names: PageTexts(), values: PageTexts()
        )
        let about = JSON.array(
            shown.map {
                [
                    "title": .string($0.title), "style": .string("\($0.column.style)"),
                    "filter": .bool($0.column.isFilter),
                ]
            })
        try sink.write("<script type=\"application/json\" id=\"data\">{\"pool\":\(PageTexts.limit),\"columns\":")
        try sink.write(Self.data(about) + ",\"rows\":[")
        let start = sink.count
        var written = 0
        for place in order {
            if sink.count - start > limit { break }
            let item = items[place]
            let cells = cells(of: item)
            var row = shown.enumerated().map { pools.cells[$0].code(cells[$1.place]) }
            row.append(pools.message.code(item.message))
            for detail in item.details where !detail.value.text.isEmpty {
                row += [pools.names.code(detail.name), pools.values.code(Self.beginning(detail.value.text))]
            }
            if let picture = item.picture { row.append(picture.data) }
            try sink.write((written > 0 ? ",\n" : "\n") + Self.data(.array(row)))
            written += 1
        }
        try sink.write("]}</script>")
        if written < order.count {
            let words =
                """
                This page contains the \(Figures.count(written)) most severe of \(Figures.count(order.count)) \
                items. JSON and CSV contain all.
                """
            try sink.write(HTML.element("p", ["class": "note"]) { words }.source)
        }
    }

    private func row(_ item: any ReportItem, _ shown: [(place: Int, column: Column, title: String)]) -> HTML {
        let cells = cells(of: item)
        return HTML.element("tr") {
            shown.map { place, column, title in
                column.style == .detail
                    ? .empty
                    : HTML.element("td", ["data-title": title]) {
                        switch column.style {
                        case .plain: HTML.text(cells[place])
                        case .code: HTML.element("code") { Self.beginning(cells[place]) }
                        case .badge: HTML.element("span", ["class": "badge \(cells[place])"]) { cells[place] }
                        case .detail: .empty
                        }
                    }
            }
            HTML.element("td", ["data-title": "Details"]) {
                let details =
                    item.details.filter { !$0.value.text.isEmpty }
                    + shown.filter { $0.column.style == .detail }.map { Fact($0.title, .code(cells[$0.place])) }
                if details.isEmpty {
                    HTML.text(item.message)
                } else {
                    HTML.element("details") {
                        HTML.element("summary") { item.message.isEmpty ? "Show" : item.message }
                        item.picture?.drawing.html
                        facts(details)
                    }
                }
            }
        }
    }

    func facts(_ facts: [Fact]) -> HTML {
        HTML.element("dl") {
            facts.map { fact in
                HTML.element("div") {
                    HTML.element("dt") { fact.name.isEmpty ? "Reference" : fact.name }
                    HTML.element("dd") { Self.html(fact.value) }
                }
            }
        }
    }

    private static func html(_ words: Words) -> HTML {
        switch words.style {
        case .plain: HTML.text(beginning(words.text))
        case .code: HTML.element("code") { beginning(words.text) }
        case .link: HTML.element("a", ["href": words.text, "rel": "noopener noreferrer"]) { words.text }
        }
    }

    /// Returns the beginning of a text: one field may hold a whole document.
    static func beginning(_ text: String) -> String {
        text.utf8.count > 2_000 ? text.prefix(2_000) + "…" : text
    }

    /// JSON that can neither end the script element that contains it nor begin a comment.
    private static func data(_ node: JSON) -> String {
        JSONText.compact(node).split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
    }
}

/// Writes a repeated text as its number, so that texts that many items share take little room in a page. The page's
/// script numbers the texts in the same way.
private struct PageTexts {
    static let limit = 4_096
    private var numbers: [String: Int] = [:]

    mutating func code(_ text: String) -> JSON {
        if let number = numbers[text] { return .int(number) }
        if numbers.count < Self.limit { numbers[text] = numbers.count }
        // Only a repeated text is a JSON number, so a new text, which is a JSON string, is never mistaken for one.
        return .string(TerminalText.escaped(text))
    }
}
