internal import Glibc
public import LogReaders

/// What one worker saw of access logs, added up: a value with bounded memory that is merged with the other workers' and
/// then judged by ``AccessLogAnalytics``.
public struct AccessTally: Sendable {
    public private(set) var requests = 0
    /// Records whose time could not be read.
    public private(set) var withoutTime = 0
    /// Parties beyond the bound: what they did is counted in `requests` alone.
    public private(set) var forgotten = 0

    var parties: [AccessParty] = []
    var sensitive: [String: SensitiveRequests] = [:]
    private(set) var agentTable = AgentTable()
    var first = Int.max
    var last = 0

    /// User agents, by when they were seen.
    var agents: [String: AgentTable.Sight] { agentTable.sights }

    let settings: AccessSettings
    private var index = HashIndex()
    private var names: [[UInt8]] = []
    private let mix: Mixer

    public init(_ settings: AccessSettings = AccessSettings(), seed: UInt64 = .random(in: .min ... .max)) {
        self.settings = settings
        mix = Mixer(seed: seed)
    }

    public mutating func add(_ record: AccessRecord) {
        requests += 1
        guard let time = record.time else {
            withoutTime += 1
            return
        }
        first = min(first, time)
        last = max(last, time)
        noteAgent(record[.userAgent], time)
        guard let party = party(of: record) else { return }
        let status = record.status ?? 0
        let isRefused = status == 403 || status == 401
        let bytes = isRefused ? 0 : UInt64(record.number(.bytesSent) ?? 0)
        parties.withUnsafeMutableBufferPointer { parties in
            parties[party].requests += 1
            if time < parties[party].first {
                parties[party].first = time
                parties[party].sampleEvent = String(decoding: record[.requestID], as: UTF8.self)
            }
            if time > parties[party].last { parties[party].last = time }
            if bytes > 0 { parties[party].read(bytes, in: Int32(time / 3_600)) }
            if !isRefused, status >= 200, status < 400 {
                parties[party].allowed += 1
                if time < parties[party].firstAllowed { parties[party].firstAllowed = time }
            }
            // A dash, not a record that is too old to have the field. What AWS does itself has no address.
            if record[.cipherSuite].count == 1, record[.tlsVersion].count < 2, record.has(.remoteIP) {
                parties[party].insecure += 1
            }
        }
        if isRefused { noteRefused(party, record, time) }
        noteSensitive(party, record, time, isRefused: isRefused)
    }

    private mutating func noteRefused(_ party: Int, _ record: AccessRecord, _ time: Int) {
        let key = record[.key]
        let isNew = parties[party].refusedKeys.add(hash(key, 7))
        parties[party].refused += 1
        parties[party].refusedBins[Int32(time / 300), default: 0] += 1
        parties[party].firstRefused = min(parties[party].firstRefused, time)
        parties[party].lastRefused = max(parties[party].lastRefused, time)
        parties[party].operations[String(decoding: record[.operation], as: UTF8.self), default: 0] += 1
        if isNew, parties[party].sampleKeys.count < 5, record.has(.key) {
            parties[party].sampleKeys.append(String(decoding: key, as: UTF8.self))
        }
    }

    private mutating func noteAgent(_ agent: Bytes, _ time: Int) {
        // One client asks many times.
        if agentTable.isOpen(agent) { return agentTable.see(time) }
        agentTable.see(agent, hash(agent, 3), time, bound: settings.remembered)
    }

    private mutating func noteSensitive(_ party: Int, _ record: AccessRecord, _ time: Int, isRefused: Bool) {
        guard let kind = sensitivity(record) else { return }
        // AWS's own lifecycle removes what is old: those who set it are found in CloudTrail.
        var found = SensitiveRequests(kind: kind, party: party)
        found.count = 1
        found.allowed = isRefused ? 0 : 1
        (found.first, found.last) = (time, time)
        found.operations = [String(decoding: record[.operation], as: UTF8.self)]
        if record.has(.key) { found.keys = [String(decoding: record[.key], as: UTF8.self)] }
        found.event = String(decoding: record[.requestID], as: UTF8.self)
        let name = "\(party)/\(kind.rawValue)"
        if sensitive[name]?.merge(found) == nil { sensitive[name] = found }
    }

    /// By operation: `REST.DELETE.OBJECT`, `REST.GET.ACL`, `REST.PUT.BUCKETPOLICY`.
    private func sensitivity(_ record: AccessRecord) -> SensitiveRequests.Kind? {
        let operation = record[.operation]
        guard operation.count > 9, operation[0] != UInt8(ascii: "S") else { return nil }
        let isDelete = operation.contains("DELETE")
        if operation.ends(with: "OBJECT") || operation.ends(with: "OBJECTS") || operation.ends(with: "UPLOAD") {
            return isDelete && isTrailKey(record) ? .delete : nil
        }
        guard operation.ends(with: "ACL") || operation.contains("POLICY") else { return nil }
        return operation.contains(".GET.") || operation.contains(".HEAD.") ? .policyRead : .policyChange
    }

    private func isTrailKey(_ record: AccessRecord) -> Bool {
        // A request to delete many objects names none of them in its own line.
        guard record.has(.key) else { return true }
        return settings.trailPrefixes.contains { record[.key].contains($0) }
    }

    @inline(__always)
    private func hash(_ bytes: Bytes, _ salt: UInt64) -> UInt64 {
        var sum = mix(UInt64(bytes.count), salt)
        var at = 0
        guard let start = bytes.baseAddress.map({ UnsafeRawPointer($0) }) else { return sum }
        while at + 8 <= bytes.count {
            sum = mix(sum, start.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            at += 8
        }
        var rest: UInt64 = 0
        while at < bytes.count {
            rest = rest << 8 | UInt64(bytes[at])
            at += 1
        }
        return mix(sum, rest)
    }

    /// The number of whoever asks; none where there are too many.
    private mutating func party(of record: AccessRecord) -> Int? {
        let (bucket, requester, address) = (record[.bucket], record[.requester], record[.remoteIP])
        let hash = mix(self.hash(bucket, 1), self.hash(requester, 2), self.hash(address, 5))
        let found = index.find(hash) { number in
            names[number].withUnsafeBufferPointer { name in
                Self.equal(name, bucket, requester, address)
            }
        }
        if let found { return found }
        guard parties.count < settings.remembered else {
            forgotten += 1
            return nil
        }
        parties.append(
            AccessParty(
                bucket: String(decoding: bucket, as: UTF8.self), requester: String(decoding: requester, as: UTF8.self),
                address: String(decoding: address, as: UTF8.self)))
        names.append(Array(bucket) + Array(requester) + Array(address))
        index.insert(hash, parties.count - 1)
        return parties.count - 1
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
    private static func same(_ start: UnsafePointer<UInt8>?, _ text: Bytes) -> Bool {
        guard let start, let other = text.baseAddress else { return text.isEmpty }
        return memcmp(start, other, text.count) == 0
    }

    /// Adds what another worker saw. Both must have the same settings.
    public mutating func merge(_ other: AccessTally) {
        requests += other.requests
        withoutTime += other.withoutTime
        forgotten += other.forgotten
        first = min(first, other.first)
        last = max(last, other.last)
        agentTable.merge(other.agentTable)
        let numbers = other.parties.map { number(of: $0) }
        for found in other.sensitive.values {
            guard let party = numbers[found.party] else { continue }
            var moved = SensitiveRequests(kind: found.kind, party: party)
            moved.merge(found)
            let name = "\(party)/\(found.kind.rawValue)"
            if sensitive[name]?.merge(moved) == nil { sensitive[name] = moved }
        }
    }

    private mutating func number(of party: AccessParty) -> Int? {
        let parts = [Array(party.bucket.utf8), Array(party.requester.utf8), Array(party.address.utf8)]
        let salts: [UInt64] = [1, 2, 5]
        let words = zip(parts, salts).map { part, salt in part.withUnsafeBufferPointer { self.hash($0, salt) } }
        let hash = mix(words[0], words[1], words[2])
        let name = Array(parts.joined())
        if let found = index.find(hash, { names[$0] == name }) {
            parties[found].merge(party)
            return found
        }
        guard parties.count < settings.remembered else {
            forgotten += party.requests
            return nil
        }
        parties.append(party)
        names.append(name)
        index.insert(hash, parties.count - 1)
        return parties.count - 1
    }
}

extension Bytes {
    fileprivate func contains(_ text: String) -> Bool {
        let text = Array(text.utf8)
        guard count >= text.count, !text.isEmpty else { return false }
        return (0...(count - text.count)).contains { start in
            self[start] == text[0] && Bytes(rebasing: self[start..<start + text.count]).begins(with: text)
        }
    }

    fileprivate func ends(with text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount, let start = baseAddress else { return false }
        return memcmp(start + count - text.utf8CodeUnitCount, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    private func begins(with text: [UInt8]) -> Bool {
        guard let start = baseAddress, count >= text.count else { return text.isEmpty }
        return memcmp(start, text, text.count) == 0
    }
}
