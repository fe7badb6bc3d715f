/// One credential's uses and changes in order of time, including the facts that earlier runs learned.
struct CredentialTimeline {
    /// A use, with the closest known event.
    struct Use {
        var time: Int
        var event: CredentialEvent
        /// Whether the event is the use itself. If not, it is the first use of the same day.
        var isExact: Bool
    }

    /// A period without use, and the use that ended it.
    struct UnusedPeriod {
        enum Beginning {
            case use, creation
            /// The period begins with the logs, in which the credential does not occur before.
            case logs
        }

        var end: Use
        var begin: Int
        var beginning: Beginning
        /// The part of the period that the logs cover, in seconds.
        var covered: Int
    }

    /// An activation of an inactive key.
    struct Reactivation {
        var time: Int
        /// The event; `nil` if the activation happened in an earlier run.
        var change: Change?
        /// The time at which the key was deactivated again.
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

    /// The time of its creation; `nil` if that is unknown.
    var created: Int? {
        guard let here = entry.created?.event.time else { return memory?.created }
        return min(here, memory?.created ?? here)
    }

    var firstUse: Int? { [days.first?.first.time, memory?.first].compactMap { $0 }.min() }
    var lastUse: Int? { [days.last?.last, memory?.last].compactMap { $0 }.max() }

    /// The first use in a period.
    func use(from begin: Int, before end: Int = .max) -> Use? {
        for day in days where day.last >= begin && day.first.time < end {
            if day.first.time >= begin { return Use(time: day.first.time, event: day.first, isExact: true) }
            if day.last < end { return Use(time: day.last, event: day.first, isExact: false) }
        }
        return nil
    }

    /// The first use of each day, from a given time on.
    func uses(from begin: Int) -> [CredentialEvent] { days.filter { $0.first.time >= begin }.map(\.first) }

    /// The periods of at least `limit` seconds without use.
    func unusedPeriods(of limit: Int) -> [UnusedPeriod] {
        guard !entry.isIncomplete else { return [] }
        var silences: [UnusedPeriod] = []
        var last: Int?
        for day in days {
            defer { last = day.last }
            let time = day.first.time
            guard let (begin, beginning) = beginning(of: day.first, after: last) else { continue }
            let covered = time - max(begin, span.from)
            guard covered >= limit else { continue }
            silences.append(
                UnusedPeriod(
                    end: Use(time: time, event: day.first, isExact: true), begin: begin, beginning: beginning,
                    covered: covered))
        }
        return silences
    }

    /// The beginning of the period without use that an event ended; `nil` if it is unknown.
    private func beginning(of event: CredentialEvent, after last: Int?) -> (Int, UnusedPeriod.Beginning)? {
        let stored = memory?.last.flatMap { $0 < event.time ? $0 : nil }
        if let used = [last, stored].compactMap({ $0 }).max() { return (used, .use) }
        // An earlier run saw later uses, so it already evaluated this use.
        guard memory?.last == nil else { return nil }
        if let created, created <= event.time { return (created, .creation) }
        guard memory == nil, created == nil, span.seesCreation, !event.isForeign else { return nil }
        return (span.from, .logs)
    }

    /// The first use after an age in seconds, and the latest time at which the credential can have been created.
    func firstUse(past age: Int) -> (use: Use, born: Int)? {
        guard let born = created ?? firstUse, (memory?.last ?? 0) <= born + age,
            let use = use(from: born + age + 1)
        else { return nil }
        return (use, born)
    }

    /// The activations of an inactive key.
    var reactivations: [Reactivation] {
        var found: [Reactivation] = []
        var isActive = memory?.isActive
        if let pending = memory?.reactivated { found.append(Reactivation(time: pending, change: nil, end: .max)) }
        for change in entry.changes where change.event.time > memory?.changed ?? 0 {
            let time = change.event.time
            // A key is active when it is created, so activating it again changes nothing.
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

    /// The values with which the next run starts.
    func learned(_ text: (Int32) -> String?) -> LearnedKeys.Credential {
        var learned = memory ?? LearnedKeys.Credential()
        learned.first = firstUse
        learned.last = lastUse
        if let here = entry.created, here.event.time < memory?.created ?? .max {
            learned.created = here.event.time
            learned.createdBy = text(here.event.actor)
        }
        if let change = entry.changes.last, change.event.time > memory?.changed ?? 0 {
            learned.changed = change.event.time
            learned.isActive = change.kind == .activated
        }
        learned.reactivated = nil
        learned.reactivatedBy = nil
        if let last = reactivations.last, last.end == .max, use(from: last.time) == nil {
            learned.reactivated = last.time
            learned.reactivatedBy = last.change.map { text($0.event.actor) } ?? memory?.reactivatedBy
        }
        return learned
    }
}
