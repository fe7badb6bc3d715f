import Analytics
import Basics
import Pages

extension Report {
    /// The number of findings that the page shows in full and, if there are more, the number for each rule.
    private static var fullFindings: (all: Int, each: Int) { (1_000, 20) }

    /// Writes the body of a page for an auditor, who must vouch for the result: scope, summary, practices, each finding
    /// with its evidence, accepted risks, manual reviews, undetermined results, controls, and appendices with
    /// everything.
    ///
    /// - Parameter limit: the limit of the page, in bytes.
    func writeAudit(_ audit: Audit, limit: Int, to sink: Sink) throws {
        // Only places are kept, so that memory does not grow with the content of items.
        var places: [Status: [[Int]]] = [:]
        var attention = 0
        for (place, item) in items.enumerated() where item.status.needsAttention {
            places[item.status, default: Array(repeating: [], count: rules.count)][item.rule].append(place)
            attention += 1
        }
        let most = attention > Self.fullFindings.all ? Self.fullFindings.each : Int.max
        try sink.write(contents.source + "<main>")
        try sink.write(summary(audit).source)
        try sink.write(scope(audit).source)
        try sink.write(practices(audit).source)
        let sections: [(Status, id: StaticString, title: String, none: String)] = [
            (.fail, "findings", "Findings", "No check fails."),
            (.muted, "accepted", "Accepted risks", "No finding is muted."),
            (.manual, "manual", "Manual review", "No question is left for a person."),
            (.unknown, "undetermined", "Not determined", "Every result could be determined."),
        ]
        for section in sections {
            try sink.write("<section id=\"\(section.id)\">" + HTML.element("h2") { section.title }.source)
            let found = places[section.0] ?? []
            if section.0 == .unknown { try sink.write(permissions(audit, notes: notes).source) }
            if found.allSatisfy(\.isEmpty) { try sink.write(HTML.element("p") { section.none }.source) }
            for rule in rulesWorstFirst where found.indices.contains(rule) && !found[rule].isEmpty {
                try write(rules[rule], found[rule], section.0, most, to: sink)
            }
            try sink.write("</section>")
        }
        try sink.write(controls(audit).source)
        // On paper, details that are shown above are not repeated.
        let kind = attention > Self.fullFindings.all ? "" : "compact"
        try sink.write(HTML.opened("section", ["id": "all", "class": kind]).source)
        try sink.write(HTML.element("h2") { "Appendix A: all findings, passes included" }.source)
        for note in notes where !note.isDoubt { try sink.write(html(note).source) }
        if items.isEmpty {
            try sink.write(HTML.element("p") { "There are none." }.source)
        } else {
            try writeItems(worstFirst, max(0, limit - sink.count), to: sink)
        }
        try sink.write("</section>" + thresholds(audit).source + calls(audit).source + "</main>")
    }

    // MARK: Before the findings

    private var contents: HTML {
        HTML.element("nav", ["class": "contents", "aria-label": "Contents"]) {
            [
                ("#summary", "Summary"), ("#scope", "Scope"), ("#practices", "Practices"), ("#findings", "Findings"),
                ("#accepted", "Accepted risks"), ("#manual", "Manual review"), ("#undetermined", "Not determined"),
                ("#mapping", "Controls"), ("#all", "All findings"), ("#thresholds", "Thresholds"),
                ("#calls", "API calls"),
            ].map { target, title in HTML.element("a", ["href": target]) { title } }
        }
    }

    private func summary(_ audit: Audit) -> HTML {
        HTML.element("section", ["id": "summary"]) {
            HTML.element("h2") { "Summary" }
            notes.filter { $0.isDoubt && $0.lines.isEmpty }.map(html)
            if !tallies.isEmpty { tiles }
            HTML.element("h3") { "Practices" }
            table("bars", ["Practice", "Findings", ""]) {
                audit.practices.map { practice in
                    HTML.element("tr") {
                        cell("Practice") { HTML.text(practice.title) }
                        cell("Findings") { HTML.text(words(practice.counts)) }
                        cell("") { bar(practice.counts) }
                    }
                }
            }
            HTML.element("h3") { "Top risks" }
            if audit.risks.isEmpty { HTML.element("p") { "No check fails." } }
            HTML.element("ol", ["class": "risks"]) {
                audit.risks.prefix(10).map { risk in
                    HTML.element("li") {
                        badge(rules[risk.rule].severity.rawValue)
                        " "
                        link(to: rules[risk.rule].id, rules[risk.rule].title)
                        ": \(Figures.count(risk.count, "finding")). \(rules[risk.rule].summary)"
                    }
                }
            }
            if !audit.frameworks.isEmpty {
                HTML.element("h3") { "Frameworks" }
                table("", ["Framework", "Controls"]) {
                    audit.frameworks.map { framework in
                        HTML.element("tr") {
                            cell("Framework") { HTML.text(framework.name) }
                            cell("Controls") { HTML.text(framework.sum) }
                        }
                    }
                }
            }
        }
    }

    private func scope(_ audit: Audit) -> HTML {
        HTML.element("section", ["id": "scope"]) {
            HTML.element("h2") { "Scope" }
            facts(audit.scope)
        }
    }

    private func practices(_ audit: Audit) -> HTML {
        HTML.element("section", ["id": "practices"]) {
            HTML.element("h2") { "Practices" }
            table("", ["Practice", "Checks"] + Self.statuses.map(\.words)) {
                audit.practices.map { practice in
                    HTML.element("tr") {
                        cell("Practice") { HTML.text(practice.title) }
                        cell("Checks") { HTML.text(Figures.count(practice.checks)) }
                        Self.statuses.map { status in
                            cell(status.words) { HTML.text(Figures.count(practice.counts[status] ?? 0)) }
                        }
                    }
                }
            }
        }
    }

    private static let statuses: [Status] = [.fail, .unknown, .manual, .muted, .pass, .notApplicable]

    private func words(_ counts: [Status: Int]) -> String {
        let parts = Self.statuses.compactMap { status in
            counts[status].map { "\(Figures.count($0)) \(status.words)" }
        }
        return parts.isEmpty ? "not examined" : parts.joined(separator: ", ")
    }

    private func bar(_ counts: [Status: Int]) -> HTML {
        StatusBar.drawing(Self.statuses.map { ($0.rawValue, counts[$0] ?? 0) }).html
    }

    // MARK: Findings

    /// A check, and its findings of one status.
    private func write(_ rule: Rule, _ places: [Int], _ status: Status, _ most: Int, to sink: Sink) throws {
        let id = status == .fail ? rule.id : "\(rule.id)-\(status.rawValue)"
        let head = HTML.element("div", ["class": "head"]) {
            badge(rule.severity.rawValue)
            HTML.element("h3") { rule.title }
            HTML.element("span", ["class": "quiet"]) { Figures.count(places.count, "finding") }
        }
        try sink.write(HTML.opened("article", ["class": "rule", "id": id]).source + head.source)
        if status == .fail || status == .muted {
            let about = HTML.element("dl") {
                entry("Why it matters", rule.summary)
                entry("How it is decided", rule.detail)
                entry("Remediation", rule.remedy)
                if !rule.commands.isEmpty {
                    HTML.element("div") {
                        HTML.element("dt") { "Commands" }
                        HTML.element("dd") {
                            rule.commands.map { command in
                                HTML.element("pre") { HTML.element("code") { command } }
                            }
                        }
                    }
                }
                HTML.element("div") {
                    HTML.element("dt") { "Check" }
                    HTML.element("dd") { HTML.element("code") { rule.id } }
                }
                if !rule.links.isEmpty {
                    HTML.element("div") {
                        HTML.element("dt") { "References" }
                        HTML.element("dd") {
                            rule.links.enumerated().map { place, link in
                                (place > 0 ? HTML.text(", ") : .empty)
                                    + HTML.element("a", ["href": link.address, "rel": "noopener noreferrer"]) {
                                        link.name
                                    }
                            }
                        }
                    }
                }
                entry("Sources", rule.sources.joined(separator: "; "))
            }
            try sink.write(about.source)
        }
        for place in places.prefix(most) { try sink.write(finding(items[place]).source) }
        if places.count > most {
            let rest = "… and \(Figures.count(places.count - most)) more: see appendix A."
            try sink.write(HTML.element("p", ["class": "quiet"]) { rest }.source)
        }
        try sink.write("</article>")
    }

    private func entry(_ name: String, _ text: String) -> HTML {
        text.isEmpty
            ? .empty
            : HTML.element("div") {
                HTML.element("dt") { name }
                HTML.element("dd") { text }
            }
    }

    private func finding(_ item: any ReportItem) -> HTML {
        let isManual = item.status == .manual
        return HTML.element("details", ["class": "finding"]) {
            HTML.element("summary") {
                HTML.element("code") { Self.beginning(item.subject) }
                HTML.element("span", ["class": "quiet"]) {
                    [item.account, item.region].compactMap(\.self).joined(separator: " · ")
                }
                HTML.element("span") { Self.beginning(item.message) }
            }
            facts(item.details.filter { !$0.value.text.isEmpty } + [.init("Finding ID", .code(item.id))])
        }
            + (isManual
                ? HTML.element("dl", ["class": "conclusion"]) {
                    ["Conclusion", "Reviewed by", "Date"].map { name in
                        HTML.element("div") {
                            HTML.element("dt") { name }
                            HTML.element("dd")
                        }
                    }
                } : .empty)
    }

    private func permissions(_ audit: Audit, notes: [Note]) -> HTML {
        notes.filter { $0.isDoubt && !$0.lines.isEmpty }.map(html).reduce(.empty, +)
            + (audit.permissions.isEmpty
                ? .empty
                : table("", ["Missing permission", "Findings that need it"]) {
                    audit.permissions.map { permission in
                        HTML.element("tr") {
                            cell("Missing permission") { HTML.element("code") { permission.name } }
                            cell("Findings that need it") { HTML.text(Figures.count(permission.findings)) }
                        }
                    }
                })
    }

    // MARK: Behind the findings

    private func controls(_ audit: Audit) -> HTML {
        HTML.element("section", ["id": "mapping"]) {
            HTML.element("h2") { "Controls" }
            if audit.frameworks.isEmpty { HTML.element("p") { "No framework is mapped." } }
            audit.frameworks.map { framework in
                HTML.element("h3") { framework.name }
                    + HTML.element("p") { framework.sum }
                    + (framework.note.map { note in HTML.element("p") { note } } ?? .empty)
                    + table("", ["Control", "Result", "Checks"]) {
                        framework.controls.map { control in
                            HTML.element("tr") {
                                cell("Control") { HTML.text(control.id) }
                                cell("Result") { badge("\(control.result)", control.result.rawValue) }
                                cell("Checks") { HTML.text(control.checks.joined(separator: ", ")) }
                            }
                        }
                    }
                    + (framework.uncovered.isEmpty
                        ? .empty
                        : HTML.element("p") {
                            "Not covered by any check: \(framework.uncovered.joined(separator: ", "))."
                        })
            }
        }
    }

    private func thresholds(_ audit: Audit) -> HTML {
        HTML.element("section", ["id": "thresholds"]) {
            HTML.element("h2") { "Appendix B: thresholds and exceptions" }
            table("", ["Setting", "Value", "Origin"]) {
                audit.thresholds.map { threshold in
                    HTML.element("tr") {
                        cell("Setting") { HTML.element("code") { threshold.name } }
                        cell("Value") { HTML.element("code") { Self.beginning(threshold.value) } }
                        cell("Origin") { HTML.text(threshold.isDefault ? "default" : "configuration") }
                    }
                }
            }
        }
    }

    private func calls(_ audit: Audit) -> HTML {
        HTML.element("section", ["id": "calls"]) {
            HTML.element("h2") { "Appendix C: API calls" }
            if audit.calls.isEmpty {
                HTML.element("p") { "They were not recorded." }
            } else {
                HTML.element("p") { "All of them only read." }
                table("", ["Call", "Answers"]) {
                    audit.calls.map { call in
                        HTML.element("tr") {
                            cell("Call") { HTML.element("code") { call.name } }
                            cell("Answers") { HTML.text(call.count.map(Figures.count) ?? "not counted") }
                        }
                    }
                }
            }
        }
    }

    // MARK: Parts

    private func table(_ kind: String, _ titles: [String], @HTML.Builder rows: () -> HTML) -> HTML {
        HTML.element("table", ["class": "cards \(kind)"]) {
            HTML.element("thead") {
                HTML.element("tr") { titles.map { title in HTML.element("th", ["scope": "col"]) { title } } }
            }
            HTML.element("tbody", content: rows)
        }
    }

    private func cell(_ title: String, @HTML.Builder _ content: () -> HTML) -> HTML {
        HTML.element("td", ["data-title": title], content: content)
    }

    private func badge(_ kind: String, _ text: String? = nil) -> HTML {
        HTML.element("span", ["class": "badge \(kind)"]) { text ?? kind }
    }

    private func link(to id: String, _ text: String) -> HTML { HTML.element("a", ["href": "#\(id)"]) { text } }
}

extension Report.Audit.Framework {
    /// `12 pass, 3 fail, 1 not examined; 20 of 62 controls not covered`
    fileprivate var sum: String {
        let counts = Dictionary(grouping: controls, by: \.result).mapValues(\.count)
        let parts = Report.Audit.Result.allCases.compactMap { result in
            counts[result].map { "\(Figures.count($0)) \(result.rawValue)" }
        }
        let all = Figures.count(controls.count + uncovered.count)
        let rest =
            note == nil
            ? "\(Figures.count(uncovered.count)) of \(all) controls not covered" : "other requirements not covered"
        return (parts + [rest]).joined(separator: ", ")
    }
}
