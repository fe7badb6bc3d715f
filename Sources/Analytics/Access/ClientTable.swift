internal import Glibc
internal import LogReaders

/// The remembered clients, by name. If there are too many, the clients with the lowest ``AccessClient/weight`` are
/// merged by requester, or by role if the requester is a session.
///
/// The room is shared among parties: in each bucket, each account is a party, and so are all clients without
/// credentials together. A party of a bucket with logs has four shares, any other has one, so unknown clients cannot
/// displace the clients of an account. Once the table has been full, a new client is remembered individually only from
/// about its fourth request, or from its first allowed request with credentials.
struct ClientTable: Sendable {
    private(set) var clients: [AccessClient] = []
    /// Requests whose address or session was forgotten. Each request is counted once.
    private(set) var forgotten = 0
    private var index = HashIndex()
    private let hash: TextHash
    private let bound: Int
    private let most: Int
    /// The recent requests of clients that are not remembered; `nil` until the table is full for the first time.
    private var admission: Admission?
    /// The highest count of a forgotten client without allowed requests.
    private var floor = 0

    /// - Parameter most: the number of keys of a client that are counted exactly.
    init(_ hash: TextHash, bound: Int, exactlyUpTo most: Int) {
        self.hash = hash
        self.bound = max(bound, 8)
        self.most = most
    }

    private var isFull: Bool { clients.count >= bound }

    @inline(__always)
    private func find(_ bucket: Bytes, _ requester: Bytes, _ address: Bytes, _ hash: UInt64) -> Int? {
        clients.withUnsafeBufferPointer { clients in
            index.find(hash) { number in
                // The lengths usually differ already.
                clients[number].bucketEnd == bucket.count
                    && clients[number].requesterEnd == bucket.count + requester.count
                    && clients[number].name.withUnsafeBufferPointer { Self.equal($0, bucket, requester, address) }
            }
        }
    }

    @inline(__always)
    private func hash(_ bucket: Bytes, _ requester: Bytes, _ address: Bytes) -> UInt64 {
        hash.ofClient(bucket, requester, address)
    }

    /// The number of a request's client, which is added if it is new.
    /// - Parameters:
    ///   - isNotable: whether the client is remembered individually from its first request.
    ///   - times: the number of requests.
    ///   - holdsLogs: returns whether the bucket of that name holds logs.
    @inline(__always)
    mutating func number(
        _ bucket: Bytes, _ requester: Bytes, _ address: Bytes, isNotable: Bool, times: Int = 1,
        holdsLogs: (Bytes) -> Bool
    ) -> Int {
        let hash = hash(bucket, requester, address)
        if let found = find(bucket, requester, address, hash) { return found }
        return newNumber(bucket, requester, address, hash, isNotable: isNotable, times, holdsLogs)
    }

    @inline(never)
    private mutating func newNumber(
        _ bucket: Bytes, _ requester: Bytes, _ address: Bytes, _ hash: UInt64, isNotable: Bool,
        _ times: Int, _ holdsLogs: (Bytes) -> Bool
    ) -> Int {
        if admission != nil, !isNotable, admission?.admits(bucket, requester, address, times) == false {
            forgotten = forgotten.addingSaturating(times)
            return rest(bucket, requester, holdsLogs)
        }
        if isFull { forget(holdsLogs) }
        var client = AccessClient(bucket, requester, address)
        client.base = floor
        return add(client, hash)
    }

    private mutating func add(_ client: AccessClient, _ hash: UInt64) -> Int {
        clients.append(client)
        index.insert(hash, clients.count - 1)
        return clients.count - 1
    }

    @inline(__always)
    mutating func update(_ number: Int, _ body: (inout AccessClient) -> Void) {
        clients.withUnsafeMutableBufferPointer { body(&$0[number]) }
    }

    /// The number of the client that combines the addresses of a requester, or the sessions of its role. If there are
    /// too many requesters, one client of the bucket combines them; if there are too many buckets, one client combines
    /// those without logs, and at last those with logs.
    private mutating func rest(_ bucket: Bytes, _ requester: Bytes, _ holdsLogs: (Bytes) -> Bool) -> Int {
        let none = Bytes(start: nil, count: 0)
        let known = Self.role(of: requester)
        let found = known.withUnsafeBufferPointer { name -> (number: Int?, hash: UInt64) in
            let hash = hash(bucket, name, none)
            return (find(bucket, name, none, hash), hash)
        }
        if let number = found.number { return number }
        if rests < bound / 8 {
            return known.withUnsafeBufferPointer { addRest(bucket, $0, found.hash) }
        }
        return SensitiveTable.others.withUnsafeBufferPointer { name in
            let hash = hash(bucket, name, none)
            if let number = find(bucket, name, none, hash) { return number }
            if rests < bound * (holdsLogs(bucket) ? 3 : 2) / 8 { return addRest(bucket, name, hash) }
            return Self.otherBuckets.withUnsafeBufferPointer { buckets in
                let hash = self.hash(buckets, name, none)
                return find(buckets, name, none, hash) ?? addRest(buckets, name, hash)
            }
        }
    }

    private mutating func addRest(_ bucket: Bytes, _ requester: Bytes, _ hash: UInt64) -> Int {
        rests += 1
        return add(AccessClient(bucket, requester, Bytes(start: nil, count: 0)), hash)
    }

    private static let otherBuckets = Array("(other buckets)".utf8)

    /// The number of clients that combine several addresses.
    private var rests = 0

    /// The requester; for a session of a role, `arn:…:assumed-role/name/*`.
    private static func role(of requester: Bytes) -> [UInt8] {
        guard requester.contains(":assumed-role/"), let slash = requester.lastIndex(of: UInt8(ascii: "/"))
        else { return Array(requester) }
        return Array(requester[...slash]) + [UInt8(ascii: "*")]
    }

    mutating func merge(_ other: ClientTable, holdsLogs: (Bytes) -> Bool) {
        forgotten += other.forgotten
        floor = max(floor, other.floor)
        if other.admission != nil, admission == nil { admission = Admission() }
        for client in other.clients {
            client.name.withUnsafeBufferPointer { name in
                let bucket = Bytes(rebasing: name[..<client.bucketEnd])
                let requester = Bytes(rebasing: name[client.bucketEnd..<client.requesterEnd])
                let address = Bytes(rebasing: name[client.requesterEnd...])
                if client.isRest {
                    let place = rest(bucket, requester, holdsLogs)
                    return clients[place].merge(client, exactlyUpTo: most)
                }
                let hash = hash(bucket, requester, address)
                if let found = find(bucket, requester, address, hash) {
                    return clients[found].merge(client, exactlyUpTo: most)
                }
                if isFull { forget(holdsLogs) }
                _ = add(client, hash)
            }
        }
    }

    /// Merges the clients with the lowest weights, until half of the bound is free. Called only if the table is full.
    private mutating func forget(_ holdsLogs: (Bytes) -> Bool) {
        if admission == nil { admission = Admission() }
        let old = clients
        let kept = Self.kept(old, bound / 2, hash, holdsLogs)
        clients.removeAll(keepingCapacity: true)
        index.removeAll()
        rests = 0
        for (number, client) in old.enumerated() where kept[number] {
            client.name.withUnsafeBufferPointer { name in
                let hash = hash(
                    Bytes(rebasing: name[..<client.bucketEnd]),
                    Bytes(rebasing: name[client.bucketEnd..<client.requesterEnd]),
                    Bytes(rebasing: name[client.requesterEnd...]))
                _ = add(client, hash)
            }
            if client.isRest { rests += 1 }
        }
        for (number, client) in old.enumerated() where !kept[number] {
            forgotten += client.requests
            if client.allowed == 0 { floor = max(floor, client.base + client.requests) }
            let place = client.name.withUnsafeBufferPointer { name in
                rest(
                    Bytes(rebasing: name[..<client.bucketEnd]),
                    Bytes(rebasing: name[client.bucketEnd..<client.requesterEnd]), holdsLogs)
            }
            clients[place].merge(client, exactlyUpTo: most)
        }
    }

    /// Selects the clients to keep: all that combine several addresses, and the heaviest of each party.
    private static func kept(
        _ clients: [AccessClient], _ room: Int, _ hash: TextHash, _ holdsLogs: (Bytes) -> Bool
    ) -> [Bool] {
        var kept = clients.map(\.isRest)
        var parties: [UInt64: (share: Int, members: [(weight: Int, number: Int)])] = [:]
        for (number, client) in clients.enumerated() where !client.isRest {
            let (party, share) = client.name.withUnsafeBufferPointer { name in
                let bucket = Bytes(rebasing: name[..<client.bucketEnd])
                let account = Self.account(Bytes(rebasing: name[client.bucketEnd..<client.requesterEnd]))
                return (hash.mix(hash(bucket, 1), hash(account, 2)), holdsLogs(bucket) ? 4 : 1)
            }
            parties[party, default: (share, [])].members.append((client.weight, number))
        }
        // Starting with the smallest party, each gets the room that it needs, up to its share of the remaining room.
        let order = parties.values.sorted { left, right in
            (left.members.count * right.share, left.members[0].number)
                < (right.members.count * left.share, right.members[0].number)
        }
        var left = max(0, room - kept.count { $0 })
        var shares = order.reduce(0) { $0 + $1.share }
        for party in order {
            let most = min(party.members.count, left * party.share / max(1, shares))
            shares -= party.share
            left -= most
            for member in party.members.sorted(by: { $0 > $1 }).prefix(most) { kept[member.number] = true }
        }
        return kept
    }

    /// The part of an ARN up to the account; the whole requester if it is not an ARN.
    private static func account(_ requester: Bytes) -> Bytes {
        var colons = 0
        for place in requester.indices where requester[place] == UInt8(ascii: ":") {
            colons += 1
            if colons == 5 { return Bytes(rebasing: requester[..<place]) }
        }
        return requester
    }

    private static func equal(_ name: Bytes, _ bucket: Bytes, _ requester: Bytes, _ address: Bytes) -> Bool {
        guard name.count == bucket.count + requester.count + address.count, let start = name.baseAddress else {
            return name.isEmpty && bucket.isEmpty && requester.isEmpty && address.isEmpty
        }
        return same(start, bucket) && same(start + bucket.count, requester)
            && same(start + bucket.count + requester.count, address)
    }

    /// Whether the bytes at `start` begin with the text.
    @inline(__always)
    private static func same(_ start: UnsafePointer<UInt8>, _ text: Bytes) -> Bool {
        guard let other = text.baseAddress else { return text.isEmpty }
        return memcmp(start, other, text.count) == 0
    }
}

/// Approximate counts of the recent requests of many clients (count-min sketch: Cormode, Muthukrishnan 2005). The
/// counts are halved from time to time, as in TinyLFU (Einziger, Friedman, Manes 2017).
private struct Admission: Sendable {
    private var counts = [UInt8](repeating: 0, count: 2 * places)
    private var sum = 0

    private static let places = 1 << 16
    private static let enough: UInt8 = 4

    /// The seed is fixed, so that equal logs give equal findings. A client that collides with others is admitted early.
    private static let hash = TextHash(mix: SeededHash(seed: 0))

    /// Counts requests of a client that is not remembered.
    /// - Returns: whether the client sent enough requests to be remembered.
    mutating func admits(_ bucket: Bytes, _ requester: Bytes, _ address: Bytes, _ times: Int) -> Bool {
        let hash = Self.hash.ofClient(bucket, requester, address)
        let first = Int(hash >> 48)
        let second = Self.places + Int(hash >> 16 & 0xFFFF)
        let times = UInt8(clamping: times)
        counts[first] = counts[first].addingSaturating(times)
        counts[second] = counts[second].addingSaturating(times)
        sum += Int(times)
        let isOften = min(counts[first], counts[second]) >= Self.enough
        if sum >= Self.places {
            sum = 0
            for place in counts.indices { counts[place] /= 2 }
        }
        return isOften
    }
}

extension TextHash {
    @inline(__always)
    fileprivate func ofClient(_ bucket: Bytes, _ requester: Bytes, _ address: Bytes) -> UInt64 {
        mix(self(bucket, 1), self(requester, 2), self(address, 5))
    }
}

extension AccessClient {
    /// The cost of forgetting the client. Clients with credentials and allowed requests weigh most, then the number of
    /// requests decides.
    fileprivate var weight: Int {
        (allowed > 0 && !isAnonymous ? 1 << 40 : 0) + min(base.addingSaturating(requests), 1 << 38)
    }
}
