import Basics

/// An ARN with wildcards and variables, as a value of a condition or of `Resource` has it.
///
/// A condition compares the six segments of an ARN one by one, so that no wildcard reaches across the first five colons. The
/// one exception is a pattern of fewer segments that ends in `*`, such as `arn:aws:s3:*`: its last wildcard stands for the
/// segments that are not written.
///
/// In `Resource` and `NotResource` a `*` that is the last character of any segment may reach across colons as well:
/// `arn:aws:sqs:*:jobs` matches a queue.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators" (`ArnLike`) and "IAM JSON policy elements:
/// Resource".
struct ARNPattern: Sendable, Hashable {
    /// The element that a pattern stands in.
    enum Place {
        case condition
        /// `Resource` or `NotResource`.
        case resource
    }

    private let segments: [VariablePattern]
    private let isOpenEnded: Bool
    /// Whether the pattern has a `*` that may reach across the first five colons.
    private let reachesAcross: Bool
    /// The whole pattern, read once for all texts, if a wildcard reaches across colons and the pattern has no
    /// variables.
    private let whole: WildcardAcrossColons?

    /// - Parameter replacingVariables: `false` in the older version of the language.
    init(_ text: String, replacingVariables: Bool, in place: Place) {
        let texts = Self.split(text, keepingVariables: replacingVariables)
        segments = texts.enumerated().map { index, segment in
            // In the segments before the resource, conditions may have variables and `Resource` may not.
            let mayHaveVariables = index == texts.count - 1 || place == .condition
            return VariablePattern(segment, replacingVariables: replacingVariables && mayHaveVariables)
        }
        let isOpenEnded = texts.count < 6 && text.hasSuffix("*")
        self.isOpenEnded = isOpenEnded && place == .condition
        reachesAcross = place == .resource && (isOpenEnded || texts.dropLast().contains { $0.hasSuffix("*") })
        whole = reachesAcross ? Self.joined(segments) { $0.resolved(in: nil) } : nil
    }

    func matches(_ text: String, in context: RequestContext?) -> Bool {
        matches(segments: ARN.segments(of: text), in: context)
    }

    /// - Parameter texts: the segments that `ARN.segments(of:)` gives.
    func matches(segments texts: [Substring], in context: RequestContext?) -> Bool {
        matches(segments: texts) { $0.resolved(in: context) }
    }

    /// Whether the pattern would match with some values of its variables.
    func canMatch(segments texts: [Substring]) -> Bool {
        matches(segments: texts) { $0.widest }
    }

    private func matches(segments texts: [Substring], by resolve: (VariablePattern) -> WildcardPattern?) -> Bool {
        if matchesEach(of: texts, by: resolve) { return true }
        guard reachesAcross, let text = texts.last?.base,
            let whole = whole ?? Self.joined(segments, by: resolve)
        else { return false }
        return whole.matches(text)
    }

    private func matchesEach(
        of texts: [Substring], by resolve: (VariablePattern) -> WildcardPattern?
    ) -> Bool {
        if texts.count == segments.count {
            return zip(segments, texts).allSatisfy { resolve($0)?.matches($1) ?? false }
        }
        guard isOpenEnded, texts.count > segments.count, let last = segments.last else { return false }
        let leading = segments.dropLast()
        let rest = texts[leading.count]
        return zip(leading, texts).allSatisfy { resolve($0)?.matches($1) ?? false }
            && resolve(last)?.matches(rest.base[rest.startIndex...]) ?? false
    }

    private static func joined(
        _ segments: [VariablePattern], by resolve: (VariablePattern) -> WildcardPattern?
    ) -> WildcardAcrossColons? {
        var elements: [WildcardPattern.Element] = []
        for (index, segment) in segments.enumerated() {
            guard let resolved = resolve(segment) else { return nil }
            elements += (index == 0 ? [] : WildcardPattern.literal(":")) + resolved.elements
        }
        return WildcardAcrossColons(elements: elements)
    }

    /// Whether all its variables have values.
    func isResolvable(in context: RequestContext) -> Bool {
        segments.allSatisfy { $0.resolved(in: context) != nil }
    }

    /// Whether a variable has a value that is not known.
    func isUnknown(in context: RequestContext) -> Bool {
        segments.contains { $0.isUnknown(in: context) }
    }

    /// The number of an ARN's six fields that the pattern has.
    static func fieldCount(of text: String) -> Int { split(text, keepingVariables: true).count }

    /// The pattern split at its first five colons. The colon of `${aws:username}` does not separate segments.
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
