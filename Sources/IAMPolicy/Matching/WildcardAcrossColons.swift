import Basics

/// A pattern for a whole ARN in which a `*` before a colon or at the end stands for any characters, and every other wildcard
/// for any but the ARN's first five colons.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Resource", section "Using wildcards in resource ARNs".
struct WildcardAcrossColons: Sendable, Hashable {
    let elements: [WildcardPattern.Element]

    func matches(_ text: String) -> Bool { text.withUTF8Bytes { matches($0) } }

    /// A place from which a run can be tried again, one character longer.
    private struct Retry {
        var element: Int
        var position: Int
    }

    /// Only two runs ever need to be tried again: the last one that reaches across colons, and the last one after it.
    private func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let resource = Self.startOfResource(in: text)
        var position = 0
        var next = 0
        var across: Retry?
        var within: Retry?
        while position < text.count {
            if next < elements.count, elements[next] == WildcardPattern.anyRun {
                if next + 1 == elements.count { return true }
                // After the fifth colon all runs are alike.
                if reachesAcross(next) || position >= resource {
                    across = Retry(element: next + 1, position: position)
                    within = nil
                } else {
                    within = Retry(element: next + 1, position: position)
                }
                next += 1
            } else if next < elements.count, elements[next] == WildcardPattern.anyOne,
                !isSeparator(position, in: text, resource)
            {
                position = Self.endOfCharacter(at: position, in: text)
                next += 1
            } else if next < elements.count, elements[next] == UInt16(text[position]) {
                position += 1
                next += 1
            } else if let retry = within, !isSeparator(retry.position, in: text, resource) {
                position = Self.endOfCharacter(at: retry.position, in: text)
                next = retry.element
                within?.position = position
            } else if let retry = across {
                position = Self.endOfCharacter(at: retry.position, in: text)
                next = retry.element
                across?.position = position
                within = nil
            } else {
                return false
            }
        }
        return elements[next...].allSatisfy { $0 == WildcardPattern.anyRun }
    }

    private func reachesAcross(_ index: Int) -> Bool {
        elements[index + 1] == UInt16(UInt8(ascii: ":"))
    }

    private func isSeparator(_ position: Int, in text: UnsafeBufferPointer<UInt8>, _ resource: Int) -> Bool {
        position < resource && text[position] == UInt8(ascii: ":")
    }

    /// The index after the fifth colon; the end if there are fewer.
    private static func startOfResource(in text: UnsafeBufferPointer<UInt8>) -> Int {
        var colons = 0
        for (index, byte) in text.enumerated() where byte == UInt8(ascii: ":") {
            colons += 1
            if colons == 5 { return index + 1 }
        }
        return text.count
    }

    private static func endOfCharacter(at position: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        var end = position + 1
        while end < text.count, text[end] & 0b1100_0000 == 0b1000_0000 { end += 1 }
        return end
    }
}
