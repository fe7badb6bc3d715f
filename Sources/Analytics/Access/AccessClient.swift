internal import LogReaders

/// The effect of a request on an object.
enum ObjectUse: Sendable {
    case read, delete, copy, other
}

/// The requests of one requester from one address to one bucket. A client without an address combines the requester's
/// addresses that are not remembered individually.
struct AccessClient: Sendable {
    /// Bucket, requester and address, concatenated: three strings would take more memory than all counts.
    private(set) var name: [UInt8]
    let bucketEnd: Int
    private(set) var requesterEnd: Int
    var requests = 0
    var allowed = 0
    /// Seconds since 1970.
    var first = Int.max
    var last = 0
    /// The first allowed request. The first one after a denied request would depend on the order of the records.
    var firstAllowed = Int.max
    var refusals = Refusals()
    /// Requests for keys that do not exist.
    var missing = Refusals()
    /// The count of the clients that were forgotten before this one was added. It bounds how many of this client's
    /// requests may be missing (space-saving: Metwally 2005).
    var base = 0
    private(set) var hours = Timeline<AllowedHour>()
    /// The hour of the last record. The next record is usually in the same hour.
    private var open = AllowedHour(slot: 0)
    /// Requests over plain HTTP.
    var insecure = 0
    var insecureTimes = (first: Int.max, last: 0)
    var insecureRecords = EarliestRecords()
    /// The keys of objects that were read, and of those that were deleted. Sums of an engine do not add to them.
    private(set) var readKeys = KeySample()
    private(set) var deletedKeys = KeySample()
    var firstRecord: RequestRecord?
    var largest: RequestRecord?

    init(_ bucket: Bytes, _ requester: Bytes, _ address: Bytes) {
        name = Array(bucket) + Array(requester) + Array(address)
        bucketEnd = bucket.count
        requesterEnd = bucket.count + requester.count
    }

    init(bucket: String, requester: String, address: String) {
        name = Array(bucket.utf8) + Array(requester.utf8) + Array(address.utf8)
        bucketEnd = bucket.utf8.count
        requesterEnd = bucketEnd + requester.utf8.count
    }

    var bucket: String { String(decoding: name[..<bucketEnd], as: UTF8.self) }
    var requester: String { String(decoding: name[bucketEnd..<requesterEnd], as: UTF8.self) }
    var address: String { String(decoding: name[requesterEnd...], as: UTF8.self) }
    var isAnonymous: Bool { requesterEnd == bucketEnd + 1 && name[bucketEnd] == UInt8(ascii: "-") }
    /// The role of a session, as `arn:…:assumed-role/name/*`; `nil` for other requesters.
    var role: String? {
        let requester = requester
        guard requester.contains(":assumed-role/"), let slash = requester.lastIndex(of: "/") else { return nil }
        return "\(requester[...slash])*"
    }

    /// Removes secrets from the requester's name, because baselines store it.
    mutating func hideSecrets() {
        let hidden = name[bucketEnd..<requesterEnd].withUnsafeBufferPointer { SecretText.hidden($0, level: 0) }
        guard let hidden else { return }
        name.replaceSubrange(bucketEnd..<requesterEnd, with: hidden)
        requesterEnd = bucketEnd + hidden.count
    }

    /// Whether the client combines several addresses.
    var isRest: Bool { requesterEnd == name.count }

    /// Keeps a record that is not later than all records before. Among records of the same second, the choice does not
    /// depend on their order.
    mutating func begin(_ record: AccessRecord, at time: Int) {
        let record = RequestRecord(record, at: time)
        if time < first || firstRecord.map({ record < $0 }) ?? true { firstRecord = record }
        first = time
    }

    /// Counts a request that was allowed or returned bytes.
    @inline(__always)
    mutating func read(_ bytes: Int, at time: Int, isAllowed: Bool, _ change: ObjectUse) {
        let minute = time / 60
        let hour = Int32(truncatingIfNeeded: minute / 60)
        if hour != open.slot {
            close()
            open = AllowedHour(slot: hour)
        }
        let second = time % AllowedHour.length
        open.bytes = open.bytes.addingSaturating(bytes)
        if bytes > 0 { open.sending.add(second) }
        guard isAllowed else { return }
        open.minutes |= 1 << UInt64(minute % 60)
        switch change {
        case .read: open.reads &+= 1
        case .delete:
            open.deleted &+= 1
            open.deletion.add(second)
        case .copy:
            open.copied &+= 1
            open.copying.add(second)
        case .other: break
        }
    }

    /// Remembers the key of an object that was read or deleted.
    @inline(__always)
    mutating func sample(_ key: UInt64, _ use: ObjectUse) {
        if use == .read { readKeys.add(key) } else { deletedKeys.add(key) }
    }

    /// Counts summed requests. Their first record and their largest one are added one by one.
    mutating func count(_ sum: SummedAccesses, isRefused: Bool, isAllowed: Bool, _ change: ObjectUse) {
        requests = requests.addingSaturating(sum.count)
        first = min(first, sum.first)
        last = max(last, sum.last)
        var hour = AllowedHour(slot: Int32(truncatingIfNeeded: sum.hour / 3_600))
        var moments = SlotMoments()
        moments.add(sum.first % AllowedHour.length)
        moments.add(sum.last % AllowedHour.length)
        if !isRefused { hour.bytes = sum.bytes }
        if hour.bytes > 0 { hour.sending = moments }
        if isAllowed {
            allowed = allowed.addingSaturating(sum.count)
            firstAllowed = min(firstAllowed, sum.first)
            for (minute, count) in sum.minutes.enumerated() where count > 0 { hour.minutes |= 1 << UInt64(minute) }
            let count = UInt32(clamping: sum.count)
            switch change {
            case .read: hour.reads = count
            case .delete: (hour.deleted, hour.deletion) = (count, moments)
            case .copy: (hour.copied, hour.copying) = (count, moments)
            case .other: break
            }
        }
        if hour.bytes > 0 || hour.minutes != 0 { hours.add(hour) }
    }

    mutating func countInsecure(_ record: AccessRecord, at time: Int) {
        insecure += 1
        insecureTimes = (min(insecureTimes.first, time), max(insecureTimes.last, time))
        insecureRecords.add(record, at: time)
    }

    /// Adds the current hour to ``hours``. Must be called before the hours are read.
    mutating func close() {
        if open.bytes > 0 || open.minutes != 0 { hours.add(open) }
        open = AllowedHour(slot: open.slot)
    }

    /// - Parameter most: the number of keys that are counted exactly.
    mutating func merge(_ other: AccessClient, exactlyUpTo most: Int) {
        var other = other
        other.close()
        close()
        requests += other.requests
        allowed += other.allowed
        first = min(first, other.first)
        last = max(last, other.last)
        firstAllowed = min(firstAllowed, other.firstAllowed)
        refusals.merge(other.refusals, exactlyUpTo: most)
        missing.merge(other.missing, exactlyUpTo: most)
        base = max(base, other.base)
        hours.merge(other.hours)
        readKeys.merge(other.readKeys)
        deletedKeys.merge(other.deletedKeys)
        insecure += other.insecure
        insecureTimes = (
            min(insecureTimes.first, other.insecureTimes.first), max(insecureTimes.last, other.insecureTimes.last)
        )
        insecureRecords.merge(other.insecureRecords)
        if let record = other.firstRecord, firstRecord.map({ record < $0 }) ?? true { firstRecord = record }
        if let record = other.largest { keepLargest(record) }
    }

    /// Keeps the record if it is the largest. Among records of equal size, the choice does not depend on their order.
    mutating func keepLargest(_ record: RequestRecord) {
        guard let known = largest else { return largest = record }
        if record.bytes > known.bytes || record.bytes == known.bytes && record < known { largest = record }
    }
}
