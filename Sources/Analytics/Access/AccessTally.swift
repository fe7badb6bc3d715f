internal import Glibc
public import LogReaders

/// One worker's counts of access logs: a value with bounded memory that is merged with those of the other workers and
/// then judged by ``AccessLogAnalytics``.
public struct AccessTally: Sendable {
    public private(set) var requests = 0
    /// Records whose time could not be read.
    public private(set) var withoutTime = 0
    /// Records with a time before there was S3, or more than a day later than now.
    public private(set) var ofImpossibleTimes = 0

    private(set) var table: ClientTable
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

    /// - Parameter now: the time of the run, in seconds since 1970; `nil` to believe any time.
    public init(
        _ settings: AccessSettings = AccessSettings(), seed: UInt64 = .random(in: .min ... .max), now: Int? = nil
    ) {
        self.settings = settings
        believed = Self.beginningOfS3...max(Self.beginningOfS3, ClockSkew.latest(now))
        hash = TextHash(mix: SeededHash(seed: seed))
        table = ClientTable(hash, bound: settings.remembered)
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
        agents.count(record[.userAgent], at: time)
        let number = client(of: record)
        let status = record.status ?? 0
        let isRefused = status == 403 || status == 401
        let isAllowed = status >= 200 && status < 400
        let bytes = isRefused ? 0 : record.number(.bytesSent) ?? 0
        // Both fields are a dash: the record is not too old to have them. AWS's own requests have no address.
        let isInsecure = record[.cipherSuite].count == 1 && record[.tlsVersion].count < 2 && record.has(.remoteIP)
        let hash = hash
        table.update(number) { client in
            client.requests += 1
            if time <= client.first { client.begin(record, at: time) }
            if time > client.last { client.last = time }
            if isAllowed || bytes > 0 { client.read(bytes, at: time, isAllowed: isAllowed) }
            if isAllowed {
                client.allowed += 1
                if time < client.firstAllowed { client.firstAllowed = time }
            }
            if bytes >= Self.large, bytes > client.largest?.bytes ?? 0 {
                client.largest = RequestRecord(record, at: time)
            }
            if isInsecure {
                client.insecure += 1
                client.insecureRecords.add(record, at: time)
            }
            if isRefused { client.refusals.add(record, at: time, keyHash: hash(record[.key], 7)) }
        }
        guard let kind = sensitivity(record) else { return }
        sensitive[SensitiveRequests.Name(client: number, kind: kind), default: SensitiveRequests()]
            .add(record, at: time, isRefused: isRefused)
        table.update(number) { $0.isSensitive = true }
    }

    /// In bytes. Smaller responses are no evidence of much reading.
    private static let large = 1_000_000

    /// Classifies by operation: `REST.DELETE.OBJECT`, `REST.GET.ACL`, `REST.PUT.BUCKETPOLICY`. AWS's own lifecycle
    /// expiration (`S3.EXPIRE.OBJECT`) does not count: CloudTrail shows who configured it.
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
        // The line of a request to delete many objects names none of them.
        guard record.has(.key) else { return true }
        return trailPrefixes.contains { record[.key].contains($0) }
    }

    /// The number of the record's client.
    private mutating func client(of record: AccessRecord) -> Int {
        let (bucket, requester, address) = (record[.bucket], record[.requester], record[.remoteIP])
        let hash = table.hash(bucket, requester, address)
        if let found = table.find(bucket, requester, address, hash) { return found }
        makeRoom()
        return table.add(AccessClient(bucket, requester, address), hash)
    }

    private mutating func makeRoom() {
        guard table.isFull else { return }
        let numbers = table.forget()
        let before = sensitive
        sensitive.removeAll()
        for (name, found) in before where numbers[name.client] >= 0 {
            add(found, to: SensitiveRequests.Name(client: numbers[name.client], kind: name.kind))
        }
    }

    private mutating func add(_ found: SensitiveRequests, to name: SensitiveRequests.Name) {
        sensitive[name, default: SensitiveRequests()].merge(found)
    }

    /// Adds another worker's counts. Both must have the same settings.
    public mutating func merge(_ other: AccessTally) {
        requests += other.requests
        withoutTime += other.withoutTime
        ofImpossibleTimes += other.ofImpossibleTimes
        first = min(first, other.first)
        agents.merge(other.agents)
        table.addForgotten(other.table.forgotten)
        for (number, client) in other.table.clients.enumerated() {
            makeRoom()
            let place = table.merge(client)
            guard client.isSensitive else { continue }
            for kind in SensitiveRequests.Kind.allCases {
                if let found = other.sensitive[SensitiveRequests.Name(client: number, kind: kind)] {
                    add(found, to: SensitiveRequests.Name(client: place, kind: kind))
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
