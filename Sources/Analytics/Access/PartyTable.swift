internal import Glibc
internal import LogReaders

/// The parties that are remembered, by their names. Of too many, those that carry little are put together: by requester,
/// and the sessions of a role by role.
struct PartyTable: Sendable {
    private(set) var parties: [AccessParty] = []
    /// Requests whose address, or session, is not known any more.
    private(set) var forgotten = 0
    private var index = HashIndex()
    private let hash: TextHash
    private let bound: Int

    init(_ hash: TextHash, bound: Int) {
        self.hash = hash
        self.bound = max(bound, 8)
    }

    var isFull: Bool { parties.count >= bound }

    @inline(__always)
    func find(_ bucket: Bytes, _ requester: Bytes, _ address: Bytes, _ hash: UInt64) -> Int? {
        parties.withUnsafeBufferPointer { parties in
            index.find(hash) { number in
                // What does not fit is told by the lengths alone.
                parties[number].bucketEnd == bucket.count
                    && parties[number].requesterEnd == bucket.count + requester.count
                    && parties[number].name.withUnsafeBufferPointer { Self.equal($0, bucket, requester, address) }
            }
        }
    }

    @inline(__always)
    func hash(_ bucket: Bytes, _ requester: Bytes, _ address: Bytes) -> UInt64 {
        hash.mix(hash(bucket, 1), hash(requester, 2), hash(address, 5))
    }

    mutating func add(_ party: AccessParty, _ hash: UInt64) -> Int {
        parties.append(party)
        index.insert(hash, parties.count - 1)
        return parties.count - 1
    }

    @inline(__always)
    mutating func update(_ number: Int, _ body: (inout AccessParty) -> Void) {
        parties.withUnsafeMutableBufferPointer { body(&$0[number]) }
    }

    /// Adds what is known of a party elsewhere.
    mutating func merge(_ party: AccessParty) -> Int {
        let (found, hash) = find(party)
        guard let found else { return add(party, hash) }
        parties[found].merge(party)
        return found
    }

    private func find(_ party: AccessParty) -> (number: Int?, hash: UInt64) {
        party.name.withUnsafeBufferPointer { name in
            let bucket = Bytes(rebasing: name[..<party.bucketEnd])
            let requester = Bytes(rebasing: name[party.bucketEnd..<party.requesterEnd])
            let address = Bytes(rebasing: name[party.requesterEnd...])
            let hash = hash(bucket, requester, address)
            return (find(bucket, requester, address, hash), hash)
        }
    }

    mutating func addForgotten(_ count: Int) { forgotten += count }

    /// Puts light parties together, until half of the bound is free.
    /// - Returns: the new number of each party, -1 of those that are gone.
    mutating func forget() -> [Int] {
        let old = parties
        let weights = old.map { (weight: $0.weight, last: $0.last) }
        let order = old.indices.sorted { weights[$0] > weights[$1] }
        parties.removeAll(keepingCapacity: true)
        index.removeAll()
        var numbers = [Int](repeating: -1, count: old.count)
        for number in order.prefix(bound / 2) { numbers[number] = merge(old[number]) }
        for number in order.dropFirst(bound / 2) {
            forgotten += old[number].requests
            let rest = old[number].rest
            let (found, hash) = find(rest)
            // Of too many requesters those that carry least are gone altogether.
            guard found != nil || parties.count < bound * 3 / 4 else { continue }
            let place = found ?? add(rest, hash)
            parties[place].merge(old[number])
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

    /// Whether as many bytes as the text has are the same there.
    @inline(__always)
    private static func same(_ start: UnsafePointer<UInt8>, _ text: Bytes) -> Bool {
        guard let other = text.baseAddress else { return text.isEmpty }
        return memcmp(start, other, text.count) == 0
    }
}

extension AccessParty {
    /// How much would be lost with it: what alerts by itself counts most, then who was let in, then how much it did.
    fileprivate var weight: Int {
        (isSensitive ? 1 << 40 : 0) + (allowed > 0 && isAnonymous ? 1 << 39 : 0) + (allowed > 0 ? 1 << 38 : 0)
            + (isRest ? 1 << 37 : 0) + min(requests, 1 << 36)
    }

    /// What it is put together with: all of the requester's addresses, or all sessions of its role.
    fileprivate var rest: AccessParty {
        let requester = requester
        guard requester.contains(":assumed-role/"), let end = requester.lastIndex(of: "/") else {
            return AccessParty(bucket: bucket, requester: requester, address: "")
        }
        return AccessParty(bucket: bucket, requester: "\(requester[...end])*", address: "")
    }
}
