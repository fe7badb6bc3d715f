internal import Glibc
public import LogReaders

/// What one worker saw of access logs, added up: a value with bounded memory that is merged with the other workers' and
/// then judged by ``AccessLogAnalytics``.
public struct AccessTally: Sendable {
    public private(set) var requests = 0
    /// Records whose time could not be read.
    public private(set) var withoutTime = 0
    /// Records of a time that cannot be: before there was S3, or more than a day later than now.
    public private(set) var ofImpossibleTimes = 0

    private(set) var table: PartyTable
    private(set) var sensitive: [SensitiveRequests.Name: SensitiveRequests] = [:]
    private(set) var agents: AgentTable
    private(set) var first = Int.max

    let settings: AccessSettings
    /// Seconds since 1970.
    let believed: ClosedRange<Int>
    private let hash: TextHash
    private var clock = AccessClock()
    private let trailPrefixes: [[UInt8]]

    /// 14 March 2006.
    private static let beginningOfS3 = 1_142_294_400

    /// - Parameter now: the moment of the run, in seconds since 1970; any time is believed where it is not given.
    public init(
        _ settings: AccessSettings = AccessSettings(), seed: UInt64 = .random(in: .min ... .max), now: Int? = nil
    ) {
        self.settings = settings
        believed = Self.beginningOfS3...max(Self.beginningOfS3, Present.latest(now))
        hash = TextHash(mix: Mixer(seed: seed))
        table = PartyTable(hash, bound: settings.remembered)
        agents = AgentTable(hash, bound: settings.rememberedAgents)
        trailPrefixes = settings.trailPrefixes.map { Array($0.utf8) }
    }

    public mutating func add(_ record: AccessRecord) {
        requests += 1
        guard let time = clock.seconds(of: record) else {
            withoutTime += 1
            return
        }
        guard believed.contains(time) else {
            ofImpossibleTimes += 1
            return
        }
        if time < first { first = time }
        agents.see(record[.userAgent], at: time)
        let number = party(of: record)
        let status = record.status ?? 0
        let isRefused = status == 403 || status == 401
        let isAllowed = status >= 200 && status < 400
        let bytes = isRefused ? 0 : record.number(.bytesSent) ?? 0
        // A dash, not a record that is too old to have the field. What AWS does itself has no address.
        let isInsecure = record[.cipherSuite].count == 1 && record[.tlsVersion].count < 2 && record.has(.remoteIP)
        let hash = hash
        table.update(number) { party in
            party.requests += 1
            if time <= party.first { party.begin(record, at: time) }
            if time > party.last { party.last = time }
            if isAllowed || bytes > 0 { party.read(bytes, at: time, isAllowed: isAllowed) }
            if isAllowed {
                party.allowed += 1
                if time < party.firstAllowed { party.firstAllowed = time }
            }
            if bytes >= Self.large, bytes > party.largest?.bytes ?? 0 {
                party.largest = RequestRecord(record, at: time)
            }
            if isInsecure {
                party.insecure += 1
                party.insecureRecords.add(record, at: time)
            }
            if isRefused { party.refusals.add(record, at: time, keyHash: hash(record[.key], 7)) }
        }
        guard let kind = sensitivity(record) else { return }
        sensitive[SensitiveRequests.Name(party: number, kind: kind), default: SensitiveRequests()]
            .add(record, at: time, isRefused: isRefused)
        table.update(number) { $0.isSensitive = true }
    }

    /// Smaller answers are no evidence of much reading.
    private static let large = 1_000_000

    /// By operation: `REST.DELETE.OBJECT`, `REST.GET.ACL`, `REST.PUT.BUCKETPOLICY`. AWS's own lifecycle removes what is old
    /// (`S3.EXPIRE.OBJECT`): those who set it are found in CloudTrail.
    private func sensitivity(_ record: AccessRecord) -> SensitiveRequests.Kind? {
        let operation = record[.operation]
        guard operation.count > 9, operation[0] != UInt8(ascii: "S") else { return nil }
        if operation.ends(with: "OBJECT") || operation.ends(with: "OBJECTS") || operation.ends(with: "UPLOAD") {
            return operation.contains("DELETE") && isTrailKey(record) ? .delete : nil
        }
        guard operation.ends(with: "ACL") || operation.contains("POLICY") else { return nil }
        return operation.contains(".GET.") || operation.contains(".HEAD.") ? .policyRead : .policyChange
    }

    private func isTrailKey(_ record: AccessRecord) -> Bool {
        // A request to delete many objects names none of them in its own line.
        guard record.has(.key) else { return true }
        return trailPrefixes.contains { record[.key].contains($0) }
    }

    /// The number of whoever asks.
    private mutating func party(of record: AccessRecord) -> Int {
        let (bucket, requester, address) = (record[.bucket], record[.requester], record[.remoteIP])
        let hash = table.hash(bucket, requester, address)
        if let found = table.find(bucket, requester, address, hash) { return found }
        makeRoom()
        return table.add(AccessParty(bucket, requester, address), hash)
    }

    private mutating func makeRoom() {
        guard table.isFull else { return }
        let numbers = table.forget()
        let before = sensitive
        sensitive.removeAll()
        for (name, found) in before where numbers[name.party] >= 0 {
            note(found, SensitiveRequests.Name(party: numbers[name.party], kind: name.kind))
        }
    }

    private mutating func note(_ found: SensitiveRequests, _ name: SensitiveRequests.Name) {
        sensitive[name, default: SensitiveRequests()].merge(found)
    }

    /// Adds what another worker saw. Both must have the same settings.
    public mutating func merge(_ other: AccessTally) {
        requests += other.requests
        withoutTime += other.withoutTime
        ofImpossibleTimes += other.ofImpossibleTimes
        first = min(first, other.first)
        agents.merge(other.agents)
        table.addForgotten(other.table.forgotten)
        for (number, party) in other.table.parties.enumerated() {
            makeRoom()
            let place = table.merge(party)
            guard party.isSensitive else { continue }
            for kind in SensitiveRequests.Kind.allCases {
                if let found = other.sensitive[SensitiveRequests.Name(party: number, kind: kind)] {
                    note(found, SensitiveRequests.Name(party: place, kind: kind))
                }
            }
        }
    }
}

extension Bytes {
    fileprivate func contains(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { contains($0) }
    }

    fileprivate func contains(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { contains($0) }
    }

    private func contains(_ text: Bytes) -> Bool {
        guard let start = baseAddress, let other = text.baseAddress, count >= text.count else { return text.isEmpty }
        return (0...(count - text.count)).contains {
            start[$0] == other[0] && memcmp(start + $0, other, text.count) == 0
        }
    }

    fileprivate func ends(with text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount, let start = baseAddress else { return false }
        return memcmp(start + count - text.utf8CodeUnitCount, text.utf8Start, text.utf8CodeUnitCount) == 0
    }
}
