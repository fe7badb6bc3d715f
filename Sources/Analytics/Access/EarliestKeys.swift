internal import LogReaders

/// The earliest few distinct keys. They do not depend on the order of the records.
struct EarliestKeys: Sendable {
    private var keys: [(time: Int, key: String)] = []

    private static let kept = 5
    /// In bytes; keys may have 1,024.
    private static let longest = 300

    var texts: [String] { keys.map(\.key) }

    mutating func add(_ record: AccessRecord, at time: Int) {
        guard record.has(.key), keys.count < Self.kept || time <= keys[Self.kept - 1].time else { return }
        add((time, String(decoding: record[.key].prefix(Self.longest), as: UTF8.self)))
    }

    private mutating func add(_ new: (time: Int, key: String)) {
        if let known = keys.firstIndex(where: { $0.key == new.key }) {
            guard new.time < keys[known].time else { return }
            keys.remove(at: known)
        }
        let place = keys.firstIndex { new < $0 } ?? keys.count
        guard place < Self.kept else { return }
        keys.insert(new, at: place)
        if keys.count > Self.kept { keys.removeLast() }
    }

    mutating func merge(_ other: EarliestKeys) { for key in other.keys { add(key) } }
}
