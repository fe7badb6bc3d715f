public import Basics
public import LogReaders
public import Reports

extension LoadedRules {
    /// Returns a list of the rules and analytics.
    /// - Parameters:
    ///   - source: the type of log whose rules are listed; `nil` for all.
    ///   - references: the IDs, names or titles of the rules to explain; empty for none.
    /// - Throws: ``Failure`` with the nearest name if there is no rule for a reference.
    public func list(for source: LogSource?, explaining references: [String] = []) throws(Failure) -> RuleList {
        let list = RuleList(
            collection, sources: source.map { [$0] } ?? LogSource.allCases, analytics: usesBuiltIn,
            references: references)
        if let unknown = references.first(where: { list.pages(of: $0).isEmpty }) {
            throw Failure(
                "unknown rule '\(unknown)'", why: "no rule with that id, name or title",
                advice: list.nearest(to: unknown).map { "did you mean \($0)?" } ?? "--list-rules lists the rules")
        }
        return list
    }
}
