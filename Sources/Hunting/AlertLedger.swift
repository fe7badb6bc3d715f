import Basics
internal import Analytics
internal import LogReaders
internal import Synchronization

/// Takes the alerts of all workers: counts each, keeps some, and passes them on.
///
/// For each rule it first keeps one alert of each group, small groups before large ones, then a second alert of each
/// group, and so on. Groups that only the names of a role's sessions distinguish take their turns as one. So frequent
/// alerts do not displace rare ones. Within a group the earliest alerts come first. The
/// result does not depend on the order in which alerts arrive, because each bound drops only alerts that would be
/// dropped at the end as well. An event that is in two files, delivered by two trails, alerts once.
final class AlertLedger: Sendable {
    /// Maximum number of remembered events. Beyond it, an event that is delivered twice counts twice.
    static let rememberedEvents = 2_000_000
    /// Maximum number of groups. Alerts beyond it count in one group for each rule.
    static let groupLimit = 10_000
    /// Maximum number of kept alerts, besides one of each group. They take about 200 MB.
    static let alertLimit = 100_000
    /// Maximum number of bytes of original records in the result (see ``Alert/raw``).
    static let rawLimit = 256_000_000

    /// The index of a kind, which has the alerts of one rule with one severity.
    typealias KindNumber = Int

    private struct State {
        var kinds: [AlertKind] = []
        var numbers: [KindName: KindNumber] = [:]
        var seen = EventHashes()
        /// Number of events that could not be remembered.
        var forgotten = 0
        var count = 0
        var withoutTime = 0
        /// The maximum numbers of groups and of kept alerts, for each kind.
        var groupsOfKind = AlertLedger.groupLimit
        var alertsOfKind: Int
        var groups = 0
        var kept = 0
    }

    private struct KindName: Hashable {
        var rule: String
        var severity: Severity
    }

    private let state: Mutex<State>
    private let hash = TextHash(mix: SeededHash(seed: .random(in: .min ... .max)))
    private let limit: Int
    private let keys: [String]
    private let severity: Severity
    private let passOn: (@Sendable (Alert) -> Void)?
    private let passesAll: Bool

    /// - Parameters:
    ///   - limit: the maximum number of kept alerts of one rule.
    ///   - keys: the names of values that alerts are grouped by, besides their rule.
    ///   - severity: alerts of a lower severity are ignored.
    ///   - passesAll: whether each alert is passed on as it is found. If not, the kept alerts are passed on at the end.
    ///   - passOn: receives alerts, one at a time.
    init(
        limit: Int, keys: [String], severity: Severity, passesAll: Bool = false, passOn: (@Sendable (Alert) -> Void)?
    ) {
        state = Mutex(State(alertsOfKind: min(limit, Self.alertLimit)))
        self.limit = limit
        self.keys = keys
        self.severity = severity
        self.passesAll = passesAll && passOn != nil
        self.passOn = passOn
    }

    /// The number of the kind to which alerts like this one belong; `nil` if their severity is too low.
    func kind(of alert: Alert) -> KindNumber? {
        guard alert.severity >= severity else { return nil }
        let name = KindName(rule: alert.rule, severity: alert.severity)
        return state.withLock { state in
            if let number = state.numbers[name] { return number }
            state.numbers[name] = state.kinds.count
            state.kinds.append(AlertKind(alert, depth: max(1, state.alertsOfKind)))
            return state.kinds.count - 1
        }
    }

    /// A hash that is equal for alerts of one kind about the same event.
    /// - Parameter record: distinguishes the records that share the event's identifier.
    func identity(_ kind: KindNumber, _ event: Bytes, _ record: Int) -> Int {
        Int(truncatingIfNeeded: hash(event, UInt64(kind) << 32 ^ UInt64(truncatingIfNeeded: record)))
    }

    /// Counts an alert. This allocates nothing unless it is the first one of a group.
    /// - Parameters:
    ///   - key: the bytes of the values that the alert is grouped by.
    ///   - time: in seconds since 1970; `nil` if the alert has no readable time.
    ///   - identity: equal for alerts about the same event; `nil` if the event has no identifier.
    ///   - values: returns a closure that makes the values of `keys` for users. Called only for a new group.
    /// - Returns: whether the alert is to be given to ``keep(_:_:key:)``.
    func count(
        _ kind: KindNumber, key: Bytes, time: ClosedRange<Int>?, identity: Int?,
        values: () -> @Sendable () -> [String]
    ) -> Bool {
        let hash = hash(key, 0)
        return state.withLock { state in
            var isNew = true
            if let identity {
                if state.seen.count < Self.rememberedEvents {
                    isNew = state.seen.insert(identity)
                } else {
                    isNew = !state.seen.contains(identity)
                    if isNew { state.forgotten += 1 }
                }
            }
            if isNew {
                state.count += 1
                if time == nil { state.withoutTime += 1 }
            }
            let groups = state.kinds[kind].groups.count
            let isWanted = state.kinds[kind].count(
                key, hash, time, isNew: isNew, limit: state.groupsOfKind, values)
            state.groups += state.kinds[kind].groups.count - groups
            if state.groups > AlertKind.tolerated(Self.groupLimit) { Self.limitGroups(&state) }
            return passesAll ? isNew : limit > 0 && isWanted
        }
    }

    /// Keeps an alert that was counted.
    func keep(_ entry: AlertKind.Kept, _ kind: KindNumber, key: Bytes) {
        let hash = hash(key, 0)
        let passed = passesAll ? entry.whole : nil
        state.withLock { state in
            // Under the lock, so that two alerts never write at once.
            if let passed { passOn?(passed) }
            guard limit > 0 else { return }
            let kept = state.kinds[kind].kept
            state.kinds[kind].keep(entry, hash, limit: state.alertsOfKind)
            state.kept += state.kinds[kind].kept - kept
            if state.kept > 2 * Self.alertLimit { Self.limitAlerts(&state) }
        }
    }

    /// Adds an alert about several records. Its actor and fields distinguish it from others that end with the same
    /// event.
    func add(_ alert: Alert) {
        let alert = SecretFields.hidden(alert)
        guard let kind = kind(of: alert) else { return }
        let values = keys.map(alert.groupValue)
        let key = Array(values.joined(separator: "\u{0}").utf8)
        var identity: Int?
        if let event = alert.event, !event.isEmpty {
            var hasher = Hasher()
            hasher.combine(kind)
            hasher.combine(event)
            hasher.combine(alert.actor)
            hasher.combine(alert.fields)
            identity = hasher.finalize()
        }
        let time = alert.hasTime ? alert.time...max(alert.time, alert.lastTime) : nil
        key.withUnsafeBufferPointer { key in
            guard count(kind, key: key, time: time, identity: identity, values: { { values } }) else { return }
            keep(AlertKind.Kept(alert: alert, identity: identity), kind, key: key)
        }
    }

    /// Puts the sorted alerts and groups into the result.
    func finish(into result: inout HuntResult) {
        state.withLock { state in
            Self.limitGroups(&state)
            Self.limitAlerts(&state)
            result.statistics.alerts = state.count
            result.alerts = chosen(of: state)
            let withoutRaw = Self.limitRaw(&result.alerts, to: Self.rawLimit)
            if withoutRaw > 0 {
                result.doubts.append(
                    "\(Hunt.counted(withoutRaw, "alert")) \(withoutRaw == 1 ? "is" : "are") reported without the original "
                        + "record because of the memory limit")
            }
            result.groups = merged(state.kinds)
            if state.withoutTime > 0 {
                result.doubts.append(
                    "\(Hunt.counted(state.withoutTime, "alert")) \(state.withoutTime == 1 ? "is" : "are") about records "
                        + "without a time that can be read")
            }
            if state.forgotten > 0 {
                result.doubts.append(
                    "there were more than \(Self.rememberedEvents) alerts: an event that was delivered twice can be "
                        + "counted twice")
            }
            if limit > state.alertsOfKind, result.alerts.count < state.count, !passesAll {
                result.doubts.append(
                    "only \(result.alerts.count) of \(state.count) alerts are reported in full because of the memory limit: "
                        + "ndjson on stdout reports all")
            }
            state.kinds = []
            state.numbers = [:]
        }
        if !passesAll, let passOn { result.alerts.forEach(passOn) }
    }

    /// Halves the maximum number of groups of each kind until all groups fit. Kinds with few groups lose none.
    private static func limitGroups(_ state: inout State) {
        func sum(_ limit: Int) -> Int { state.kinds.reduce(0) { $0 + min($1.groups.count, limit) } }
        while sum(state.groupsOfKind) > groupLimit, state.groupsOfKind > 1 { state.groupsOfKind /= 2 }
        for kind in state.kinds.indices { state.kinds[kind].limitGroups(state.groupsOfKind) }
        state.groups = sum(.max)
        state.kept = state.kinds.reduce(0) { $0 + $1.kept }
    }

    /// Halves the maximum number of kept alerts of each kind until all kept alerts fit.
    private static func limitAlerts(_ state: inout State) {
        func sum(_ limit: Int) -> Int { state.kinds.reduce(0) { $0 + min($1.total, limit) } }
        while sum(state.alertsOfKind) > alertLimit, state.alertsOfKind > 1 { state.alertsOfKind /= 2 }
        for kind in state.kinds.indices { state.kinds[kind].limitAlerts(state.alertsOfKind) }
        state.kept = state.kinds.reduce(0) { $0 + $1.kept }
    }

    /// The chosen alerts of each rule: the most severe first, and of one severity the first of each group, then the
    /// second ones, and so on.
    private func chosen(of state: State) -> [Alert] {
        var chosen: [Alert] = []
        for kinds in Dictionary(grouping: state.kinds, by: \.rule).values {
            var left = limit
            for kind in kinds.sorted(by: { $0.severity > $1.severity }) where left > 0 {
                let alerts = kind.mostTelling(min(left, state.alertsOfKind))
                left -= alerts.count
                chosen += alerts
            }
        }
        return chosen.sorted(by: Alert.precedes)
    }

    /// Drops original records beyond a number of bytes, those of the latest alerts first.
    /// - Returns: the number of alerts whose record was dropped.
    static func limitRaw(_ alerts: inout [Alert], to limit: Int) -> Int {
        var (bytes, dropped) = (0, 0)
        for place in alerts.indices {
            guard let raw = alerts[place].raw else { continue }
            bytes += raw.utf8.count
            guard bytes > limit else { continue }
            alerts[place].raw = nil
            dropped += 1
        }
        return dropped
    }

    /// The groups of all kinds. Groups of one rule with the same values are merged.
    private func merged(_ kinds: [AlertKind]) -> [AlertGroup] {
        var groups: [AlertGroup] = []
        var places: [[String]: Int] = [:]
        for kind in kinds {
            for group in kind.groups + [kind.others].compactMap(\.self) {
                let values = group.values?() ?? keys.map { _ in "(others)" }
                let place = places[[kind.rule] + values]
                places[[kind.rule] + values] = place ?? groups.count
                guard let place else {
                    groups.append(
                        AlertGroup(
                            rule: kind.rule, title: kind.title, severity: kind.severity, practice: kind.practice,
                            keys: zip(keys, values).map(AlertGroup.Key.init), count: group.count,
                            first: group.times?.lowerBound, last: group.times?.upperBound))
                    continue
                }
                groups[place].count += group.count
                groups[place].severity = max(groups[place].severity, kind.severity)
                groups[place].first = [groups[place].first, group.times?.lowerBound].compactMap(\.self).min()
                groups[place].last = [groups[place].last, group.times?.upperBound].compactMap(\.self).max()
            }
        }
        // The places are sorted, because a group is expensive to copy.
        let sorted = groups.indices.sorted { left, right in
            let (left, right) = (groups[left], groups[right])
            if left.severity != right.severity { return left.severity > right.severity }
            if left.count != right.count { return left.count > right.count }
            let one = (left.title, left.first ?? .max, left.rule)
            let other = (right.title, right.first ?? .max, right.rule)
            if one != other { return one < other }
            // The texts are made last, because they take the longest.
            return left.keys.map(\.value).joined(separator: " ") < right.keys.map(\.value).joined(separator: " ")
        }
        let families = groups.map { group in
            Array(group.keys.map(\.value).joined(separator: "\u{0}").utf8).withUnsafeBufferPointer {
                [UInt8](group.rule.utf8) + RoleSessions.withoutNames($0) { Array($0) }
            }
        }
        return Dictionary(grouping: sorted) { groups[$0].severity }.sorted { $0.key > $1.key }
            .flatMap { $0.value.inTurns(of: { families[$0] }, by: { _ in 0 }) }.map { groups[$0] }
    }
}
