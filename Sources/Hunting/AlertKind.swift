import Basics
internal import Analytics
internal import Glibc

/// The alerts of one rule with one severity, in groups.
struct AlertKind {
    let rule: String
    let title: String
    let severity: Severity
    let practice: String
    private(set) var groups: [Group] = []
    /// The alerts of the groups for which there was no room.
    private(set) var others: Group?
    /// Number of kept alerts. Temporarily it includes duplicates and alerts beyond ``depth``.
    private(set) var kept = 0
    private var places: [Key: Int] = [:]
    /// Maximum number of kept alerts of each group.
    private var depth: Int
    /// Groups of this rank and above have no room; `nil` as long as there is room for all.
    private var firstWithoutRoom: UInt64?

    struct Group {
        var key: Key
        /// Makes the values for users. It is a closure, because few groups are shown; `nil` for the group of the
        /// others.
        var values: (@Sendable () -> [String])?
        var count = 0
        /// The range of the alerts' times, in seconds since 1970; `nil` if no alert has a time.
        var times: ClosedRange<Int>?
        var kept: [Kept] = []
        /// Alerts after this time are not kept.
        var lastKept = Int.max
    }

    struct Kept {
        /// The alert with all values that determine the order of alerts.
        var alert: Alert
        var identity: Int?
        /// Adds the other values, which most alerts never need.
        var complete: (@Sendable (Alert) -> Alert)?
    }

    struct Key: Hashable {
        var bytes: [UInt8]

        static func == (one: Key, other: Key) -> Bool {
            one.bytes.count == other.bytes.count && memcmp(one.bytes, other.bytes, one.bytes.count) == 0
        }

        func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }

        /// The order in which groups get room. It must not depend on the order in which groups arrive (FNV-1a, 64
        /// bits).
        var rank: UInt64 { bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } }
    }

    init(_ alert: Alert, depth: Int) {
        (rule, title, severity, practice) = (alert.rule, alert.title, alert.severity, alert.practice)
        self.depth = depth
    }

    /// The number of all alerts.
    var total: Int { groups.reduce(others?.count ?? 0) { $0 + $1.count } }

    /// Counts an alert.
    /// - Parameters:
    ///   - isNew: false if its event was counted before, in another file.
    ///   - limit: the maximum number of groups.
    /// - Returns: whether the alert is to be kept in full.
    mutating func count(
        _ bytes: [UInt8], _ time: ClosedRange<Int>?, isNew: Bool, limit: Int,
        _ values: () -> @Sendable () -> [String]
    ) -> Bool {
        let key = Key(bytes: bytes)
        if let place = places[key] { return groups[place].count(time, isNew) }
        if firstWithoutRoom.map({ key.rank >= $0 }) ?? false {
            others = others ?? Group(key: Key(bytes: []))
            _ = others?.count(time, isNew)
            return false
        }
        // The event was counted before, and its group was dropped.
        guard isNew else { return false }
        places[key] = groups.count
        groups.append(Group(key: key, values: values()))
        let isWanted = groups[groups.count - 1].count(time, isNew)
        if groups.count > 2 * limit { limitGroups(limit) }
        return isWanted
    }

    mutating func keep(_ entry: Kept, _ bytes: [UInt8], limit: Int) {
        guard let place = places[Key(bytes: bytes)] else { return }
        groups[place].kept.append(entry)
        kept += 1
        if groups[place].kept.count >= 2 * depth { settle(place) }
        if kept > 2 * (limit + groups.count) { limitAlerts(limit) }
    }

    /// Drops the groups of the highest ranks, so that at most `limit` are left. Their alerts count in ``others``.
    mutating func limitGroups(_ limit: Int) {
        guard groups.count > limit else { return }
        // The indices are sorted, because a group is expensive to copy.
        var ranked = groups.indices.map { (rank: groups[$0].key.rank, size: groups[$0].key.bytes.count, place: $0) }
        ranked.sort { ($0.rank, $0.size) < ($1.rank, $1.size) }
        firstWithoutRoom = ranked[limit].rank
        var rest = others ?? Group(key: Key(bytes: []))
        for (_, _, place) in ranked[limit...] {
            rest.count += groups[place].count
            rest.times = rest.times.union(groups[place].times)
        }
        others = rest
        groups = ranked[..<limit].map { groups[$0.place] }
        places = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($1.key, $0) })
        depth = 1
        for place in groups.indices { settle(place) }
        kept = groups.reduce(0) { $0 + $1.kept.count }
    }

    /// Reduces the depth to the smallest one at which all groups together still keep `limit` alerts.
    mutating func limitAlerts(_ limit: Int) {
        func sum(_ depth: Int) -> Int { groups.reduce(0) { $0 + min($1.count, depth) } }
        var (low, high) = (1, min(depth, max(1, limit)))
        while low < high {
            let middle = (low + high) / 2
            if sum(middle) >= limit { high = middle } else { low = middle + 1 }
        }
        depth = low
        for place in groups.indices { settle(place) }
    }

    private mutating func settle(_ place: Int) {
        let before = groups[place].kept.count
        groups[place].settle(depth)
        kept += groups[place].kept.count - before
    }

    /// The first alert of each group, those of small groups first, then the second ones, and so on.
    func mostTelling(_ limit: Int) -> [Alert] {
        var chosen: [(turn: Int, size: Int, entry: Kept)] = []
        for group in groups {
            for (turn, entry) in group.kept.enumerated() { chosen.append((turn, group.count, entry)) }
        }
        if chosen.count > limit {
            chosen.sort { left, right in
                if left.turn != right.turn { return left.turn < right.turn }
                return left.size == right.size
                    ? Alert.precedes(left.entry.alert, right.entry.alert) : left.size < right.size
            }
        }
        return chosen.prefix(limit).map { $0.entry.complete?($0.entry.alert) ?? $0.entry.alert }
    }
}

extension AlertKind.Group {
    mutating func count(_ time: ClosedRange<Int>?, _ isNew: Bool) -> Bool {
        if isNew {
            count += 1
            times = times.union(time)
        }
        return time?.lowerBound ?? .max <= lastKept
    }

    /// Sorts the kept alerts, and drops duplicates and alerts beyond the depth.
    mutating func settle(_ depth: Int) {
        if kept.count > 1 {
            kept.sort { Alert.precedes($0.alert, $1.alert) }
            var unique: [AlertKind.Kept] = []
            for entry in kept where unique.count < depth {
                // Of the alerts for one event, only the one that names the first file is kept.
                if entry.identity == nil || unique.last?.identity != entry.identity { unique.append(entry) }
            }
            kept = unique
        }
        if let last = kept.last, kept.count == depth { lastKept = last.alert.hasTime ? last.alert.time : .max }
    }
}

extension ClosedRange<Int>? {
    fileprivate func union(_ other: Self) -> Self {
        guard let self, let other else { return self ?? other }
        return Swift.min(self.lowerBound, other.lowerBound)...Swift.max(self.upperBound, other.upperBound)
    }
}

extension Alert {
    /// The order of alerts: by time, alerts without a time last. Only equal alerts have no order.
    static func precedes(_ left: Alert, _ right: Alert) -> Bool {
        let times = (left.hasTime ? left.time : .max, right.hasTime ? right.time : .max)
        if times.0 != times.1 { return times.0 < times.1 }
        if left.rule != right.rule { return left.rule < right.rule }
        if left.event != right.event { return left.event ?? "" < right.event ?? "" }
        if left.actor != right.actor { return left.actor < right.actor }
        if left.fields != right.fields { return text(left.fields) < text(right.fields) }
        let whole = (JSON.members(left.evidence).description, JSON.members(right.evidence).description)
        if whole.0 != whole.1 { return whole.0 < whole.1 }
        return (left.lastTime, left.severity, left.account ?? "", left.region ?? "")
            < (right.lastTime, right.severity, right.account ?? "", right.region ?? "")
    }

    private static func text(_ fields: [String: String]) -> String {
        fields.sorted { $0.key < $1.key }.map { "\($0.key)\u{0}\($0.value)" }.joined(separator: "\u{0}")
    }
}
