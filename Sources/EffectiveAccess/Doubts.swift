import IAMPolicy
public import Inventory

/// What could not be read, by what it may do to an answer about access.
///
/// A service or resource control policy, a boundary, or S3's block on public buckets can only take access away: without it
/// "nobody else can" stays certain, and "this principal can" does not. A grant of a key or the list of the users can only add
/// access. A policy of a principal or of a resource may do both.
public struct Doubts: Sendable, Hashable {
    /// What may let in more principals than were seen.
    public var mayAllow: [Unknown]
    /// What may shut out principals that seem to have access.
    public var mayDeny: [Unknown]

    public init(mayAllow: [Unknown] = [], mayDeny: [Unknown] = []) {
        self.mayAllow = mayAllow
        self.mayDeny = mayDeny
    }

    static func mayDoBoth(_ unknown: Unknown) -> Doubts { Doubts(mayAllow: [unknown], mayDeny: [unknown]) }

    static func + (one: Doubts, other: Doubts) -> Doubts {
        Doubts(
            mayAllow: (one.mayAllow + other.mayAllow).uniqued, mayDeny: (one.mayDeny + other.mayDeny).uniqued)
    }

    static func += (one: inout Doubts, other: Doubts) { one = one + other }

    /// Those that leave this access open: what may deny it unless it is ruled out, and what may allow it unless it is certain.
    func about(_ access: Access) -> [Unknown] {
        ((access.isRuledOut ? [] : mayDeny) + (access.isCertain ? [] : mayAllow)).uniqued
    }
}
