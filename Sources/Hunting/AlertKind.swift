import Basics
internal import Analytics
internal import LogReaders

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
    private var places = GroupPlaces()
    /// Maximum number of kept alerts of each group.
    private var depth: Int
    /// New groups of these families have no room from this rank on.
    private var firstOfFamilyWithoutRoom: [UInt64: UInt64] = [:]
    /// New families have no room from this one on.
    private var firstFamilyWithoutRoom = UInt64.max

    /// An object, because it is moved more often than it is read. Used only under the ledger's lock.
    final class Group: @unchecked Sendable {
        /// The hash of its key in this run.
        let hash: UInt64
        /// The order in which the groups of a family get room.
        let rank: UInt64
        /// The same for the groups that only names of sessions distinguish, and the order in which families get room.
        let family: UInt64
        /// Makes the values for users. It is a closure, because few groups are shown; `nil` for the group of the
        /// others.
        let values: (@Sendable () -> [String])?
        var count = 0
        /// The range of the alerts' times, in seconds since 1970; `nil` if no alert has a time.
        var times: ClosedRange<Int>?
        var kept: [Kept] = []
        /// Alerts after this time are not kept.
        var lastKept = Int.max

        init(hash: UInt64, rank: UInt64, family: UInt64, values: (@Sendable () -> [String])?) {
            self.hash = hash
            self.rank = rank
            self.family = family
            self.values = values
        }
    }

    /// An object, because it is moved more often than it is read.
    final class Kept: Sendable {
        /// The alert with all values that determine the order of alerts.
        let alert: Alert
        let identity: Int?
        private let complete: @Sendable (Alert) -> Alert

        /// - Parameter complete: adds the other values, which most alerts never need.
        init(alert: Alert, identity: Int?, complete: @escaping @Sendable (Alert) -> Alert = { $0 }) {
            self.alert = alert
            self.identity = identity
            self.complete = complete
        }

        var whole: Alert { complete(alert) }
    }

    /// The order in which groups get room. It must not depend on the order in which groups arrive, nor on the run.
    private static let rank = TextHash(mix: SeededHash(seed: 0))

    /// The hash of the values without the names of sessions.
    private static func family(_ key: Bytes) -> UInt64 {
        RoleSessions.withoutNames(key) { rank($0, 0) }
    }

    /// The number of groups at which they are limited again. The fewer there can be, the fewer alerts are kept in vain.
    static func tolerated(_ limit: Int) -> Int { limit + limit / 4 }

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
        _ key: Bytes, _ hash: UInt64, _ time: ClosedRange<Int>?, isNew: Bool, limit: Int,
        _ values: () -> @Sendable () -> [String]
    ) -> Bool {
        if let place = places.find(hash) { return groups[place].count(time, isNew) }
        let rank = Self.rank(key, 0)
        let family = Self.family(key)
        if family >= firstFamilyWithoutRoom || rank >= firstOfFamilyWithoutRoom[family] ?? .max {
            _ = othersGroup().count(time, isNew)
            return false
        }
        // The event was counted before, and its group was dropped.
        guard isNew else { return false }
        places.insert(hash, groups.count)
        let group = Group(hash: hash, rank: rank, family: family, values: values())
        groups.append(group)
        let isWanted = group.count(time, isNew)
        if groups.count > Self.tolerated(limit) { limitGroups(limit) }
        return isWanted
    }

    private mutating func othersGroup() -> Group {
        if let others { return others }
        let group = Group(hash: 0, rank: .max, family: .max, values: nil)
        others = group
        return group
    }

    mutating func keep(_ entry: Kept, _ hash: UInt64, limit: Int) {
        guard let place = places.find(hash) else { return }
        groups[place].kept.append(entry)
        kept += 1
        if groups[place].kept.count >= 2 * depth { settle(place) }
        if kept > 2 * (limit + groups.count) { limitAlerts(limit) }
    }

    /// Drops groups, so that at most `limit` are left: one of each family has room before a second one of any. The
    /// alerts of the others count in ``others``.
    mutating func limitGroups(_ limit: Int) {
        guard groups.count > limit else { return }
        let ordered = groups.sorted { $0.rank < $1.rank }.inTurns(of: \.family, by: \.family)
        groups = Array(ordered.prefix(limit))
        let families = Set(groups.map(\.family))
        let rest = othersGroup()
        for group in ordered[limit...] {
            rest.count += group.count
            rest.times = rest.times.union(group.times)
            if families.contains(group.family) {
                firstOfFamilyWithoutRoom[group.family] = min(
                    firstOfFamilyWithoutRoom[group.family] ?? .max, group.rank)
            } else {
                firstFamilyWithoutRoom = min(firstFamilyWithoutRoom, group.family)
            }
        }
        firstOfFamilyWithoutRoom = firstOfFamilyWithoutRoom.filter { families.contains($0.key) }
        places.removeAll()
        depth = 1
        kept = 0
        for (place, group) in groups.enumerated() {
            places.insert(group.hash, place)
            group.settle(depth)
            kept += group.kept.count
        }
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

    /// The first alert of each family, those of small families first, then the second ones, and so on. Those of a
    /// family are chosen from its groups in the same way.
    func mostTelling(_ limit: Int) -> [Alert] {
        var chosen = groups.flatMap { group in group.kept.map { (group: group, entry: $0) } }
        if chosen.count > limit {
            var sizes: [UInt64: Int] = [:]
            for group in groups { sizes[group.family, default: 0] += group.count }
            chosen = chosen.sorted { Alert.precedes($0.entry.alert, $1.entry.alert) }
                .inTurns(of: { $0.group.hash }, by: { $0.group.count })
                .inTurns(of: { $0.group.family }, by: { sizes[$0.group.family] ?? 0 })
        }
        return chosen.prefix(limit).map { $0.entry.whole }
    }
}

extension AlertKind.Group {
    func count(_ time: ClosedRange<Int>?, _ isNew: Bool) -> Bool {
        if isNew {
            count += 1
            times = times.union(time)
        }
        return time?.lowerBound ?? .max <= lastKept
    }

    /// Sorts the kept alerts, and drops duplicates and alerts beyond the depth.
    func settle(_ depth: Int) {
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
