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

    /// Returns the names of the principals that could do something in `other` that they cannot do here, as far as
    /// sample requests of every grant there show.
    /// - Throws: ``Inventory/Unknown`` if the policies of a principal could not be read.
    public func principals(withWiderAccessIn other: Landscape) throws(Unknown) -> [String] {
        var wider: [String] = []
        for (there, principal) in other.principals.enumerated() {
            guard let number = number(of: principal) else {
                wider.append(principal.name)
                continue
            }
            if let unread = unreadPrincipals[number] ?? other.unreadPrincipals[there] { throw unread }
            let isWider = Set(other.grants(of: there).map(\.sample)).contains { sample in
                let (before, after) = (access(of: number, to: sample), other.access(of: there, to: sample))
                return (before.isRuledOut && !after.isRuledOut) || (!before.isCertain && after.isCertain)
            }
            if isWider { wider.append(principal.name) }
        }
        return wider
    }

    private func access(of number: Int, to sample: SampleRequest) -> Access {
        population.access(
            of: number, sample.action, on: sampleResource(sample.resource, of: principals[number].accountID),
            context: assumedContext)
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
