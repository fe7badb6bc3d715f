import Basics

/// Splits a JSON array or object into the texts of its members without reading them, so that an unreadable member
/// leaves the others readable.
enum RawJSON {
    /// The texts of an array's elements; `nil` if the text is no array with its brackets in balance.
    static func elements(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        pieces(of: text, from: "[", to: "]")
    }

    /// The keys and the texts of an object's values; `nil` if the text is no object with its brackets in balance.
    static func members(of text: ArraySlice<UInt8>) -> [(key: String, value: ArraySlice<UInt8>)]? {
        guard let pieces = pieces(of: text, from: "{", to: "}") else { return nil }
        var members: [(key: String, value: ArraySlice<UInt8>)] = []
        for piece in pieces {
            guard let end = endOfString(in: piece), let key = string(piece[..<end]) else { return nil }
            let rest = trimmed(piece[end...])
            guard rest.first == UInt8(ascii: ":") else { return nil }
            members.append((key, trimmed(rest.dropFirst())))
        }
        return members
    }

    /// The value of a JSON string; `nil` if the text is not a string.
    static func string(_ text: ArraySlice<UInt8>) -> String? {
        guard let node = try? JSONNode(policy: Array(text)), case .string(let string) = node.value
        else {
            return nil
        }
        return string
    }

    private static func pieces(
        of text: ArraySlice<UInt8>, from open: Unicode.Scalar, to close: Unicode.Scalar
    ) -> [ArraySlice<UInt8>]? {
        let text = trimmed(text)
        guard text.count >= 2, text.first == UInt8(ascii: open), text.last == UInt8(ascii: close) else { return nil }
        let inside = text.dropFirst().dropLast()
        if trimmed(inside).isEmpty { return [] }
        var pieces: [ArraySlice<UInt8>] = []
        var start = inside.startIndex
        var position = start
        var depth = 0
        while position < inside.endIndex {
            switch inside[position] {
            case UInt8(ascii: "\""):
                guard let end = endOfString(in: inside[position...]) else { return nil }
                position = end
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth < 0 { return nil }
            case UInt8(ascii: ",") where depth == 0:
                pieces.append(trimmed(inside[start..<position]))
                start = position + 1
            default: break
            }
            position += 1
        }
        guard depth == 0 else { return nil }
        pieces.append(trimmed(inside[start...]))
        return pieces
    }

    /// The index after the string with which the text begins.
    private static func endOfString(in text: ArraySlice<UInt8>) -> Int? {
        guard text.first == UInt8(ascii: "\"") else { return nil }
        var position = text.startIndex + 1
        while position < text.endIndex {
            switch text[position] {
            case UInt8(ascii: "\""): return position + 1
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return nil
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isWhiteSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        var text = text.drop(while: isWhiteSpace)
        while let last = text.last, isWhiteSpace(last) { text.removeLast() }
        return text
    }
}
