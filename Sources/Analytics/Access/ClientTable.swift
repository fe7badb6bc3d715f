internal import Glibc
internal import LogReaders

/// The remembered clients, by their names. Of too many, those that carry little are merged: by requester, and the
/// sessions of a role by role.
struct ClientTable: Sendable {
    private(set) var clients: [AccessClient] = []
    /// Requests whose address or session was forgotten.
    private(set) var forgotten = 0
    private var index = HashIndex()
    private let hash: TextHash
    private let bound: Int

    init(_ hash: TextHash, bound: Int) {
        self.hash = hash
        self.bound = max(bound, 8)
    }

    var isFull: Bool { clients.count >= bound }

    @inline(__always)
    func find(_ bucket: Bytes, _ requester: Bytes, _ address: Bytes, _ hash: UInt64) -> Int? {
        clients.withUnsafeBufferPointer { clients in
            index.find(hash) { number in
                // Mostly the lengths already differ.
                clients[number].bucketEnd == bucket.count
                    && clients[number].requesterEnd == bucket.count + requester.count
                    && clients[number].name.withUnsafeBufferPointer { Self.equal($0, bucket, requester, address) }
            }
        }
    }

    @inline(__always)
    func hash(_ bucket: Bytes, _ requester: Bytes, _ address: Bytes) -> UInt64 {
        hash.mix(hash(bucket, 1), hash(requester, 2), hash(address, 5))
    }

    mutating func add(_ client: AccessClient, _ hash: UInt64) -> Int {
        clients.append(client)
        index.insert(hash, clients.count - 1)
        return clients.count - 1
    }

    @inline(__always)
    mutating func update(_ number: Int, _ body: (inout AccessClient) -> Void) {
        clients.withUnsafeMutableBufferPointer { body(&$0[number]) }
    }

    /// Adds another table's client.
    mutating func merge(_ client: AccessClient) -> Int {
        let (found, hash) = find(client)
        guard let found else { return add(client, hash) }
        clients[found].merge(client)
        return found
    }

    private func find(_ client: AccessClient) -> (number: Int?, hash: UInt64) {
        client.name.withUnsafeBufferPointer { name in
            let bucket = Bytes(rebasing: name[..<client.bucketEnd])
            let requester = Bytes(rebasing: name[client.bucketEnd..<client.requesterEnd])
            let address = Bytes(rebasing: name[client.requesterEnd...])
            let hash = hash(bucket, requester, address)
            return (find(bucket, requester, address, hash), hash)
        }
    }

    mutating func addForgotten(_ count: Int) { forgotten += count }

    /// Merges the clients that carry least, until half of the bound is free.
    /// - Returns: old number → new number, -1 if the client was dropped.
    mutating func forget() -> [Int] {
        let old = clients
        let weights = old.map { (weight: $0.weight, last: $0.last) }
        let order = old.indices.sorted { weights[$0] > weights[$1] }
        clients.removeAll(keepingCapacity: true)
        index.removeAll()
        var numbers = [Int](repeating: -1, count: old.count)
        for number in order.prefix(bound / 2) { numbers[number] = merge(old[number]) }
        for number in order.dropFirst(bound / 2) {
            forgotten += old[number].requests
            let rest = old[number].rest
            let (found, hash) = find(rest)
            // Of too many requesters, those that carry least are dropped.
            guard found != nil || clients.count < bound * 3 / 4 else { continue }
            let place = found ?? add(rest, hash)
            clients[place].merge(old[number])
            numbers[number] = place
        }
        return numbers
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

extension AccessClient {
    /// How much would be lost with the client: requests that alert by themselves weigh most, then allowed ones, then
    /// their number.
    fileprivate var weight: Int {
        (isSensitive ? 1 << 40 : 0) + (allowed > 0 && isAnonymous ? 1 << 39 : 0) + (allowed > 0 ? 1 << 38 : 0)
            + (isRest ? 1 << 37 : 0) + min(requests, 1 << 36)
    }

    /// The client that it is merged into: that of all addresses of the requester, or of all sessions of its role.
    fileprivate var rest: AccessClient {
        let requester = requester
        guard requester.contains(":assumed-role/"), let end = requester.lastIndex(of: "/") else {
            return AccessClient(bucket: bucket, requester: requester, address: "")
        }
        return AccessClient(bucket: bucket, requester: "\(requester[...end])*", address: "")
    }
}
