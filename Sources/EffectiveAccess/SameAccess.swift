import IAMPolicy
public import Inventory

extension Landscape {
    /// Returns the names of the users and roles whose access differs in the other landscape: they do not exist there,
    /// hold other policy documents, or get another decision for a sample of one of their statements. Limits such as
    /// service control policies are assumed to be the same.
    /// - Throws: ``Inventory/Unknown`` if a policy of a compared principal could not be read.
    public func principals(withOtherAccessIn other: Landscape) throws(Unknown) -> [String] {
        var differing: [String] = []
        for (number, principal) in principals.enumerated() {
            guard let there = other.number(of: principal) else {
                differing.append(principal.name)
                continue
            }
            if let unread = unreadPrincipals[number] ?? other.unreadPrincipals[there] { throw unread }
            let samples = grants(of: number).onePerStatement + other.grants(of: there).onePerStatement
            let isSame =
                documents(of: number) == other.documents(of: there)
                && samples.allSatisfy { sample in
                    let (here, there) = (access(of: number, to: sample), other.access(of: there, to: sample))
                    return here.isCertain == there.isCertain && here.isRuledOut == there.isRuledOut
                }
            if !isSame { differing.append(principal.name) }
        }
        return differing
    }

    private func access(of number: Int, to sample: SampleRequest) -> Access {
        population.access(
            of: number, sample.action, on: sampleResource(sample.resource, of: principals[number].accountID),
            context: Self.assumedContext)
    }

    private func documents(of number: Int) -> Set<Policy> {
        Set(population.members[number].policies.map { policies[$0].policy })
    }
}

extension [Grant] {
    /// One sample per statement, because AWS managed policies have statements with thousands of grants.
    fileprivate var onePerStatement: [SampleRequest] {
        var seen: Set<DecidingStatement> = []
        return filter { seen.insert($0.source).inserted }.map(\.sample)
    }
}
