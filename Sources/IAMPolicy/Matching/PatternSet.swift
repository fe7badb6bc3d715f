import Basics

/// A list of patterns, or everything except them: the meaning of `Action` and `NotAction`, `Resource` and
/// `NotResource`.
enum PatternSet: Sendable, Hashable {
    case only([WildcardPattern])
    case allExcept([WildcardPattern])

    /// Whether everything in `other` is in this set. It errs towards `false`: two patterns that cover a third one only
    /// together do not count.
    func covers(_ other: PatternSet) -> Bool {
        switch (self, other) {
        case (.only(let mine), .only(let others)):
            others.allSatisfy { other in mine.contains { $0.covers(other) } }
        case (.allExcept(let mine), .only(let others)):
            others.allSatisfy { other in !mine.contains { $0.overlaps(other) } }
        case (.only(let mine), .allExcept):
            mine.contains { $0.covers(WildcardPattern("*")) }
        case (.allExcept(let mine), .allExcept(let others)):
            mine.allSatisfy { exception in others.contains { $0.covers(exception) } }
        }
    }
}

extension PatternSet {
    /// Whether something is in both sets. It errs towards `true`.
    func overlaps(_ other: PatternSet) -> Bool {
        switch (self, other) {
        case (.only(let mine), .only(let others)): mine.contains { one in others.contains { one.overlaps($0) } }
        case (.only(let mine), .allExcept(let exceptions)), (.allExcept(let exceptions), .only(let mine)):
            mine.contains { one in !exceptions.contains { $0.covers(one) } }
        case (.allExcept, .allExcept): true
        }
    }
}

extension WildcardPattern {
    /// No ARN is longer than 2,048 characters; to compare longer patterns would only cost time.
    private static let longestCompared = 2_048

    /// Whether all that `other` matches is matched by this pattern: `s3:*` covers `s3:Get*`. It errs towards `false`.
    func covers(_ other: WildcardPattern) -> Bool {
        let text = other.elements
        guard max(elements.count, text.count) <= Self.longestCompared else { return false }
        // reachable[i]: the elements before i can stand for the text so far.
        var reachable = [Bool](repeating: false, count: elements.count + 1)
        reachable[0] = true
        passRuns(&reachable)
        for piece in text {
            var next = [Bool](repeating: false, count: elements.count + 1)
            for (index, element) in elements.enumerated() where reachable[index] {
                if element == Self.anyRun {
                    next[index] = true
                } else if element == piece || (element == Self.anyOne && (piece == Self.anyOne || piece < 128)) {
                    next[index + 1] = true
                }
            }
            passRuns(&next)
            reachable = next
        }
        return reachable[elements.count]
    }

    /// Whether some text matches both. It errs towards `true`.
    func overlaps(_ other: WildcardPattern) -> Bool {
        guard max(elements.count, other.elements.count) <= Self.longestCompared else { return true }
        let isASCII = isASCII && other.isASCII
        let mine = isASCII ? elements : widened
        let others = isASCII ? other.elements : other.widened
        // reachable[j]: some text matches both what was consumed of mine and the first j of the others.
        var reachable = [Bool](repeating: false, count: others.count + 1)
        reachable[0] = true
        for index in others.indices where reachable[index] && others[index] == Self.anyRun {
            reachable[index + 1] = true
        }
        for element in mine {
            var next = [Bool](repeating: false, count: others.count + 1)
            for index in 0...others.count {
                if element == Self.anyRun {
                    // The run takes nothing, or one more of the others.
                    next[index] = next[index] || reachable[index]
                    if index < others.count, next[index] { next[index + 1] = true }
                } else if reachable[index], index < others.count {
                    let piece = others[index]
                    if piece == Self.anyRun {
                        next[index] = true
                    } else if piece == element || piece == Self.anyOne || element == Self.anyOne {
                        next[index + 1] = true
                    }
                }
                if index < others.count, next[index], others[index] == Self.anyRun { next[index + 1] = true }
            }
            reachable = next
        }
        return reachable[others.count]
    }

    private func passRuns(_ reachable: inout [Bool]) {
        for (index, element) in elements.enumerated() where reachable[index] && element == Self.anyRun {
            reachable[index + 1] = true
        }
    }

    private var isASCII: Bool { elements.allSatisfy { $0 < 128 || $0 > 255 } }

    /// The elements with each `?` as a run, because one character beyond ASCII has several bytes.
    private var widened: [Element] { elements.map { $0 == Self.anyOne ? Self.anyRun : $0 } }
}

extension WildcardPattern {
    /// Whether the text is all `*`.
    static func matchesAnyText(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0 == "*" }
    }

    /// Whether the text is all wildcards and requires at most two characters. Every service's prefix and every action's
    /// name has at least two.
    static func matchesAnyName(_ text: Substring) -> Bool {
        text.contains("*") && text.allSatisfy { $0 == "*" || $0 == "?" } && text.count { $0 == "?" } <= 2
    }
}
