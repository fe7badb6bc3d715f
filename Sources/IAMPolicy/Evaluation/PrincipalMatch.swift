import Basics

/// The closeness with which a `Principal` element names a caller. It decides which other policies limit the permission.
///
/// Source: IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access", the table of
/// resource-based policies and implicit denies; "AWS JSON policy elements: Principal".
enum PrincipalMatch: Int, Sendable, Comparable {
    case none
    /// The caller's account, which passes the permission on by its identity policies.
    case account
    /// The role of a session, or the user for which a federated session acts. The boundary and the session policy limit
    /// the permission.
    case parent
    /// The caller itself, or all principals. The boundary and the session policy limit the permission only by a denial.
    case itself

    static func < (one: PrincipalMatch, other: PrincipalMatch) -> Bool { one.rawValue < other.rawValue }
}

/// A caller whose ARN is read once for all statements.
struct IdentifiedCaller: Sendable {
    let caller: Caller
    let accountID: String?
    /// Set if the caller is a role's session.
    let session: RoleSession?

    init(_ caller: Caller) {
        self.caller = caller
        accountID = caller.accountID
        if case .session(let arn) = caller { session = RoleSession(arn: arn) } else { session = nil }
    }
}

extension Principals {
    /// The closeness with which the element names the caller.
    ///
    /// `NotPrincipal` leaves out only the principals that it names themselves. The guide's examples list a user
    /// together with its account, or a session together with its role; all other principals of that account or role
    /// stay denied.
    func match(_ caller: IdentifiedCaller, in context: RequestContext) -> PrincipalMatch {
        switch self {
        case .only(let principals):
            principals.lazy.map { $0.match(caller, in: context) }.max() ?? .none
        case .allExcept(let principals):
            principals.contains { $0.isItself(caller, in: context) } ? .none : .itself
        }
    }
}

extension Principal {
    fileprivate func isItself(_ identified: IdentifiedCaller, in context: RequestContext) -> Bool {
        if case (.role(let named), .role(let arn)) = (self, identified.caller) { return named == arn }
        return match(identified, in: context) == .itself
    }

    fileprivate func match(_ identified: IdentifiedCaller, in context: RequestContext) -> PrincipalMatch {
        switch (self, identified.caller) {
        case (.everyone, _): return .itself
        case (.account(let id), .root(let root)): return id == root ? .itself : .none
        case (.account(let id), _): return id == identified.accountID ? .account : .none
        case (.user(let named), .user(let arn)): return named == arn ? .itself : .none
        case (.user(let named), .federatedUser(let arn)): return Self.isFederated(arn, from: named) ? .parent : .none
        case (.role(let named), .role(let arn)): return named == arn ? .parent : .none
        case (.role(let named), .session):
            return identified.session?.isSession(ofRole: named) ?? false ? .parent : .none
        case (.session(let named), .session(let arn)): return named == arn ? .itself : .none
        case (.federatedUser(let named), .federatedUser(let arn)): return named == arn ? .itself : .none
        case (.identifier(let id), let caller): return Self.match(uniqueID: id, caller, in: context)
        case (.service(let named), .service(let name)):
            return named == "*" || named.lowercased() == name.lowercased() ? .itself : .none
        case (.federated(let provider), .session), (.federated(let provider), .anonymous):
            return context.singleValue(ofLowercased: "aws:federatedprovider") == provider ? .itself : .none
        default: return .none
        }
    }

    /// Whether a federated session is the user's. The session's ARN has the name given to GetFederationToken, not the
    /// user's name. Both are taken to be the same, as in the guide's example.
    private static func isFederated(_ session: String, from user: String) -> Bool {
        guard let session = ARN(session), let user = ARN(user) else { return false }
        return session.account == user.account && session.partition == user.partition
            && session.resource.split(separator: "/").last == user.resource.split(separator: "/").last
    }

    /// The unique identifier of a user or role is the beginning of `aws:userid`.
    private static func match(uniqueID id: String, _ caller: Caller, in context: RequestContext) -> PrincipalMatch {
        guard let userID = context.singleValue(ofLowercased: "aws:userid") else { return .none }
        switch caller {
        case .user: return userID == id ? .itself : .none
        case .role: return userID == id || userID.hasPrefix(id + ":") ? .parent : .none
        case .session: return userID == id ? .itself : userID.hasPrefix(id + ":") ? .parent : .none
        default: return .none
        }
    }
}
