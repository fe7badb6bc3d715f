internal import Glibc
public import LogReaders

/// One worker's counts of access logs: a value with bounded memory. The workers' tallies are merged, and
/// ``AccessLogAnalytics`` evaluates the result.
public struct AccessTally: Sendable {
    public private(set) var requests = 0
    /// Records whose time could not be read.
    public private(set) var withoutTime = 0
    /// Records with a time before S3 existed, or more than a day later than now.
    public private(set) var ofImpossibleTimes = 0

    private(set) var table: ClientTable
    private(set) var buckets: BucketTable
    private(set) var sensitive = SensitiveTable()
    private(set) var daily = DailyRequestTable()
    private(set) var agents: AgentTable
    private(set) var first = Int.max

    let settings: AccessSettings
    /// Seconds since 1970.
    let believed: ClosedRange<Int>
    private let hash: TextHash
    /// The hash of sketches. It is the same in each run, so that equal logs give equal findings.
    private let sketched = TextHash(mix: SeededHash(seed: 0))
    private var clock = AccessClock()
    private let trailPrefixes: [[UInt8]]

    /// 14 March 2006.
    private static let beginningOfS3 = 1_142_294_400

    /// The times that records can have in a run at a time, in seconds since 1970.
    static func believed(now: Int?) -> ClosedRange<Int> {
        beginningOfS3...max(beginningOfS3, ClockSkew.latest(now))
    }

    /// - Parameters:
    ///   - seed: the seed of the hashes that place clients in memory. It does not affect the findings.
    ///   - now: the time of the run, in seconds since 1970; `nil` to accept any time.
    public init(
        _ settings: AccessSettings = AccessSettings(), seed: UInt64 = .random(in: .min ... .max), now: Int? = nil
    ) {
        self.settings = settings
        believed = Self.believed(now: now)
        hash = TextHash(mix: SeededHash(seed: seed))
        table = ClientTable(hash, bound: settings.remembered, exactlyUpTo: settings.enumeratedKeys)
        buckets = BucketTable(hash)
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
        let (isRefused, isAllowed, isMissing) = Self.outcome(record)
        let isAnonymous = record.isAnonymous
        let bucket = bucketNumber(record[.bucket])
        if isAllowed { noteLogs(record, bucket) }
        if mayHoldLogs(bucket, record) { daily.add(record, at: time, bucket: bucket, isDenied: isRefused) }
        if isAnonymous {
            visit(record, bucket, at: time, isAllowed: isAllowed)
        } else if isAllowed {
            agents.count(record[.userAgent], at: time)
        }
        count(record, bucket, at: time, isRefused: isRefused, isAllowed: isAllowed, isMissing: isMissing)
        guard let kind = sensitivity(record) else { return }
        let requester = isAnonymous ? [UInt8(ascii: "-")] : Array(record[.requester])
        sensitive.add(
            record, at: time, isAllowed: isAllowed,
            SensitiveRequests.Name(bucket: bucket, kind: kind, requester: requester))
    }

    /// Counts summed requests as if their records were added one by one: see ``SummableAccesses``.
    public mutating func add(_ sum: SummedAccesses) {
        let (record, time) = (sum.record, sum.first)
        requests = requests.addingSaturating(sum.count)
        guard believed.contains(time), believed.contains(sum.last) else {
            ofImpossibleTimes = ofImpossibleTimes.addingSaturating(sum.count)
            return
        }
        first = min(first, time)
        let (isRefused, isAllowed, isMissing) = Self.outcome(record)
        let bucket = bucketNumber(record[.bucket])
        if isAllowed {
            noteLogs(record, bucket)
            agents.count(record[.userAgent], from: time, to: sum.last, times: sum.count)
        }
        if mayHoldLogs(bucket, record) {
            daily.add(record, at: sum.last, bucket: bucket, isDenied: isRefused, times: sum.count)
        }
        let known = buckets.buckets
        let number = table.number(
            record[.bucket], record[.requester], record[.remoteIP], isNotable: isAllowed, times: sum.count
        ) { name in
            known.contains { $0.holdsLogs && $0.name.elementsEqual(name) }
        }
        let use = isAllowed ? use(record[.operation]) : .other
        let key = HashedKey(seeded: hash(record[.key], 7), sketched: sketched(record[.key], 7))
        let most = settings.enumeratedKeys
        table.update(number) { client in
            client.count(sum, isRefused: isRefused, isAllowed: isAllowed, use)
            if isRefused { client.refusals.add(sum, key: key, exactlyUpTo: most) }
            if isMissing { client.missing.add(sum, key: key, exactlyUpTo: most) }
        }
    }

    @inline(__always)
    private static func outcome(_ record: AccessRecord) -> (isRefused: Bool, isAllowed: Bool, isMissing: Bool) {
        let status = record.status ?? 0
        return (status == 403 || status == 401, status >= 200 && status < 400, status == 404)
    }

    private mutating func count(
        _ record: AccessRecord, _ bucket: Int, at time: Int, isRefused: Bool, isAllowed: Bool, isMissing: Bool
    ) {
        let bytes = isRefused ? 0 : record.number(.bytesSent) ?? 0
        // Both fields are a dash; records that are too old to have the fields do not match. AWS's own requests have no
        // address.
        let isInsecure = record[.cipherSuite].count == 1 && record[.tlsVersion].count < 2 && record.has(.remoteIP)
        let (hash, sketched, most) = (hash, sketched, settings.enumeratedKeys)
        let known = buckets.buckets
        let number = table.number(
            record[.bucket], record[.requester], record[.remoteIP], isNotable: isAllowed && !record.isAnonymous
        ) { name in
            known.contains { $0.holdsLogs && $0.name.elementsEqual(name) }
        }
        let use = isAllowed ? use(record[.operation]) : .other
        table.update(number) { client in
            client.requests += 1
            if time <= client.first { client.begin(record, at: time) }
            if time > client.last { client.last = time }
            if isAllowed || bytes > 0 { client.read(bytes, at: time, isAllowed: isAllowed, use) }
            if use == .read || use == .delete { client.sample(sketched(record[.key], 7), use) }
            if isAllowed {
                client.allowed += 1
                if time < client.firstAllowed { client.firstAllowed = time }
            }
            if bytes >= Self.large, bytes >= client.largest?.bytes ?? 0 {
                client.keepLargest(RequestRecord(record, at: time))
            }
            if isInsecure { client.countInsecure(record, at: time) }
            guard isRefused || isMissing else { return }
            let key = HashedKey(seeded: hash(record[.key], 7), sketched: sketched(record[.key], 7))
            if isRefused {
                client.refusals.add(record, at: time, key: key, exactlyUpTo: most)
            } else {
                client.missing.add(record, at: time, key: key, exactlyUpTo: most)
            }
        }
    }

    /// In bytes. Smaller responses are no evidence of much reading.
    static let large = 1_000_000

    private mutating func bucketNumber(_ name: Bytes) -> Int {
        let settings = settings
        return buckets.number(of: name) { (settings.namesLogBucket($0), settings.isPublic($0)) }
    }

    /// Learns from an allowed request whether the bucket holds logs. Denied requests show nothing, because anyone can
    /// choose their key.
    private mutating func noteLogs(_ record: AccessRecord, _ bucket: Int) {
        guard !buckets.buckets.withUnsafeBufferPointer({ $0[bucket].holdsLogs }), record.has(.key),
            isTrailKey(record[.key])
        else { return }
        buckets.update(bucket) { $0.holdsLogs = true }
    }

    /// Whether the request may be one to a bucket that holds logs. Which buckets do is known at the end: until a bucket is
    /// known to hold logs, the requests without a key and those for keys of trails are taken.
    private func mayHoldLogs(_ bucket: Int, _ record: AccessRecord) -> Bool {
        buckets.buckets.withUnsafeBufferPointer { $0[bucket].holdsLogs } || !record.has(.key)
            || isTrailKey(record[.key])
    }

    /// Counts a request without credentials. Visitors of a static website and readers of a public bucket are expected,
    /// so they are not counted.
    private mutating func visit(_ record: AccessRecord, _ bucket: Int, at time: Int, isAllowed: Bool) {
        let operation = record[.operation]
        guard !operation.starts(with: "WEBSITE.".utf8) else { return }
        let isPublic = buckets.buckets.withUnsafeBufferPointer { $0[bucket].isPublic }
        if isPublic, !isAllowed || operation.contains(".GET.") || operation.contains(".HEAD.") { return }
        let source = FlowAddress(record[.remoteIP]) ?? FlowAddress(high: 0, low: 0)
        let hashed = HashedAddress(
            address: source, seeded: hash.mix(source.low, source.high), sketched: sketched.mix(source.low, source.high))
        buckets.update(bucket) { bucket in
            if isAllowed {
                bucket.visits.allowed.add(record, at: time, hashed)
            } else {
                bucket.visits.others.add(record, at: time, hashed)
            }
        }
    }

    /// The effect of an allowed operation on an object.
    @inline(__always)
    private func use(_ operation: Bytes) -> ObjectUse {
        guard operation.ends(with: ".OBJECT") || operation.ends(with: "ENCRYPTION") else { return .other }
        if operation.contains(".GET.") { return .read }
        // AWS's own lifecycle rules (`S3.EXPIRE.OBJECT`) do not count.
        guard operation[0] != UInt8(ascii: "S") else { return .other }
        if operation.contains(".DELETE.") { return .delete }
        return operation.contains(".COPY.") || operation.ends(with: ".OBJECT_ENCRYPTION") ? .copy : .other
    }

    /// Classifies by operation: `REST.DELETE.OBJECT`, `REST.GET.ACL`, `REST.PUT.BUCKETPOLICY`. AWS's own lifecycle
    /// expiration (`S3.EXPIRE.OBJECT`) does not count: CloudTrail shows who configured it.
    private func sensitivity(_ record: AccessRecord) -> SensitiveRequests.Kind? {
        let operation = record[.operation]
        guard operation.count > 9, operation[0] != UInt8(ascii: "S") else { return nil }
        func isRead() -> Bool { operation.contains(".GET.") || operation.contains(".HEAD.") }
        if operation.ends(with: "OBJECT") || operation.ends(with: "OBJECTS") || operation.ends(with: "UPLOAD")
            || operation.ends(with: "OBJECT_DELETE")
        {
            guard !isRead() else { return nil }
            // The record of a multi-object delete request names no key.
            if operation.contains("DELETE") { return !record.has(.key) || isTrailKey(record[.key]) ? .delete : nil }
            let isWrite = operation.contains(".PUT.") || operation.contains(".POST.") || operation.contains(".COPY.")
            return isWrite && isTrailFile(record) && !isService(record) ? .overwrite : nil
        }
        if operation.ends(with: "ACL") || operation.contains("POLICY") { return isRead() ? .policyRead : .policyChange }
        guard !isRead() else { return nil }
        return Self.keepingSettings.contains(where: operation.contains) || operation.ends(with: "DELETE.BUCKET")
            ? .settingChange : nil
    }

    /// Parts of operations that change how long and in which form a bucket keeps its objects, or how it is monitored.
    static let keepingSettings: [StaticString] = [
        "LIFECYCLE", "VERSIONING", "ENCRYPTION", "LOGGING", "PUBLIC_ACCESS", "PUBLICACCESS", "OBJECT_LOCK", "RETENTION",
        "LEGAL_HOLD", "LEGALHOLD", "REPLICATION", "OWNERSHIP", "REQUEST_PAYMENT", "NOTIFICATION",
    ]

    private func isTrailKey(_ key: Bytes) -> Bool { trailPrefixes.contains { key.contains($0) } }

    /// Whether the key is that of a log or digest file of CloudTrail.
    private func isTrailFile(_ record: AccessRecord) -> Bool {
        record.has(.key) && isTrailKey(record[.key]) && record[.key].contains("/CloudTrail")
    }

    private func isService(_ record: AccessRecord) -> Bool { record[.requester].starts(with: "svc:".utf8) }

    /// Adds another worker's counts. Both must have the same settings and the same seed.
    public mutating func merge(_ other: AccessTally) {
        requests += other.requests
        withoutTime += other.withoutTime
        ofImpossibleTimes += other.ofImpossibleTimes
        first = min(first, other.first)
        agents.merge(other.agents)
        let numbers = buckets.merge(other.buckets)
        sensitive.merge(other.sensitive, numbers)
        daily.merge(other.daily, numbers)
        let known = buckets.buckets
        table.merge(other.table) { name in known.contains { $0.holdsLogs && $0.name.elementsEqual(name) } }
    }
}

extension Bytes {
    func contains(_ text: StaticString) -> Bool {
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
