import AWSClient

extension Facet {
    /// The CIDRs of the prefix lists that inbound rules of security groups name, by region and then by prefix list ID.
    public static let prefixLists = FacetOf<ByName<ByName<[String]>>>(
        "prefixLists", calls: EC2.getManagedPrefixListEntries("example"), requires: [.securityGroupRules]
    ) { collector, account in
        let read = account[.securityGroupRules]
        return .known(
            await collector.concurrently(read.facts.keys) { region in
                let rules = ((try? read[region].value) ?? []).filter { !$0.isEgress }
                let lists = rules.compactMap(\.prefixListID)
                return .known(
                    await collector.concurrently(Set(lists)) { list in
                        await collector.pages(of: EC2.getManagedPrefixListEntries(list), in: region)
                            .map { $0.flatMap(\.entrySet).map(\.cidr).sorted() }
                    })
            })
    }
}

extension Account {
    /// The CIDRs of a prefix list that a rule in `region` names.
    public func prefixList(_ id: String, in region: String) -> Fact<[String]> { self[.prefixLists][region][id] }
}
