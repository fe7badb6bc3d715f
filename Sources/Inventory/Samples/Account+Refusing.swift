import AWSClient

// Changes that tests make to an account by any facet, without knowing the type of its value.

extension Account {
    /// Returns the account as a scan would see it if only this facet's calls were denied.
    public func without(_ facet: Facet) -> Account {
        let unknown = Unknown(
            .accessDenied, call: facet.call.description, permission: facet.call.permission,
            detail: "refused by the test")
        var account = self
        account.facts[facet.name] = facts[facet.name]?.mapped { $0.refused(unknown) } ?? StoredFact(unknown)
        return account
    }

    /// Returns the account with another account's elements of this facet; elements that the other does not have stay.
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
