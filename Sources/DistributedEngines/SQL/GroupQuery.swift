import LogReaders

/// The query that omits the records of groups that are too small for the correlations that count them.
///
/// Time is divided into windows of twice a correlation's timespan, once from 1970 on and once a timespan later. Events
/// within a timespan are in one window of one of these divisions. So a record is needed only if its group reaches the
/// number in one of its two windows. The table is read once: the engine counts with window functions.
struct GroupQuery {
    let table: LogTable
    let dialect: SQLDialect
    /// The records in the time range, and those among them that are needed whatever their group.
    let range: SQLCondition
    let single: SQLCondition
    let groups: [GroupSieve]
    /// The expression of the place of a row's object.
    let objectPath: String

    /// The column after those of the records: not NULL if a correlation may count the record and the query cannot read
    /// its time, so that the other records of its group can be missing.
    static let extraColumn = "untimed"

    /// Whether a query can read the times of the table's records, and name its columns.
    static func fits(_ table: LogTable) -> Bool {
        let names = table.leaves.map { $0.field.lowercased() }
        guard let time = time(in: table), Set(names).count == names.count else { return false }
        switch table.source {
        case .cloudTrail: return true
        case .s3Access: return !time.isConverted
        // Events of OCSF have other units of time.
        case .vpcFlow: return time.isConverted && !table.isOCSF
        }
    }

    private static func time(in table: LogTable) -> ColumnText? {
        table.leaves.first { $0.field == table.source.timeField }?.value
    }

    private func name(_ parts: Any...) -> String {
        dialect.identifier((["hunt"] + parts.map { "\($0)" }).joined(separator: "_"))
    }
    private var path: String { dialect.identifier(RowQuery.pathColumn) }

    var text: String {
        let result = [path] + RowQuery.columns(of: table, in: dialect).map { $0.name }
        let untimed =
            "CASE WHEN \(time) IS NULL AND \(isCounted(groups.indices)) THEN 'true' END "
            + "AS \(dialect.identifier(Self.extraColumn))"
        return """
            SELECT
              \((result + [untimed]).joined(separator: ",\n  "))
            FROM (
            SELECT \((["*"] + counts).joined(separator: ",\n  "))
            FROM (
            SELECT \((["*"] + ranks).joined(separator: ",\n  "))
            FROM (
            SELECT \((["*"] + windows).joined(separator: ",\n  "))
            FROM (
            SELECT
              \(columns.joined(separator: ",\n  "))
            FROM \(dialect.name(of: table))
            WHERE \(dialect.condition(range))
            ) AS hunt_rows
            WHERE \(isSingle) OR \(isCounted(groups.indices))
            ) AS hunt_grouped
            ) AS hunt_ranked
            ) AS hunt_counted
            WHERE \(isSingle) OR \(time) IS NULL
              OR \(SQLDialect.balanced(groups.indices.map(isLarge)[...], "\n  OR "))
            """
    }

    // MARK: From the inside to the outside

    private var isSingle: String { name("single") }
    private var time: String { name("time") }
    private func isStep(_ group: Int, _ step: Int) -> String { name("is", group, step) }

    /// Whether the record is of one of these groups.
    private func isCounted(_ places: some Sequence<Int>) -> String {
        let steps = places.flatMap { group in groups[group].steps.indices.map { isStep(group, $0) } }
        return SQLDialect.balanced(steps[...], " OR ")
    }

    private var columns: [String] {
        var columns = ["\(objectPath) AS \(path)"]
        columns += RowQuery.columns(of: table, in: dialect).map { $0.definition }
        columns += ["\(seconds) AS \(time)", "(\(dialect.condition(single))) AS \(isSingle)"]
        for (number, group) in groups.enumerated() {
            columns += group.steps.enumerated().map { "(\(dialect.condition($1))) AS \(isStep(number, $0))" }
        }
        columns += partitions.enumerated().map { number, partition in
            "concat_ws(' ', \(partition.keys.map(dialect.text).joined(separator: ", "))) AS \(name("key", number))"
        }
        return columns + values.enumerated().map { "\(dialect.text($1)) AS \(name("value", $0))" }
    }

    /// The time of the record in seconds since 1970; NULL if it is not in the usual form of its log.
    private var seconds: String {
        guard let value = Self.time(in: table) else { return "NULL" }
        let text = dialect.text(value)
        switch table.source {
        case .cloudTrail:
            return "CASE WHEN \(dialect.condition(.test(value, .matches(HuntSieve.usualTime)))) "
                + "THEN \(dialect.seconds(of: text)) END"
        case .s3Access: return dialect.accessSeconds(value)
        case .vpcFlow:
            // Longer numbers are milliseconds.
            let number = "CAST(\(text) AS bigint)"
            return "CASE WHEN \(number) BETWEEN 100000000 AND 99999999999 THEN \(number) END"
        }
    }

    private var partitions: [GroupSieve.Partition] { Self.distinct(groups.map(\.partition)) }

    /// The values that are counted.
    private var values: [ColumnText] {
        Self.distinct(
            groups.flatMap { group -> [ColumnText] in
                guard case .values(let texts, let inJSON) = group.count else { return [] }
                return texts + [inJSON].compactMap(\.self)
            })
    }

    private static func distinct<Element: Hashable>(_ elements: [Element]) -> [Element] {
        var seen: Set<Element> = []
        return elements.filter { seen.insert($0).inserted }
    }

    private func value(_ text: ColumnText) -> String { name("value", values.firstIndex(of: text) ?? 0) }

    /// The windows of the records that are counted. Other records are divided by their objects, so that no machine gets all
    /// of them.
    private var windows: [String] {
        partitions.enumerated().flatMap { number, partition in
            let counted = isCounted(groups.indices.filter { groups[$0].partition == partition })
            let length = partition.timespan * 2
            return [time, "(\(time) + \(partition.timespan))"].enumerated().map { phase, moment in
                let start = dialect.asText("\(moment) - \(moment) % \(length)")
                return "CASE WHEN \(time) IS NOT NULL AND \(counted) "
                    + "THEN concat_ws(' ', \(name("key", number)), \(start)) ELSE \(path) END "
                    + "AS \(name("window", number, phase))"
            }
        }
    }

    private func window(_ group: Int, _ phase: Int) -> String {
        name("window", partitions.firstIndex(of: groups[group].partition) ?? 0, phase)
    }

    private func forEachWindow(_ body: (_ group: Int, _ phase: Int) -> String?) -> [String] {
        groups.indices.flatMap { group in (0..<2).compactMap { body(group, $0) } }
    }

    /// The numbers of the values in the order of each window. Records that are not counted come last.
    private var ranks: [String] {
        forEachWindow { group, phase in
            guard case .values(let texts, let inJSON) = groups[group].count else { return nil }
            let order = (texts + [inJSON].compactMap(\.self)).map { text in
                "CASE WHEN \(isStep(group, 0)) THEN \(value(text)) END NULLS LAST"
            }
            return "dense_rank() OVER (PARTITION BY \(window(group, phase)) ORDER BY \(order.joined(separator: ", "))) "
                + "AS \(name("rank", group, phase))"
        }
    }

    private var counts: [String] {
        forEachWindow { group, phase in
            let over = "OVER (PARTITION BY \(window(group, phase)))"
            let count: String
            switch groups[group].count {
            case .records: count = "count(CASE WHEN \(isStep(group, 0)) THEN 1 END) \(over)"
            case .steps:
                count = groups[group].steps.indices.map {
                    "max(CASE WHEN \(isStep(group, $0)) THEN 1 ELSE 0 END) \(over)"
                }.joined(separator: " + ")
            case .values(_, let inJSON):
                let size = inJSON.map {
                    " * max(CASE WHEN \(isStep(group, 0)) THEN \(elements(of: value($0))) END) \(over)"
                }
                count =
                    "max(CASE WHEN \(isStep(group, 0)) THEN \(name("rank", group, phase)) END) \(over)\(size ?? "")"
            }
            return "\(count) AS \(name("count", group, phase))"
        }
    }

    /// The most elements that a list in JSON text can have. Escapes can spell commas.
    private func elements(of text: String) -> String {
        let backslash = dialect.literal("%\\%")
        return "CASE WHEN \(text) LIKE \(backslash) ESCAPE '!' THEN length(\(text)) "
            + "ELSE length(\(text)) - length(replace(\(text), ',', '')) END + 1"
    }

    private func isLarge(_ group: Int) -> String {
        let counts = (0..<2).map { "\(name("count", group, $0)) >= \(groups[group].least)" }
        return "(\(isCounted([group])) AND (\(counts.joined(separator: " OR "))))"
    }
}
