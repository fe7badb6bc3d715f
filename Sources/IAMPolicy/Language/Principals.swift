/// The `Principal` or `NotPrincipal` element of a statement.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal" and "AWS JSON policy elements: NotPrincipal".
public enum Principals: Sendable, Hashable {
    case only([Principal])
    case allExcept([Principal])

    /// Whether the element names all principals without exception.
    public var includeEveryone: Bool {
        switch self {
        case .only(let principals): principals.contains(.everyone)
        case .allExcept(let principals): principals.isEmpty
        }
    }

    /// Whether the statement is about this principal.
    ///
    /// `Principal` names it by itself, its role, its account or `*`. `NotPrincipal` leaves out only the principals that
    /// it names themselves. The guide's examples list a user together with its account, or a session together with its
    /// role; all other principals of that account or role stay included.
    public func include(_ principal: Principal) -> Bool {
        switch self {
        case .only(let principals): principals.contains { $0.includes(principal) }
        case .allExcept(let principals): !principals.contains { $0.isEverybodyOrSame(as: principal) }
        }
    }
}

extension Principal {
    fileprivate func isEverybodyOrSame(as other: Principal) -> Bool {
        if case (.service, .service) = (self, other) { return includes(other) }
        return self == .everyone || self == other
    }
}
