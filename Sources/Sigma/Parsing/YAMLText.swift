/// Checks YAML before it is parsed.
public enum YAMLText {
    /// With fewer aliases a text of some megabytes cannot become a tree that is too large to be compared.
    private static let harmlessAliases = 10

    /// The reason why a text must not be parsed; `nil` if it is safe to parse.
    ///
    /// The parser compares the keys of a mapping with all their nodes. With aliases of lists of aliases, a key of a few
    /// bytes stands for billions of nodes. Parapet reads nothing that needs keys other than plain words.
    public static func refusal(of text: String) -> String? {
        var text = text
        let isHostile = text.withUTF8 { bytes in aliases(bytes) >= harmlessAliases && mayHaveLargeKeys(bytes) }
        return isHostile ? "it has keys that are lists, mappings or aliases, and many aliases" : nil
    }

    private static func aliases(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        bytes.indices.count { place in
            bytes[place] == UInt8(ascii: "*") && place + 1 < bytes.count && !isSpace(bytes[place + 1])
                && (place == 0 || isBeforeNode(bytes[place - 1]))
        }
    }

    /// Whether a text may have keys that are lists, mappings or aliases. Also true for some texts in quotation marks.
    private static func mayHaveLargeKeys(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // The places of the last word's first byte, and of the last byte that is not a space.
        var (word, last) = (0, 0)
        for place in bytes.indices where !isSpace(bytes[place]) {
            let begins = place == 0 || isBeforeNode(bytes[place - 1])
            switch bytes[place] {
            case UInt8(ascii: "?") where begins && (place + 1 == bytes.count || isSpace(bytes[place + 1])): return true
            case UInt8(ascii: ":"):
                if bytes[word] == UInt8(ascii: "*") || bytes[last] == UInt8(ascii: "]")
                    || bytes[last] == UInt8(ascii: "}")
                {
                    return true
                }
            default: break
            }
            if begins { word = place }
            last = place
        }
        return false
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// Whether a node may begin after the byte.
    private static func isBeforeNode(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: ",")
    }
}
