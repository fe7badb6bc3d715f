public import LogReaders

/// One worker's counts of access keys and console users in CloudTrail's records: a value with bounded memory. The
/// workers' tallies are merged, and ``KeyHistory`` evaluates the result. The order of records and workers does not
/// matter.
///
/// A key counts as used whether its request was allowed or denied, because the caller had the key. It counts as
/// created, activated or deactivated only if the request succeeded.
public struct KeyTally: Sendable {
    /// Events that were passed in.
    public internal(set) var events = 0
    /// Events whose time cannot be read, or is outside the years of CloudTrail.
    public internal(set) var withoutTime = 0
    /// Events whose time is more than a day later than now.
    public internal(set) var ofTheFuture = 0
    /// Uses and changes that were not remembered to bound the memory.
    public internal(set) var forgotten = 0
    /// Uses and changes of credentials whose name is masked, or not one that AWS gives.
    public internal(set) var unnamed = 0

    var keys: CredentialTable
    var users: CredentialTable
    /// The times of the first and last event, in seconds since 1970.
    var first = Int.max
    var last = 0
    private(set) var texts: NameTable
    var rareCalls: RareCallTable

    let settings: KeySettings
    /// The latest time that an event may have, in seconds since 1970.
    let latest: Int
    let fields: KeyFields
    private var clock = EventClock()
    var rememberedDays = 0

    /// - Parameters:
    ///   - fields: the numbers of the fields in the reader's list.
    ///   - now: the time of the run, in seconds since 1970; `nil` to accept any time.
    public init(
        _ settings: KeySettings = KeySettings(), fields: KeyFields, seed: UInt64 = .random(in: .min ... .max),
        now: Int? = nil
    ) {
        latest = ClockSkew.latest(now)
        self.settings = settings
        self.fields = fields
        let mix = SeededHash(seed: seed)
        keys = CredentialTable(mix)
        users = CredentialTable(mix)
        texts = NameTable(mix)
        rareCalls = RareCallTable(mix)
    }

    /// Counts one event of CloudTrail.
    public mutating func add(_ event: some LogEvent) { count(event) }

    // This overload lets the compiler specialize the code for CloudTrail's records in this module.
    public mutating func add(_ event: borrowing CloudTrailEvent) { count(copy event) }

    private mutating func count(_ event: some LogEvent) {
        events += 1
        guard case .text(let text) = event.value(of: fields.time), let time = clock.seconds(text) else {
            withoutTime += 1
            return
        }
        guard time <= latest else {
            ofTheFuture += 1
            return
        }
        if time < first { first = time }
        if time > last { last = time }
        if case .text(let key) = event.value(of: fields.key), key.begins(with: "AKIA"),
            keys.isNews(key, time)
        {
            use(\.keys, key, time, event)
        }
        guard case .text(let operation) = event.value(of: fields.operation) else { return }
        // Compares the length first, because hardly any event is one of these.
        switch operation.count {
        case 12 where operation.equals("ConsoleLogin"): login(time, event)
        case 15 where operation.equals("CreateAccessKey"): createKey(time, event)
        case 15 where operation.equals("UpdateAccessKey"): updateKey(time, event)
        case 18 where operation.equals("CreateLoginProfile"): createProfile(time, event)
        case 18 where operation.equals("UserAuthentication"): centerLogin(time, event)
        default: count(operation, time, event)
        }
    }

    /// Counts a use that may be the first of its day.
    private mutating func use(
        _ table: WritableKeyPath<KeyTally, CredentialTable>, _ name: Bytes, _ time: Int, _ event: some LogEvent,
        isForeign: Bool = false
    ) {
        guard let number = credential(table, name) else { return }
        let day = Int32(truncatingIfNeeded: time / 86_400)
        if let place = self[keyPath: table].entries[number].place(of: day) {
            let found = credentialEvent(time, event, isForeign: isForeign)
            return self[keyPath: table].entries[number].keepEarlier(found, at: place)
        }
        guard rememberedDays < settings.rememberedDays else {
            self[keyPath: table].entries[number].isIncomplete = true
            forgotten += 1
            return
        }
        rememberedDays += 1
        let first = credentialEvent(time, event, isForeign: isForeign)
        self[keyPath: table].entries[number].add(CredentialEntry.Day(number: day, first: first, last: time))
    }

    /// The place of a credential in its table, which it is added to if it is new; `nil` if the table is full, or if the
    /// name is not valid.
    mutating func credential(_ table: WritableKeyPath<KeyTally, CredentialTable>, _ name: Bytes) -> Int? {
        if let known = self[keyPath: table].find(name) { return known }
        guard name.isCredentialName else {
            unnamed += 1
            return nil
        }
        guard self[keyPath: table].entries.count < settings.rememberedCredentials else {
            forgotten += 1
            return nil
        }
        return self[keyPath: table].add(name)
    }

    private mutating func login(_ time: Int, _ event: some LogEvent) {
        guard event.value(of: fields.login).equals("Success"), event.value(of: fields.kind).equals("IAMUser"),
            let name = userName(event, fields.owner, fields.user)
        else { return }
        name.withUnsafeBufferPointer { name in
            if users.isNews(name, time) { use(\.users, name, time, event) }
        }
    }

    /// Counts a login of a user of IAM Identity Center. Such a user has no ARN.
    private mutating func centerLogin(_ time: Int, _ event: some LogEvent) {
        guard event.value(of: fields.centerLogin).equals("Success"),
            let name = userName(event, fields.recipient, fields.centerUser)
        else { return }
        name.withUnsafeBufferPointer { name in
            if users.isNews(name, time) { use(\.users, name, time, event, isForeign: true) }
        }
    }

    private mutating func createProfile(_ time: Int, _ event: some LogEvent) {
        guard event.isDone(fields), let name = userName(event, fields.recipient, fields.changedUser) else { return }
        name.withUnsafeBufferPointer { name in
            guard let number = credential(\.users, name) else { return }
            users.entries[number].addCreation(Change(kind: .created, event: credentialEvent(time, event), owner: -1))
        }
    }

    private mutating func createKey(_ time: Int, _ event: some LogEvent) {
        guard event.isDone(fields), case .text(let key) = event.value(of: fields.createdKey), key.begins(with: "AKIA"),
            let number = credential(\.keys, key)
        else { return }
        let owner = textNumber(of: fields.createdOwner, in: event)
        keys.entries[number].addCreation(Change(kind: .created, event: credentialEvent(time, event), owner: owner))
    }

    private mutating func updateKey(_ time: Int, _ event: some LogEvent) {
        guard event.isDone(fields), case .text(let key) = event.value(of: fields.changedKey), key.begins(with: "AKIA")
        else { return }
        let status = event.value(of: fields.status)
        guard status.equals("Active") || status.equals("Inactive"), let number = credential(\.keys, key) else { return }
        let owner = textNumber(of: fields.changedUser, in: event)
        keys.entries[number].add(
            Change(
                kind: status.equals("Active") ? .activated : .deactivated, event: credentialEvent(time, event),
                owner: owner))
    }

    /// `123456789012/ann`.
    private func userName(_ event: some LogEvent, _ account: FieldList.Number, _ user: FieldList.Number) -> [UInt8]? {
        guard case .text(let account) = event.value(of: account), case .text(let user) = event.value(of: user),
            account.count == 12, !user.isEmpty
        else { return nil }
        return Array(account) + [UInt8(ascii: "/")] + Array(user)
    }

    /// - Parameter isForeign: whether the credential's creation is missing in IAM's events.
    mutating func credentialEvent(_ time: Int, _ event: some LogEvent, isForeign: Bool = false) -> CredentialEvent {
        var id = EventID(Bytes(start: nil, count: 0))
        if case .text(let text) = event.value(of: fields.event) { id = EventID(text) }
        let recipient = textNumber(of: fields.recipient, in: event)
        let owner = textNumber(of: fields.owner, in: event)
        var actor = textNumber(of: fields.actor, in: event)
        if actor < 0 { actor = textNumber(of: fields.centerUser, in: event) }
        return CredentialEvent(
            time: time, id: id, actor: actor,
            operation: textNumber(of: fields.operation, in: event),
            address: textNumber(of: fields.address, in: event), region: textNumber(of: fields.region, in: event),
            account: recipient < 0 ? owner : recipient,
            isForeign: isForeign || recipient >= 0 && owner >= 0 && recipient != owner)
    }

    /// The number of a field's text; -1 if it has none.
    private mutating func textNumber(of field: FieldList.Number, in event: some LogEvent) -> Int32 {
        guard case .text(let text) = event.value(of: field), !text.isEmpty else { return -1 }
        return textNumber(of: Bytes(rebasing: text.prefix(2_048)))
    }

    /// The number of a text in ``texts``, which it is added to if it is new; -1 if there are too many texts.
    mutating func textNumber(of text: Bytes) -> Int32 {
        if let known = texts.find(text) { return Int32(known) }
        // If an earlier use replaces a day's first use, the old texts stay. Therefore the number of texts must be
        // bounded.
        guard texts.count < 2 * settings.rememberedDays else { return -1 }
        return Int32(texts.add(text))
    }

    /// The text with the given number; `nil` for -1.
    func text(_ number: Int32) -> String? { number < 0 ? nil : texts[Int(number)] }
}
