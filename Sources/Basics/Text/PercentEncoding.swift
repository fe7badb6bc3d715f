/// Percent-encoding (RFC 3986) of all characters except the unreserved ones, as AWS Signature Version 4 requires it.
public enum PercentEncoding {
    /// - Parameter keepingSlash: `true` for the keys of S3 objects, whose slashes separate the parts of the path.
    public static func encode(_ text: String, keepingSlash: Bool = false) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isUnreserved(byte) || (keepingSlash && byte == UInt8(ascii: "/")) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(Hexadecimal.digit(byte >> 4, uppercase: true))
                encoded.append(Hexadecimal.digit(byte & 15, uppercase: true))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// - Returns: `nil` if a `%` is not followed by two hexadecimal digits, or the result is not UTF-8.
    public static func decode(_ text: String) -> String? {
        var decoded: [UInt8] = []
        var bytes = text.utf8.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = bytes.next().flatMap(Hexadecimal.value), let low = bytes.next().flatMap(Hexadecimal.value)
            else { return nil }
            decoded.append(high << 4 | low)
        }
        return String(validating: decoded, as: UTF8.self)
    }

    /// Decodes a text in which a space is written as `+`, as in keys that Amazon S3 lists or announces.
    /// - Returns: `nil` as ``decode(_:)``.
    public static func decodeForm(_ text: String) -> String? {
        decode(text.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%20"))
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
