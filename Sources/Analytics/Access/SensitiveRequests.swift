internal import LogReaders

/// Requests of one client and kind, each of which alone raises an alert.
struct SensitiveRequests: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case delete, policyRead, policyChange

        var title: String {
            switch self {
            case .delete: "Log files were deleted, or somebody tried to"
            case .policyRead: "Somebody asked for the ACL or the policy of a log bucket"
            case .policyChange: "Somebody changed the ACL or the policy of a log bucket, or tried to"
            }
        }
    }

    struct Name: Sendable, Hashable {
        var client: Int
        var kind: Kind
    }

    private(set) var count = 0
    private(set) var allowed = 0
    private(set) var first = Int.max
    private(set) var last = 0
    private(set) var keys: [String] = []
    private(set) var operations: Set<String> = []
    private(set) var records = EarliestRecords()

    mutating func add(_ record: AccessRecord, at time: Int, isRefused: Bool) {
        count += 1
        if !isRefused { allowed += 1 }
        first = min(first, time)
        last = max(last, time)
        if operations.count < 20 { operations.insert(String(decoding: record[.operation], as: UTF8.self)) }
        if keys.count < 5, record.has(.key) { addKey(String(decoding: record[.key].prefix(300), as: UTF8.self)) }
        records.add(record, at: time)
    }

    private mutating func addKey(_ key: String) {
        if keys.count < 5, !keys.contains(key) { keys.append(key) }
    }

    mutating func merge(_ other: SensitiveRequests) {
        count += other.count
        allowed += other.allowed
        first = min(first, other.first)
        last = max(last, other.last)
        for key in other.keys { addKey(key) }
        operations.formUnion(other.operations)
        records.merge(other.records)
    }
}
