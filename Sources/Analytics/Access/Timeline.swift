internal import Algorithms

/// The counts of a numbered period: an hour, or five minutes, since 1970.
protocol TimelineEntry: Sendable {
    var slot: Int32 { get }
    mutating func add(_ other: Self)
}

/// Entries in order of time, at most one for each slot. Most records come in order and are added to the last entry.
struct Timeline<Entry: TimelineEntry>: Sendable {
    private(set) var entries: [Entry] = []

    mutating func add(_ entry: Entry) {
        guard let last = entries.last, last.slot >= entry.slot else { return entries.append(entry) }
        if last.slot == entry.slot { return entries[entries.count - 1].add(entry) }
        let place = entries.partitioningIndex { $0.slot >= entry.slot }
        if entries[place].slot == entry.slot { entries[place].add(entry) } else { entries.insert(entry, at: place) }
    }

    mutating func merge(_ other: Timeline) {
        guard other.entries.count > 8 else {
            for entry in other.entries { add(entry) }
            return
        }
        var merged: [Entry] = []
        merged.reserveCapacity(entries.count + other.entries.count)
        var (mine, theirs) = (0, 0)
        while mine < entries.count || theirs < other.entries.count {
            let isMine =
                theirs >= other.entries.count
                || (mine < entries.count && entries[mine].slot <= other.entries[theirs].slot)
            let entry = isMine ? entries[mine] : other.entries[theirs]
            if isMine { mine += 1 } else { theirs += 1 }
            if let last = merged.last, last.slot == entry.slot {
                merged[merged.count - 1].add(entry)
            } else {
                merged.append(entry)
            }
        }
        entries = merged
    }
}

extension Timeline {
    /// The moments between which something happened in the slots from one to another, in seconds since 1970.
    func span(
        from first: Int32, to last: Int32, length: Int, _ moments: (Entry) -> SlotMoments
    ) -> (first: Int, last: Int) {
        func second(_ slot: Int32, _ place: KeyPath<SlotMoments, UInt16>) -> Int {
            let entry = entries[entries.partitioningIndex { $0.slot >= slot }]
            return Int(slot) * length + Int(moments(entry)[keyPath: place])
        }
        return (second(first, \.first), second(last, \.last))
    }
}

/// The first and last moment of something within a slot, in seconds since the slot's beginning.
struct SlotMoments: Sendable {
    private(set) var first = UInt16.max
    private(set) var last: UInt16 = 0

    @inline(__always)
    mutating func add(_ second: Int) {
        first = min(first, UInt16(truncatingIfNeeded: second))
        last = max(last, UInt16(truncatingIfNeeded: second))
    }

    mutating func merge(_ other: SlotMoments) {
        first = min(first, other.first)
        last = max(last, other.last)
    }
}

/// Denied requests within five minutes.
struct RefusedBin: TimelineEntry {
    static let length = 300
    let slot: Int32
    var count: UInt32
    var moments = SlotMoments()
    /// One bit for each minute with a denied request.
    var minutes: UInt8

    init(at time: Int, to last: Int? = nil, count: UInt32 = 1) {
        slot = Int32(time / Self.length)
        self.count = count
        minutes = 1 << UInt8(time / 60 % 5)
        moments.add(time % Self.length)
        if let last { moments.add(last % Self.length) }
    }

    mutating func add(_ other: RefusedBin) {
        count = count.addingSaturating(other.count)
        minutes |= other.minutes
        moments.merge(other.moments)
    }
}

/// Allowed requests within an hour.
struct AllowedHour: TimelineEntry {
    static let length = 3_600
    let slot: Int32
    /// When objects were deleted, copied and sent.
    var deletion = SlotMoments()
    var copying = SlotMoments()
    var sending = SlotMoments()
    /// Objects that were deleted from the bucket, and objects that were copied into it.
    var deleted: UInt32 = 0
    var copied: UInt32 = 0
    /// Allowed requests for objects.
    var reads: UInt32 = 0
    /// One bit for each minute with an allowed request.
    var minutes: UInt64 = 0
    var bytes = 0

    mutating func add(_ other: AllowedHour) {
        bytes = bytes.addingSaturating(other.bytes)
        deleted = deleted.addingSaturating(other.deleted)
        copied = copied.addingSaturating(other.copied)
        reads = reads.addingSaturating(other.reads)
        minutes |= other.minutes
        deletion.merge(other.deletion)
        copying.merge(other.copying)
        sending.merge(other.sending)
    }
}
