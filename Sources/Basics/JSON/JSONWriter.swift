/// Takes the members of an object one by one, and either keeps or writes them.
public protocol JSONMembers {
    mutating func member(_ name: String, _ value: JSON)
    mutating func member(_ name: String, _ text: String)
    /// A member that is an object.
    mutating func object(_ name: String, _ members: (inout Self) -> Void)
    /// A member that is an array of objects, one for each element.
    mutating func objects<Element>(_ name: String, of elements: [Element], _ members: (Element, inout Self) -> Void)
}

extension JSONMembers {
    /// Adds a member if `text` is not `nil`.
    public mutating func member(_ name: String, ifAny text: String?) { if let text { member(name, text) } }
}

extension JSON.Object: JSONMembers {
    public mutating func member(_ name: String, _ value: JSON) { members.append(Member(name, value)) }
    public mutating func member(_ name: String, _ text: String) { members.append(Member(name, .string(text))) }

    public mutating func object(_ name: String, _ members: (inout Self) -> Void) {
        member(name, .object(Self.made(by: members)))
    }

    public mutating func objects<Element>(
        _ name: String, of elements: [Element], _ members: (Element, inout Self) -> Void
    ) {
        member(name, .array(elements.map { element in .object(Self.made { members(element, &$0) }) }))
    }

    private static func made(by members: (inout Self) -> Void) -> Self {
        var object = Self()
        members(&object)
        return object
    }
}

/// Writes JSON text piece by piece, so that a document need not be in memory as a value.
///
/// Members are written in the order in which they come. Only the members of a whole ``JSON`` value are sorted.
///
/// Source: RFC 8259.
public struct JSONWriter {
    private var bytes: [UInt8] = []
    private let style: JSON.Style
    private var depth: Int
    /// Whether the open array or object is still empty.
    private var isFirst = true

    /// Appends the text that `write` writes to `bytes`.
    /// - Parameter depth: the nesting depth of the text in its document, for the indentation of its lines.
    public static func append(
        to bytes: inout [UInt8], _ style: JSON.Style, depth: Int = 0, _ write: (inout JSONWriter) -> Void
    ) {
        var writer = JSONWriter(style: style, depth: depth)
        swap(&writer.bytes, &bytes)
        write(&writer)
        swap(&writer.bytes, &bytes)
    }

    private init(style: JSON.Style, depth: Int) {
        self.style = style
        self.depth = depth
    }

    public mutating func value(_ value: JSON) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .number(let number): bytes += number.description.utf8
        case .string(let text): string(text)
        case .array(let elements):
            between("[", "]") { for element in elements { $0.element { $0.value(element) } } }
        case .object(let object):
            let members = style.isSorted ? object.sortedMembers : object.members
            self.object { for member in members { $0.member(member.name, member.value) } }
        }
    }

    public mutating func object(_ members: (inout Self) -> Void) { between("{", "}", members) }

    /// An array of objects, one for each element.
    public mutating func objects<Element>(_ elements: [Element], _ members: (Element, inout Self) -> Void) {
        between("[", "]") { writer in
            for element in elements { writer.element { $0.object { members(element, &$0) } } }
        }
    }

    /// Returns the text that `write` writes, as it is at this place of the document.
    public func text(_ write: (inout Self) -> Void) -> [UInt8] {
        var text: [UInt8] = []
        Self.append(to: &text, style, depth: depth, write)
        return text
    }

    private mutating func between(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ inside: (inout Self) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        depth += 1
        isFirst = true
        inside(&self)
        depth -= 1
        if !isFirst { line() }
        isFirst = false
        bytes.append(UInt8(ascii: close))
    }

    private mutating func element(_ write: (inout Self) -> Void) {
        separate()
        write(&self)
    }

    /// Writes the separator before an element or member.
    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        line()
    }

    /// Ends a line, and indents the next one.
    private mutating func line() {
        guard style.isPretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }
}

extension JSONWriter: JSONMembers {
    public mutating func member(_ name: String, _ value: JSON) {
        self.name(name)
        self.value(value)
    }

    public mutating func member(_ name: String, _ text: String) {
        self.name(name)
        string(text)
    }

    public mutating func object(_ name: String, _ members: (inout Self) -> Void) {
        self.name(name)
        object(members)
    }

    public mutating func objects<Element>(
        _ name: String, of elements: [Element], _ members: (Element, inout Self) -> Void
    ) {
        self.name(name)
        objects(elements, members)
    }

    /// A member whose value has the given text, which ``text(_:)`` returned at the same depth.
    public mutating func member(_ name: String, verbatim text: [UInt8]) {
        self.name(name)
        bytes.append(contentsOf: text)
    }

    private mutating func name(_ name: String) {
        separate()
        string(name)
        if style.isPretty {
            if style.isSpaced { bytes.append(UInt8(ascii: " ")) }
            bytes.append(UInt8(ascii: ":"))
            bytes.append(UInt8(ascii: " "))
        } else {
            bytes.append(UInt8(ascii: ":"))
        }
    }
}

// MARK: Strings

extension JSONWriter {
    /// Writes a string with its quotation marks.
    public mutating func string(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            if utf8.areSafeInQuotationMarks { bytes.append(contentsOf: utf8) } else { escape(utf8) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a text with escapes. Runs of bytes that need no escape are written at once.
    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        var (start, at) = (0, 0)
        func run() -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: text[start..<at]) }
        while at < text.count {
            let byte = text[at]
            if byte < 0x80, byte.isSafeInQuotationMarks {
                at += 1
                continue
            }
            bytes.append(contentsOf: run())
            // The text is valid UTF-8, so the first byte of a character gives the length of the character.
            let length = byte < 0x80 ? 1 : (~byte).leadingZeroBitCount
            start = at
            at += length
            if let scalar = String(decoding: run(), as: UTF8.self).unicodeScalars.first, !escape(scalar) {
                bytes.append(contentsOf: run())
            }
            start = at
        }
        bytes.append(contentsOf: run())
    }

    /// - Returns: false if the character needs no escape; then nothing is written.
    private mutating func escape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "\\":
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(UInt8(ascii: scalar))
        case "\u{08}": bytes += "\\b".utf8
        case "\t": bytes += "\\t".utf8
        case "\n": bytes += "\\n".utf8
        case "\u{0C}": bytes += "\\f".utf8
        case "\r": bytes += "\\r".utf8
        case _ where scalar.isUnsafeToShow: escapeInDigits(scalar)
        default: return false
        }
        return true
    }

    /// Writes hexadecimal escapes of one or two UTF-16 units.
    private mutating func escapeInDigits(_ scalar: Unicode.Scalar) {
        for unit in String(scalar).utf16 {
            bytes += "\\u".utf8
            for shift in [12, 8, 4, 0] { bytes.append(Hexadecimal.digit(UInt8(unit >> UInt16(shift) & 15))) }
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether all bytes are printable ASCII that needs no escape. The loop has no early exit, so that it is
    /// vectorized.
    fileprivate var areSafeInQuotationMarks: Bool {
        var unsafe: UInt8 = 0
        for byte in self { unsafe |= byte.isSafeInQuotationMarks ? 0 : 1 }
        return unsafe == 0
    }
}

extension UInt8 {
    @inline(__always)
    fileprivate var isSafeInQuotationMarks: Bool {
        let isPrintable = self &- 0x20 < 0x5F
        return isPrintable && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
    }
}

extension JSON.Object {
    /// The members sorted by name. Members that are already sorted are not copied.
    fileprivate var sortedMembers: [Member] {
        func precedes(_ left: Member, _ right: Member) -> Bool {
            left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        if members.indices.dropFirst().allSatisfy({ !precedes(members[$0], members[$0 - 1]) }) { return members }
        return members.sorted(by: precedes)
    }
}
