import Basics
import DistributedEngines
import Foundation
import Hunting
import LogReaders
import Sigma
import TestSupport
import Testing

/// What other programs make of the queries for Athena: see `sql_opinions.py`.
struct SQLOpinion {
    /// What Trino's grammar or DuckDB reject.
    var errors: [String]
    /// For each query, the numbers of the rows that pass its condition.
    var passed: [Set<Int>]
    /// The rows of the last query by their numbers: the table's values.
    var values: [Int: [String?]]

    /// - Parameter rows: records, by the names of the table's columns.
    static func of(
        _ queries: [String], on definition: TableDefinition, _ rows: [JSON]
    ) async throws -> SQLOpinion {
        try await of(queries, on: definition.name, definition.columns, rows, ocsf: .null)
    }

    /// - Parameter rows: records of the log, of which the table has the events of OCSF.
    static func of(
        _ queries: [String], onSecurityLake source: LogSource, _ columns: [LogTable.Column], _ rows: [JSON]
    ) async throws -> SQLOpinion {
        try await of(queries, on: "lake", columns, rows, ocsf: .string(source.rawValue))
    }

    /// - Parameter ocsf: the log whose events of OCSF the table has; null if it has the rows as they are.
    static func of(
        _ queries: [String], on table: String, _ columns: [LogTable.Column], _ rows: [JSON], ocsf: JSON
    ) async throws -> SQLOpinion {
        let input: JSON = [
            "table": .string(table),
            "columns": .array(columns.map { [.string($0.name), .string($0.type.description)] }),
            "rows": .array(rows), "queries": .array(queries.map(JSON.string)), "ocsf": ocsf,
        ]
        let folder = FileManager.default.temporaryDirectory.appending(path: "parapet-sql-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "input.json")
        try Data(input.bytes()).write(to: file)
        let outcome = try await Subprocess.python("Tests/Support/python/sql_opinions.py", [file.path])
        guard outcome.status == 0 else { throw MotoServer.Failure(outcome.standardError) }
        let answer = try JSON(parsing: outcome.standardOutput)
        var values: [Int: [String?]] = [:]
        for row in answer["values"]?.elements ?? [] {
            guard let cells = row.elements, let number = cells.last?.integer else { continue }
            // The first cell is the place of the row's object.
            values[number] = cells.dropFirst().dropLast().map { $0.isNull ? nil : $0.text ?? $0.description }
        }
        return SQLOpinion(
            errors: (answer["errors"]?.elements ?? []).map { $0.text ?? "" },
            passed: (answer["passed"]?.elements ?? []).map { Set(($0.elements ?? []).compactMap(\.integer)) },
            values: values)
    }
}

/// Rules, each by itself.
struct SingleRules {
    let rules: RuleSet
    let detections: [DetectionRule]

    init(_ collection: RuleCollection, for source: LogSource) {
        rules = RuleSet(collection, for: source)
        detections = rules.detections.map { collection.detections[$0] }
    }

    /// For each rule, the numbers of the records that it matches.
    func matches(_ records: [JSON]) -> [Set<Int>] {
        let matcher = RuleMatcher(rules)
        let places = Dictionary(uniqueKeysWithValues: rules.detections.enumerated().map { ($1, $0) })
        var matches = [Set<Int>](repeating: [], count: rules.detections.count)
        for (number, record) in records.enumerated() {
            matcher.match(JSONEvent(record, fields: rules.fields)) { place in
                if let place = places[place] { matches[place].insert(number) }
            }
        }
        return matches
    }

    /// Expects of the rows of an opinion the same matches as of the records that they stand for.
    /// - Parameter matches: for each rule, the numbers of the records that it matches.
    func expect(_ matches: [Set<Int>], of records: [JSON], inRowsOf opinion: SQLOpinion, _ table: LogTable) throws {
        let rows = RecordRows(table)
        var rebuilt: [JSON] = []
        var numbers: [Int] = []
        for (number, values) in opinion.values.sorted(by: { $0.key < $1.key }) {
            rebuilt.append(try JSON(parsing: try #require(try rows.record(values)), .ofLogs))
            numbers.append(number)
        }
        let matchesOfRows = self.matches(rebuilt)
        for (place, rule) in detections.enumerated() {
            let found = Set(matchesOfRows[place].map { numbers[$0] })
            #expect(
                found == matches[place],
                "\(rule.about.title): \(found.symmetricDifference(matches[place]).first.map { "\(records[$0])" } ?? "")"
            )
        }
    }
}

extension RowStore {
    /// The rows of an opinion.
    init(_ table: LogTable, _ opinion: SQLOpinion) throws {
        self.init(table)
        for (_, values) in opinion.values.sorted(by: { $0.key < $1.key }) {
            try add(path: "s3://logs/a", values)
        }
    }

    /// All rows of a table.
    init(_ definition: TableDefinition, _ rows: [JSON]) throws {
        self.init(definition.table)
        for row in rows {
            try add(
                path: "s3://logs/a",
                definition.columns.map { column in
                    let value = row[column.name] ?? .null
                    return value.isNull ? nil : value.text ?? value.description
                })
        }
    }
}
