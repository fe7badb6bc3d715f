import Basics
internal import Analytics
internal import Synchronization

/// Takes the alerts of all workers: counts each, keeps some, and passes them on.
///
/// The earliest alerts of each rule are kept, whatever the order in which workers find them. An event that is in two
/// files, delivered by two trails, alerts once.
final class AlertLedger: Sendable {
    /// How many events are remembered. Beyond that, an event that is delivered twice counts twice.
    private static let rememberedEvents = 500_000
    /// How many groups there may be. Alerts beyond that count in one group for each rule.
    private static let groupLimit = 20_000

    private struct State {
        var seen: Set<Int> = []
        var groups: [GroupKey: AlertGroup] = [:]
        var kept: [String: [Alert]] = [:]
        var passedOn: [String: Int] = [:]
        var count = 0
    }

    private struct GroupKey: Hashable {
        var rule: String
        var values: [String]
    }

    private let state = Mutex(State())
    private let limit: Int
    private let keys: [String]
    private let severity: Severity
    private let passOn: (@Sendable (Alert) -> Void)?

    /// - Parameters:
    ///   - limit: how many alerts of one rule are kept, and how many are passed on.
    ///   - keys: the names of values that alerts are grouped by, besides their rule.
    ///   - severity: alerts of a lower severity are ignored.
    ///   - passOn: receives the first alerts of each rule, one at a time.
    init(limit: Int, keys: [String], severity: Severity, passOn: (@Sendable (Alert) -> Void)?) {
        self.limit = limit
        self.keys = keys
        self.severity = severity
        self.passOn = passOn
    }

    /// Counts an alert.
    /// - Parameters:
    ///   - alert: complete as far as ``Alert/groupValue(_:)`` needs it.
    ///   - record: distinguishes the records that share the event's identifier.
    /// - Returns: whether the complete alert is to be given to ``keep(_:)``.
    func count(_ alert: Alert, of record: Int = 0) -> Bool {
        guard alert.severity >= severity else { return false }
        return state.withLock { state in
            if let event = alert.event, !event.isEmpty, state.seen.count < Self.rememberedEvents {
                var hasher = Hasher()
                hasher.combine(alert.rule)
                hasher.combine(event)
                hasher.combine(record)
                guard state.seen.insert(hasher.finalize()).inserted else { return false }
            }
            state.count += 1
            Self.add(alert, to: &state.groups, keys)
            if passOn != nil, state.passedOn[alert.rule, default: 0] < limit { return true }
            guard let kept = state.kept[alert.rule], kept.count >= limit else { return limit > 0 }
            return kept.last.map { Self.precedes(alert, $0) } ?? true
        }
    }

    /// Keeps an alert that was counted.
    func keep(_ alert: Alert) {
        state.withLock { state in
            if let passOn, state.passedOn[alert.rule, default: 0] < limit {
                state.passedOn[alert.rule, default: 0] += 1
                // Under the lock, so that two alerts never write at once.
                passOn(alert)
            }
            var kept = state.kept.removeValue(forKey: alert.rule) ?? []
            let place = kept.firstIndex { Self.precedes(alert, $0) } ?? kept.count
            kept.insert(alert, at: place)
            if kept.count > limit { kept.removeLast() }
            state.kept[alert.rule] = kept
        }
    }

    /// Adds an alert about several records. Its actor and fields distinguish it from others that end with the same
    /// event.
    func add(_ alert: Alert) {
        var hasher = Hasher()
        hasher.combine(alert.actor)
        hasher.combine(alert.fields)
        if count(alert, of: hasher.finalize()) { keep(alert) }
    }

    /// Puts the sorted alerts and groups into the result.
    func finish(into result: inout HuntResult) {
        state.withLock { state in
            result.statistics.alerts = state.count
            result.alerts = state.kept.values.joined().sorted(by: Self.precedes)
            result.groups = state.groups.values.sorted { left, right in
                if left.severity != right.severity { return left.severity > right.severity }
                if left.count != right.count { return left.count > right.count }
                return (left.title, left.first, left.keys.map(\.value).joined(separator: " "))
                    < (right.title, right.first, right.keys.map(\.value).joined(separator: " "))
            }
        }
    }

    private static func add(_ alert: Alert, to groups: inout [GroupKey: AlertGroup], _ keys: [String]) {
        var key = GroupKey(rule: alert.rule, values: keys.map(alert.groupValue))
        if groups.count >= groupLimit, groups[key] == nil { key.values = keys.map { _ in "(others)" } }
        if var group = groups.removeValue(forKey: key) {
            group.count += 1
            group.first = min(group.first, alert.time)
            group.last = max(group.last, alert.lastTime)
            group.severity = max(group.severity, alert.severity)
            groups[key] = group
        } else {
            groups[key] = AlertGroup(
                rule: alert.rule, title: alert.title, severity: alert.severity, practice: alert.practice,
                keys: zip(keys, key.values).map(AlertGroup.Key.init), count: 1, first: alert.time,
                last: alert.lastTime)
        }
    }

    private static func precedes(_ left: Alert, _ right: Alert) -> Bool {
        (left.time, left.rule, left.event ?? "", left.actor) < (right.time, right.rule, right.event ?? "", right.actor)
    }
}
