/// Text in which `*` stands for any run of characters and `?` for any one character.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Resource" and "IAM JSON policy elements: Condition operators".
public struct WildcardPattern: Sendable, Hashable {
    /// A byte of UTF-8, or one of the two wildcards.
    typealias Element = UInt16
    static let anyRun: Element = 256
    static let anyOne: Element = 257

    let elements: [Element]
    private let shape: Shape

    /// Most patterns are one of these, for which the general search is not needed.
    private enum Shape: Sendable, Hashable {
        case everything
        case literal
        /// Literal up to a single run at the end.
        case prefix
        case general
    }

    public init(_ text: some StringProtocol) {
        self.init(elements: Self.elements(of: text))
    }

    init(elements: [Element]) {
        self.elements = elements
        let wildcards = elements.lazy.filter { $0 > 255 }.prefix(2)
        if elements == [Self.anyRun] {
            shape = .everything
        } else if wildcards.isEmpty {
            shape = .literal
        } else if wildcards.count == 1, elements.last == Self.anyRun {
            shape = .prefix
        } else {
            shape = .general
        }
    }

    static func elements(of text: some StringProtocol) -> [Element] {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "*"): anyRun
            case UInt8(ascii: "?"): anyOne
            default: Element(byte)
            }
        }
    }

    static func literal(_ text: some StringProtocol) -> [Element] {
        text.utf8.map(Element.init)
    }

    public func matches(_ text: some StringProtocol) -> Bool {
        switch shape {
        case .everything: true
        case .literal: text.utf8.count == elements.count && beginsLiterally(text, count: elements.count)
        case .prefix: beginsLiterally(text, count: elements.count - 1)
        case .general: search(Array(text.utf8))
        }
    }

    private func beginsLiterally(_ text: some StringProtocol, count: Int) -> Bool {
        var position = 0
        for byte in text.utf8 {
            guard position < count else { return true }
            guard elements[position] == Element(byte) else { return false }
            position += 1
        }
        return position == count
    }

    /// Only the last run has ever to be tried again longer, so the time is at worst the product of the two lengths.
    private func search(_ text: [UInt8]) -> Bool {
        var position = 0
        var next = 0
        var retry: (element: Int, position: Int)?
        while position < text.count {
            if next < elements.count, elements[next] == Self.anyRun {
                retry = (next + 1, position)
                next += 1
            } else if next < elements.count, elements[next] == Self.anyOne {
                position = Self.endOfCharacter(at: position, in: text)
                next += 1
            } else if next < elements.count, elements[next] == Element(text[position]) {
                position += 1
                next += 1
            } else if let (element, start) = retry {
                let longer = Self.endOfCharacter(at: start, in: text)
                retry = (element, longer)
                next = element
                position = longer
            } else {
                return false
            }
        }
        return elements[next...].allSatisfy { $0 == Self.anyRun }
    }

    private static func endOfCharacter(at position: Int, in text: [UInt8]) -> Int {
        var end = position + 1
        while end < text.count, text[end] & 0b1100_0000 == 0b1000_0000 { end += 1 }
        return end
    }
}

extension WildcardPattern {
    /// Whether the text is all `*`.
    static func matchesAnyText(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0 == "*" }
    }

    /// Whether the text is all wildcards and asks for no more than two characters, which every service's prefix and every
    /// action's name has.
    static func matchesAnyName(_ text: Substring) -> Bool {
        text.contains("*") && text.allSatisfy { $0 == "*" || $0 == "?" } && text.count { $0 == "?" } <= 2
    }
}
