import AWSClient
import Basics
import Inventory
public import Posture

/// A check on one page: a failing and a passing state, the risk, the evaluation logic, the data that it reads, the
/// remedy, and its names in other catalogs.
public struct Explanation {
    private let check: any Check
    private let fix: String
    private let commands: [String]

    /// - Parameters:
    ///   - fix: what Parapet does about failing findings, or why it does nothing.
    ///   - commands: the commands by which a person resolves them, in order.
    public init(_ check: any Check, fix: String = "", commands: [String] = []) {
        self.check = check
        self.fix = fix
        self.commands = commands
    }

    /// The whole page, ending with a line feed.
    public func rendered(_ text: TerminalText) -> String {
        let about = check.about
        var page = TerminalPage(text)
        page.add(about.title, .bold)
        page.line(about.id, .cyan)
        page.add("\(about.severity.rawValue) · practice \(about.practice.number), \(about.practice.title)")
        page.section("Risk", about.risk)
        for (title, status) in Self.states { addState(title, status, to: &page) }
        for (title, items) in sections { page.section(title, items) }
        // The commands are not wrapped, so that they can be copied.
        if !commands.isEmpty { page.heading("Commands") }
        for command in commands { page.line("  $ \(command)") }
        return page.rendered
    }

    /// The sections below the examples.
    private var sections: [(title: String, items: [String])] {
        let about = check.about
        let sections = [
            ("Evaluation logic", [about.judges]), ("Remediation", [about.remedy]), ("Fix", [fix]),
            ("Only with --check \(about.id)", [about.onRequest ?? ""]), ("Settings", about.settings),
            ("Required permissions", about.permissions),
            ("Responsibility", ["Customer responsibility (\(about.practice.responsibility.rawValue))"]),
            ("Mapped controls", about.controls.map(\.description)),
            ("Requirements (AWS Security Hub)", Self.requirements(of: about)),
            ("References", about.sources),
        ]
        return sections.map { ($0.0, $0.1.filter { !$0.isEmpty }) }.filter { !$0.1.isEmpty }
    }

    /// The requirements of each framework on one line, because there are many: `pci-4.0.1: 8.3.6, 8.3.9`.
    private static func requirements(of about: About) -> [String] {
        Dictionary(grouping: about.requirements, by: \.framework).sorted { $0.key < $1.key }.map { framework, all in
            let ids = all.map { String($0.id.drop { $0 != "/" }.dropFirst()) }
            return "\(framework): \(ids.joined(separator: ", "))"
        }
    }

    /// The page in Markdown, ending with a line feed.
    fileprivate var markdown: String {
        let about = check.about
        var lines = [
            "# " + MarkdownText.escaped(about.title), "",
            MarkdownText.code(about.id) + " · \(about.severity.rawValue) · practice \(about.practice.number), "
                + MarkdownText.escaped(about.practice.title),
            "", "## Risk", "", MarkdownText.escaped(about.risk),
        ]
        for (title, status) in Self.states {
            let examples = check.examples.filter { $0.status == status }
            if !examples.isEmpty { lines += ["", "## " + title, ""] }
            lines += examples.map { "- " + MarkdownText.escaped($0.name) }
        }
        for (title, items) in sections {
            lines += ["", "## " + MarkdownText.escaped(title), ""]
            lines += items.map { (items.count > 1 ? "- " : "") + MarkdownText.escaped($0) }
        }
        if !commands.isEmpty { lines += ["", "## Commands", "", "```sh"] + commands + ["```"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let states: [(title: String, status: Finding.Status)] = [
        ("Passing examples", .pass), ("Failing examples", .fail), ("Not determined", .unknown),
    ]

    /// The page for programs.
    fileprivate var record: JSON {
        let about = check.about
        return .members(
            about.record.merging([
                "evaluation": .string(about.judges), "settings": .texts(about.settings),
                "sources": .texts(about.sources), "commands": .texts(commands),
                "examples": .array(
                    check.examples.map { ["name": .string($0.name), "status": .string($0.status.rawValue)] }),
            ]) { $1 })
    }

    /// Adds the names of the examples of a status. For the first example, also adds the check's message and the
    /// evidence.
    private func addState(_ title: String, _ status: Finding.Status, to page: inout TerminalPage) {
        let examples = check.examples.filter { $0.status == status }
        guard let first = examples.first,
            let finding = Evaluator(checks: [check], criteria: first.criteria).findings(in: first.account)
                .first(where: { $0.status == status })
        else { return }
        page.heading(title)
        page.bullet(first.name)
        page.add("\(status.words): \(finding.message)", indent: 6, .dim)
        for evidence in finding.evidence.prefix(3) {
            let words = TerminalText.escaped("\(evidence.fact) = \(evidence.value.written(.sorted))")
            page.line("        " + TerminalText.fitted(words, to: page.text.width - 8), .dim)
        }
        // The command is not wrapped, so that it can be copied.
        if status == .fail, let command = finding.evidence.first?.command(in: finding) {
            page.line("        $ \(command)", .dim)
        }
        for example in examples.dropFirst() { page.bullet(example.name) }
    }
}

extension [Explanation] {
    /// The pages, with a line between two.
    public func rendered(_ text: TerminalText) -> String {
        map { $0.rendered(text) }.joined(separator: "\n" + String(repeating: "─", count: 40) + "\n\n")
    }

    /// The pages in Markdown, one below the other, ending with a line feed.
    public var markdown: String { map(\.markdown).joined(separator: "\n") }

    /// An array of objects, ending with a line feed.
    public var json: String { JSONText.pretty(.array(map(\.record))) + "\n" }
}

extension TerminalPage {
    /// Items under a title, with a dash before each if there are several; nothing if there are none.
    fileprivate mutating func section(_ title: String, _ items: [String]) {
        guard !items.isEmpty else { return }
        heading(title)
        for item in items {
            if items.count == 1 { add(item, indent: 2) } else { bullet(item) }
        }
    }

    fileprivate mutating func section(_ title: String, _ text: String) { section(title, text.isEmpty ? [] : [text]) }

    fileprivate mutating func bullet(_ item: String) { add(item, indent: 4, margin: "  - ") }
}

extension About {
    /// The IAM actions that are needed to read the check's data, in alphabetical order.
    public var permissions: [String] {
        Set(Facet.closure(of: reads).flatMap(\.operations).map(\.permission)).sorted()
    }
}
