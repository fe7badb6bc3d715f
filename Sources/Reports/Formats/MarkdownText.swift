/// Text in Markdown (CommonMark, and GitHub's tables) that makes no markup, no link and no HTML.
enum MarkdownText {
    /// Text from a log, as code, in which no character has a special meaning.
    /// - Parameter isInTable: whether the text is in a table. A table is split at its bars before code is parsed, so
    ///   bars are escaped.
    static func code(_ text: String, isInTable: Bool = false) -> String {
        var text = TerminalText.escaped(text)
        guard !text.isEmpty else { return "" }
        if isInTable { text = text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") }
        let fence = String(repeating: "`", count: longestRun(of: "`", in: text) + 1)
        // A renderer removes one space at each end again.
        let needsSpace = [" ", "`"].contains { text.hasPrefix($0) || text.hasSuffix($0) }
        return fence + (needsSpace ? " \(text) " : text) + fence
    }

    /// Text that people wrote, such as a rule's title: one line in which no character has a special meaning to a
    /// renderer.
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
                // GitHub turns "www." and text that looks like an address into links.
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

    /// A link if the text is a web address, else the text as code.
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

/// Web addresses, which can become links.
enum WebAddress {
    /// Whether the text is an `http` or `https` address with only the characters that RFC 3986 allows.
    static func isOne(_ text: String) -> Bool {
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || "0123456789-._~!#$&'()*+,/:;=?@[]%".unicodeScalars.contains($0))
        }
    }
}
