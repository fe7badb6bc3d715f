import Basics

/// A section of a shared file with its settings.
struct ConfigurationSection: Sendable {
    /// `profile`, `sso-session`, `services`, or `nil`.
    let kind: String?
    let name: String
    private(set) var path: String
    private(set) var line: Int
    private var values: [String: String] = [:]
    private var nested: [String: [String: String]] = [:]

    init(kind: String? = nil, name: String, path: String = "", line: Int = 0) {
        self.kind = kind
        self.name = name
        self.path = path
        self.line = line
    }

    /// Creates a section like `section`, without its settings.
    init(_ section: ConfigurationSection) {
        self.init(kind: section.kind, name: section.name, path: section.path, line: section.line)
    }

    /// The value of a setting; `nil` if it is missing or empty.
    subscript(key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0 } }

    /// The value of a setting in a block: `endpoint_url` below `s3 =`.
    subscript(block: String, key: String) -> String? { nested[block]?[key].flatMap { $0.isEmpty ? nil : $0 } }

    /// The names of its blocks, sorted.
    var blocks: [String] { nested.keys.sorted() }

    var heading: String { kind.map { "\($0) \(name)" } ?? name }

    /// File and line, for error messages.
    var place: String { "\(path) line \(line)" }

    mutating func set(_ key: String, to value: String) {
        values[key] = value
        nested[key] = nil
    }

    mutating func set(_ key: String, to value: String, inBlock block: String) {
        nested[block, default: [:]][key] = value
    }

    /// Appends a continuation line to a value.
    mutating func extend(_ key: String, with line: String) {
        values[key, default: ""] += "\n" + line
    }

    /// Merges a repeated section; the settings of `other` win.
    mutating func merge(_ other: ConfigurationSection) {
        if path.isEmpty { (path, line) = (other.path, other.line) }
        values.merge(other.values) { _, new in new }
        nested.merge(other.nested) { _, new in new }
    }
}

/// The format of the shared files: INI with nested blocks.
///
/// The AWS CLI's rules apply: `#` and `;` begin a comment at the start of a line, `=` or `:` ends a key, and a line
/// that is indented deeper than its setting belongs to that setting. As in the SDKs, a comment can also follow a value
/// after white space (except in `credential_process`, whose command line can contain these characters), and sections
/// and settings can be repeated: the last one wins.
enum ConfigurationFile {
    static func read(
        _ path: String, in environment: AWSEnvironment
    ) throws(Failure) -> [ConfigurationSection] {
        let bytes: [UInt8]?
        do {
            bytes = try environment.readFile(path)
        } catch {
            throw Failure(
                "the shared AWS file \(path) cannot be read", why: error.fileReason,
                advice: "make it readable, or name another with AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE")
        }
        return try bytes.map { bytes throws(Failure) in try parse(bytes, path: path) } ?? []
    }

    static func parse(_ bytes: [UInt8], path: String) throws(Failure) -> [ConfigurationSection] {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: byteOrderMark) ? bytes[3...] : bytes[...]
        var parser = Parser(path: path)
        // Also splits `\r\n`: the extra blank line is harmless, and line numbers count only the line feeds.
        for line in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            try parser.take(line)
        }
        return parser.sections
    }

    private struct Parser {
        let path: String
        var sections: [ConfigurationSection] = []
        private var lineNumber = 0
        /// The setting that a more deeply indented line belongs to, and its own indentation.
        private var open: (key: String, indentation: Int, isBlock: Bool)?

        init(path: String) {
            self.path = path
        }

        mutating func take(_ bytes: ArraySlice<UInt8>) throws(Failure) {
            lineNumber += 1
            guard let whole = String(validating: bytes, as: UTF8.self) else { throw malformed("it is not UTF-8 text") }
            let line = whole.trimmed
            guard let first = line.first, first != "#", first != ";" else { return }
            guard !line.utf8.contains(0) else { throw malformed("it holds a zero byte") }
            if first == "[" {
                sections.append(try section(line))
                open = nil
                return
            }
            guard let last = sections.indices.last else {
                throw malformed("a setting stands before the first [section]")
            }
            let indentation = whole.prefix { $0 == " " || $0 == "\t" }.count
            if let open, indentation > open.indentation {
                try continueSetting(open.key, isBlock: open.isBlock, with: line, in: last)
            } else {
                let (key, value) = try setting(line)
                sections[last].set(key, to: value)
                open = (key, indentation, value.isEmpty)
            }
        }

        private mutating func continueSetting(
            _ key: String, isBlock: Bool, with line: String, in section: Int
        ) throws(Failure) {
            if isBlock {
                let (inner, value) = try setting(line)
                sections[section].set(inner, to: value, inBlock: key)
            } else {
                sections[section].extend(key, with: line)
            }
        }

        private func section(_ line: String) throws(Failure) -> ConfigurationSection {
            guard let end = line.firstIndex(of: "]") else { throw malformed("a [section] has no closing bracket") }
            let rest = String(line[line.index(after: end)...]).trimmed
            guard rest.isEmpty || rest.hasPrefix("#") || rest.hasPrefix(";") else {
                throw malformed("something follows the [section]")
            }
            let heading = String(line[line.index(after: line.startIndex)..<end]).trimmed
            let words = heading.split(maxSplits: 1) { $0 == " " || $0 == "\t" }.map { String($0).trimmed }
            if words.count == 2, ["profile", "sso-session", "services"].contains(words[0]) {
                return ConfigurationSection(kind: words[0], name: try unquoted(words[1]), path: path, line: lineNumber)
            }
            return ConfigurationSection(name: try unquoted(heading), path: path, line: lineNumber)
        }

        private func unquoted(_ name: String) throws(Failure) -> String {
            var bare = name
            if let quote = name.first, quote == "\"" || quote == "'" {
                guard name.count > 1, name.last == quote else {
                    throw malformed("a quote in the [section] is not closed")
                }
                bare = String(name.dropFirst().dropLast())
            }
            guard !bare.isEmpty else { throw malformed("a [section] has no name") }
            return bare
        }

        private func setting(_ line: String) throws(Failure) -> (key: String, value: String) {
            guard let separator = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                throw malformed("it is neither a [section] nor a setting (key = value)")
            }
            let key = String(line[..<separator]).trimmed.lowercased()
            guard !key.isEmpty else { throw malformed("a setting has no name") }
            let value = String(line[line.index(after: separator)...])
            return (key, key == "credential_process" ? value.trimmed : withoutComment(value))
        }

        /// Removes a comment. It must follow white space, so that the `#` of a URL does not begin one.
        private func withoutComment(_ value: String) -> String {
            var afterSpace = false
            for index in value.indices {
                if afterSpace, value[index] == "#" || value[index] == ";" { return String(value[..<index]).trimmed }
                afterSpace = value[index] == " " || value[index] == "\t"
            }
            return value.trimmed
        }

        /// Does not show the line itself: it may contain a secret.
        private func malformed(_ why: String) -> Failure {
            Failure(
                "\(path) line \(lineNumber) cannot be understood", why: why,
                advice: "mend the line, or put # before it")
        }
    }
}

extension String {
    /// The text without white space at its ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
