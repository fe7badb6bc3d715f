/// A key that an attacker can choose.
protocol SeededHashable: Sendable, Hashable {
    func hash(_ hash: SeededHash) -> UInt64
}

/// Values by key, in the order in which they were added.
struct HashTable<Key: SeededHashable, Value: Sendable>: Sendable {
    private(set) var entries: [(key: Key, value: Value)] = []
    private var index = HashIndex()
    private let hash: SeededHash
    private let capacity: Int

    /// - Parameter capacity: the approximate number of entries. It reserves an address range, not memory. An array that
    ///   doubles would leave more unused memory behind than it holds.
    init(_ hash: SeededHash, capacity: Int) {
        self.hash = hash
        self.capacity = capacity
    }

    /// The place of a key; `nil` if the table does not contain it.
    func find(_ key: Key) -> Int? {
        entries.withUnsafeBufferPointer { entries in
            index.find(key.hash(hash)) { entries[$0].key == key }
        }
    }

    /// Adds a key that the table does not contain.
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

    /// Drops all other entries. The places of the kept ones change.
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
