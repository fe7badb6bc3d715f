/// Text in which `*` stands for any run of characters and `?` for any one character.
public struct WildcardPattern: Sendable, Hashable {
    /// A byte of UTF-8, or one of the two wildcards.
    public typealias Element = UInt16
    @inlinable public static var anyRun: Element { 256 }
    @inlinable public static var anyOne: Element { 257 }

    /// The pattern, in lower case (ASCII) if case is ignored.
    public let elements: [Element]
    public let ignoresCase: Bool
    private let shape: Shape

    /// The kinds of patterns. Most patterns need no search.
    private enum Shape: Sendable, Hashable {
        case everything
        case literal
        /// A literal text, followed by a single run.
        case prefix
        case general
    }

    /// - Parameter ignoringCase: matches ASCII letters in either case. To ignore the case of other letters, pass both
    ///   the pattern and the texts in lower case.
    public init(_ text: some StringProtocol, ignoringCase: Bool = false) {
        self.init(elements: Self.elements(of: text), ignoringCase: ignoringCase)
    }

    public init(elements: [Element], ignoringCase: Bool = false) {
        self.elements = ignoringCase ? elements.map(Self.folded) : elements
        ignoresCase = ignoringCase
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

    /// The elements of a text with wildcards.
    @inlinable
    public static func elements(of text: some StringProtocol) -> [Element] {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "*"): anyRun
            case UInt8(ascii: "?"): anyOne
            default: Element(byte)
            }
        }
    }

    /// The elements of a text in which `*` and `?` stand for themselves.
    @inlinable
    public static func literal(_ text: some StringProtocol) -> [Element] {
        text.utf8.map { Element($0) }
    }

    @inlinable
    public func matches(_ text: some StringProtocol) -> Bool { text.withUTF8Bytes { matches($0) } }

    /// Allocates nothing. The time is at most proportional to the product of both lengths.
    public func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        switch shape {
        case .everything: true
        case .literal: text.count == elements.count && begins(text, with: elements.count)
        case .prefix: text.count >= elements.count - 1 && begins(text, with: elements.count - 1)
        case .general: search(text)
        }
    }

    private func begins(_ text: UnsafeBufferPointer<UInt8>, with count: Int) -> Bool {
        for index in 0..<count where !matches(index, text[index]) { return false }
        return true
    }

    @inline(__always)
    private func matches(_ index: Int, _ byte: UInt8) -> Bool {
        elements[index] == Element(byte) || (ignoresCase && elements[index] == Self.folded(Element(byte)))
    }

    private static func folded(_ element: Element) -> Element {
        UInt16(UInt8(ascii: "A"))...UInt16(UInt8(ascii: "Z")) ~= element ? element | 0x20 : element
    }

    /// Matches by backtracking. Only the last run ever has to be extended.
    private func search(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
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
            } else if next < elements.count, matches(next, text[position]) {
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

    private static func endOfCharacter(at position: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        var end = position + 1
        while end < text.count, text[end] & 0b1100_0000 == 0b1000_0000 { end += 1 }
        return end
    }
}
