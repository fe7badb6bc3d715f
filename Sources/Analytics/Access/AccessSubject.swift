import Basics

/// Who is judged: one requester at one address, or what several have in common, taken together.
struct AccessSubject {
    enum Breadth {
        case single
        /// A requester at so many addresses; an address with so many requesters. Some of them by name.
        case addresses(Int, [String])
        case requesters(Int, [String])
    }

    let party: AccessParty
    let breadth: Breadth
    /// Its name in the baseline, and those of the parties that it is made of.
    let key: String
    let memberKeys: [String]

    init(_ party: AccessParty) {
        self.party = party
        breadth = .single
        key = Self.key(party)
        memberKeys = []
    }

    /// - Parameter members: all with the same bucket and the same requester or address.
    init(_ members: [AccessParty], sharing: Sharing) {
        let first = members[0]
        let isRequester = sharing == .requester
        var sum = AccessParty(
            bucket: first.bucket, requester: isRequester ? first.requester : "",
            address: isRequester ? "" : first.address)
        for member in members { sum.merge(member) }
        party = sum
        memberKeys = members.map(Self.key)
        let busiest = members.sorted { ($0.isRest ? .max : $0.refusals.count) > ($1.isRest ? .max : $1.refusals.count) }
            .prefix(10)
        if isRequester {
            key = "\(first.bucket)/\(first.requester)/*"
            breadth = .addresses(members.count { !$0.isRest }, busiest.map(\.shownAddress))
        } else {
            key = "\(first.bucket)/*/\(first.address)"
            breadth = .requesters(members.count, busiest.map(\.requester))
        }
    }

    enum Sharing { case requester, address }

    var isSingle: Bool {
        if case .single = breadth { return true }
        return false
    }

    static func key(_ party: AccessParty) -> String { "\(party.bucket)/\(party.requester)/\(party.address)" }

    var requester: String {
        if case .requesters(let count, _) = breadth { return "(\(count) requesters)" }
        return party.requester
    }

    var address: String {
        guard case .addresses(let count, let some) = breadth else { return party.shownAddress }
        let hasRest = some.contains(AccessParty.otherAddresses)
        if count == 0 { return AccessParty.otherAddresses }
        return hasRest ? "(\(count) and other addresses)" : "(\(count) addresses)"
    }

    /// Whoever has no credentials is known by his address alone.
    var actor: String {
        if case .requesters = breadth { return address }
        return party.isAnonymous ? address : requester
    }

    var evidence: [JSON.Object.Member] {
        switch breadth {
        case .single: []
        case .addresses(_, let some): [.init("addresses", .array(some.map { .string($0) }))]
        case .requesters(_, let some): [.init("requesters", .array(some.map { .string($0) }))]
        }
    }
}

extension AccessParty {
    static let otherAddresses = "(other addresses)"

    var shownAddress: String { isRest ? Self.otherAddresses : address }
}
