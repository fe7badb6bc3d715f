internal import LogReaders

/// The counts of one access key or console user.
struct CredentialEntry: Sendable {
    /// A day on which the credential was used.
    struct Day: Sendable {
        /// Days since 1970.
        let number: Int32
        /// The day's first event. If several have the same second, the one with the lowest identifier.
        var first: CredentialEvent
        /// The time of the day's last event, in seconds since 1970.
        var last: Int
    }

    /// In the order in which the days were first seen.
    private(set) var days: [Day] = []
    private var places: [Int32: Int32] = [:]
    /// The place of the last event's day. The next event is usually on the same day.
    private var open = 0
    /// The credential's creation: the earliest if there are several events.
    var created: Change?
    /// The latest activations and deactivations, in order of time.
    private(set) var changes: [Change] = []
    /// Whether days were dropped to bound the memory. If so, the absence of a day does not prove the absence of use.
    var isIncomplete = false

    static let changesKept = 64

    var sortedDays: [Day] { days.sorted { $0.number < $1.number } }

    /// The place of a day; `nil` if the day is not known.
    @inline(__always)
    mutating func place(of day: Int32) -> Int? {
        if open < days.count, days[open].number == day { return open }
        guard let place = places[day] else { return nil }
        open = Int(place)
        return open
    }

    /// - Returns: whether the event may be the day's first, and must be passed to ``keepEarlier(_:at:)``.
    @inline(__always)
    mutating func update(_ time: Int, at place: Int) -> Bool {
        days.withUnsafeMutableBufferPointer { days in
            if time > days[place].last { days[place].last = time }
            return time <= days[place].first.time
        }
    }

    mutating func keepEarlier(_ event: CredentialEvent, at place: Int) {
        if event < days[place].first { days[place].first = event }
    }

    mutating func add(_ day: Day) {
        open = days.count
        places[day.number] = Int32(open)
        days.append(day)
    }

    mutating func addCreation(_ change: Change) {
        if created.map({ change.event < $0.event }) ?? true { created = change }
    }

    mutating func add(_ change: Change) {
        let place = changes.firstIndex { change.event < $0.event } ?? changes.count
        changes.insert(change, at: place)
        if changes.count > Self.changesKept { changes.removeFirst() }
    }
}

/// An event of a credential. Its texts are stored as their numbers in ``KeyTally/texts``, -1 for none.
struct CredentialEvent: Sendable {
    /// Seconds since 1970.
    var time: Int
    var id: EventID
    var actor: Int32
    var operation: Int32
    var address: Int32
    var region: Int32
    var account: Int32
    /// Whether the credential belongs to IAM Identity Center, or to another account than the one in which it was used.
    /// If so, its creation is not in the logs.
    var isForeign: Bool

    func renumbered(_ number: (Int32) -> Int32) -> CredentialEvent {
        var event = self
        event.actor = number(actor)
        event.operation = number(operation)
        event.address = number(address)
        event.region = number(region)
        event.account = number(account)
        return event
    }

    static func < (left: CredentialEvent, right: CredentialEvent) -> Bool {
        left.time != right.time ? left.time < right.time : left.id < right.id
    }
}

/// The creation of a credential, or the activation or deactivation of a key.
struct Change: Sendable {
    enum Kind: Sendable { case created, activated, deactivated }

    var kind: Kind
    var event: CredentialEvent
    /// The user to whom the credential belongs, by the number of the name.
    var owner: Int32
}

/// An event's identifier, stored inline because there are hundreds of thousands of them. CloudTrail's identifiers have
/// 36 characters; longer ones are cut.
struct EventID: Sendable {
    private var bytes: InlineArray<39, UInt8> = InlineArray(repeating: 0)
    private var count: UInt8 = 0

    init(_ text: Bytes) {
        for byte in text.prefix(39) {
            bytes[Int(count)] = byte
            count += 1
        }
    }

    /// `nil` if the event has none.
    var text: String? {
        guard count > 0 else { return nil }
        return String(decoding: (0..<Int(count)).map { bytes[$0] }, as: UTF8.self)
    }

    static func < (left: EventID, right: EventID) -> Bool {
        for at in 0..<39 where left.bytes[at] != right.bytes[at] { return left.bytes[at] < right.bytes[at] }
        return left.count < right.count
    }
}
