import Basics

/// A subject of evaluation: one client, or several clients with the same requester or address.
struct AccessSubject {
    enum Breadth {
        case single
        /// A requester at several addresses, or an address with several requesters: their number, and the busiest ones.
        case addresses(Int, [String])
        case requesters(Int, [String])
    }

    let client: AccessClient
    let breadth: Breadth
    /// The subject's name in the baseline, and the names of its clients.
    let key: String
    let memberKeys: [String]

    init(_ client: AccessClient) {
        self.client = client
        breadth = .single
        key = Self.key(client)
        memberKeys = []
    }

    /// - Parameters:
    ///   - members: all clients with the same bucket and the same requester or address.
    ///   - most: the number of keys that are counted exactly.
    init(_ members: [AccessClient], sharing: Sharing, exactlyUpTo most: Int) {
        let first = members[0]
        let isRequester = sharing == .requester
        var sum = AccessClient(
            bucket: first.bucket, requester: isRequester ? first.requester : "",
            address: isRequester ? "" : first.address)
        for member in members { sum.merge(member, exactlyUpTo: most) }
        client = sum
        memberKeys = members.map(Self.key)
        let busiest = members.sorted { left, right in
            (left.isRest ? 1 : 0, left.refusals.count, left.requests, right.requester, right.address)
                > (right.isRest ? 1 : 0, right.refusals.count, right.requests, left.requester, left.address)
        }.prefix(10)
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

    static func key(_ client: AccessClient) -> String { "\(client.bucket)/\(client.requester)/\(client.address)" }

    var requester: String {
        if case .requesters(let count, _) = breadth { return "(\(count) requesters)" }
        return client.requester
    }

    var address: String {
        guard case .addresses(let count, let some) = breadth else { return client.shownAddress }
        let hasRest = some.contains(AccessClient.otherAddresses)
        if count == 0 { return AccessClient.otherAddresses }
        return hasRest ? "(\(count) and other addresses)" : "(\(count) addresses)"
    }

    /// A requester without credentials is known only by its address.
    var actor: String {
        if case .requesters = breadth { return address }
        return client.isAnonymous ? address : requester
    }

    var evidence: [JSON.Object.Member] {
        switch breadth {
        case .single: []
        case .addresses(_, let some): [.init("addresses", .array(some.map { .string($0) }))]
        case .requesters(_, let some): [.init("requesters", .array(some.map { .string($0) }))]
        }
    }
}

extension AccessClient {
    static let otherAddresses = "(other addresses)"

    var shownAddress: String { isRest ? Self.otherAddresses : address }
}
