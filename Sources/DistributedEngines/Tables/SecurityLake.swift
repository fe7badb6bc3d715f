import Basics
import LogReaders

/// The tables of Amazon Security Lake, whose rows are events of the Open Cybersecurity Schema Framework (OCSF) 1.1, and
/// where they have the fields of the logs.
///
/// Only source version 2 is read: version 1 (OCSF 1.0.0-rc.2) has other columns, and keeps parameters in pieces.
///
/// Sources: Amazon Security Lake User Guide, "Source version 2 queries"; the mappings "CloudTrail API Activity",
/// "Authentication", "Account Change" and "VPC Flowlogs" for OCSF 1.1.0 in the examples of the OCSF project, to which the
/// guide refers.
enum SecurityLake {
    static func isTable(_ columns: [LogTable.Column]) -> Bool {
        ["class_uid", "metadata"].allSatisfy { name in columns.contains { $0.name.lowercased() == name } }
    }

    /// The product that makes the events of a log, in OCSF's `metadata.product.name`.
    static func product(of source: LogSource) -> String? {
        switch source {
        case .cloudTrail: "CloudTrail"
        case .vpcFlow: "Amazon VPC"
        case .s3Access: nil
        }
    }

    static func unknownTable(_ names: [String], _ source: LogSource) -> Failure {
        let name = names.joined(separator: ".")
        guard source != .s3Access else {
            return Failure(
                "the table \(name) has no s3-access logs", why: "Security Lake does not collect server access logs",
                advice: "name a table of them with --table")
        }
        return Failure(
            "the table \(name) has no \(source.rawValue) logs in OCSF 1.1",
            why: "it has the columns of source version 1, or of other events",
            advice: "check --source, and name a table whose name ends with _2_0")
    }

    // MARK: The columns

    /// The columns of Security Lake's table as far as Parapet reads them.
    static func columns(of source: LogSource) -> [LogTable.Column] {
        let common = [
            ("class_uid", "int"), ("time", "bigint"), ("time_dt", "timestamp"),
            (
                "metadata",
                """
                struct<product:struct<version:string,name:string,vendor_name:string,feature:struct<name:string>>,\
                event_code:string,uid:string,profiles:array<string>,version:string>
                """
            ),
            ("cloud", "struct<account:struct<uid:string>,region:string,zone:string,provider:string>"),
            ("unmapped", "map<string,string>"), ("accountid", "string"), ("region", "string"),
        ]
        let own: [(String, String)] =
            switch source {
            case .s3Access: []
            case .cloudTrail:
                [
                    (
                        "actor",
                        """
                        struct<user:struct<type:string,name:string,uid_alt:string,uid:string,account:struct<uid:string>,\
                        credential_uid:string>,session:struct<created_time_dt:timestamp,is_mfa:boolean,issuer:string>,\
                        invoked_by:string,idp:struct<name:string>>
                        """
                    ),
                    (
                        "api",
                        """
                        struct<response:struct<error:string,message:string,data:string>,operation:string,version:string,\
                        service:struct<name:string>,request:struct<data:string,uid:string>>
                        """
                    ),
                    ("src_endpoint", "struct<uid:string,ip:string,domain:string>"),
                    ("dst_endpoint", "struct<svc_name:string>"), ("http_request", "struct<user_agent:string>"),
                    ("resources", "array<struct<uid:string,account:struct<uid:string>,type:string>>"),
                    ("is_mfa", "boolean"),
                ]
            case .vpcFlow:
                [
                    ("start_time_dt", "timestamp"), ("end_time_dt", "timestamp"), ("status_code", "string"),
                    ("action", "string"), ("disposition", "string"), ("activity_name", "string"),
                    ("src_endpoint", endpoint), ("dst_endpoint", endpoint),
                    (
                        "connection_info",
                        """
                        struct<protocol_num:int,tcp_flags:int,protocol_ver:string,boundary_id:int,boundary:string,\
                        direction_id:int,direction:string>
                        """
                    ),
                    ("traffic", "struct<packets:bigint,bytes:bigint>"),
                ]
            }
        return (common + own).compactMap { name, type in ColumnType(parsing: type).map { .init(name, $0) } }
    }

    private static let endpoint = """
        struct<port:int,svc_name:string,ip:string,intermediate_ips:array<string>,interface_uid:string,vpc_uid:string,\
        instance_uid:string,subnet_uid:string>
        """

    /// The name of Security Lake's table in a Region.
    static func tableName(of source: LogSource, region: String) -> String {
        "amazon_security_lake_table_\(region)_\(source == .vpcFlow ? "vpc_flow" : "cloud_trail_mgmt")_2_0"
    }

    static func databaseName(region: String) -> String { "amazon_security_lake_glue_db_\(region)" }

    // MARK: The fields

    /// Where the fields of a log are. Columns that the table does not have are left out.
    static func leaves(_ source: LogSource, _ columns: [LogTable.Column]) -> [LogTable.Leaf] {
        let table = Columns(columns)
        // Source version 1 has no timestamps.
        guard table.has("time"), table.has("time_dt") else { return [] }
        let product = LogTable.Leaf(
            field: "metadata.product.name", value: .text(["metadata", "product", "name"]), kind: .opaque, form: .product
        )
        let own =
            switch source {
            case .s3Access: [LogTable.Leaf?]()
            case .cloudTrail: trailLeaves(table)
            case .vpcFlow: flowLeaves(table)
            }
        let known = own.compactMap(\.self)
        return known.isEmpty || !table.has("metadata.product.name") ? known : known + [product]
    }

    private static func trailLeaves(_ table: Columns) -> [LogTable.Leaf?] {
        /// CloudTrail's fields without a value are empty texts.
        func text(_ column: String, _ field: String, _ kind: LogTable.Kind = .exact, _ form: LogTable.Form = .plain)
            -> LogTable.Leaf?
        {
            table.has(column)
                ? .init(field: field, value: .filled(.text(path(column)), absent: [""]), kind: kind, form: form) : nil
        }
        func moment(_ column: String, _ field: String) -> LogTable.Leaf? {
            table.has(column) ? .init(field: field, value: .moment(path(column)), kind: .exact) : nil
        }
        func flag(_ column: String, _ field: String) -> LogTable.Leaf? {
            let value = ColumnText.filled(.converted(path(column)), absent: [""])
            return table.has(column) ? .init(field: field, value: value, kind: .exact) : nil
        }
        func resource(_ member: String, _ field: String) -> LogTable.Leaf? {
            table.has("resources.\(member)")
                ? .init(field: "resources.\(field)", value: .joined(["resources"], member: member), kind: .loose) : nil
        }
        let session = "userIdentity.sessionContext"
        return [
            text("metadata.product.version", "eventVersion"),
            moment("time_dt", "eventTime"),
            text("api.service.name", "eventSource"), text("api.operation", "eventName"),
            text("cloud.region", "awsRegion"), address(table, "sourceIPAddress"),
            text("http_request.user_agent", "userAgent"), text("api.response.error", "errorCode"),
            text("api.response.message", "errorMessage"), text("api.request.data", "requestParameters", .json),
            text("api.response.data", "responseElements", .json), text("api.request.uid", "requestID"),
            text("metadata.uid", "eventID"), text("metadata.event_code", "eventType"),
            text("api.version", "apiVersion"), text("src_endpoint.uid", "vpcEndpointId"),
            text("cloud.account.uid", "recipientAccountId", .opaque),
            text("metadata.product.feature.name", "eventCategory", .loose, .category),
            text("actor.user.type", "userIdentity.type"), text("actor.user.uid_alt", "userIdentity.principalId"),
            text("actor.user.uid", "userIdentity.arn"), text("actor.user.account.uid", "userIdentity.accountId"),
            text("actor.invoked_by", "userIdentity.invokedBy"),
            text("actor.user.credential_uid", "userIdentity.accessKeyId"),
            text("actor.user.name", "userIdentity.userName"),
            text("actor.session.issuer", "\(session).sessionIssuer.arn"),
            flag("actor.session.is_mfa", "\(session).attributes.mfaAuthenticated"),
            moment("actor.session.created_time_dt", "\(session).attributes.creationDate"),
            text("actor.idp.name", "userIdentity.identityProvider", .opaque, .userProvider),
            text("actor.idp.name", "\(session).webIdFederationData.federatedProvider", .opaque, .sessionProvider),
            table.has("is_mfa")
                ? .init(
                    field: "additionalEventData.MFAUsed", value: .converted(["is_mfa"]), kind: .opaque,
                    form: .consoleMFA) : nil,
            text("dst_endpoint.svc_name", "additionalEventData.LoginTo"),
            resource("uid", "ARN"), resource("account.uid", "accountId"), resource("type", "type"),
            table.has("unmapped")
                ? .init(field: "unmapped", value: .map(["unmapped"]), kind: .json, form: .otherFields) : nil,
        ]
    }

    /// A name of a service stands in another column than an IP address.
    private static func address(_ table: Columns, _ field: String) -> LogTable.Leaf? {
        let parts = ["src_endpoint.ip", "src_endpoint.domain"].filter(table.has)
            .map { ColumnText.filled(.text(path($0)), absent: [""]) }
        guard let first = parts.first else { return nil }
        return .init(field: field, value: parts.dropFirst().reduce(first) { .first($0, $1) }, kind: .exact)
    }

    private static func flowLeaves(_ table: Columns) -> [LogTable.Leaf?] {
        let absent = ["", "-"]
        func leaf(_ field: FlowField, _ value: ColumnText?, _ kind: LogTable.Kind = .exact) -> LogTable.Leaf? {
            value.map { .init(field: field.rawValue, value: $0, kind: kind) }
        }
        func text(_ columns: String...) -> ColumnText? {
            let parts = columns.filter(table.has).map { ColumnText.filled(.text(path($0)), absent: absent) }
            return parts.first.map { first in parts.dropFirst().reduce(first) { .first($0, $1) } }
        }
        func number(_ column: String) -> ColumnText? { table.has(column) ? .converted(path(column)) : nil }
        /// If a packet has another address than the interface, the interface's is an intermediate one.
        func interfaceAddress(_ side: String) -> ColumnText? {
            guard let packet = text("\(side).ip") else { return nil }
            guard table.has("\(side).intermediate_ips") else { return packet }
            let own = ColumnText.filled(.joined([side, "intermediate_ips"], member: nil), absent: absent)
            return .first(own, packet)
        }
        func renamed(_ columns: [String], _ names: [(String, String)]) -> ColumnText? {
            let parts = columns.filter(table.has).map { column in
                ColumnText.renamed(.text(path(column)), names.map { .init($0.0, $0.1) })
            }
            return parts.first.map { first in parts.dropFirst().reduce(first) { .first($0, $1) } }
        }
        func time(_ field: FlowField, _ column: String, _ form: LogTable.Form) -> LogTable.Leaf? {
            number(column).map { .init(field: field.rawValue, value: $0, kind: .opaque, form: form) }
        }
        let actions = [("Allowed", "ACCEPT"), ("Denied", "REJECT"), ("Blocked", "REJECT")]
        return [
            leaf(.version, text("metadata.product.version")), leaf(.accountID, text("cloud.account.uid")),
            leaf(.interfaceID, text("dst_endpoint.interface_uid", "src_endpoint.interface_uid")),
            leaf(.source, interfaceAddress("src_endpoint")), leaf(.destination, interfaceAddress("dst_endpoint")),
            leaf(.sourcePort, number("src_endpoint.port")), leaf(.destinationPort, number("dst_endpoint.port")),
            leaf(.transport, number("connection_info.protocol_num")), leaf(.packets, number("traffic.packets")),
            leaf(.bytes, number("traffic.bytes")), time(.start, "time", .milliseconds),
            time(.end, "end_time_dt", .timestamp), leaf(.action, renamed(["action", "disposition"], actions)),
            leaf(.logStatus, text("status_code")),
            leaf(.vpcID, text("dst_endpoint.vpc_uid", "src_endpoint.vpc_uid")),
            leaf(.subnetID, text("dst_endpoint.subnet_uid", "src_endpoint.subnet_uid")),
            leaf(.instanceID, text("dst_endpoint.instance_uid", "src_endpoint.instance_uid")),
            leaf(.tcpFlags, number("connection_info.tcp_flags")), leaf(.type, text("connection_info.protocol_ver")),
            leaf(.packetSource, text("src_endpoint.ip")), leaf(.packetDestination, text("dst_endpoint.ip")),
            leaf(.region, text("cloud.region")), leaf(.zoneID, text("cloud.zone")),
            leaf(.packetSourceService, text("src_endpoint.svc_name")),
            leaf(.packetDestinationService, text("dst_endpoint.svc_name")),
            leaf(
                .flowDirection,
                renamed(["connection_info.direction"], [("Inbound", "ingress"), ("Outbound", "egress")])),
        ]
    }

    private static func path(_ column: String) -> [String] { column.split(separator: ".").map(String.init) }

    /// Whether Security Lake has a column for a field of CloudTrail, or for one that it is within.
    static func hasColumn(for field: String) -> Bool {
        columnFields.contains { field == $0 || field.hasPrefix($0 + ".") }
    }

    private static let columnFields = leaves(.cloudTrail, columns(of: .cloudTrail)).filter { $0.form != .otherFields }
        .map(\.field)

    // MARK: Conditions

    /// Events of other products than the log's service are brought back, to be counted.
    static func otherProducts(in table: LogTable) -> SQLCondition {
        guard let leaf = table.leaves.first(where: { $0.form == .product }), let name = product(of: table.source) else {
            return .never
        }
        return .not(.test(leaf.value, .isOneOf([name], folded: false)))
    }

    /// The times of events: in milliseconds, and in the column that divides the table into days. A day's margin leaves
    /// the time zone of the engine's session without effect on it.
    static func times(from: Int?, to: Int?) -> SQLCondition {
        let (time, day) = (ColumnText.converted(["time"]), ColumnText.converted(["time_dt"]))
        let exact: [SQLCondition?] = [
            from.map { .test(time, .compare(.greaterOrEqual, Double($0) * 1000)) },
            to.map { .test(time, .compare(.less, Double($0) * 1000)) },
        ]
        let days: [SQLCondition?] = [
            from.flatMap { Moment(seconds: $0 - 86_400) }.map { .test(day, .isNotBefore($0)) },
            to.flatMap { Moment(seconds: $0 + 86_400) }.map { .test(day, .isBefore($0)) },
        ]
        let parts = [(time, exact.compactMap(\.self)), (day, days.compactMap(\.self))]
        return .all(
            parts.map { value, bounds in bounds.isEmpty ? .always : .any([.test(value, .isNull), .all(bounds)]) })
    }

    // MARK: Records

    /// The text of a field of a flow record.
    static func seconds(_ text: String, _ form: LogTable.Form) -> String? {
        switch form {
        case .milliseconds: Int64(text).map { "\($0 / 1000)" }
        case .timestamp: moment(text).map { "\($0.seconds)" }
        default: text
        }
    }

    /// The members of a CloudTrail record that a value stands for.
    static func members(
        _ leaf: LogTable.Leaf, _ value: String?, of rows: RecordRows, _ values: [String?]
    ) -> [(path: [String], value: JSON)] {
        guard let value else { return [] }
        func member(_ value: JSON) -> [(path: [String], value: JSON)] { [(path(leaf.field), value)] }
        let identity = rows.value(of: "userIdentity.type", in: values)
        switch leaf.form {
        case .plain: return member(.string(value))
        case .product: return []
        // Forms of flow records.
        case .milliseconds, .timestamp: return member(.string(value))
        case .otherFields:
            let members = (try? JSON(parsing: value, .ofLogs))?.object?.members ?? []
            return members.compactMap { member in
                guard let text = member.value.text, !text.isEmpty else { return nil }
                return (path(member.name), otherValue(text, of: member.name))
            }
        case .category:
            guard value == allCategories else { return member(.string(value)) }
            // The record has no category.
            let others = rows.value(of: "unmapped", in: values).flatMap { try? JSON(parsing: $0, .ofLogs) }
            switch others?["managementEvent"]?.text {
            case "true": return member("Management")
            case "false": return member("Data")
            default: return []
            }
        case .consoleMFA:
            guard rows.value(of: "eventName", in: values) == "ConsoleLogin" else { return [] }
            return member(.string(value == "true" ? "Yes" : "No"))
        case .userProvider: return identity.map(federated.contains) == true ? member(.string(value)) : []
        case .sessionProvider: return identity.map(federated.contains) == true ? [] : member(.string(value))
        }
    }

    private static func otherValue(_ text: String, of name: String) -> JSON {
        if RecordRows.booleans.contains(name), text == "true" || text == "false" { return .bool(text == "true") }
        // Lists and structures are JSON text.
        guard text.hasPrefix("{") || text.hasPrefix("[") else { return .string(text) }
        return (try? JSON(parsing: text, .ofLogs)) ?? .string(text)
    }

    /// The name of the feature that made events that have no category.
    private static let allCategories = "Management, Data, and Insights"
    /// The users that an identity provider signed in (AWS CloudTrail User Guide, "CloudTrail userIdentity element").
    private static let federated: Set = ["SAMLUser", "WebIdentityUser"]

    /// `2026-03-01 00:00:00.000000 UTC`
    private static func moment(_ text: String) -> Moment? {
        Moment("\(text.prefix(10))T\(text.dropFirst(11).prefix(8))Z")
    }
}

/// The columns of a table and the members of their structures.
private struct Columns {
    private var paths: Set<String> = []

    init(_ columns: [LogTable.Column]) {
        for column in columns { add(column.name.lowercased(), column.type) }
    }

    private mutating func add(_ path: String, _ type: ColumnType) {
        paths.insert(path)
        switch type {
        case .structure(let members), .array(.structure(let members)):
            for member in members { add("\(path).\(member.name)", member.type) }
        default: break
        }
    }

    /// - Parameter path: the names of a column and of members, with dots between them.
    func has(_ path: String) -> Bool { paths.contains(path) }
}
