/// A key that attackers may choose.
protocol SeededHashable: Sendable, Hashable {
    func hash(_ hash: SeededHash) -> UInt64
}

/// Values by keys, in the order in which they were added.
struct HashTable<Key: SeededHashable, Value: Sendable>: Sendable {
    private(set) var entries: [(key: Key, value: Value)] = []
    private var index = HashIndex()
    private let hash: SeededHash
    private let capacity: Int

    /// - Parameter capacity: about how many entries there will be. It reserves an address range, not memory: a doubling array
    ///   would leave more memory behind than it holds.
    init(_ hash: SeededHash, capacity: Int) {
        self.hash = hash
        self.capacity = capacity
    }

    /// The place of a key; `nil` if the table does not have it.
    func find(_ key: Key) -> Int? {
        entries.withUnsafeBufferPointer { entries in
            index.find(key.hash(hash)) { entries[$0].key == key }
        }
    }

    /// Adds a key that the table does not have.
    /// - Returns: its place.
    mutating func add(_ key: Key, _ value: Value) -> Int {
        if entries.isEmpty { entries.reserveCapacity(capacity) }
        entries.append((key, value))
        index.insert(key.hash(hash), entries.count - 1)
        return entries.count - 1
    }

    @inline(__always)
    mutating func update(_ place: Int, _ change: (inout Value) -> Void) {
        entries.withUnsafeMutableBufferPointer { change(&$0[place].value) }
    }

    /// Drops the other entries. The places of those that are kept change.
    mutating func keep(_ isKept: (_ place: Int, _ value: Value) -> Bool) {
        index.removeAll()
        var next = 0
        for place in entries.indices where isKept(place, entries[place].value) {
            entries[next] = entries[place]
            index.insert(entries[next].key.hash(hash), next)
            next += 1
        }
        entries.removeLast(entries.count - next)
    }
}
