/// One credential's uses and changes in order of time, with what earlier runs knew of it.
struct CredentialTimeline {
    /// A use, and how sure its event is.
    struct Sighting {
        var time: Int
        var deed: Deed
        /// The deed is that use; otherwise it is the day's first one.
        var isExact: Bool
    }

    /// A use after a long time without any.
    struct Silence {
        enum Beginning {
            case use, creation
            /// The logs begin then, and do not know it.
            case logs
        }

        var end: Sighting
        var begin: Int
        var beginning: Beginning
        /// In seconds: as much of it as the logs cover.
        var covered: Int
    }

    /// A key that was switched on again.
    struct Reactivation {
        var time: Int
        /// None if it happened in an earlier run.
        var change: Change?
        /// Until it was switched off once more.
        var end: Int
    }

    let entry: CredentialEntry
    let memory: LearnedKeys.Credential?
    let span: KeyHistory.Span
    private let days: [CredentialEntry.Day]

    init(_ entry: CredentialEntry, _ memory: LearnedKeys.Credential?, _ span: KeyHistory.Span) {
        self.entry = entry
        self.memory = memory
        self.span = span
        days = entry.sortedDays
    }

    /// When it was created, as far as that is known.
    var created: Int? {
        guard let here = entry.created?.deed.time else { return memory?.created }
        return min(here, memory?.created ?? here)
    }

    var firstUse: Int? { [days.first?.first.time, memory?.first].compactMap { $0 }.min() }
    var lastUse: Int? { [days.last?.last, memory?.last].compactMap { $0 }.max() }

    /// The first use not before one moment and before another.
    func sighting(from begin: Int, before end: Int = .max) -> Sighting? {
        for day in days where day.last >= begin && day.first.time < end {
            if day.first.time >= begin { return Sighting(time: day.first.time, deed: day.first, isExact: true) }
            if day.last < end { return Sighting(time: day.last, deed: day.first, isExact: false) }
        }
        return nil
    }

    /// The first uses of the days from that moment on.
    func uses(from begin: Int) -> [Deed] { days.filter { $0.first.time >= begin }.map(\.first) }

    /// The uses before which there was none for so many seconds.
    func silences(of limit: Int) -> [Silence] {
        guard !entry.isIncomplete else { return [] }
        var silences: [Silence] = []
        var last: Int?
        for day in days {
            defer { last = day.last }
            let time = day.first.time
            guard let (begin, beginning) = beginning(of: day.first, after: last) else { continue }
            let covered = time - max(begin, span.from)
            guard covered >= limit else { continue }
            silences.append(
                Silence(
                    end: Sighting(time: time, deed: day.first, isExact: true), begin: begin, beginning: beginning,
                    covered: covered))
        }
        return silences
    }

    /// Since when it may have been silent.
    private func beginning(of deed: Deed, after last: Int?) -> (Int, Silence.Beginning)? {
        let stored = memory?.last.flatMap { $0 < deed.time ? $0 : nil }
        if let used = [last, stored].compactMap({ $0 }).max() { return (used, .use) }
        // An earlier run saw later uses: what was before this one was known then, and is not now.
        guard memory?.last == nil else { return nil }
        if let created, created <= deed.time { return (created, .creation) }
        guard memory == nil, created == nil, span.seesCreation, !deed.isForeign else { return nil }
        return (span.from, .logs)
    }

    /// The first use past an age, and since when the credential has been there at least.
    func firstUse(past age: Int) -> (use: Sighting, born: Int)? {
        guard let born = created ?? firstUse, (memory?.last ?? 0) <= born + age,
            let use = sighting(from: born + age + 1)
        else { return nil }
        return (use, born)
    }

    /// Where a key that was not active was switched on.
    var reactivations: [Reactivation] {
        var found: [Reactivation] = []
        var isActive = memory?.isActive
        if let pending = memory?.reactivated { found.append(Reactivation(time: pending, change: nil, end: .max)) }
        for change in entry.changes where change.deed.time > memory?.changed ?? 0 {
            let time = change.deed.time
            // A key is active when it is made: to say so again changes nothing.
            if isActive == nil, let created, created <= time { isActive = true }
            if change.kind == .activated {
                if isActive != true { found.append(Reactivation(time: time, change: change, end: .max)) }
            } else if let open = found.indices.last {
                found[open].end = min(found[open].end, time)
            }
            isActive = change.kind == .activated
        }
        return found
    }

    /// What the next run needs to know.
    func learnt(_ text: (Int32) -> String?) -> LearnedKeys.Credential {
        var learnt = memory ?? LearnedKeys.Credential()
        learnt.first = firstUse
        learnt.last = lastUse
        if let here = entry.created, here.deed.time < memory?.created ?? .max {
            learnt.created = here.deed.time
            learnt.createdBy = text(here.deed.actor)
        }
        if let change = entry.changes.last, change.deed.time > memory?.changed ?? 0 {
            learnt.changed = change.deed.time
            learnt.isActive = change.kind == .activated
        }
        learnt.reactivated = nil
        learnt.reactivatedBy = nil
        if let last = reactivations.last, last.end == .max, sighting(from: last.time) == nil {
            learnt.reactivated = last.time
            learnt.reactivatedBy = last.change.map { text($0.deed.actor) } ?? memory?.reactivatedBy
        }
        return learnt
    }
}
