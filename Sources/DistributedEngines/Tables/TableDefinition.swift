import Basics
public import LogReaders

/// The table that a query expects: its columns, and the statement that creates it over logs in Amazon S3.
///
/// Sources: Amazon Athena User Guide, "Create a table for CloudTrail logs in Athena using partition projection", "Query
/// Amazon S3 server access logs", "Create and query a table for VPC flow logs"; Apache Spark SQL Guide, "JSON Files".
public struct TableDefinition: Sendable, Hashable {
    public enum FileFormat: String, Sendable, Hashable, CaseIterable {
        case text, parquet
    }

    public var source: LogSource
    public var database: String?
    public var name: String
    /// The columns of flow logs.
    public var flowFields: [FlowField]
    /// Of flow logs. The other logs are always text.
    public var format = FileFormat.text
    /// The folder above the accounts' folders, such as `s3://bucket/prefix`; for access logs, that of the days.
    public var location: String
    /// The accounts and regions that have folders. Empty lists stand for placeholders, to be filled in.
    public var accounts: [String] = []
    public var regions: [String] = []
    /// Whether the files are in folders by day.
    public var hasDays = true

    public init(
        _ source: LogSource, database: String? = nil, name: String? = nil, location: String,
        flowFields: [FlowField] = FlowFormat.version2.columns.compactMap(\.self)
    ) {
        self.source = source
        self.database = database
        self.name = name ?? Self.usualName(of: source)
        self.location = location.hasSuffix("/") ? String(location.dropLast()) : location
        self.flowFields = flowFields
    }

    /// The table that a query reads if no other is named.
    public static func usualName(of source: LogSource) -> String {
        switch source {
        case .cloudTrail: "cloudtrail_logs"
        case .s3Access: "s3_access_logs"
        case .vpcFlow: "vpc_flow_logs"
        }
    }

    /// The table as the statement creates it.
    public var table: LogTable {
        LogTable(
            source, database: database, name: name, columns: columns,
            days: hasDays ? LogTable.DayPartitions(column: Self.day) : nil)
    }

    private static let day = "timestamp"

    public var columns: [LogTable.Column] {
        switch source {
        case .cloudTrail: Self.trailColumns
        case .s3Access: Self.accessColumns.map { .init($0, .scalar("string")) }
        case .vpcFlow:
            flowFields.map { field in
                .init(field.rawValue.replacing("-", with: "_"), .scalar(Self.type(of: field)))
            }
        }
    }

    /// In Parquet files the short numbers have 32 bits (Amazon VPC User Guide, "Flow log records").
    private static func type(of field: FlowField) -> String {
        switch field {
        case .version, .sourcePort, .destinationPort, .transport, .tcpFlags, .trafficPath: "int"
        default: field.isNumber ? "bigint" : "string"
        }
    }

    private static let accessColumns = [
        "bucketowner", "bucket_name", "requestdatetime", "remoteip", "requester", "requestid", "operation", "key",
        "request_uri", "httpstatus", "errorcode", "bytessent", "objectsize", "totaltime", "turnaroundtime", "referrer",
        "useragent", "versionid", "hostid", "sigv", "ciphersuite", "authtype", "endpoint", "tlsversion",
        "accesspointarn", "aclrequired", "sourceregion",
    ]

    private static let trailColumns: [LogTable.Column] = {
        let texts = [
            "eventversion", "eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress", "useragent",
            "errorcode", "errormessage", "requestparameters", "responseelements", "additionaleventdata", "requestid",
            "eventid", "readonly", "eventtype", "apiversion", "managementevent", "recipientaccountid",
            "serviceeventdetails", "sharedeventid", "vpcendpointid", "vpcendpointaccountid", "eventcategory",
            "addendum", "sessioncredentialfromconsole", "edgedevicedetails", "insightdetails", "eventcontext",
        ]
        let identity = """
            struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,\
            username:string,credentialid:string,identityprovider:string,\
            onbehalfof:struct<userid:string,identitystorearn:string>,\
            sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,\
            sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,\
            sourceidentity:string,assumedroot:string,ec2roledelivery:string,\
            webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>>
            """
        let structures = [
            ("useridentity", identity), ("resources", "array<struct<arn:string,accountid:string,type:string>>"),
            ("tlsdetails", "struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>"),
        ]
        return texts.map { .init($0, .scalar("string")) }
            + structures.compactMap { name, type in ColumnType(parsing: type).map { .init(name, $0) } }
    }()

    // MARK: Athena

    /// The statement for Athena, which changes nothing but the catalog.
    public var athenaStatement: String {
        let name = [database, name].compactMap(\.self).map { "`\($0)`" }.joined(separator: ".")
        var text = "CREATE EXTERNAL TABLE IF NOT EXISTS \(name) (\n"
        text += columns.map { "  `\($0.name)` \($0.type)" }.joined(separator: ",\n") + "\n)\n"
        if !partitions.isEmpty {
            text += "PARTITIONED BY (\(partitions.map { "`\($0)` string" }.joined(separator: ", ")))\n"
        }
        text += storage + "LOCATION \(SQLDialect.athena.literal(location + "/"))"
        if !properties.isEmpty {
            let pairs = properties.map { "  '\($0)' = \(SQLDialect.athena.literal($1))" }
            text += "\nTBLPROPERTIES (\n\(pairs.joined(separator: ",\n"))\n)"
        }
        return text
    }

    private var partitions: [String] {
        (source == .s3Access ? [] : ["account", "region"]) + (hasDays ? [Self.day] : [])
    }

    private var storage: String {
        switch source {
        case .cloudTrail:
            """
            ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
            STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
            OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'

            """
        case .s3Access:
            """
            ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
            WITH SERDEPROPERTIES ('input.regex' = '\(Self.accessExpression.replacing("\\", with: "\\\\"))')
            STORED AS TEXTFILE

            """
        case .vpcFlow:
            format == .parquet ? "STORED AS PARQUET\n" : "ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '\n"
        }
    }

    /// A line of an access log. S3 has added fields at the end over the years, so the last ones may be missing.
    static let accessExpression: String = {
        let word = "([^ ]*)"
        let quoted = #"("[^"]*"|-)"#
        let fixed = AccessField.allCases.prefix(18).map { field in
            switch field {
            case .time: #"\[(.*?)\]"#
            case .requestURI, .referrer, .userAgent: quoted
            default: word
            }
        }
        let optional = String(repeating: "(?: \(word))?", count: AccessField.allCases.count - fixed.count)
        return fixed.joined(separator: " ") + optional + ".*"
    }()

    private var properties: [(String, String)] {
        var properties: [(String, String)] = []
        if source == .vpcFlow, format == .text { properties.append(("skip.header.line.count", "1")) }
        guard !partitions.isEmpty else { return properties }
        properties.append(("projection.enabled", "true"))
        if hasDays {
            properties += [
                ("projection.\(Self.day).type", "date"), ("projection.\(Self.day).format", "yyyy/MM/dd"),
                ("projection.\(Self.day).range", "2020/01/01,NOW"), ("projection.\(Self.day).interval", "1"),
                ("projection.\(Self.day).interval.unit", "DAYS"),
            ]
        }
        var template = location
        if source != .s3Access {
            properties += [
                ("projection.account.type", "enum"),
                ("projection.account.values", (accounts.isEmpty ? ["ACCOUNT"] : accounts).joined(separator: ",")),
                ("projection.region.type", "enum"),
                ("projection.region.values", (regions.isEmpty ? ["REGION"] : regions).joined(separator: ",")),
            ]
            template += "/${account}/\(source == .cloudTrail ? "CloudTrail" : "vpcflowlogs")/${region}"
        }
        properties.append(("storage.location.template", template + (hasDays ? "/${\(Self.day)}" : "")))
        return properties
    }

    // MARK: Spark

    /// The column of a view in Spark with the record as it stands in the log.
    public static let recordColumn = "record"

    /// The places of the files in Spark besides ``location``.
    public var moreLocations: [String] = []

    /// The view as ``sparkStatement`` makes it, whose records are brought back as they stand in the log.
    public var sparkView: LogTable {
        var table = LogTable(source, name: name, columns: columns)
        table.recordColumn = Self.recordColumn
        return table
    }

    /// The statement for Spark 4: a view with the columns of the table, the place of each row's object, and the record as
    /// it stands in the log. Parquet files have columns only.
    public var sparkStatement: String {
        let parts = ([location] + moreLocations).map { sparkSelection(of: $0) }
        return "CREATE OR REPLACE TEMPORARY VIEW \(SQLDialect.spark.identifier(name)) AS\n"
            + parts.joined(separator: "\nUNION ALL\n")
    }

    private func sparkSelection(of place: String) -> String {
        switch source {
        case .cloudTrail:
            let members = Self.trailColumns.map { column in
                let name = CloudTrailNames.inLowerCase[column.name] ?? column.name
                return "\(SQLDialect.spark.identifier(name)): \(Self.sparkType(column.type, in: column.name))"
            }.joined(separator: ", ")
            let type = "STRUCT<\(members)>"
            // Conditions on what a generator makes are not pushed below it, so that each record is parsed once. A line
            // that is not a file's content is a row of NULLs, which is brought back to be counted.
            return """
                SELECT path, record, fields.*
                FROM (
                  SELECT _metadata.file_path AS path,
                    explode(coalesce(
                      from_json(value, 'STRUCT<Records: ARRAY<STRING>>').Records, array(CAST(NULL AS STRING)))) AS record
                  FROM \(Self.files("text", place, pattern: "*.json*"))
                  WHERE _metadata.file_path NOT LIKE '%/CloudTrail-Digest/%'
                )
                LATERAL VIEW OUTER inline(array(from_json(record, \(SQLDialect.spark.literal(type))))) fields
                """
        case .s3Access:
            let expression = SQLDialect.spark.literal("^" + Self.accessExpression + "$")
            let columns = Self.accessColumns.enumerated().map { place, name in
                "nullif(regexp_extract(value, \(expression), \(place + 1)), '') AS \(SQLDialect.spark.identifier(name))"
            }
            return """
                SELECT _metadata.file_path AS path, value AS record,
                  \(columns.joined(separator: ",\n  "))
                FROM \(Self.files("text", place)) WHERE value <> ''
                """
        case .vpcFlow:
            guard format == .text else {
                return
                    "SELECT _metadata.file_path AS path, * FROM \(Self.files("parquet", place, pattern: "*.parquet"))"
            }
            let columns = columns.enumerated().map { place, column in
                let word = "split(value, ' ')[\(place)]"
                let value = column.type.isText ? word : "try_cast(\(word) AS \(column.type))"
                return "\(value) AS \(SQLDialect.spark.identifier(column.name))"
            }
            return """
                SELECT _metadata.file_path AS path, value AS record,
                  \(columns.joined(separator: ",\n  "))
                FROM \(Self.files("text", place)) WHERE value <> ''
                """
        }
    }

    /// The files below a place, at any depth.
    private static func files(_ format: String, _ place: String, pattern: String? = nil) -> String {
        let options = [("recursiveFileLookup", "true")] + (pattern.map { [("pathGlobFilter", $0)] } ?? [])
        let list = options.map { "'\($0)' = \(SQLDialect.spark.literal($1))" }.joined(separator: ", ")
        return "\(format).\(SQLDialect.spark.identifier(place)) WITH (\(list))"
    }

    /// A type in Spark's notation, with CloudTrail's names, since Spark finds members of JSON by their exact names.
    private static func sparkType(_ type: ColumnType, in parent: String) -> String {
        switch type {
        case .scalar(let name): name
        case .array(let element): "ARRAY<\(sparkType(element, in: parent))>"
        case .map(let key, let value): "MAP<\(sparkType(key, in: parent)), \(sparkType(value, in: parent))>"
        case .structure(let members):
            "STRUCT<"
                + members.map { member in
                    let name =
                        parent == "resources" && member.name == "arn"
                        ? "ARN" : CloudTrailNames.inLowerCase[member.name] ?? member.name
                    return "\(name): \(sparkType(member.type, in: member.name))"
                }.joined(separator: ", ") + ">"
        }
    }
}
