import IAMPolicy
public import Inventory

/// The facts that could not be read, sorted by how they can change an answer about access.
///
/// A service or resource control policy, a permissions boundary, or S3 Block Public Access can only remove access. If
/// one of them is unread, "no other principal can" stays certain, but "this principal can" does not. A key grant or the
/// list of users can only add access. A policy of a principal or of a resource can do both.
public struct Doubts: Sendable, Hashable {
    /// Unread facts that can give access to more principals than were seen.
    public var mayAllow: [Unknown]
    /// Unread facts that can deny access to principals that seem to have it.
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

    /// The unread facts that leave this access undetermined: facts that can deny it, unless it is ruled out, and facts
    /// that can allow it, unless it is certain.
    func about(_ access: Access) -> [Unknown] {
        ((access.isRuledOut ? [] : mayDeny) + (access.isCertain ? [] : mayAllow)).uniqued
    }
}
