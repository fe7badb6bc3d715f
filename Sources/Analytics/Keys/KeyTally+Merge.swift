extension KeyTally {
    /// Adds another worker's counts. Both must have the same settings.
    public mutating func merge(_ other: KeyTally) {
        events += other.events
        withoutTime += other.withoutTime
        ofTheFuture += other.ofTheFuture
        forgotten += other.forgotten
        unnamed += other.unnamed
        first = min(first, other.first)
        last = max(last, other.last)
        let numbers = (0..<other.texts.count).map { number in
            other.texts.bytes(number).withUnsafeBufferPointer { textNumber(of: $0) }
        }
        let renumber = { (number: Int32) in number < 0 ? -1 : numbers[Int(number)] }
        for (number, calls) in other.rareCalls.entries.enumerated() {
            var calls = calls
            calls.first = calls.first.renumbered(renumber)
            let name = other.rareCalls.names.bytes(number)
            if !rareCalls.add(name, calls, limit: settings.rememberedCalls) { forgotten += 1 }
        }
        for table in [\KeyTally.keys, \KeyTally.users] {
            let theirs = other[keyPath: table]
            for (place, entry) in theirs.entries.enumerated() {
                let name = theirs.names.bytes(place)
                guard let number = name.withUnsafeBufferPointer({ credential(table, $0) }) else { continue }
                merge(entry, into: table, number, renumber)
            }
        }
    }

    private mutating func merge(
        _ entry: CredentialEntry, into table: WritableKeyPath<KeyTally, CredentialTable>, _ number: Int,
        _ renumber: (Int32) -> Int32
    ) {
        var mine = self[keyPath: table].entries[number]
        mine.isIncomplete = mine.isIncomplete || entry.isIncomplete
        for var day in entry.days {
            day.first = day.first.renumbered(renumber)
            if let place = mine.place(of: day.number) {
                _ = mine.update(day.last, at: place)
                mine.keepEarlier(day.first, at: place)
            } else if rememberedDays < settings.rememberedDays {
                rememberedDays += 1
                mine.add(day)
            } else {
                mine.isIncomplete = true
                forgotten += 1
            }
        }
        func moved(_ change: Change) -> Change {
            Change(kind: change.kind, event: change.event.renumbered(renumber), owner: renumber(change.owner))
        }
        if let created = entry.created { mine.addCreation(moved(created)) }
        for change in entry.changes { mine.add(moved(change)) }
        self[keyPath: table].entries[number] = mine
    }
}
