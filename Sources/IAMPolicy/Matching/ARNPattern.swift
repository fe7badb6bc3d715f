import Basics

/// An ARN with wildcards and variables that is compared segment by segment, so that no wildcard reaches across the first
/// five colons.
///
/// The one exception is a pattern of fewer than six segments that ends in `*`, such as `arn:aws:s3:*` or `*`: there the
/// last wildcard stands for all the segments that are not written.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Resource" and, for `ArnLike`, "IAM JSON policy elements: Condition
/// operators".
struct ARNPattern: Sendable, Hashable {
    private let segments: [VariablePattern]
    private let isOpenEnded: Bool

    /// - Parameters:
    ///   - replacingVariables: `false` in the older version of the language.
    ///   - variablesBeforeResource: whether the segments before the fifth colon may have variables too, as the values of
    ///     conditions may and `Resource` may not.
    init(_ text: String, replacingVariables: Bool, variablesBeforeResource: Bool = false) {
        let texts = Self.split(text, keepingVariables: replacingVariables)
        segments = texts.enumerated().map { index, segment in
            let isResource = index == 5 || texts.count == 1
            return VariablePattern(
                segment, replacingVariables: replacingVariables && (isResource || variablesBeforeResource))
        }
        isOpenEnded = texts.count < 6 && text.hasSuffix("*")
    }

    func matches(_ text: String, in context: RequestContext?) -> Bool {
        matches(segments: ARN.segments(of: text), in: context)
    }

    /// - Parameter texts: the segments that `ARN.segments(of:)` gives.
    func matches(segments texts: [Substring], in context: RequestContext?) -> Bool {
        matches(segments: texts) { $0.matches($1, in: context) }
    }

    /// Whether the pattern would match with some values of its variables.
    func canMatch(segments texts: [Substring]) -> Bool {
        matches(segments: texts) { $0.widest.matches($1) }
    }

    private func matches(segments texts: [Substring], by match: (VariablePattern, Substring) -> Bool) -> Bool {
        if texts.count == segments.count {
            return zip(segments, texts).allSatisfy { match($0, $1) }
        }
        guard isOpenEnded, texts.count > segments.count, let last = segments.last else { return false }
        let leading = segments.dropLast()
        let rest = texts[leading.count]
        return zip(leading, texts).allSatisfy { match($0, $1) } && match(last, rest.base[rest.startIndex...])
    }

    /// Whether all its variables have values.
    func isResolvable(in context: RequestContext) -> Bool {
        segments.allSatisfy { $0.resolved(in: context) != nil }
    }

    /// Whether a variable has a value that is not known.
    func isUnknown(in context: RequestContext) -> Bool {
        segments.contains { $0.isUnknown(in: context) }
    }

    /// A pattern cut at its first five colons, where the colon of `${aws:username}` separates nothing.
    private static func split(_ text: String, keepingVariables: Bool) -> [Substring] {
        guard keepingVariables, text.utf8.contains(UInt8(ascii: "$")) else { return ARN.segments(of: text) }
        var segments: [Substring] = []
        var start = text.startIndex
        var position = start
        while position < text.endIndex, segments.count < 5 {
            let next = text.index(after: position)
            if text[position] == "$", next < text.endIndex, text[next] == "{",
                let close = text[next...].firstIndex(of: "}")
            {
                position = text.index(after: close)
                continue
            }
            if text[position] == ":" {
                segments.append(text[start..<position])
                start = next
            }
            position = next
        }
        segments.append(text[start...])
        return segments
    }
}
