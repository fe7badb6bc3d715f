internal import LogReaders

/// What is known of one access key or console user.
struct CredentialEntry: Sendable {
    /// One day on which it was used.
    struct Day: Sendable {
        /// Days since 1970.
        let number: Int32
        /// The first event of the day; of several in the same second the one with the least identifier.
        var first: Deed
        /// Seconds since 1970, of the day's last event.
        var last: Int
    }

    /// In the order in which they were seen.
    private(set) var days: [Day] = []
    private var places: [Int32: Int32] = [:]
    /// The place of the day that was seen last, which is most often the next event's too.
    private var open = 0
    /// The first one.
    var created: Change?
    /// In order of time: the latest.
    private(set) var changes: [Change] = []
    /// Days were dropped to bound the memory: no day of it tells that there was none before.
    var isIncomplete = false

    static let changesKept = 64

    var sortedDays: [Day] { days.sorted { $0.number < $1.number } }

    /// The place of the day, if it is known.
    @inline(__always)
    mutating func place(of day: Int32) -> Int? {
        if open < days.count, days[open].number == day { return open }
        guard let place = places[day] else { return nil }
        open = Int(place)
        return open
    }

    /// - Returns: whether the event is the first one of the day's as far as its time goes, so that it is to be noted.
    @inline(__always)
    mutating func see(_ time: Int, at place: Int) -> Bool {
        days.withUnsafeMutableBufferPointer { days in
            if time > days[place].last { days[place].last = time }
            return time <= days[place].first.time
        }
    }

    mutating func note(_ deed: Deed, at place: Int) {
        if deed < days[place].first { days[place].first = deed }
    }

    mutating func add(_ day: Day) {
        open = days.count
        places[day.number] = Int32(open)
        days.append(day)
    }

    mutating func noteCreation(_ change: Change) {
        if created.map({ change.deed < $0.deed }) ?? true { created = change }
    }

    mutating func note(_ change: Change) {
        let place = changes.firstIndex { change.deed < $0.deed } ?? changes.count
        changes.insert(change, at: place)
        if changes.count > Self.changesKept { changes.removeFirst() }
    }
}

/// An event, with its texts by their numbers in ``KeyTally/texts``; -1 where it has none.
struct Deed: Sendable {
    /// Seconds since 1970.
    var time: Int
    var event: EventName
    var actor: Int32
    var operation: Int32
    var address: Int32
    var region: Int32
    var account: Int32
    /// The credential belongs to another account than the one that it was used in.
    var isForeign: Bool

    func renumbered(_ number: (Int32) -> Int32) -> Deed {
        var deed = self
        deed.actor = number(actor)
        deed.operation = number(operation)
        deed.address = number(address)
        deed.region = number(region)
        deed.account = number(account)
        return deed
    }

    static func < (left: Deed, right: Deed) -> Bool {
        left.time != right.time ? left.time < right.time : left.event < right.event
    }
}

/// That a credential was made, or a key switched on or off.
struct Change: Sendable {
    enum Kind: Sendable { case created, activated, deactivated }

    var kind: Kind
    var deed: Deed
    /// The user that it belongs to, by the number of the name.
    var owner: Int32
}

/// An event's identifier without memory of its own: there are hundreds of thousands of them. CloudTrail's have 36
/// characters; longer ones are cut.
struct EventName: Sendable {
    private var bytes: InlineArray<39, UInt8> = InlineArray(repeating: 0)
    private var count: UInt8 = 0

    init(_ text: Bytes) {
        for byte in text.prefix(39) {
            bytes[Int(count)] = byte
            count += 1
        }
    }

    /// None if the event had none.
    var text: String? {
        guard count > 0 else { return nil }
        return String(decoding: (0..<Int(count)).map { bytes[$0] }, as: UTF8.self)
    }

    static func < (left: EventName, right: EventName) -> Bool {
        for at in 0..<39 where left.bytes[at] != right.bytes[at] { return left.bytes[at] < right.bytes[at] }
        return left.count < right.count
    }
}
