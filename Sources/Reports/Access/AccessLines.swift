import EffectiveAccess
import IAMPolicy
import Inventory

/// The parts that the tables of all access verbs share. Everything that comes from an account is escaped here.
struct AccessLines {
    let text: TerminalText

    /// `title (3)`, with an empty line before it.
    func heading(_ title: String, _ count: Int? = nil) -> [String] {
        ["", text.styled(title, .bold) + (count.map { " (\($0))" } ?? "")]
    }

    func mark(_ access: Access) -> String {
        access.isCertain
            ? text.styled("✓", .green) : access.isRuledOut ? text.styled("✗", .red) : text.styled("~", .yellow)
    }

    /// A line for everybody who has access, with its mark; below those who have it by the same statements and under the same
    /// condition, these are said once. Those who have it whatever else is so come first.
    func entries(_ all: [(name: String, access: Access)]) -> [String] {
        var groups: [(access: Access, names: [String])] = []
        var places: [Access: Int] = [:]
        for (name, access) in all {
            if let place = places[access] {
                groups[place].names.append(name)
            } else {
                places[access] = groups.count
                groups.append((access, [name]))
            }
        }
        return (groups.filter(\.access.isCertain) + groups.filter { !$0.access.isCertain }).flatMap { access, names in
            var lines = names.map { "  " + mark(access) + " " + TerminalText.escaped($0) }
            if !access.isCertain, !access.isRuledOut {
                lines += wrapped(AccessWords.condition(of: access), indent: 6).map { text.styled($0, .yellow) }
            }
            guard let by = Self.citation(access.grants) else { return lines }
            return lines + wrapped("by \(by)", indent: 6).map { text.styled($0, .dim) }
        }
    }

    /// JSON on one line with spaces where a line may be broken.
    static func spaced(_ json: String) -> String {
        var spaced = ""
        var isInText = false
        var isEscaped = false
        for character in json {
            spaced.append(character)
            if isInText, !isEscaped, character == "\\" {
                isEscaped = true
                continue
            }
            if character == "\"", !isEscaped { isInText.toggle() }
            isEscaped = false
            if !isInText, character == "," || character == ":" { spaced.append(" ") }
        }
        return spaced
    }

    /// Escaped and broken into lines.
    func wrapped(_ words: String, indent: Int) -> [String] {
        text.wrapped(TerminalText.escaped(words), indent: indent)
    }

    /// What could not be read, last in every table.
    func doubts(_ doubts: [Unknown], _ consequence: String) -> [String] {
        guard !doubts.isEmpty else { return [] }
        var lines = ["", text.styled("Not determined", .yellow)]
        lines += text.wrapped(consequence, indent: 2).map { text.styled($0, .dim) }
        for doubt in doubts {
            let words = wrapped(doubt.explanation, indent: 4)
            lines += words.enumerated().map { index, line in
                index == 0 ? "  " + text.styled("?", .yellow) + String(line.dropFirst(3)) : line
            }
        }
        return lines
    }

    static func citation(_ statement: DecidingStatement) -> String {
        "\(statement.policy), statement \(statement.statement)"
    }

    /// The first statement, and how many there are besides.
    static func citation(_ statements: [DecidingStatement]) -> String? {
        guard let first = statements.first else { return nil }
        return citation(first) + (statements.count > 1 ? ", and \(statements.count - 1) more" : "")
    }
}
