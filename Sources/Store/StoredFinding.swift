public import Basics
public import Foundation
import GRDB

/// A finding with its life: when it was first and last seen, when its status last changed, and when it was resolved.
public struct StoredFinding: Sendable, Hashable, Codable, Identifiable {
    /// The finding's stable identifier.
    public var id: String
    public var check: String
    public var practice: String
    public var severity: Severity
    /// `pass`, `fail`, `unknown`, `manual`, `muted`, `notApplicable`, or `gone` if the resource no longer exists.
    public var status: String
    public var account: String
    public var region: String
    public var resourceType: String
    public var resource: String
    public var arn: String
    public var name: String?
    public var title: String
    public var message: String
    public var hasFix: Bool
    /// The finding as the JSON report of a scan has it.
    public var record: String
    public var firstSeen: Date
    public var lastSeen: Date
    /// The time at which the status changed last.
    public var changed: Date
    /// The time since which it fails no longer; `nil` if it fails or never failed.
    public var resolved: Date?
    /// The names of columns whose values cannot be read, and are replaced; `nil` if all can be.
    public internal(set) var unreadable: String?

    public init(
        id: String, check: String, practice: String, severity: Severity, status: String, account: String,
        region: String, resourceType: String, resource: String, arn: String, name: String? = nil, title: String,
        message: String, hasFix: Bool, record: String, seen: Date
    ) {
        self.id = id
        self.check = check
        self.practice = practice
        self.severity = severity
        self.status = status
        self.account = account
        self.region = region
        self.resourceType = resourceType
        self.resource = resource
        self.arn = arn
        self.name = name
        self.title = title
        self.message = message
        self.hasFix = hasFix
        self.record = record
        (firstSeen, lastSeen, changed) = (seen, seen, seen)
    }

    /// The status of findings whose resource no longer exists.
    public static let gone = "gone"
}

/// A change of a finding's status.
public struct FindingChange: Sendable, Hashable, Codable {
    public var finding: String
    public var time: Date
    public var scan: String
    /// The status before; `nil` if the finding is new.
    public var before: String?
    public var after: String
    public var message: String

    public init(finding: String, time: Date, scan: String, before: String?, after: String, message: String) {
        self.finding = finding
        self.time = time
        self.scan = scan
        self.before = before
        self.after = after
        self.message = message
    }
}

/// A scan that was stored.
public struct StoredScan: Sendable, Hashable, Codable, Identifiable {
    public var id: String
    public var started: Date
    public var finished: Date
    public var parapet: String
    public var accounts: [String]
    public var regions: [String]
    /// The identifiers of the checks that ran.
    public var checks: [String]
    /// Whether it judged some resources only, so that a finding that it lacks says nothing.
    public var isPartial: Bool

    public init(
        id: String, started: Date, finished: Date, parapet: String, accounts: [String], regions: [String],
        checks: [String], isPartial: Bool
    ) {
        self.id = id
        self.started = started
        self.finished = finished
        self.parapet = parapet
        self.accounts = accounts
        self.regions = regions
        self.checks = checks
        self.isPartial = isPartial
    }
}

/// The number of findings of one practice and status in one account after a scan.
public struct Standing: Sendable, Hashable, Codable {
    public var scan: String
    public var time: Date
    public var account: String
    public var practice: String
    public var status: String
    public var count: Int
}

extension StoredFinding: StoreRow {
    static var databaseTableName: String { "finding" }

    func encode(to container: inout PersistenceContainer) throws {
        for (column, value) in zip(Self.columns, values) { container[column] = value }
    }

    private static let columns = [
        "id", "check", "practice", "severity", "severityRank", "status", "account", "region", "resourceType",
        "resource", "arn", "name", "title", "message", "hasFix", "record", "firstSeen", "lastSeen", "changed",
        "resolved",
    ]

    /// The values of ``columns``.
    private var values: [(any DatabaseValueConvertible)?] {
        [
            id, check, practice, severity.rawValue, severity.order, status, account, region, resourceType, resource,
            arn, name, title, message, hasFix, record, firstSeen.timeIntervalSince1970,
            lastSeen.timeIntervalSince1970, changed.timeIntervalSince1970, resolved?.timeIntervalSince1970,
        ]
    }

    /// Adds findings, or replaces those of the same identifier, by one prepared statement.
    struct Writing {
        private let statement: Statement

        init(_ database: Database) throws {
            let names = columns.map { "\"\($0)\"" }
            let changes = names.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
            statement = try database.cachedStatement(
                sql: """
                    INSERT INTO finding (\(names.joined(separator: ", ")))
                    VALUES (\(databaseQuestionMarks(count: names.count))) ON CONFLICT (id) DO UPDATE SET \(changes)
                    """)
        }

        func write(_ finding: StoredFinding) throws {
            try statement.execute(arguments: StatementArguments(finding.values))
        }
    }
}

extension FindingChange: StoreRow {
    static var databaseTableName: String { "change" }
}

extension StoredScan: StoreRow {
    static var databaseTableName: String { "scan" }
}

extension Standing: StoreRow {
    static var databaseTableName: String { "standing" }
}

extension Severity {
    /// The place in the order of severities, for sorting in SQL: the least severe is 0.
    var order: Int { Severity.allCases.sorted().firstIndex(of: self) ?? 0 }
}
