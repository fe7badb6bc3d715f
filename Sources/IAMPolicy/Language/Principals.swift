/// The `Principal` or `NotPrincipal` element of a statement.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal" and "AWS JSON policy elements: NotPrincipal".
public enum Principals: Sendable, Hashable {
    case only([Principal])
    case allExcept([Principal])

    /// Whether the element names everybody without exception.
    public var includeEveryone: Bool {
        switch self {
        case .only(let principals): principals.contains(.everyone)
        case .allExcept(let principals): principals.isEmpty
        }
    }

    /// Whether the statement is about this principal.
    ///
    /// `Principal` names it by itself, its role, its account or everybody. `NotPrincipal` leaves out only those whom it
    /// names themselves: the guide's examples list a user's account, or a session's role, beside it, and everybody else of
    /// that account or role stays included.
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
