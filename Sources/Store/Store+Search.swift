public import Basics
public import Foundation
import GRDB

/// The findings that a page shows. Conditions that are `nil` or empty do not restrict.
public struct FindingQuery: Sendable, Hashable {
    public enum Order: String, Sendable, Hashable, CaseIterable {
        /// Failing findings first, and the most severe of them first.
        case worst
        /// What changed last first.
        case changed
        case resource, check, account
    }

    /// `nil` for all but findings that are ``StoredFinding/gone``.
    public var status: String?
    /// One severity, or several with commas.
    public var severity: String?
    public var practice: String?
    public var account: String?
    public var region: String?
    public var check: String?
    /// Words that title, message, resource, ARN, name, account, Region or check must contain, in any case.
    public var text: String
    public var order: Order

    /// A search for a text ends after so many findings.
    public static let mostMatches = 20_000

    public init(
        status: String? = nil, severity: String? = nil, practice: String? = nil, account: String? = nil,
        region: String? = nil, check: String? = nil, text: String = "", order: Order = .worst
    ) {
        self.status = status
        self.severity = severity
        self.practice = practice
        self.account = account
        self.region = region
        self.check = check
        self.text = text
        self.order = order
    }
}

/// The number of findings of a practice with a severity and status.
public struct PracticeCount: Sendable, Hashable {
    public var practice: String
    public var severity: String
    public var status: String
    public var count: Int
}

/// The number of findings of an account and Region with a status.
public struct PlaceCount: Sendable, Hashable {
    public var account: String
    public var region: String
    public var status: String
    public var count: Int
}

/// A day's number of failing findings of a practice.
public struct PracticeDay: Sendable, Hashable {
    public var practice: String
    /// Days since 1970.
    public var day: Int
    public var failing: Int
}

extension FindingQuery {
    /// The condition in SQL and its arguments.
    /// - Parameters:
    ///   - usesStatus: whether the status restricts too.
    ///   - isBroad: whether so many findings fulfill it that they are best read in the order of the list.
    ///   - muted: the mutes that change the status of findings.
    fileprivate func condition(
        usesStatus: Bool, isBroad: Bool = false, muted: MutedRows? = nil
    ) -> (sql: String, arguments: [any DatabaseValueConvertible]) {
        var parts: [String] = []
        var arguments: [any DatabaseValueConvertible] = []
        func add(_ column: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            // The plus keeps SQLite from an index that would make it sort all rows.
            parts.append("\(isBroad ? "+" : "")\"\(column)\" = ?")
            arguments.append(value)
        }
        if usesStatus {
            if let status, let muted, status == "muted" {
                parts.append("(status = 'muted' OR \(muted.condition))")
                arguments += muted.arguments
            } else if let status {
                add("status", status)
                if let muted, MutedRows.statuses.contains(status) {
                    parts.append("NOT \(muted.condition)")
                    arguments += muted.arguments
                }
                if isBroad, order == .worst, let rank = Schema.ranks[status] {
                    parts.append("\(Schema.statusRank) = \(rank)")
                }
            } else {
                parts.append("+status <> 'gone'")
            }
        }
        let severities = (severity ?? "").split(separator: ",").prefix(5).map(String.init)
        if severities.count > 1 {
            parts.append("\(isBroad ? "+" : "")severity IN (\(severities.map { _ in "?" }.joined(separator: ", ")))")
            arguments += severities
        } else {
            add("severity", severity)
        }
        add("practice", practice)
        add("account", account)
        add("region", region)
        add("check", check)
        let words = text.split(whereSeparator: \.isWhitespace).prefix(8).map { String($0.prefix(200)) }
        // The index holds triples of characters, so shorter words are looked for in the rows.
        let indexed = words.filter { $0.unicodeScalars.count >= 3 }
        if !indexed.isEmpty {
            parts.append(
                """
                \(isBroad ? "+" : "")number IN (SELECT rowid FROM findingText WHERE findingText MATCH ? LIMIT \(Self.mostMatches))
                """)
            arguments.append(
                indexed.map { "\"" + $0.replacing("\0", with: "").replacing("\"", with: "\"\"") + "\"" }
                    .joined(separator: " AND "))
        }
        for word in words where word.unicodeScalars.count < 3 {
            let columns = ["title", "resource", "name", "account", "region"]
            parts.append("(" + columns.map { "\($0) LIKE ? ESCAPE '\\'" }.joined(separator: " OR ") + ")")
            let escaped = word.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
            arguments += columns.map { _ in "%\(escaped)%" }
        }
        return (parts.isEmpty ? "1" : parts.joined(separator: " AND "), arguments)
    }

    fileprivate var orderBy: String {
        switch order {
        case .worst:
            "\(Schema.statusRank), severityRank DESC, \"check\", account, region, practice, severity, status, number"
        case .changed: "changed DESC, rowid DESC"
        case .resource: "resource, rowid"
        case .check: "\"check\", status, severity, account, region, practice, rowid"
        case .account: "account, region, status, severity, practice, \"check\", rowid"
        }
    }
}

extension Store {
    /// One page of findings.
    /// - Parameters:
    ///   - count: the number of all findings of the query, if it is known: it decides how they are found.
    ///   - time: the time at which the dashboard's mutes must hold, so that the query's status is `muted` for what they
    ///     cover; `nil` to ignore mutes.
    public func findings(
        _ query: FindingQuery, at time: Date? = nil, of count: Int = 0, limit: Int = 50, offset: Int = 0
    ) throws(Failure) -> [StoredFinding] {
        try read("the findings") { database in
            let mutes = time.map(MutedRows.init)
            let muted = try mutes?.exist(database) == true ? mutes : nil
            let (sql, arguments) = query.condition(usesStatus: true, isBroad: count > 2_000, muted: muted)
            // The places are found in an index alone; only the rows of the page are read.
            let places = try Int64.fetchAll(
                database, sql: "SELECT rowid FROM finding WHERE \(sql) ORDER BY \(query.orderBy) LIMIT ? OFFSET ?",
                arguments: StatementArguments(arguments) + [max(1, limit), max(0, offset)])
            return try places.compactMap { place in
                try StoredFinding.readOne(
                    database, sql: "SELECT * FROM finding WHERE rowid = ?", arguments: [place])
            }
        }
    }

    /// The number of findings of each status that fulfill the other conditions.
    /// - Parameter time: as for ``findings(_:at:of:limit:offset:)``.
    public func statusCounts(_ query: FindingQuery, at time: Date? = nil) throws(Failure) -> [String: Int] {
        let (sql, arguments) = query.condition(usesStatus: false)
        return try read("the findings") { database in
            func counts(
                _ condition: String, _ more: [any DatabaseValueConvertible] = []
            ) throws -> [String: Int] {
                let rows = try Row.fetchAll(
                    database,
                    sql: "SELECT status, COUNT(*) AS count FROM finding WHERE \(sql)\(condition) GROUP BY status",
                    arguments: StatementArguments(arguments + more))
                return Dictionary(rows.map { ($0.text("status"), $0.whole("count")) }) { first, _ in first }
            }
            var all = try counts("")
            if let muted = time.map(MutedRows.init), try muted.exist(database) {
                for (status, count) in try counts(" AND \(muted.condition)", muted.arguments) {
                    all[status, default: 0] -= count
                    all["muted", default: 0] += count
                }
            }
            return all.filter { $0.value > 0 }
        }
    }

    /// The sums of the findings that are not gone, by practice, severity and status.
    /// - Parameter time: what a mute of the dashboard covers at that time has the status `muted`.
    public func practiceCounts(at time: Date) throws(Failure) -> [PracticeCount] {
        try sums(by: ["practice", "severity", "status"], in: "findingPractice", at: time).map { key, count in
            PracticeCount(practice: key[0], severity: key[1], status: key[2], count: count)
        }
    }

    /// The sums of the findings that are not gone, by account, Region and status.
    /// - Parameter time: as for ``practiceCounts(at:)``.
    public func placeCounts(at time: Date) throws(Failure) -> [PlaceCount] {
        try sums(by: ["account", "region", "status"], in: "findingAccount", at: time).map { key, count in
            PlaceCount(account: key[0], region: key[1], status: key[2], count: count)
        }
    }

    /// The statuses of each check's findings that are not gone, with their numbers.
    /// - Parameter time: as for ``practiceCounts(at:)``.
    public func checkCounts(at time: Date) throws(Failure) -> [String: [String: Int]] {
        try sums(by: ["check", "status"], in: "findingCheck", at: time).reduce(into: [:]) { counts, sum in
            counts[sum.key[0], default: [:]][sum.key[1]] = sum.count
        }
    }

    /// Sums that are read from an index alone; the muted findings, which are few, are then moved to their own sums.
    /// - Parameter columns: the first columns of the index; the status is the last one.
    private func sums(
        by columns: [String], in index: String, at time: Date
    ) throws(Failure) -> [(key: [String], count: Int)] {
        try read("the findings") { database in
            let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT \(names), COUNT(*) AS count FROM finding INDEXED BY \(index)
                    WHERE status <> 'gone' GROUP BY \(names)
                    """)
            func values(_ row: Row) -> [String] { columns.map { row.text($0) } }
            var sums = Dictionary(rows.map { (values($0), $0.whole("count")) }) { first, _ in first }
            for row in try MutedRows(at: time).sums(by: columns, database) {
                let (key, count) = (values(row), row.whole("count"))
                sums[key, default: 0] -= count
                sums[Array(key.dropLast()) + ["muted"], default: 0] += count
            }
            return sums.filter { $0.value > 0 }.map { ($0.key, $0.value) }
        }
    }

    /// All findings of a resource, the worst first.
    public func findings(ofResource arn: String, limit: Int = 500) throws(Failure) -> [StoredFinding] {
        try read("the findings") {
            try StoredFinding.readAll(
                $0,
                sql: """
                    SELECT * FROM finding WHERE arn = ? ORDER BY \(Schema.statusRank), severityRank DESC, "check" LIMIT ?
                    """, arguments: [arn, limit])
        }
    }

    /// The changes of a resource's findings, the latest first, each with the finding's title.
    public func changes(
        ofResource arn: String, limit: Int = 100
    ) throws(Failure) -> [(change: FindingChange, title: String)] {
        try changes("finding.arn = ?", [arn], limit)
    }

    /// What changed since a time: what began to fail first, the worst before the others. What a first scan found is no
    /// change.
    public func changes(
        since: Date, limit: Int = 20
    ) throws(Failure) -> [(change: FindingChange, finding: StoredFinding)] {
        let first = try firstScan() ?? ""
        return try read("the changes") {
            // The bound keeps the page quick if a scan changed everything.
            let rows = try Row.fetchAll(
                $0,
                sql: """
                    SELECT recent.* FROM (SELECT * FROM change WHERE time >= ? AND scan <> ? ORDER BY time DESC LIMIT 20000)
                    AS recent JOIN finding ON finding.id = recent.finding
                    ORDER BY recent.after = 'fail' DESC, finding.severityRank DESC, recent.time DESC, recent.number DESC
                    LIMIT ?
                    """, arguments: [since.timeIntervalSince1970, first, limit])
            return try rows.compactMap { [database = $0] row in
                let change = try FindingChange.readable(row, database)
                return try StoredFinding.readOne(
                    database, sql: "SELECT * FROM finding WHERE id = ?", arguments: [change.finding]
                ).map { (change, $0) }
            }
        }
    }

    private func changes(
        _ condition: String, _ arguments: [any DatabaseValueConvertible], _ limit: Int
    ) throws(Failure) -> [(change: FindingChange, title: String)] {
        try read("the changes") {
            let rows = try Row.fetchAll(
                $0,
                sql: """
                    SELECT change.*, finding.title AS title FROM change JOIN finding ON finding.id = change.finding
                    WHERE \(condition) ORDER BY change.time DESC, change.number DESC LIMIT ?
                    """, arguments: StatementArguments(arguments) + [limit])
            return try rows.map { [database = $0] row in (try FindingChange.readable(row, database), row.text("title"))
            }
        }
    }

    /// The number of findings of each practice that began to fail and that ceased to fail since a time. What a first scan
    /// found is no change.
    public func movements(since: Date) throws(Failure) -> [String: (failing: Int, resolved: Int)] {
        let first = try firstScan() ?? ""
        return try read("the changes") {
            // The bound keeps the page quick if a scan changed everything.
            let rows = try Row.fetchAll(
                $0,
                sql: """
                    SELECT finding.practice AS practice, SUM(recent.after = 'fail') AS failing,
                    SUM(recent.after <> 'fail') AS resolved
                    FROM (SELECT finding, after FROM change WHERE time >= ? AND scan <> ?
                          AND (after = 'fail' OR before = 'fail') ORDER BY time DESC LIMIT 20000) AS recent
                    JOIN finding ON finding.id = recent.finding GROUP BY finding.practice
                    """, arguments: [since.timeIntervalSince1970, first])
            return rows.reduce(into: [:]) {
                $0[$1.text("practice")] = ($1.whole("failing"), $1.whole("resolved"))
            }
        }
    }

    private func firstScan() throws(Failure) -> String? {
        try read("the scans") { try String.fetchOne($0, sql: "SELECT id FROM scan ORDER BY finished LIMIT 1") }
    }

    /// The number of failing findings of each practice at the end of each day on which it was scanned. An account that was
    /// not scanned on a day counts as on the day before.
    public func trend(since: Date) throws(Failure) -> [PracticeDay] {
        let rows = try read("the trend") {
            try Row.fetchAll(
                $0,
                sql: """
                    WITH last AS (
                        SELECT account, practice, CAST(time / 86400 AS INTEGER) AS day, MAX(time) AS time FROM standing
                        WHERE time >= ? GROUP BY account, practice, day)
                    SELECT last.account AS account, last.practice AS practice, last.day AS day,
                           SUM(CASE standing.status WHEN 'fail' THEN standing.count ELSE 0 END) AS failing
                    FROM last JOIN standing
                        ON standing.time = last.time AND standing.account = last.account AND standing.practice = last.practice
                    GROUP BY last.account, last.practice, last.day ORDER BY day
                    """, arguments: [since.timeIntervalSince1970])
        }
        var known: [String: [String: Int]] = [:]
        var days: [PracticeDay] = []
        for row in rows {
            let (practice, account, day) = (row.text("practice"), row.text("account"), row.whole("day"))
            known[practice, default: [:]][account] = row.whole("failing")
            let sum = known[practice, default: [:]].values.reduce(0, +)
            if let place = days.lastIndex(where: { $0.practice == practice }), days[place].day == day {
                days[place].failing = sum
            } else {
                days.append(PracticeDay(practice: practice, day: day, failing: sum))
            }
        }
        return days
    }

    /// The accounts, Regions or checks of findings, in order.
    public func values(of property: FindingProperty, limit: Int = 500) throws(Failure) -> [String] {
        try read("the findings") {
            // Goes from one value to the next in the index, without reading all rows.
            try String.fetchAll(
                $0,
                sql: """
                    WITH RECURSIVE value(it) AS (
                        SELECT MIN("\(property.rawValue)") FROM finding
                        UNION ALL
                        SELECT (SELECT MIN("\(property.rawValue)") FROM finding WHERE "\(property.rawValue)" > value.it)
                        FROM value WHERE value.it IS NOT NULL)
                    SELECT it FROM value WHERE it IS NOT NULL LIMIT ?
                    """, arguments: [limit])
        }
    }

    /// A property that pages filter findings by.
    public enum FindingProperty: String, Sendable { case account, region, check }
}

/// The alerts that a page shows. Conditions that are `nil` do not restrict.
public struct AlertQuery: Sendable, Hashable {
    /// Whether it was acknowledged.
    public var isAcknowledged: Bool?
    public var severity: String?
    public var practice: String?
    public var source: String?
    public var rule: String?
    /// Words that title, actor, rule or account must contain, in any case.
    public var text: String

    public init(
        isAcknowledged: Bool? = nil, severity: String? = nil, practice: String? = nil, source: String? = nil,
        rule: String? = nil, text: String = ""
    ) {
        self.isAcknowledged = isAcknowledged
        self.severity = severity
        self.practice = practice
        self.source = source
        self.rule = rule
        self.text = text
    }

    fileprivate var condition: (sql: String, arguments: [any DatabaseValueConvertible]) {
        var parts: [String] = []
        var arguments: [any DatabaseValueConvertible] = []
        if let isAcknowledged { parts.append("acknowledged IS \(isAcknowledged ? "NOT NULL" : "NULL")") }
        for (column, value) in [("severity", severity), ("practice", practice), ("source", source), ("rule", rule)] {
            guard let value, !value.isEmpty else { continue }
            parts.append("\(column) = ?")
            arguments.append(value)
        }
        for word in text.split(whereSeparator: \.isWhitespace).prefix(8) {
            let columns = ["title", "actor", "rule", "account"]
            parts.append("(" + columns.map { "\($0) LIKE ? ESCAPE '\\'" }.joined(separator: " OR ") + ")")
            let escaped = word.prefix(200).replacing("\\", with: "\\\\").replacing("%", with: "\\%")
                .replacing("_", with: "\\_")
            arguments += columns.map { _ in "%\(escaped)%" }
        }
        return (parts.isEmpty ? "1" : parts.joined(separator: " AND "), arguments)
    }
}

extension Store {
    /// One page of alerts, the latest first.
    /// - Parameter worstFirst: whether severe alerts come before later ones.
    public func alerts(
        _ query: AlertQuery, worstFirst: Bool = false, limit: Int = 50, offset: Int = 0
    ) throws(Failure) -> [StoredAlert] {
        let (sql, arguments) = query.condition
        let order = (worstFirst ? "severityRank DESC, " : "") + "COALESCE(time, stored) DESC, id"
        return try read("the alerts") {
            try StoredAlert.readAll(
                $0, sql: "SELECT * FROM alert WHERE \(sql) ORDER BY \(order) LIMIT ? OFFSET ?",
                arguments: StatementArguments(arguments) + [max(1, limit), max(0, offset)])
        }
    }

    public func alertCount(_ query: AlertQuery) throws(Failure) -> Int {
        let (sql, arguments) = query.condition
        return try read("the alerts") {
            try Int.fetchOne(
                $0, sql: "SELECT COUNT(*) FROM alert WHERE \(sql)", arguments: StatementArguments(arguments)) ?? 0
        }
    }

    /// The numbers of open alerts of each severity.
    public func openAlerts() throws(Failure) -> [String: Int] {
        try read("the alerts") {
            let rows = try Row.fetchAll(
                $0,
                sql: "SELECT severity, COUNT(*) AS count FROM alert WHERE acknowledged IS NULL GROUP BY severity")
            return Dictionary(rows.map { ($0.text("severity"), $0.whole("count")) }) { first, _ in first }
        }
    }

    /// The alerts that belong to a finding, the latest first.
    public func alerts(ofFinding finding: String, limit: Int = 50) throws(Failure) -> [StoredAlert] {
        try read("the alerts") {
            try StoredAlert.readAll(
                $0, sql: "SELECT * FROM alert WHERE finding = ? ORDER BY time DESC LIMIT ?",
                arguments: [finding, limit])
        }
    }

    // MARK: Access and traffic

    /// The requests since a day, by bucket, requester, operation and result: anonymous ones that were allowed first, then
    /// the denied and most frequent ones.
    public func accesses(
        since day: Int, bucket: String? = nil, limit: Int = 300
    ) throws(Failure) -> [StoredAccess] {
        try read("the requests") {
            try StoredAccess.readAll(
                $0,
                sql: """
                    SELECT bucket, MAX(day) AS day, requester, operation, isRefused, SUM(count) AS count, addresses,
                    MAX(lastTime) AS lastTime FROM access WHERE day >= ?1 AND (?2 IS NULL OR bucket = ?2)
                    GROUP BY bucket, requester, operation, isRefused
                    ORDER BY requester = '-' AND NOT isRefused DESC, isRefused DESC, count DESC LIMIT ?3
                    """, arguments: [day, bucket, limit])
        }
    }

    /// The numbers of allowed and denied requests of each day since a day, by bucket.
    public func accessDays(
        since day: Int
    ) throws(Failure) -> [(bucket: String, day: Int, allowed: Int, denied: Int)] {
        try read("the requests") {
            try Row.fetchAll(
                $0,
                sql: """
                    SELECT bucket, day, SUM(CASE WHEN isRefused THEN 0 ELSE count END) AS allowed,
                    SUM(CASE WHEN isRefused THEN count ELSE 0 END) AS denied FROM access WHERE day >= ?
                    GROUP BY bucket, day ORDER BY bucket, day LIMIT 20000
                    """, arguments: [day]
            ).map { ($0.text("bucket"), $0.whole("day"), $0.whole("allowed"), $0.whole("denied")) }
        }
    }

    /// The interfaces with transfers since an hour, those with unusual ones first, then those with the most bytes.
    public func transfers(
        since hour: Int, limit: Int = 60
    ) throws(Failure) -> [(interface: String, direction: String, bytes: Double, unusual: Int, lastHour: Int)] {
        try read("the transfers") {
            try Row.fetchAll(
                $0,
                sql: """
                    SELECT interface, direction, SUM(bytes) AS bytes, SUM(isUnusual) AS unusual, MAX(hour) AS lastHour
                    FROM traffic WHERE hour >= ? GROUP BY interface, direction
                    ORDER BY unusual > 0 DESC, bytes DESC LIMIT ?
                    """, arguments: [hour, limit]
            ).map {
                (
                    $0.text("interface"), $0.text("direction"), $0.real("bytes"), $0.whole("unusual"),
                    $0.whole("lastHour")
                )
            }
        }
    }

    /// The hours of an interface in a direction, the earliest first.
    /// - Parameter limit: the number of hours; the latest are kept.
    public func traffic(
        of interface: String, _ direction: String, since hour: Int, limit: Int = 720
    ) throws(Failure) -> [StoredTraffic] {
        try read("the transfers") {
            try StoredTraffic.readAll(
                $0,
                sql: """
                    SELECT * FROM traffic WHERE interface = ? AND direction = ? AND hour >= ? ORDER BY hour DESC LIMIT ?
                    """, arguments: [interface, direction, hour, limit]
            ).reversed()
        }
    }

    /// The hour of the latest transfer; `nil` if there is none.
    public func lastTrafficHour() throws(Failure) -> Int? {
        try read("the transfers") {
            try Int.fetchOne($0, sql: "SELECT MAX(hour) FROM traffic WHERE typeof(hour) = 'integer'")
        }
    }
}
