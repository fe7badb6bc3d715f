import Basics

/// Text for a terminal. External text cannot move the cursor, and lines keep to the width.
public struct TerminalText: Sendable {
    /// In columns.
    public var width: Int
    public var usesColor: Bool

    public init(width: Int = 80, usesColor: Bool = false) {
        self.width = max(40, width)
        self.usesColor = usesColor
    }

    enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case brightRed = "1;31"
        case yellow = "33"
        case green = "32"
        case cyan = "36"
    }

    /// `text` in the style, if colors are used.
    func styled(_ text: String, _ style: Style?) -> String {
        guard let style, usesColor, !text.isEmpty else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }

    /// `text` with visible escapes for control characters and for characters that change the direction of writing.
    public static func escaped(_ text: String) -> String { text.withoutUnsafeCharacters }

    /// `text` broken at spaces so that no line is wider than ``width``; a word that is too long is put on its own line,
    /// unbroken, so that it can be copied.
    /// - Parameter indent: the columns that each line begins with, left empty.
    func wrapped(_ text: String, indent: Int = 0) -> [String] {
        let room = max(20, width - indent)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            if !line.isEmpty, line.count + 1 + word.count > room {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        if !line.isEmpty || lines.isEmpty { lines.append(line) }
        let margin = String(repeating: " ", count: indent)
        return lines.map { margin + $0 }
    }

    /// `text` without its middle, so that both ends are shown: for an ARN, the account and the name.
    static func shortened(_ text: String, to columns: Int) -> String {
        guard text.count > columns, columns > 3 else { return text }
        let tail = (columns - 1) * 3 / 5
        return text.prefix(columns - 1 - tail) + "…" + text.suffix(tail)
    }

    /// `text` cut to `columns`, with an ellipsis if something was cut.
    static func fitted(_ text: String, to columns: Int) -> String {
        text.count <= columns ? text : text.prefix(max(0, columns - 1)) + "…"
    }
}

extension Severity {
    var style: TerminalText.Style {
        switch self {
        case .critical: .brightRed
        case .high: .red
        case .medium: .yellow
        case .low: .cyan
        case .informational: .dim
        }
    }
}
