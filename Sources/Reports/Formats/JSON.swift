import Basics

extension Report {
    /// One document: members in alphabetical order, the items in their arrays.
    func writeJSON(to sink: Sink) throws {
        var names = Array(document.keys)
        names += lists.map(\.name)
        try sink.write("{")
        for (place, name) in names.sorted().enumerated() {
            try sink.write((place > 0 ? ",\n  " : "\n  ") + JSONText.quoted(name) + " : ")
            if let list = lists.firstIndex(where: { $0.name == name }) {
                try writeItems(of: list, to: sink)
            } else {
                try sink.write(JSONText.pretty(document[name] ?? .null, depth: 1))
            }
        }
        try sink.write("\n}\n")
    }

    /// The items of a list, as an array that is a member of the document.
    private func writeItems(of list: Int, to sink: Sink) throws {
        guard let first = items.firstIndex(where: { $0.list == list }) else { return try sink.write("[]") }
        try sink.write(items) { item, place, bytes in
            guard item.list == list else { return }
            bytes += (place == first ? "[\n    " : ",\n    ").utf8
            JSONWriter.append(to: &bytes, .page, depth: 2) { item.write(to: &$0, type: nil) }
        }
        try sink.write("\n  ]")
    }

    /// Each item on a line, and the rest of the document on the last one; `type` says what a line is.
    func writeNDJSON(to sink: Sink) throws {
        let lists = lists
        try sink.write(items) { item, _, bytes in
            JSONWriter.append(to: &bytes, .line) { item.write(to: &$0, type: lists[item.list].type) }
            bytes.append(UInt8(ascii: "\n"))
        }
        try sink.write(JSONText.line(.members(document), type: "summary"))
    }

    /// An array whose elements need not all be in memory.
    func writeArray(_ elements: some Sequence<JSON>, _ depth: Int = 0, to sink: Sink) throws {
        let margin = String(repeating: "  ", count: depth)
        var isFirst = true
        for element in elements {
            try sink.write((isFirst ? "[\n  " : ",\n  ") + margin)
            try sink.write { JSONWriter.append(to: &$0, .page, depth: depth + 1) { $0.value(element) } }
            isFirst = false
        }
        try sink.write(isFirst ? "[]" : "\n\(margin)]")
    }
}

extension JSON.Style {
    /// The style of all reports: members in alphabetical order, and no control characters that a terminal would obey.
    fileprivate static let line = Self(isSorted: true)
    fileprivate static let page = Self(isPretty: true, isSorted: true, isSpaced: true)
}

/// JSON in the style of all reports.
enum JSONText {
    static func compact(_ node: JSON) -> String { node.written(.line) }

    /// - Parameter depth: the depth of the value in its document, for the margin of its lines.
    static func pretty(_ node: JSON, depth: Int = 0) -> String { node.written(.page, depth: depth) }

    static func quoted(_ text: String) -> String { compact(.string(text)) }

    /// One line of NDJSON, with its end.
    static func line(_ record: JSON, type: String) -> String { compact(record.adding(type: type)) + "\n" }

    /// JSON text with a space after each comma and colon, at which a line can be broken.
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
}

extension ReportItem {
    func write(to writer: inout JSONWriter, type: String?) { writer.value(record.adding(type: type)) }
}

extension JSON {
    /// The record with its `type`, as a line of NDJSON has it.
    fileprivate func adding(type: String?) -> JSON {
        guard let type, case .object(var members) = self else { return self }
        members["type"] = .string(type)
        return .object(members)
    }

    /// An object of the members that are not `nil`.
    static func members(_ members: [String: JSON?]) -> JSON { .object(Object(members.compactMapValues(\.self))) }

    static func texts(_ texts: some Sequence<String>) -> JSON { .array(texts.map { .string($0) }) }

    /// The text, or null if there is none.
    static func optional(_ text: String?) -> JSON { JSON(text) }
}
