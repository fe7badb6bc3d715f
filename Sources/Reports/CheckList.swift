import Basics
public import Posture

/// The checks by practice, for a person to browse and for programs to read.
public struct CheckList {
    private let checks: [About]

    public init(_ checks: [About]) {
        self.checks = checks
    }

    /// The whole list, ending with a line feed.
    public func rendered(_ text: TerminalText) -> String {
        var page = TerminalPage(text)
        for (practice, checks) in Dictionary(grouping: checks, by: \.practice).sorted(by: { $0.key < $1.key }) {
            page.line(
                styled: text.styled("\(practice.number). \(practice.title)", .bold) + "  (\(practice.id))")
            for check in checks {
                page.line(styled: "  " + text.styled(check.id, .cyan) + "  \(check.severity.rawValue)")
                page.add(check.title, indent: 6)
                if let reason = check.onRequest { page.add("Only with --check \(check.id): \(reason)", indent: 6) }
            }
            page.space()
        }
        page.line("\(Figures.count(checks.count, "check")); details: parapet explain ID")
        return page.rendered
    }

    /// An array of objects, ending with a line feed.
    public var json: String {
        JSONText.pretty(.array(checks.map { .members($0.record) })) + "\n"
    }
}

extension About {
    /// The check's description, for programs.
    var record: [String: JSON?] {
        [
            "id": .string(id), "title": .string(title), "practice": .string(practice.id),
            "severity": .string(severity.rawValue), "risk": .string(risk), "remedy": .string(remedy),
            "references": .texts(controls.map(\.description)),
            "requirements": .texts(requirements.map(\.description)), "permissions": .texts(permissions),
            "onRequest": onRequest.map(JSON.string),
        ]
    }
}
