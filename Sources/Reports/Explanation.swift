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
        lines += section("The good state", examples(.pass))
        lines += section("The bad state", examples(.fail))
        lines += section("Not determined", examples(.unknown))
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

    private func examples(_ status: Finding.Status) -> [String] {
        check.examples.filter { $0.status == status }.map(\.name)
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
