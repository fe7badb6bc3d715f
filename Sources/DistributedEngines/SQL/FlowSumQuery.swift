import Analytics
import Basics
import LogReaders

/// The query over flow logs that brings back most accepted flows as hourly sums, and the other records as they are.
///
/// A row has the values of a record, and three more: the number of its records, their latest start, and, if it is a sum,
/// the bytes of the hour's twelve periods of five minutes. ``SummableFlows`` says which flows can be summed.
struct FlowSumQuery {
    let table: LogTable
    let dialect: SQLDialect
    let flows: SummableFlows
    /// The records in the time range, and those among them that rules need one by one.
    let range: SQLCondition
    let single: SQLCondition
    /// In seconds since 1970: `from` inclusive, `to` exclusive.
    let from: Int?
    let to: Int?
    /// The expression of the place of a row's object.
    let objectPath: String

    /// Whether the table has what the sums need, as numbers where they are numbers.
    static func fits(_ table: LogTable) -> Bool {
        let texts: [FlowField] = [.interfaceID, .source, .destination, .action, .logStatus]
        let numbers: [FlowField] = [
            .sourcePort, .destinationPort, .transport, .packets, .bytes, .start, .end,
        ]
        func leaf(_ field: FlowField) -> LogTable.Leaf? { table.leaves.first { $0.field == field.rawValue } }
        let flags = leaf(.tcpFlags)
        // Events of OCSF have other units of time.
        return !table.isOCSF && texts.allSatisfy { leaf($0) != nil }
            && numbers.allSatisfy { leaf($0)?.value.isConverted == true }
            && flags?.value.isConverted ?? true && leaf(.attachmentID) == nil && leaf(.gatewayID) == nil
            && Set(table.leaves.map(\.field)).count == table.leaves.count
    }

    /// What a tally reads of a summed record, apart from the sums and ports. The sums of other fields are NULL.
    private static let kept: Set<FlowField> = [
        .version, .accountID, .interfaceID, .region, .source, .destination, .transport, .action, .logStatus,
        .flowDirection,
    ]
    private static let summed: Set<FlowField> = [.packets, .bytes, .start, .end]

    private func name(_ field: FlowField) -> String { dialect.identifier(field.rawValue) }
    private func has(_ field: FlowField) -> Bool { table.leaves.contains { $0.field == field.rawValue } }
    private func field(of leaf: LogTable.Leaf) -> FlowField? { FlowField(rawValue: leaf.field) }

    var text: String {
        let path = dialect.identifier(RowQuery.pathColumn)
        return """
            SELECT
              \(([path] + table.leaves.map(result) + records + extraResults).joined(separator: ",\n  "))
            FROM (
            SELECT
              \(keys.joined(separator: ",\n  "))
            FROM (
            SELECT *, (\(isSummed)) AS is_sum
            FROM (
            SELECT *,
              \(windows.joined(separator: ",\n  "))
            FROM (
            SELECT
              \(columns.joined(separator: ",\n  "))
            FROM \(dialect.name(of: table))
            WHERE \(dialect.condition(range))
            ) AS flows
            ) AS ranked
            ) AS divided
            ) AS flow_keys
            GROUP BY \(groups.joined(separator: ", "))
            """
    }

    // MARK: From the inside to the outside

    private var columns: [String] {
        ["\(objectPath) AS \(dialect.identifier(RowQuery.pathColumn))"]
            + table.leaves.map { leaf in
                // Numbers are compared and added as they are.
                if case .converted(let names) = leaf.value {
                    return "\(dialect.path(names)) AS \(dialect.identifier(leaf.field))"
                }
                return "\(dialect.text(leaf.value)) AS \(dialect.identifier(leaf.field))"
            }
            + records + ["coalesce(\(dialect.condition(single)), FALSE) AS is_single"]
    }

    private var records: [String] { dialect.record(of: table) }

    /// The rank by size within what becomes one series of an interface, and whether the interface rejected the source.
    private var windows: [String] {
        let (source, destination) = (name(.source), name(.destination))
        func external(_ address: String) -> String { "NOT \(isInternal(address)) AND \(address) NOT LIKE '%:%'" }
        // The interface's own address is the internal one. Between other addresses, a series can have one pair only.
        let series = """
            CASE WHEN \(isInternal(source)) AND \(external(destination)) THEN concat('o ', \(source)) \
            WHEN \(isInternal(destination)) AND \(external(source)) THEN concat('i ', \(destination)) \
            ELSE concat(\(source), ' ', \(destination)) END
            """
        let parts =
            [name(.interfaceID), name(.action), hour, series] + (has(.flowDirection) ? [name(.flowDirection)] : [])
        let bytes = name(.bytes)
        return [
            "rank() OVER (PARTITION BY \(parts.joined(separator: ", ")) ORDER BY \(bytes) DESC, \(name(.start))) "
                + "AS size_rank",
            "max(CASE WHEN \(name(.action)) = 'REJECT' THEN 1 ELSE 0 END) "
                + "OVER (PARTITION BY \(name(.interfaceID)), \(source)) AS is_rejected",
        ]
    }

    /// IPv4 only: in IPv6, one address has many spellings.
    private func isInternal(_ address: String) -> String {
        let blocks =
            SpecialAddresses.all.filter(\.isInternal).map(\.block)
            + flows.ownNetworks.compactMap { CIDR($0.address.address, prefixLength: max(0, $0.prefix - 96)) }
        let expressions = blocks.compactMap { RuleSieve.expression(for: $0) }
        return "regexp_like(\(address), \(dialect.literal("^(\(expressions.joined(separator: "|")))$")))"
    }

    private var hour: String { "\(name(.start)) - \(name(.start)) % 3600" }

    private var isSummed: String {
        let times = SummableFlows.times
        let first = max(times.lowerBound, from ?? times.lowerBound)
        let end = min(times.upperBound, to ?? times.upperBound)
        let port = "BETWEEN 0 AND 65535"
        let singlePorts = flows.singlePorts.map(String.init).joined(separator: ", ")
        let parts = [
            "NOT is_single", "\(name(.action)) = 'ACCEPT'", "\(name(.logStatus)) = 'OK'",
            "\(name(.interfaceID)) IS NOT NULL", "\(name(.source)) IS NOT NULL", "\(name(.destination)) IS NOT NULL",
            "\(name(.sourcePort)) \(port)", "\(name(.destinationPort)) \(port)",
            "\(name(.transport)) BETWEEN 0 AND 255", "\(name(.bytes)) >= 0", "\(name(.end)) IS NOT NULL",
            "\(name(.start)) >= \(first)", "\(name(.start)) < \(end)",
            "(\(name(.packets)) >= \(SummableFlows.leastPackets) OR \(isReply) AND \(name(.packets)) >= 0)",
            singlePorts.isEmpty ? "TRUE" : "\(name(.destinationPort)) NOT IN (\(singlePorts))",
            has(.flowDirection) ? "coalesce(\(name(.flowDirection)), '-') IN ('ingress', 'egress', '-')" : "TRUE",
            has(.tcpFlags) ? "coalesce(\(name(.tcpFlags)), 0) BETWEEN 0 AND 255" : "TRUE",
            "size_rank > \(SummableFlows.largest)", "is_rejected = 0",
        ]
        return "coalesce(\(parts.joined(separator: " AND ")), FALSE)"
    }

    // MARK: Ports

    private func isClient(_ field: FlowField) -> String {
        let others = flows.serverPortsOfClients.map(String.init).joined(separator: ", ")
        let isHigh = "\(name(field)) >= \(SummableFlows.firstOfClients)"
        return others.isEmpty ? "(\(isHigh))" : "(\(isHigh) AND \(name(field)) NOT IN (\(others)))"
    }

    private func hasFlag(_ bit: Int) -> String { "coalesce(\(name(.tcpFlags)), 0) % \(bit * 2) >= \(bit)" }
    /// Whether the flags show the second or the first step of a handshake, which say who serves whatever the ports.
    private var isAnswer: String { has(.tcpFlags) ? "(\(hasFlag(2)) AND \(hasFlag(16)))" : "FALSE" }
    private var isOpening: String { has(.tcpFlags) ? "(\(hasFlag(2)) AND NOT \(hasFlag(16)))" : "FALSE" }
    /// Whether the flow comes from a server's port.
    private var isReply: String {
        "(\(isClient(.destinationPort)) AND NOT \(isClient(.sourcePort)) AND NOT \(isOpening))"
    }

    /// Everything that rows must have in common to be summed. Of a client's port only that it is one counts.
    private var keys: [String] {
        let path = dialect.identifier(RowQuery.pathColumn)
        let leaves = table.leaves.map { leaf -> String in
            let column = dialect.identifier(leaf.field)
            switch field(of: leaf) {
            case .sourcePort:
                let isAny = "is_sum AND \(isClient(.sourcePort)) AND NOT \(isAnswer)"
                return "CASE WHEN \(isAny) THEN 65535 ELSE \(column) END AS \(column)"
            case .destinationPort: return "CASE WHEN is_sum AND \(isReply) THEN 65535 ELSE \(column) END AS \(column)"
            case .tcpFlags:
                return "CASE WHEN NOT is_sum THEN \(column) WHEN \(isAnswer) THEN 18 WHEN \(isOpening) THEN 2 "
                    + "ELSE 0 END AS \(column)"
            case let field? where Self.kept.contains(field) || Self.summed.contains(field): return column
            default: return "CASE WHEN is_sum THEN NULL ELSE \(column) END AS \(column)"
            }
        }
        return ([path] + records).map { "CASE WHEN is_sum THEN NULL ELSE \($0) END AS \($0)" } + leaves
            + ["is_sum", "CASE WHEN is_sum THEN \(hour) ELSE \(name(.start)) END AS start_key"]
            + ["packets", "bytes", "end"].map {
                "CASE WHEN is_sum THEN NULL ELSE \(dialect.identifier($0)) END AS \($0)_key"
            }
    }

    private var groups: [String] {
        let others = table.leaves.filter { field(of: $0).map { !Self.summed.contains($0) } ?? true }
        return [dialect.identifier(RowQuery.pathColumn)] + records
            + ["is_sum", "start_key", "packets_key", "bytes_key", "end_key"]
            + others.map { dialect.identifier($0.field) }
    }

    private func result(_ leaf: LogTable.Leaf) -> String {
        let column = dialect.identifier(leaf.field)
        let value: String =
            switch field(of: leaf) {
            case .start: "min(\(column))"
            case .end: "max(\(column))"
            // Equal records that are not summed are one row with their number.
            case .packets, .bytes: "CASE WHEN is_sum THEN sum(\(column)) ELSE max(\(column)) END"
            default: column
            }
        return "\(leaf.value.isConverted ? dialect.asText(value) : value) AS \(column)"
    }

    private var extraResults: [String] {
        let start = name(.start)
        let periods = (0..<12).map { number in
            dialect.asText(
                "sum(CASE WHEN \(start) % 3600 >= \(number * 300) AND \(start) % 3600 < \(number * 300 + 300) "
                    + "THEN \(name(.bytes)) ELSE 0 END)")
        }
        return dialect.sums(last: start, parts: periods)
    }
}
