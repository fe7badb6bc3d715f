public import Basics
public import LogReaders
public import Reports

extension LoadedRules {
    /// The rules and analytics as a list.
    /// - Parameters:
    ///   - source: only those for this log; `nil` for every log's.
    ///   - references: the ids, names or titles of those that are explained; empty for none.
    /// - Throws: ``Failure`` with the nearest name if a reference names nothing.
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
