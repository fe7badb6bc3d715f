import Basics
import Foundation
import GRDB

/// Reading that survives values that cannot be read: a person can edit the file, and a later version can write values that
/// this one does not know. Such a row stays among the others, with replacements for these values, so that one row keeps no
/// page, scan or watch from its work.
extension StoreRow {
    static func readAll(
        _ database: Database, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> [Self] {
        let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
        var all: [Self] = []
        while let row = try rows.next() { all.append(try readable(row, database)) }
        return all
    }

    static func readAll(_ database: Database, _ request: QueryInterfaceRequest<Self>) throws -> [Self] {
        try Row.fetchAll(database, request).map { try readable($0, database) }
    }

    static func readOne(
        _ database: Database, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> Self? {
        try Row.fetchOne(database, sql: sql, arguments: arguments).map { try readable($0, database) }
    }

    static func readOne(_ database: Database, key: some DatabaseValueConvertible) throws -> Self? {
        try Row.fetchOne(database, filter(key: key)).map { try readable($0, database) }
    }

    /// - Throws: the error of the row if replacements do not help.
    static func readable(_ row: Row, _ database: Database) throws -> Self {
        do {
            return try Self(row: row)
        } catch {
            let repair = RowRepair(databaseTableName, try database.columns(in: databaseTableName))
            return try Self(row: repair.repaired(row))
        }
    }
}

/// Replaces the values of a row that cannot be read.
private struct RowRepair {
    private let table: String
    private let columns: [String: ColumnInfo]

    /// The values of columns that have a few only, with the replacement of others: the one that hides the least.
    private static let choices: [String: (values: Set<String>, replacement: String)] = [
        "severity": (Set(Severity.allCases.map(\.rawValue)), Severity.critical.rawValue),
        "state": (Set(StoredDelivery.State.allCases.map(\.rawValue)), StoredDelivery.State.dead.rawValue),
    ]

    /// The columns of text that hold a list of texts as JSON.
    private static let lists: Set<String> = ["accounts", "regions", "checks"]

    init(_ table: String, _ columns: [ColumnInfo]) {
        self.table = table
        self.columns = Dictionary(columns.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The row with a column more, `unreadable`, that names what was replaced.
    func repaired(_ row: Row) -> Row {
        var values: [String: (any DatabaseValueConvertible)?] = [:]
        var unreadable: [String] = []
        for (name, value) in row {
            let readable = readable(value, name)
            if readable != value { unreadable.append(name) }
            values[name] = readable
        }
        values["unreadable"] = unreadable.sorted().joined(separator: ", ")
        return Row(values)
    }

    private func readable(_ value: DatabaseValue, _ name: String) -> DatabaseValue {
        let column = columns[name]
        switch column?.type.uppercased() {
        case "TEXT":
            if value.isNull, column?.isNotNull == false { return value }
            return text(value, name).databaseValue
        case "DOUBLE", "INTEGER", "BOOLEAN":
            if value.isNull, column?.isNotNull == false { return value }
            let isWhole = column?.type.uppercased() != "DOUBLE"
            guard let number = number(value) else { return column?.isNotNull == true ? 0.databaseValue : .null }
            if isWhole { return (Int64(exactly: number.rounded()) ?? 0).databaseValue }
            return value.isNumber ? value : number.databaseValue
        default: return value
        }
    }

    private func text(_ value: DatabaseValue, _ name: String) -> String {
        let text =
            switch value.storage {
            case .string(let text): text
            case .int64(let number): "\(number)"
            case .double(let number): "\(number)"
            case .blob, .null: ""
            }
        if Self.lists.contains(name), table == "scan" {
            let isList = (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) != nil
            return isList ? text : "[]"
        }
        guard let choice = Self.choices[name], !choice.values.contains(text) else { return text }
        return choice.replacement
    }

    private func number(_ value: DatabaseValue) -> Double? {
        switch value.storage {
        case .int64(let number): Double(number)
        case .double(let number): number
        case .string(let text): Double(text)
        case .blob, .null: nil
        }
    }
}

extension DatabaseValue {
    fileprivate var isNumber: Bool {
        switch storage {
        case .int64, .double: true
        case .string, .blob, .null: false
        }
    }
}

extension Row {
    /// The text of a column; empty if it holds none.
    func text(_ column: String) -> String { String.fromDatabaseValue(self[column] as DatabaseValue) ?? "" }

    /// The text of the column at a place; empty if it holds none. Quicker than by name, for many rows.
    func text(at place: Int) -> String { String.fromDatabaseValue(self[place] as DatabaseValue) ?? "" }

    /// The whole number of a column; 0 if it holds none.
    func whole(_ column: String) -> Int { Int.fromDatabaseValue(self[column] as DatabaseValue) ?? 0 }

    /// The number of a column; 0 if it holds none.
    func real(_ column: String) -> Double { Double.fromDatabaseValue(self[column] as DatabaseValue) ?? 0 }

    /// The date of a column of seconds since 1970; 1970 if it holds no number.
    func date(_ column: String) -> Date { Self.date(self[column] as DatabaseValue) ?? Date(timeIntervalSince1970: 0) }

    /// The date of a column of seconds since 1970; `nil` if it holds no number.
    func date(at place: Int) -> Date? { Self.date(self[place] as DatabaseValue) }

    private static func date(_ value: DatabaseValue) -> Date? {
        Double.fromDatabaseValue(value).map { Date(timeIntervalSince1970: $0) }
    }
}
