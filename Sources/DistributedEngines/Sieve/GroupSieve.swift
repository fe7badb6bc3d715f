import Hunting
import LogReaders
import Sigma

/// What a query counts for a correlation, to omit the records of groups that cannot reach its number.
///
/// The groups are as the matcher's or larger, and the count is not less than the matcher's.
struct GroupSieve: Hashable {
    enum Count: Hashable {
        /// The number of records.
        case records
        /// The number of different values. If some of them are within JSON text, which can have lists of them, it is the
        /// number of different texts, by the greatest number of elements that a list in one of them can have.
        case values([ColumnText], inJSON: ColumnText?)
        /// The number of steps that have records.
        case steps
    }

    /// The places of the rules in ``WantedRecords/rules``.
    var rules: Set<Int>
    /// For each step a condition that every record of it passes; one for all steps if it does not matter which.
    var steps: [SQLCondition]
    var count: Count
    var least: Int
    var partition: Partition

    /// The division of records into groups, and of time into windows.
    struct Partition: Hashable {
        /// The values in which the records of a group agree. A NULL counts as no value.
        var keys: [ColumnText]
        /// In seconds.
        var timespan: Int

        /// Whether each group and window of this partition is within one of the other.
        func isWithin(_ other: Partition) -> Bool {
            other.timespan % timespan == 0 && Set(other.keys).isSubset(of: keys)
        }
    }

    /// - Parameter conditions: of each rule, a condition that every row of its records passes.
    /// - Returns: `nil` if the table does not tell the groups or the values apart.
    init?(_ group: GroupCount, on table: LogTable, _ conditions: [SQLCondition]) {
        func texts(_ fields: (GroupCount.Step) -> [[String]]) -> [[ColumnText?]] {
            group.steps.map { step in fields(step).map { table.text(of: $0) } }
        }
        /// The values that are the same column in all steps, by the places of the fields.
        func common(_ texts: [[ColumnText?]]) -> [ColumnText?] {
            guard let first = texts.first else { return [] }
            return first.indices.map { place in texts.allSatisfy { $0[place] == first[place] } ? first[place] : nil }
        }
        // A field that is no column is ignored, which joins groups.
        let keys = common(texts(\.groupBy)).compactMap(\.self)
        guard !keys.isEmpty else { return nil }
        partition = Partition(keys: keys, timespan: group.timespan)
        rules = Set(group.steps.map(\.rule))
        least = group.least
        let all = group.steps.map { conditions[$0.rule] }
        switch group.measure {
        case .events: (count, steps) = (.records, [.any(all).simplified])
        case .steps: (count, steps) = (.steps, all)
        case .values:
            let values = common(texts(\.values))
            let jsonTexts = common(group.steps.map { step in step.values.map { table.json(with: $0) } })
            let inJSON = zip(values, jsonTexts).filter { $0.0 == nil }.map { $0.1 }
            // Lists in two fields count with all combinations of their elements.
            guard inJSON.count <= 1, !inJSON.contains(nil) else { return nil }
            steps = [.any(all).simplified]
            count = .values(values.compactMap(\.self), inJSON: inJSON.first ?? nil)
        }
    }

    /// The most partitions of one query. Each divides the rows anew among the engine's machines, up to four times.
    static let mostPartitions = 5

    /// The groups by which records can be omitted, and the places of the rules that need only records of such groups.
    /// - Parameter conditions: of each rule, a condition that every row of its records passes.
    static func of(
        _ wanted: WantedRecords, on table: LogTable, _ conditions: [SQLCondition]
    ) -> (groups: [GroupSieve], narrowed: Set<Int>) {
        guard GroupQuery.fits(table) else { return ([], []) }
        let possible = wanted.groups.map { GroupSieve($0, on: table, conditions) }
        var uses: [(partition: Partition, count: Int)] = []
        for partition in possible.compactMap({ $0?.partition }) {
            if let place = uses.firstIndex(where: { $0.partition == partition }) {
                uses[place].count += 1
            } else {
                uses.append((partition, 1))
            }
        }
        let order = uses.indices.sorted { (-uses[$0].count, $0) < (-uses[$1].count, $1) }
        let kept = order.prefix(mostPartitions).map { uses[$0].partition }
        var groups: [GroupSieve] = []
        var whole = wanted.whole
        for (group, sieve) in zip(wanted.groups, possible) {
            // Larger groups serve, too.
            if var sieve,
                let partition = kept.first(where: { $0 == sieve.partition })
                    ?? kept.first(where: sieve.partition.isWithin)
            {
                sieve.partition = partition
                groups.append(sieve)
            } else {
                whole.formUnion(group.steps.map(\.rule))
            }
        }
        groups.removeAll { $0.rules.isSubset(of: whole) }
        return (groups, groups.reduce(into: Set()) { $0.formUnion($1.rules) }.subtracting(whole))
    }
}

extension LogTable {
    /// The value of the first of some fields that a record has; `nil` if one of them can be elsewhere than in a column of
    /// its own.
    fileprivate func text(of fields: [String]) -> ColumnText? {
        var value: ColumnText?
        for field in fields {
            switch place(of: field) {
            case .exact(let next): value = value.map { .first($0, next) } ?? next
            // The rows do not have it either. Lines of flow logs have the table's columns.
            case .missing where recordColumn == nil || source == .vpcFlow: continue
            default: return nil
            }
        }
        return value
    }

    /// The JSON text that a field is in; `nil` if it is not certainly there.
    fileprivate func json(with fields: [String]) -> ColumnText? {
        guard fields.count == 1, case .json(let value, _) = place(of: fields[0]) else { return nil }
        return value
    }
}
