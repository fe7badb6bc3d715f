import Basics
public import FoundationEssentials
public import Posture

/// The checks by practice, for a person to browse and for programs to read.
public struct CheckList {
    private let checks: [About]
    private let text: TerminalText

    public init(_ checks: [About], text: TerminalText) {
        self.checks = checks
        self.text = text
    }

    /// The whole list, ending with a line feed.
    public func rendered() -> String {
        let practices = Dictionary(grouping: checks, by: \.practice).sorted { $0.key < $1.key }
        var lines: [String] = []
        for (practice, checks) in practices {
            if !lines.isEmpty { lines.append("") }
            lines.append(text.styled("\(practice.number). \(practice.title)", .bold) + "  (\(practice.id))")
            for check in checks {
                lines.append("  " + text.styled(check.id, .cyan) + "  \(check.severity.rawValue)")
                lines += text.wrapped(check.title, indent: 6)
                if let reason = check.onRequest {
                    lines += text.wrapped("Only with --check \(check.id): \(reason)", indent: 6)
                }
            }
        }
        lines.append("")
        lines.append("\(checks.count) checks; 'parapet explain ID' says more of one")
        return lines.joined(separator: "\n") + "\n"
    }

    /// An array of objects, ending with a line feed.
    public static func json(_ checks: [About]) throws -> Data {
        struct Record: Encodable {
            var id: String
            var title: String
            var practice: String
            var severity: String
            var risk: String
            var remedy: String
            var references: [String]
            var permissions: [String]
            var onRequest: String?
        }
        let records = checks.map { check in
            Record(
                id: check.id, title: check.title, practice: check.practice.id,
                severity: check.severity.rawValue, risk: check.risk, remedy: check.remedy,
                references: check.references.map(\.description), permissions: check.permissions,
                onRequest: check.onRequest)
        }
        return try RecordWriter.document(records)
    }
}
