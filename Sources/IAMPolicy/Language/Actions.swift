import Basics

/// The `Action` or `NotAction` element of a statement.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Action" and "IAM JSON policy elements: NotAction".
public enum Actions: Sendable, Hashable {
    case only([ActionPattern])
    case allExcept([ActionPattern])

    /// Whether the element names every action of every service.
    public var includeEverything: Bool {
        switch self {
        case .only(let patterns): patterns.contains(where: \.matchesEverything)
        case .allExcept(let patterns): patterns.isEmpty
        }
    }

    /// Whether the element names the action, such as `s3:GetObject`; case does not matter.
    public func match(_ action: String) -> Bool {
        switch self {
        case .only(let patterns): patterns.contains { $0.matches(action) }
        case .allExcept(let patterns): !patterns.contains { $0.matches(action) }
        }
    }

    /// Whether every action that `other` names is named here too. `false` may also mean that the patterns alone do not
    /// show it.
    public func cover(_ other: Actions) -> Bool {
        patternSet.covers(other.patternSet)
    }

    /// Whether both elements may name the same action. It errs towards `true`.
    public func overlap(_ other: Actions) -> Bool { patternSet.overlaps(other.patternSet) }

    var patternSet: PatternSet {
        switch self {
        case .only(let patterns): .only(patterns.map(\.wildcards))
        case .allExcept(let patterns): .allExcept(patterns.map(\.wildcards))
        }
    }
}

/// An action, or many by wildcards: `s3:GetObject`, `s3:Get*`, `*`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Action": the names of services and actions are case-insensitive.
public struct ActionPattern: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The pattern as written.
    public let text: String
    let wildcards: WildcardPattern

    public init(_ text: String) {
        self.text = text
        wildcards = WildcardPattern(text.lowercased())
    }

    public init(stringLiteral text: String) {
        self.init(text)
    }

    public func matches(_ action: String) -> Bool {
        wildcards.matches(action.lowercased())
    }

    /// Whether the pattern is `*` or a longer spelling of it: `**`, `*:*`, `?*:*`.
    public var matchesEverything: Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.allSatisfy { WildcardPattern.matchesAnyName($0) }
    }

    /// The service's prefix in lower case if it is written without wildcards: `s3` of `S3:Get*`.
    public var service: String? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let prefix = text[..<colon]
        return prefix.contains { $0 == "*" || $0 == "?" } ? nil : prefix.lowercased()
    }
}
