import Analytics
import Basics
public import Hunting
import LogReaders
import Sigma

/// The condition that selects from a table the records that a hunt needs: all of them, and as few others as possible.
public struct HuntSieve: Sendable {
    public let table: LogTable
    /// On a row, without the time range.
    public let condition: SQLCondition
    /// The titles of the rules, and the analytics, that no condition can narrow, so that every record is brought back.
    public let unsieved: [String]
    /// The rules that read fields that the table does not have, by title, with the fields.
    public let blind: [(rule: String, fields: [String])]
    /// Whether the query brings back sums, and only the other records one by one.
    public let sumsRecords: Bool
    /// The records that rules need one by one.
    private let single: SQLCondition
    /// The groups by whose size records are omitted.
    private let groups: [GroupSieve]
    let wanted: WantedRecords

    public init(_ wanted: WantedRecords, on table: LogTable) {
        self.table = table
        self.wanted = wanted
        let sieve = RuleSieve(table: table)
        var conditions: [SQLCondition] = []
        var unsieved: [String] = []
        var blind: [(rule: String, fields: [String])] = []
        for rule in wanted.rules {
            let condition = sieve.above(rule.predicate)
            if condition == .always { unsieved.append(rule.about.title) }
            conditions.append(condition)
            var missing: Set<String> = []
            rule.predicate.forEachField { if table.isWithout($0) { missing.insert($0) } }
            if !missing.isEmpty { blind.append((rule.about.title, missing.sorted())) }
        }
        for correlation in wanted.correlated {
            let missing = correlation.fields.filter { table.isWithout($0) }
            if !missing.isEmpty { blind.append((correlation.title, missing)) }
        }
        let ofRules = conditions
        // The matcher folds the case of all alphabets, engines do not: such rows are for the matcher.
        let exact = Set(table.leaves.filter { $0.kind == .exact && !$0.value.isConverted }.map(\.value))
        func withUnusual(_ condition: SQLCondition) -> SQLCondition {
            let tested = table.leaves.map(\.value).filter { exact.contains($0) && condition.tests($0) }
            return .any([.anyIsUnusual(tested), condition]).simplified
        }
        // If every record is needed, none is omitted.
        let (groups, narrowed): ([GroupSieve], Set<Int>) =
            wanted.filters == nil || ofRules.contains(.always)
            ? ([], []) : GroupSieve.of(wanted, on: table, ofRules.map(withUnusual))
        conditions = ofRules.indices.filter { !narrowed.contains($0) }.map { ofRules[$0] }
        if let filters = wanted.filters {
            let evaluated = filters.map { sieve.above($0.predicate) }
            conditions += evaluated
            if evaluated.contains(.always) { unsieved.append("the built-in analytics of \(table.source.rawValue)") }
        } else if conditions.contains(.always) || !Self.canSum(wanted.summable, table) {
            conditions.append(.always)
            unsieved.append("the built-in analytics of \(table.source.rawValue)")
        }
        // A line that does not fit the table's definition is a row of NULLs. It is brought back to be counted.
        let unread = table.leaves.filter { $0.field == "bucket" || $0.field == "eventName" }
        single =
            SQLCondition.any(
                [withUnusual(SQLCondition.any(conditions).simplified)] + unread.map { .test($0.value, .isNull) } + [
                    Self.oddLines(of: table), SecurityLake.otherProducts(in: table),
                ]
            ).simplified
        self.groups = single == .always ? [] : groups
        // Sums are of every record.
        sumsRecords = wanted.filters == nil && single != .always
        condition = sumsRecords ? .always : SQLCondition.any([single] + self.groups.flatMap(\.steps)).simplified
        self.unsieved = unsieved
        self.blind = blind
    }

    private static func canSum(_ summable: Summable?, _ table: LogTable) -> Bool {
        switch summable {
        case .flows: FlowSumQuery.fits(table)
        case .accesses: AccessSumQuery.fits(table)
        case nil: false
        }
    }

    /// The query that sums; `nil` if every row is a record.
    func sums(in dialect: SQLDialect, objectPath: String) -> String? {
        guard sumsRecords, let summable = wanted.summable else { return nil }
        switch summable {
        case .flows(let flows):
            return FlowSumQuery(
                table: table, dialect: dialect, flows: flows, range: conditionInRange, single: single,
                from: wanted.from, to: wanted.to, objectPath: objectPath
            ).text
        case .accesses(let accesses):
            return AccessSumQuery(
                table: table, dialect: dialect, accesses: accesses, range: conditionInRange, single: single,
                from: wanted.from, to: wanted.to, objectPath: objectPath
            ).text
        }
    }

    /// The query that omits the records of small groups; `nil` if no rule needs only records of large ones.
    func groups(in dialect: SQLDialect, objectPath: String) -> GroupQuery? {
        guard !groups.isEmpty else { return nil }
        return GroupQuery(
            table: table, dialect: dialect, range: range, single: single, groups: groups, objectPath: objectPath)
    }

    /// The condition on the time of records and on the partitions, with the sieve's own.
    public var conditionInRange: SQLCondition { SQLCondition.all([range, condition]).simplified }

    private var range: SQLCondition { SQLCondition.all([days, .any([times, Self.oddLines(of: table)])]).simplified }

    /// How CloudTrail writes times, as a regular expression.
    static let usualTime = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"

    /// Lines whose columns can be others than the table's. Of flow logs, those with another number of words, and header
    /// lines, whose only digits follow a hyphen, as in `instance-tag-2`. Of access logs, those with a quote within a quoted
    /// text, which clients choose: the text goes on in the columns behind it.
    private static func oddLines(of table: LogTable) -> SQLCondition {
        if table.source == .s3Access { return oddRequests(in: table) }
        guard let record = table.recordColumn, table.source == .vpcFlow else { return .never }
        let line = ColumnText.text([record])
        return .any([
            .not(.test(line, .matches("(^|[^-])[0-9]"))),
            .not(.test(line, .matches("^[^ ]+( [^ ]+){\(max(0, table.leaves.count - 1))}$"))),
        ])
    }

    private static func oddRequests(in table: LogTable) -> SQLCondition {
        if let record = table.recordColumn {
            let quoted = #"("[^"]*"|-)"#
            let usual = #"^[^"]* \#(quoted) [^"]* \#(quoted) \#(quoted)( [^" ]+)*$"#
            return .not(.test(.text([record]), .matches(usual)))
        }
        let last = table.leaves.filter { leaf in
            AccessField(named: leaf.field).map { $0.rawValue > AccessField.userAgent.rawValue } ?? false
        }
        return .any(last.map { .test($0.value, .like([.anyRun, .literal("\""), .anyRun], folded: false)) })
    }

    /// The partitions of the wanted days. A record can be delivered a day later than it was made, or stand in the
    /// folder of the day before.
    private var days: SQLCondition {
        guard let days = table.days else { return .always }
        func name(_ seconds: Int, _ shift: Int) -> String {
            let day = CivilCalendar.date(ofDay: Int((Double(seconds) / 86_400).rounded(.down)) + shift)
            let parts = [String(day.year), two(day.month), two(day.day)]
            return parts.joined(separator: days.separator)
        }
        let column = ColumnText.text([days.column])
        let bounds: [SQLCondition?] = [
            wanted.from.map { .test(column, .isAtLeast(name($0, -1))) },
            wanted.to.map { .test(column, .isBelow(name($0, 2))) },
        ]
        return .all(bounds.compactMap(\.self))
    }

    /// The times of records. Rows whose time is not in the usual form are for the matcher.
    private var times: SQLCondition {
        guard !table.isOCSF else { return SecurityLake.times(from: wanted.from, to: wanted.to) }
        guard wanted.from != nil || wanted.to != nil,
            let time = table.leaves.first(where: { $0.field == table.source.timeField })?.value
        else { return .always }
        switch table.source {
        case .s3Access: return .always
        case .vpcFlow:
            guard time.isConverted else { return .always }
            let bounds: [SQLCondition] = [
                wanted.from.map { .test(time, .compare(.greaterOrEqual, Double($0))) },
                wanted.to.map { .test(time, .compare(.less, Double($0))) },
            ].compactMap(\.self)
            return .any([.test(time, .isNull), .all(bounds)])
        case .cloudTrail:
            func text(_ seconds: Int?) -> String? { seconds.flatMap { Moment(seconds: $0)?.description } }
            let bounds: [SQLCondition] = [
                text(wanted.from).map { .test(time, .isAtLeast($0)) },
                text(wanted.to).map { .test(time, .isBelow($0)) },
            ].compactMap(\.self)
            return .any([
                .all(bounds), .test(time, .isNull),
                .not(.test(time, .matches(Self.usualTime))),
            ])
        }
    }
}

private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

extension RecordFilter {
    /// The filter as a condition of a rule.
    var predicate: Predicate {
        guard test != .exists else { return .field(field, .exists(true)) }
        return .any(
            values.map { bytes in
                var pattern = TextPattern()
                if test == .hasSuffix || test == .contains { pattern.append(.anyRun) }
                pattern.append(.literal(bytes))
                if test == .hasPrefix || test == .contains { pattern.append(.anyRun) }
                return .field(field, .text(pattern))
            })
    }
}

extension SQLCondition {
    /// Whether the condition tests the value.
    func tests(_ value: ColumnText) -> Bool {
        switch self {
        case .always, .never: false
        case .all(let parts), .any(let parts): parts.contains { $0.tests(value) }
        case .not(let part): part.tests(value)
        case .test(let other, let test): other == value && test != .isNull
        case .anyIsUnusual: false
        }
    }
}
