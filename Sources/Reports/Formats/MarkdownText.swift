/// Text in Markdown (CommonMark, and GitHub's tables) that makes no markup, no link and no HTML.
enum MarkdownText {
    /// What comes from a log: as code, in which nothing has a meaning.
    /// - Parameter isInTable: a table is cut at its bars before anything else is looked at.
    static func code(_ text: String, isInTable: Bool = false) -> String {
        var text = TerminalText.escaped(text)
        guard !text.isEmpty else { return "" }
        if isInTable { text = text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") }
        let fence = String(repeating: "`", count: longestRun(of: "`", in: text) + 1)
        // Spaces at both ends are taken off again.
        let needsSpace = [" ", "`"].contains { text.hasPrefix($0) || text.hasSuffix($0) }
        return fence + (needsSpace ? " \(text) " : text) + fence
    }

    /// What people wrote, such as a rule's title: one line in which nothing has a meaning to a renderer.
    static func escaped(_ text: String) -> String {
        let text = Array(TerminalText.escaped(text).unicodeScalars)
        let start = text.prefix { $0 == " " }.count
        // "1." and "1)" at the beginning would be a list.
        let digits = start + text.dropFirst(start).prefix { ("0"..."9").contains($0) }.count
        var escaped = ""
        for (place, character) in text.enumerated() {
            let isEscaped =
                switch character {
                case "\\", "`", "*", "_", "[", "]", "#", "|", "~", "!", "@": true
                case "-", "+", "=": place == start
                // GitHub makes links of "www." and of what looks like an address.
                case ".", ")":
                    place > start && place == digits
                        || character == "." && place > 0 && ["w", "W"].contains(text[place - 1])
                case ":": place + 1 < text.count && !(text[place + 1] == " " || ("0"..."9").contains(text[place + 1]))
                default: false
                }
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped += isEscaped ? "\\\(character)" : String(character)
            }
        }
        return escaped
    }

    /// A link if the text is an address of the web, else the text as code.
    static func link(_ address: String) -> String { WebAddress.isOne(address) ? "<\(address)>" : code(address) }

    private static func longestRun(of character: Character, in text: String) -> Int {
        var longest = 0
        var run = 0
        for each in text {
            run = each == character ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}

/// Addresses that may become links.
enum WebAddress {
    /// `http` or `https`, in the characters that RFC 3986 lets stand in an address.
    static func isOne(_ text: String) -> Bool {
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || "0123456789-._~!#$&'()*+,/:;=?@[]%".unicodeScalars.contains($0))
        }
    }
}
