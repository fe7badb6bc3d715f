import AWSClient

// What tests do to an account by any facet, without knowing the type of its value.

extension Account {
    /// The account as a scan would see it whose calls for this facet, and for no other, are refused.
    public func without(_ facet: Facet) -> Account {
        let unknown = Unknown(
            .accessDenied, call: facet.call.description, permission: facet.call.permission,
            detail: "refused by the test")
        var account = self
        account.facts[facet.name] = facts[facet.name]?.mapped { $0.refused(unknown) } ?? StoredFact(unknown)
        return account
    }

    /// The account with what another account holds of this facet; what the other does not hold stays.
    public func taking(_ facet: Facet, from other: Account) -> Account {
        var account = self
        guard let taken = other.facts[facet.name] else { return self }
        account.facts[facet.name] =
            facts[facet.name]?.mapped { own in
                var result = own
                _ = taken.mapped { other in
                    result = own.taking(other)
                    return other
                }
                return result
            } ?? taken
        return account
    }
}
