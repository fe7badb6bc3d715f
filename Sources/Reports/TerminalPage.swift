import Basics

/// A page for a terminal, to which lines are added. All words are escaped, so that nothing in them moves the cursor.
struct TerminalPage {
    let text: TerminalText
    private var lines: [String] = []

    init(_ text: TerminalText) {
        self.text = text
    }

    /// The whole page, ending with a line feed.
    var rendered: String { lines.joined(separator: "\n") + "\n" }

    /// An empty line.
    mutating func space() { lines.append("") }

    /// One line, whose words are escaped and styled already.
    mutating func line(styled line: String) { lines.append(line) }

    /// One line, however long.
    mutating func line(_ words: String, _ style: TerminalText.Style? = nil) {
        lines.append(text.styled(TerminalText.escaped(words), style))
    }

    /// Adds a heading such as `title (3)` after an empty line.
    mutating func heading(_ title: String, _ count: Int? = nil, style: TerminalText.Style = .bold) {
        lines += ["", text.styled(title, style) + (count.map { " (\($0))" } ?? "")]
    }

    /// Words broken into lines that begin in column `indent`.
    /// - Parameter margin: stands before the first line, escaped and styled already; `nil` for spaces.
    mutating func add(_ words: String, indent: Int = 0, _ style: TerminalText.Style? = nil, margin: String? = nil) {
        var broken = text.wrapped(TerminalText.escaped(words), indent: indent)
        if margin != nil { broken[0].removeFirst(indent) }
        lines.append((margin ?? "") + text.styled(broken[0], style))
        lines += broken.dropFirst().map { text.styled($0, style) }
    }

    /// Adds words after a mark, which begins two columns before `indent`.
    mutating func add(_ words: String, indent: Int, mark: String, _ style: TerminalText.Style) {
        let space = String(repeating: " ", count: indent - 2)
        add(words, indent: indent, margin: space + text.styled(mark, style) + " ")
    }

    /// Adds the number of list elements that are not shown.
    mutating func rest(_ count: Int, indent: Int = 2, _ words: String = "more (--verbose or --format json shows all)") {
        if count > 0 { add("… and \(Figures.count(count)) \(words)", indent: indent) }
    }
}
