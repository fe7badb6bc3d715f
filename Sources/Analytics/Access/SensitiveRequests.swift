internal import LogReaders

/// Requests of one requester to one bucket and of one kind. A single one raises an alert.
struct SensitiveRequests: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case delete, overwrite, policyRead, policyChange, settingChange

        var title: String {
            switch self {
            case .delete: "Log file deletion"
            case .overwrite: "Log file overwrite"
            case .policyRead: "Log bucket policy or ACL read"
            case .policyChange: "Log bucket policy or ACL change"
            case .settingChange: "Log bucket configuration change"
            }
        }
    }

    struct Name: Sendable, Hashable {
        /// The bucket's number.
        var bucket: Int
        var kind: Kind
        /// `-` for all requesters without credentials.
        var requester: [UInt8]
    }

    private(set) var count = 0
    private(set) var allowed = 0
    /// Requests without a key. They concern log files only if the bucket holds logs.
    private(set) var withoutKey = 0
    private(set) var first = Int.max
    private(set) var last = 0
    private(set) var addresses = TopCounts<String>(capacity: 16)
    private(set) var keys = EarliestKeys()
    private(set) var operations: Set<String> = []
    private var allowedRecords = EarliestRecords()
    private var otherRecords = EarliestRecords()

    private static let operationsKept = 100

    mutating func add(_ record: AccessRecord, at time: Int, isAllowed: Bool) {
        count += 1
        if isAllowed { allowed += 1 }
        if !record.has(.key) { withoutKey += 1 }
        first = min(first, time)
        last = max(last, time)
        addresses.add(String(decoding: record[.remoteIP], as: UTF8.self))
        if operations.count < Self.operationsKept {
            operations.insert(String(decoding: record[.operation], as: UTF8.self))
        }
        keys.add(record, at: time)
        if isAllowed { allowedRecords.add(record, at: time) } else { otherRecords.add(record, at: time) }
    }

    mutating func merge(_ other: SensitiveRequests) {
        count += other.count
        allowed += other.allowed
        withoutKey += other.withoutKey
        first = min(first, other.first)
        last = max(last, other.last)
        addresses.merge(other.addresses)
        keys.merge(other.keys)
        operations.formUnion(other.operations)
        allowedRecords.merge(other.allowedRecords)
        otherRecords.merge(other.otherRecords)
    }

    /// The records that an alert shows: the allowed ones if there are any, otherwise the others.
    var records: EarliestRecords { allowed > 0 ? allowedRecords : otherRecords }
}

/// The sensitive requests. Bounded, because an attacker can send denied requests under any number of names.
struct SensitiveTable: Sendable {
    private(set) var entries: [SensitiveRequests.Name: SensitiveRequests] = [:]
    /// The number of entries without an allowed request when they were added.
    private var refused = 0

    private static let refusedNames = 4_096
    private static let names = 65_536
    static let others = Array("(other requesters)".utf8)

    mutating func add(_ record: AccessRecord, at time: Int, isAllowed: Bool, _ name: SensitiveRequests.Name) {
        update(name, isAllowed: isAllowed) { $0.add(record, at: time, isAllowed: isAllowed) }
    }

    /// - Parameter numbers: the number in this table of each of the other table's buckets.
    mutating func merge(_ other: SensitiveTable, _ numbers: [Int]) {
        // Sorted, so that the entries beyond the bound are always the same.
        let sorted = other.entries.sorted { left, right in
            let (one, two) = (left.value, right.value)
            if (one.allowed, one.count) != (two.allowed, two.count) {
                return (one.allowed, one.count) > (two.allowed, two.count)
            }
            return left.key.requester == right.key.requester
                ? (left.key.bucket, left.key.kind.rawValue) < (right.key.bucket, right.key.kind.rawValue)
                : left.key.requester.lexicographicallyPrecedes(right.key.requester)
        }
        for (name, found) in sorted {
            var moved = name
            moved.bucket = numbers[name.bucket]
            update(moved, isAllowed: found.allowed > 0) { $0.merge(found) }
        }
    }

    private mutating func update(
        _ name: SensitiveRequests.Name, isAllowed: Bool, _ change: (inout SensitiveRequests) -> Void
    ) {
        var name = name
        if entries[name] == nil {
            let isFull = isAllowed ? entries.count >= Self.names : refused >= Self.refusedNames
            if isFull { name.requester = Self.others } else if !isAllowed { refused += 1 }
        }
        change(&entries[name, default: SensitiveRequests()])
    }
}
