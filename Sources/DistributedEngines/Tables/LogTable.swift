public import Basics
public import LogReaders

/// A table of an engine with the records of a log, one a row.
public struct LogTable: Sendable, Hashable {
    public let source: LogSource
    public let database: String?
    public let name: String
    /// The values of a row, in the order of the table's columns; structures are taken apart.
    public let leaves: [Leaf]
    /// The partitions by day; `nil` if the table has none.
    public var days: DayPartitions?
    /// The catalog of the database, of engines with more than one.
    public var catalog: String?
    /// The column with the record as it stands in the log, which is brought back in place of the leaves; `nil` if the
    /// table has none.
    public var recordColumn: String?
    /// Whether the rows are events of the Open Cybersecurity Schema Framework: see ``SecurityLake``.
    public let isOCSF: Bool

    /// One value of a row.
    public struct Leaf: Sendable, Hashable {
        /// The field's name in rules.
        public var field: String
        public var value: ColumnText
        public var kind: Kind
        /// How the field's text is made of the value.
        var form = Form.plain
    }

    enum Form: Hashable {
        case plain
        /// Milliseconds since 1970.
        case milliseconds
        /// A date and a time in UTC, as engines write timestamps.
        case timestamp
        /// A map of the fields that have no column of their own.
        case otherFields
        /// The category of an event, or the list of those that the product has.
        case category
        /// Whether a sign-in to the console used MFA.
        case consoleMFA
        /// The identity provider of a user, or of a role's session.
        case userProvider, sessionProvider
        /// The product that made the event.
        case product
    }

    public enum Kind: Sendable, Hashable {
        /// The text is the field's text.
        case exact
        /// JSON text, in which fields are looked for by their names and values.
        case json
        /// The field's text is somewhere in it.
        case loose
        /// It is brought back, but not tested.
        case opaque
    }

    /// A column of the table as AWS Glue describes it.
    public struct Column: Sendable, Hashable {
        public var name: String
        public var type: ColumnType

        public init(_ name: String, _ type: ColumnType) {
            self.name = name
            self.type = type
        }
    }

    /// Partitions by day, whose names are dates that sort by time.
    public struct DayPartitions: Sendable, Hashable {
        public var column: String
        /// The text between year, month and day.
        public var separator: String

        public init(column: String, separator: String = "/") {
            self.column = column
            self.separator = separator
        }
    }

    public init(
        _ source: LogSource, database: String? = nil, name: String, columns: [Column], days: DayPartitions? = nil
    ) {
        self.source = source
        self.database = database
        self.name = name
        self.days = days
        isOCSF = SecurityLake.isTable(columns)
        leaves =
            isOCSF
            ? SecurityLake.leaves(source, columns) : columns.flatMap { column in Self.leaves(source, column) }
    }

    /// Amazon Security Lake's table of a log, of source version 2.
    /// - Parameters:
    ///   - database, name: `nil` for the usual ones, with `REGION` in place of the Region.
    /// - Throws: ``Failure`` if Security Lake does not collect the log.
    public static func ofSecurityLake(_ source: LogSource, database: String?, name: String?) throws(Failure) -> LogTable
    {
        let table = LogTable(
            source, database: database ?? SecurityLake.databaseName(region: "REGION"),
            name: name ?? SecurityLake.tableName(of: source, region: "REGION"),
            columns: SecurityLake.columns(of: source))
        try table.checkFields()
        return table
    }

    /// - Throws: ``Failure`` if a column that the log cannot do without is missing.
    func checkFields() throws(Failure) {
        let needed: [String] =
            switch source {
            case .cloudTrail: ["eventName", "eventSource", "eventTime"]
            case .s3Access: ["bucket", "operation", "time"]
            case .vpcFlow: ["srcaddr", "dstaddr", "start"]
            }
        let missing = needed.filter { name in !leaves.contains { $0.field == name } }
        guard !missing.isEmpty else { return }
        guard !isOCSF else { throw SecurityLake.unknownTable([database, name].compactMap(\.self), source) }
        throw Failure(
            "the table \([database, name].compactMap(\.self).joined(separator: ".")) is not one of \(source.rawValue) logs",
            why: "it has no column for \(missing.joined(separator: ", "))", advice: "check --table and --source")
    }

    /// What a field of a rule is in the table.
    enum Place: Hashable {
        case exact(ColumnText)
        /// Somewhere in JSON text: under this name, or the whole text.
        case json(ColumnText, name: String?)
        case loose(ColumnText)
        /// Somewhere in JSON text that also has other fields.
        case shared(ColumnText)
        /// There, but in a form that is not tested.
        case opaque
        case missing
    }

    func place(of field: String) -> Place {
        let field = Self.canonical(field, source)
        for leaf in leaves {
            guard leaf.field == field else {
                guard field.hasPrefix(leaf.field + ".") || leaf.field.hasPrefix(field + ".") else { continue }
                // The field is within the value, or the value within the field.
                guard leaf.kind == .json, field.count > leaf.field.count else { return .opaque }
                // A dot either separates names or is part of one: the end of the name is certain.
                let name = field.split(separator: ".", omittingEmptySubsequences: false).last
                return .json(leaf.value, name: name.map(String.init))
            }
            switch leaf.kind {
            case .exact: return .exact(leaf.value)
            case .json: return .json(leaf.value, name: nil)
            case .loose: return .loose(leaf.value)
            case .opaque: return .opaque
            }
        }
        // What has no column of its own in OCSF is kept in a map.
        if let others = leaves.first(where: { $0.form == .otherFields }), CloudTrailNames.hasMember(field),
            !SecurityLake.hasColumn(for: field)
        {
            return .shared(others.value)
        }
        return .missing
    }

    /// Whether records of the log can have the field, and the table's rows cannot.
    func isWithout(_ field: String) -> Bool {
        guard place(of: field) == .missing else { return false }
        switch source {
        case .cloudTrail:
            // Rules also read names of other formats, such as of exports, which no record of a trail has.
            return CloudTrailNames.hasMember(field)
        case .s3Access: return AccessField(named: field) != nil
        case .vpcFlow: return FlowField(named: field) != nil
        }
    }

    /// The name that the log's reader has for a field.
    private static func canonical(_ field: String, _ source: LogSource) -> String {
        switch source {
        case .cloudTrail: field
        case .s3Access: AccessField(named: field)?.name ?? field
        case .vpcFlow: FlowField(named: field)?.rawValue ?? field
        }
    }

    private static func leaves(_ source: LogSource, _ column: Column) -> [Leaf] {
        switch source {
        case .cloudTrail:
            return trailLeaves(column.type, path: [column.name], names: [trailName(column.name, in: [])])
        case .s3Access:
            guard let field = AccessField(named: column.name) else { return [] }
            let kind: Kind =
                switch field {
                case .requestURI, .referrer, .userAgent: .loose
                case .time: .opaque
                default: .exact
                }
            return [
                Leaf(
                    field: field.name, value: column.type.isText ? .dashed(column.name) : .converted([column.name]),
                    kind: kind)
            ]
        case .vpcFlow:
            guard let field = FlowField(named: column.name) else { return [] }
            return [
                Leaf(
                    field: field.rawValue,
                    value: column.type.isText ? .dashed(column.name) : .converted([column.name]),
                    kind: field.isEncoded ? .opaque : .exact)
            ]
        }
    }

    private static func trailLeaves(_ type: ColumnType, path: [String], names: [String]) -> [Leaf] {
        let field = names.joined(separator: ".")
        switch type {
        case .structure(let members):
            return members.flatMap {
                trailLeaves($0.type, path: path + [$0.name], names: names + [trailName($0.name, in: names)])
            }
        case .array(.structure(let members)):
            return members.compactMap { member in
                guard member.type.isText else { return nil }
                return Leaf(
                    field: (names + [trailName(member.name, in: names)]).joined(separator: "."),
                    value: .joined(path, member: member.name), kind: .loose)
            }
        case .array(let element):
            return element.isText ? [Leaf(field: field, value: .joined(path, member: nil), kind: .loose)] : []
        case .map: return [Leaf(field: field, value: .map(path), kind: .opaque)]
        case .scalar:
            guard type.isText else { return [Leaf(field: field, value: .converted(path), kind: .exact)] }
            let isExact = names.count > 1 || texts.contains(field)
            return [Leaf(field: field, value: .text(path), kind: isExact ? .exact : .json)]
        }
    }

    /// CloudTrail's name of a column or a structure's member. The list of resources has capitals of its own (AWS
    /// CloudTrail User Guide, "CloudTrail record contents").
    private static func trailName(_ name: String, in parents: [String]) -> String {
        let name = name.lowercased()
        if parents == ["resources"], name == "arn" { return "ARN" }
        return CloudTrailNames.inLowerCase[name] ?? name
    }

    /// The members of records that are plain texts or booleans. Athena's tables keep all others as JSON text.
    private static let texts: Set = [
        "eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent",
        "errorCode", "errorMessage", "requestID", "eventID", "readOnly", "eventType", "apiVersion", "managementEvent",
        "recipientAccountId", "sharedEventID", "vpcEndpointId", "vpcEndpointAccountId", "eventCategory",
        "sessionCredentialFromConsole",
    ]

    /// CloudTrail writes these members even if they have no value, as null.
    static let writtenAsNull: Set = ["requestParameters", "responseElements"]
}

extension CloudTrailNames {
    /// Whether the field is a member of a record, or within one.
    fileprivate static func hasMember(_ field: String) -> Bool {
        let first = field.prefix { $0 != "." }
        return inLowerCase[first.lowercased()] == String(first)
    }
}
