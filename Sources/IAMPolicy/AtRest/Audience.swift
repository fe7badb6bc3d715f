import Basics

/// Callers outside the account of a resource that its policy can admit.
public enum Audience: String, Sendable, Hashable, CaseIterable {
    /// Any AWS principal: a statement for all of them, without a condition that tells callers apart.
    case anyone
    /// Another account or organization, which a statement names as its principal, or in a condition that limits all
    /// principals or a service to it.
    case anotherAccount = "another-account"
    /// Any user of a web identity provider: a statement that requires nothing which identifies a tenant.
    case anyWebIdentity = "any-web-identity"
}

extension Policy {
    /// Whether one of the statements admits the audience. Other statements that deny the same count only if they deny it
    /// to all principals without condition.
    ///
    /// - Parameter own: the IDs of the accounts and organizations that are not others.
    public func admits(_ audience: Audience, own: Set<String>) -> Bool {
        statements.contains {
            $0.effect == .allow && $0.admits(audience, own: own) && !deniesEverything(in: $0)
        }
    }
}

extension Statement {
    fileprivate func admits(_ audience: Audience, own: Set<String>) -> Bool {
        switch audience {
        case .anyone: namesEverybody && callerLimits(own: own).isEmpty
        case .anotherAccount: admitsOthers(own: own)
        case .anyWebIdentity: webIdentityProviders.contains { !namesTenant(of: $0) }
        }
    }

    private func admitsOthers(own: Set<String>) -> Bool {
        let limits = callerLimits(own: own)
        let expected = own.union(logDeliverers)
        if namedPrincipals.contains(where: { $0.isOther(than: expected) }) {
            return !limits.contains { $0.isOfCaller && $0.isOwn }
        }
        return (namesEverybody || namesService) && limits.contains(where: \.isOther) && !limits.contains(where: \.isOwn)
    }

    private var namesService: Bool {
        namedPrincipals.contains { if case .service = $0 { true } else { false } }
    }

    /// The conditions that tell callers apart.
    private func callerLimits(own: Set<String>) -> [CallerLimit] {
        conditions.filter(demandsKey).compactMap { CallerLimit($0, own: own) }
    }
}

/// A condition that limits callers to accounts, organizations, resources or networks.
private struct CallerLimit {
    /// Whether it is about the caller itself: another account cannot pass by using a network or a resource of this one.
    var isOfCaller: Bool
    /// Whether it names an account or an organization that is another one.
    var isOther: Bool
    /// Whether it names only own ones.
    var isOwn: Bool

    /// `nil` if the condition does not tell callers apart.
    init?(_ condition: PolicyCondition, own: Set<String>) {
        var condition = condition
        // The account and the organization of the resource (IAM User Guide, "AWS global condition context keys").
        let ofResource = ["${aws:resourceaccount}", "${aws:resourceorgid}"]
        condition.values = condition.values.map {
            ofResource.contains($0.lowercased()) ? own.first ?? "own" : $0
        }
        guard PublicAccessRules.callers.pin(condition) else { return nil }
        let owners = condition.values.compactMap(\.owner)
        let key = condition.key.lowercased()
        isOfCaller = key.hasPrefix("aws:principal") || key == "kms:calleraccount"
        isOther = owners.contains { !own.contains($0) }
        isOwn = !owners.isEmpty && !isOther
    }
}

extension Principal {
    /// Whether it belongs to another account. A canonical user does: S3 documents it for access across accounts, and
    /// the account's own identities have ARNs.
    ///
    /// Source: IAM User Guide, "AWS JSON policy elements: Principal", section "AWS account principals".
    fileprivate func isOther(than own: Set<String>) -> Bool {
        switch self {
        case .everyone, .service: false
        case .canonicalUser: true
        default: text.owner.map { !own.contains($0) } ?? false
        }
    }
}

extension String {
    /// The account or organization that a principal or the value of a condition names; `nil` if it names none.
    fileprivate var owner: String? {
        if AccountID.isValid(self) { return self }
        if hasPrefix("o-") { return String(prefix { $0 != "/" }) }
        return ARN(self)?.accountID
    }
}
