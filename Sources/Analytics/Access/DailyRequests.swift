internal import LogReaders

/// The requests of one requester to one bucket that holds logs, on one day, by operation, allowed or denied.
public struct DailyRequests: Sendable, Hashable {
    public var bucket: String
    /// Days since 1970.
    public var day: Int
    /// `-` for requests without credentials.
    public var requester: String
    /// As in the log, such as `REST.GET.OBJECT`.
    public var operation: String
    /// Whether they were answered with the status 401 or 403.
    public var isDenied: Bool
    public var count: Int
    /// A few of the IP addresses, in alphabetical order.
    public var addresses: [String]
    /// The time of the last one, in seconds since 1970.
    public var last: Int

    public init(
        bucket: String, day: Int, requester: String, operation: String, isDenied: Bool, count: Int,
        addresses: [String], last: Int
    ) {
        self.bucket = bucket
        self.day = day
        self.requester = requester
        self.operation = operation
        self.isDenied = isDenied
        self.count = count
        self.addresses = addresses
        self.last = last
    }
}

/// The daily requests to the buckets that hold logs. Bounded, because anyone can send denied requests.
struct DailyRequestTable: Sendable {
    struct Name: Sendable, Hashable {
        /// The bucket's number.
        var bucket: Int
        /// Days since 1970.
        var day: Int
        var requester: [UInt8]
        var operation: [UInt8]
        var isDenied: Bool
    }

    struct Entry: Sendable {
        var name: Name
        var count = 0
        var last = 0
        /// The first few in alphabetical order, so that they do not depend on the order of the records.
        var addresses: [String] = []

        fileprivate mutating func add(_ address: String) {
            guard !addresses.contains(address) else { return }
            addresses.append(address)
            addresses.sort()
            if addresses.count > DailyRequestTable.addressesKept { addresses.removeLast() }
        }
    }

    private(set) var entries: [Entry] = []
    private var places: [Name: Int] = [:]
    /// The entry of the previous record, which the next record usually shares.
    private var current = 0

    private static let names = 20_000
    private static let addressesKept = 5

    mutating func add(_ record: AccessRecord, at time: Int, bucket: Int, isDenied: Bool, times: Int = 1) {
        let place = place(record, day: time / 86_400, bucket, isDenied)
        entries[place].count = entries[place].count.addingSaturating(times)
        entries[place].last = max(entries[place].last, time)
        let address = record[.remoteIP]
        if !entries[place].addresses.contains(where: { $0.utf8.elementsEqual(address) }) {
            entries[place].add(String(decoding: address, as: UTF8.self))
        }
    }

    private mutating func place(_ record: AccessRecord, day: Int, _ bucket: Int, _ isDenied: Bool) -> Int {
        if current < entries.count {
            let name = entries[current].name
            if name.bucket == bucket, name.day == day, name.isDenied == isDenied,
                name.operation.elementsEqual(record[.operation]), name.requester.elementsEqual(record[.requester])
            {
                return current
            }
        }
        current = place(
            Name(
                bucket: bucket, day: day, requester: Array(record[.requester]), operation: Array(record[.operation]),
                isDenied: isDenied))
        return current
    }

    private mutating func place(_ name: Name) -> Int {
        var name = name
        if let place = places[name] { return place }
        if entries.count >= Self.names {
            (name.requester, name.operation) = (SensitiveTable.others, Array("(any)".utf8))
            if let place = places[name] { return place }
        }
        places[name] = entries.count
        entries.append(Entry(name: name))
        return entries.count - 1
    }

    /// - Parameter numbers: the number in this table of each of the other table's buckets.
    mutating func merge(_ other: DailyRequestTable, _ numbers: [Int]) {
        for entry in other.entries {
            var name = entry.name
            name.bucket = numbers[name.bucket]
            let place = place(name)
            entries[place].count = entries[place].count.addingSaturating(entry.count)
            entries[place].last = max(entries[place].last, entry.last)
            for address in entry.addresses { entries[place].add(address) }
        }
    }
}

extension AccessLogAnalytics {
    /// The number of daily requests that are reported: the denied ones first, then the most frequent.
    static let requestsReported = 5_000

    /// The requests to the buckets that hold logs.
    /// - Returns: the requests, and the number of further ones that were left out.
    func dailyRequests() -> (requests: [DailyRequests], omitted: Int) {
        let buckets = tally.buckets.buckets
        let requests = tally.daily.entries.compactMap { entry -> DailyRequests? in
            guard buckets[entry.name.bucket].holdsLogs else { return nil }
            let requester = entry.name.requester
            let hidden = requester.withUnsafeBufferPointer { SecretText.hidden($0, level: 0) }
            return DailyRequests(
                bucket: buckets[entry.name.bucket].text, day: entry.name.day,
                requester: String(decoding: hidden ?? requester, as: UTF8.self),
                operation: String(decoding: entry.name.operation, as: UTF8.self), isDenied: entry.name.isDenied,
                count: entry.count, addresses: entry.addresses, last: entry.last)
        }
        let order = requests.sorted { one, other in
            if one.isDenied != other.isDenied { return one.isDenied }
            return (one.count, other.day, other.bucket, other.requester, other.operation)
                > (other.count, one.day, one.bucket, one.requester, one.operation)
        }
        return (Array(order.prefix(Self.requestsReported)), max(0, order.count - Self.requestsReported))
    }
}
