import AWSClient
import Basics
import Inventory
public import Posture

/// A check on one page: the bad state, the good state, the risk, how it judges, what it reads, the remedy, and its
/// names elsewhere.
public struct Explanation {
    private let check: any Check
    private let fix: String

    /// - Parameter fix: what Parapet does about failing findings, or why it does nothing.
    public init(_ check: any Check, fix: String = "") {
        self.check = check
        self.fix = fix
    }

    /// The whole page, ending with a line feed.
    public func rendered(_ text: TerminalText) -> String {
        let about = check.about
        var page = TerminalPage(text)
        page.add(about.title, .bold)
        page.line(
            styled: text.styled(about.id, .cyan) + " · \(about.severity.rawValue) · practice \(about.practice.number), "
                + about.practice.title)
        page.section("Risk", about.risk)
        addState("Passing examples", .pass, to: &page)
        addState("Failing examples", .fail, to: &page)
        addState("Not determined", .unknown, to: &page)
        page.section("Evaluation logic", about.judges)
        page.section("Remediation", about.remedy)
        page.section("Fix", fix)
        page.section("Only with --check \(about.id)", about.onRequest ?? "")
        page.section("Settings", about.settings)
        page.section("Required permissions", about.permissions)
        page.section(
            "Responsibility", "Customer responsibility (\(about.practice.responsibility.rawValue))")
        page.section("Mapped controls", about.references.map(\.description))
        page.section("References", about.sources)
        return page.rendered
    }

    /// The examples of a status by name; of the first one also what the check says of it, with the evidence.
    /// The same for programs.
    fileprivate var record: JSON {
        let about = check.about
        return .members(
            about.record.merging([
                "evaluation": .string(about.judges), "settings": .texts(about.settings),
                "sources": .texts(about.sources),
                "examples": .array(
                    check.examples.map { ["name": .string($0.name), "status": .string($0.status.rawValue)] }),
            ]) { $1 })
    }

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
        // Whole, to be copied.
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
    /// The IAM actions that reading what the check reads takes, in alphabetical order.
    public var permissions: [String] {
        Set(Facet.closure(of: reads).flatMap(\.operations).map(\.permission)).sorted()
    }
}
