import Basics

/// Text in XML and HTML, between tags and in attributes.
public enum MarkupText {
    /// Escapes markup. Control characters are not allowed in XML, and characters that change the direction of writing
    /// can deceive readers, so both are made visible first.
    public static func escaped(_ text: String) -> String {
        let visible = text.withoutUnsafeCharacters
        guard visible.utf8.contains(where: isSpecial) else { return visible }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(visible.utf8.count + 16)
        for byte in visible.utf8 {
            switch byte {
            case UInt8(ascii: "&"): escaped += "&amp;".utf8
            case UInt8(ascii: "<"): escaped += "&lt;".utf8
            case UInt8(ascii: ">"): escaped += "&gt;".utf8
            case UInt8(ascii: "\""): escaped += "&quot;".utf8
            case UInt8(ascii: "'"): escaped += "&#39;".utf8
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
        default: false
        }
    }
}
