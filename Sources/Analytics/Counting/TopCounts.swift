/// The most frequent of many names in bounded memory: space-saving (Metwally, Agrawal, El Abbadi 2005).
///
/// A name with more than 1/`capacity` of all counts is always included. A new name replaces the least frequent one and
/// takes over its count, which becomes the new name's possible error. Below the capacity all counts are exact, and the
/// order in which names come does not matter.
struct TopCounts<Name: Hashable & Comparable & Sendable>: Sendable, Hashable {
    struct Entry: Sendable, Hashable {
        var name: Name
        var count: Int
        /// The part of the count that may belong to names that were dropped.
        var error: Int
    }

    private var entries: [Entry] = []
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    var isComplete: Bool { entries.count < capacity }

    mutating func add(_ name: Name, _ count: Int = 1) { add(Entry(name: name, count: count, error: 0)) }

    private mutating func add(_ entry: Entry) {
        if let place = entries.firstIndex(where: { $0.name == entry.name }) {
            entries[place].count = entries[place].count.addingSaturating(entry.count)
            entries[place].error = entries[place].error.addingSaturating(entry.error)
            return
        }
        guard entries.count >= capacity else { return entries.append(entry) }
        guard
            let least = entries.indices.min(by: {
                (entries[$0].count, entries[$1].name) < (entries[$1].count, entries[$0].name)
            })
        else { return }
        let before = entries[least].count
        entries[least] = Entry(
            name: entry.name, count: before.addingSaturating(entry.count), error: before.addingSaturating(entry.error))
    }

    mutating func merge(_ other: TopCounts) {
        for entry in other.sorted { add(entry) }
    }

    /// The entries, the most frequent first.
    var sorted: [Entry] { entries.sorted(by: Self.precedes) }

    private static func precedes(_ left: Entry, _ right: Entry) -> Bool {
        (left.count - left.error, right.name) > (right.count - right.error, left.name)
    }
}
