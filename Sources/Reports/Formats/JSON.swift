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
                try writeArray(items.lazy.filter { $0.list == list }.map(\.record), 1, to: sink)
            } else {
                try sink.write(JSONText.pretty(document[name] ?? .null, depth: 1))
            }
        }
        try sink.write("\n}\n")
    }

    /// Each item on a line, and the rest of the document on the last one; `type` says what a line is.
    func writeNDJSON(to sink: Sink) throws {
        for item in items { try sink.write(JSONText.line(item.record, type: lists[item.list].type)) }
        try sink.write(JSONText.line(.members(document), type: "summary"))
    }

    /// An array whose elements need not all be in memory.
    func writeArray(_ elements: some Sequence<JSON>, _ depth: Int = 0, to sink: Sink) throws {
        let margin = String(repeating: "  ", count: depth)
        var isFirst = true
        for element in elements {
            try sink.write((isFirst ? "[\n  " : ",\n  ") + margin)
            try sink.write { JSONText.write(element, depth + 1, to: &$0) }
            isFirst = false
        }
        try sink.write(isFirst ? "[]" : "\n\(margin)]")
    }
}

/// JSON in the one way that all reports share: members in alphabetical order, and nothing in it that a terminal would
/// obey.
enum JSONText {
    static func compact(_ node: JSON) -> String { text(of: node, nil) }

    /// - Parameter depth: how deep the value stands in its document, for the margin of its lines.
    static func pretty(_ node: JSON, depth: Int = 0) -> String { text(of: node, depth) }

    private static func text(of node: JSON, _ depth: Int?) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1_024)
        write(node, depth, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One line of NDJSON, with its end.
    static func line(_ record: JSON, type: String) -> String {
        guard case .object(var members) = record else { return compact(record) + "\n" }
        members["type"] = .string(type)
        return compact(.object(members)) + "\n"
    }

    /// JSON text with a space behind each comma and colon, at which a line may be broken.
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

    /// By name; what is already in order is not copied.
    private static func inOrder(_ members: [JSON.Object.Member]) -> [JSON.Object.Member] {
        let isInOrder = members.indices.dropFirst().allSatisfy { members[$0 - 1].name <= members[$0].name }
        return isInOrder ? members : members.sorted { $0.name < $1.name }
    }

    /// Appends a value. Without a depth it stands on one line.
    fileprivate static func write(_ node: JSON, _ depth: Int?, to bytes: inout [UInt8]) {
        switch node {
        case .null: bytes += "null".utf8
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .number(let number): bytes += number.description.utf8
        case .string(let words): appendQuoted(words, to: &bytes)
        case .array(let elements):
            write(elements, "[", "]", depth, to: &bytes) { write($0, $1, to: &$2) }
        case .object(let object):
            write(inOrder(object.members), "{", "}", depth, to: &bytes) { member, depth, bytes in
                appendQuoted(member.name, to: &bytes)
                bytes += (depth == nil ? ":" : " : ").utf8
                write(member.value, depth, to: &bytes)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ depth: Int?, to bytes: inout [UInt8],
        each: (Element, Int?, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        for (place, element) in elements.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            if let depth { appendMargin(depth + 1, to: &bytes) }
            each(element, depth.map { $0 + 1 }, &bytes)
        }
        if let depth, !elements.isEmpty { appendMargin(depth, to: &bytes) }
        bytes.append(UInt8(ascii: close))
    }

    private static func appendMargin(_ depth: Int, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        appendQuoted(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func appendQuoted(_ words: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        let isPlain = words.utf8.allSatisfy {
            $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        if isPlain {
            bytes.append(contentsOf: words.utf8)
            return
        }
        for scalar in words.unicodeScalars {
            if let escape = escape(scalar) { bytes += escape.utf8 } else { bytes += String(scalar).utf8 }
        }
    }

    /// What stands for a character in quotation marks; `nil` if it may stand there itself.
    private static func escape(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case " "..."~": nil
        default: TerminalText.isUnsafe(scalar) ? escaped(scalar) : nil
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}

extension JSON {
    /// An object of those members that there are.
    static func members(_ members: [String: JSON?]) -> JSON { .object(Object(members.compactMapValues(\.self))) }

    static func texts(_ texts: some Sequence<String>) -> JSON { .array(texts.map { .string($0) }) }

    /// The text, or null if there is none.
    static func optional(_ text: String?) -> JSON { JSON(text) }
}
