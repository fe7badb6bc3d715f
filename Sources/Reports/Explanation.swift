import AWSClient
import Basics
import Inventory
public import Posture

/// A check on one page: the bad state, the good state, the risk, how it judges, what it reads, the remedy, and its
/// names elsewhere.
public struct Explanation {
    private let check: any Check
    private let text: TerminalText

    public init(_ check: any Check, text: TerminalText) {
        self.check = check
        self.text = text
    }

    /// The whole page, ending with a line feed.
    public func rendered() -> String {
        let about = check.about
        var lines = text.wrapped(about.title).map { text.styled($0, .bold) }
        lines.append(
            text.styled(about.id, .cyan) + " · \(about.severity.rawValue) · practice \(about.practice.number), "
                + about.practice.title)
        lines += section("Why it matters", [about.risk])
        lines += state("The good state", .pass)
        lines += state("The bad state", .fail)
        lines += state("Not determined", .unknown)
        if !about.judges.isEmpty { lines += section("How it judges", [about.judges]) }
        lines += section("What to do", [about.remedy])
        if let reason = about.onRequest { lines += section("Only with --check \(about.id)", [reason]) }
        if !about.settings.isEmpty { lines += section("Settings", about.settings) }
        lines += section("Reads", about.permissions)
        lines += section(
            "Responsibility", ["Yours, under \(about.practice.responsibility.rawValue); AWS does not do it for you."])
        if !about.references.isEmpty { lines += section("The same elsewhere", about.references.map(\.description)) }
        if !about.sources.isEmpty { lines += section("Sources", about.sources) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The examples of a status by name; of the first one also what the check says of it, with the evidence.
    private func state(_ title: String, _ status: Finding.Status) -> [String] {
        let examples = check.examples.filter { $0.status == status }
        guard let first = examples.first else { return [] }
        let evaluator = Evaluator(checks: [check], criteria: first.criteria)
        guard let finding = evaluator.findings(in: first.account).first(where: { $0.status == status }) else {
            return []
        }
        var lines = ["", text.styled(title, .bold)] + bullet(first.name)
        lines += text.wrapped("\(status.rawValue): \(finding.message)", indent: 6).map { text.styled($0, .dim) }
        lines += finding.evidence.prefix(3).map { evidence in
            let room = text.width - 8
            return "        "
                + TerminalText.fitted(
                    "\(evidence.fact) = \(TerminalText.escaped(evidence.value.written(.sorted)))", to: room)
        }.map { text.styled($0, .dim) }
        return lines + examples.dropFirst().flatMap { bullet($0.name) }
    }

    private func section(_ title: String, _ items: [String]) -> [String] {
        guard !items.isEmpty else { return [] }
        let lines = items.flatMap { item in
            items.count == 1 ? text.wrapped(item, indent: 2) : bullet(item)
        }
        return ["", text.styled(title, .bold)] + lines
    }

    private func bullet(_ item: String) -> [String] {
        var lines = text.wrapped(item, indent: 4)
        lines[0] = "  - " + lines[0].dropFirst(4)
        return lines
    }
}

extension About {
    /// The IAM actions that reading what the check reads takes, in alphabetical order.
    public var permissions: [String] {
        Set(Facet.closure(of: reads).flatMap(\.operations).map(\.permission)).sorted()
    }
}
