import Basics

/// The `Resource` or `NotResource` element of a statement.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Resource" and "IAM JSON policy elements: NotResource".
public enum Resources: Sendable, Hashable {
    case only([ResourcePattern])
    case allExcept([ResourcePattern])

    /// Whether the element names every resource.
    public var includeEverything: Bool {
        switch self {
        case .only(let patterns): patterns.contains(where: \.matchesEverything)
        case .allExcept(let patterns): patterns.isEmpty
        }
    }

    /// Whether the element names the resource of that ARN in every request. A pattern with a policy variable names
    /// none, because the variable's value is not known here.
    public func match(_ arn: String) -> Bool {
        switch self {
        case .only(let patterns): patterns.contains { $0.matches(arn) }
        case .allExcept(let patterns): !patterns.contains { $0.matches(arn) }
        }
    }

    /// Whether every resource that `other` names is named here too. `false` may also mean that the patterns alone do
    /// not show it.
    public func cover(_ other: Resources) -> Bool {
        includeEverything || patternSet.covers(other.patternSet)
    }

    /// The same with each ARN of fewer than six fields also completed with `*`.
    var completed: Resources {
        switch self {
        case .only(let patterns): .only(patterns.flatMap(\.withCompletion))
        case .allExcept(let patterns): .allExcept(patterns.flatMap(\.withCompletion))
        }
    }

    /// Whether both elements may name the same resource. A policy variable may have any value. It errs towards `true`.
    public func overlap(_ other: Resources) -> Bool { widestSet.overlaps(other.widestSet) }

    private var widestSet: PatternSet {
        func widest(_ patterns: [ResourcePattern]) -> [WildcardPattern] {
            patterns.map { VariablePattern($0.text, replacingVariables: true).widest }
        }
        return switch self {
        case .only(let patterns): .only(widest(patterns))
        // An exception with a variable may except nothing.
        case .allExcept(let patterns): .allExcept(widest(patterns.filter { !$0.hasVariables }))
        }
    }

    var patternSet: PatternSet {
        switch self {
        case .only(let patterns): .only(patterns.map(\.wildcards))
        case .allExcept(let patterns): .allExcept(patterns.map(\.wildcards))
        }
    }
}

/// A resource's ARN, with or without wildcards and policy variables, or `*`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Resource".
public struct ResourcePattern: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The pattern as written.
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// Whether the pattern names the resource in every request. A pattern with a policy variable does not.
    public func matches(_ arn: String) -> Bool {
        ARNPattern(text, replacingVariables: true, in: .resource).matches(arn, in: nil)
    }

    /// Whether the pattern is `*` or a longer spelling of it: `**`, `arn:aws:*:*:*:*`.
    public var matchesEverything: Bool {
        let segments = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard segments.count > 1 else { return WildcardPattern.matchesAnyName(text[...]) }
        let partition = segments[1]
        return segments[0] == "arn"
            && (segments.count == 2 || partition.hasPrefix("aws") || WildcardPattern.matchesAnyText(partition))
            && segments.dropFirst(segments.count == 2 ? 1 : 2).allSatisfy { WildcardPattern.matchesAnyText($0) }
    }

    /// The pattern and, if it is an ARN of fewer than six fields, the one that has `*` for the missing ones. The pattern as
    /// written counts too, because its last `*` may stand for several fields.
    fileprivate var withCompletion: [ResourcePattern] {
        let missing = 6 - ARNPattern.fieldCount(of: text)
        guard missing > 0, text.hasPrefix("arn:") else { return [self] }
        return [self, ResourcePattern(text + String(repeating: ":*", count: missing))]
    }

    /// Whether the pattern contains a policy variable.
    public var hasVariables: Bool { text.contains("${") }

    /// The whole text as one pattern, for comparing it with others.
    var wildcards: WildcardPattern { WildcardPattern(text) }
}
