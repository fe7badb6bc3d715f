import AWSClient
import Basics
import DistributedEngines
import Foundation
import LogReaders
import Synchronization
import TestSupport

/// Plays Athena, Glue and STS: moto ends every query at once, and has no managed results.
final class AthenaStage: Sendable {
    /// What GetQueryExecution answers, one after the other; the last again and again.
    struct State: Sendable {
        var name: String
        var scanned = 1_000_000
        var retryable = false
    }

    struct Script: Sendable {
        var states: [State] = [State(name: "SUCCEEDED")]
        /// The values of the table's columns.
        var rows: [[String?]] = []
        var rowsOnPage = 2
        var workGroup: JSON = [
            "State": "ENABLED", "Configuration": ["ManagedQueryResultsConfiguration": ["Enabled": true]],
        ]
        var definition = TableDefinition(.cloudTrail, location: "s3://logs/AWSLogs")
        /// Other columns than those of the definition, and the table that they make.
        var other: (columns: [LogTable.Column], table: LogTable)?
        /// The columns after those of the table.
        var extraColumns: [String] = []
        var repeatsToken = false
        /// The keys of the bucket with the logs.
        var objects: [String] = []
    }

    private let player: Player
    let server: TestServer

    /// The calls, by the names of their operations.
    var calls: [String] { player.log.withLock { $0.calls } }
    /// The requests that started queries.
    var queries: [JSON] { player.log.withLock { $0.queries } }

    static func start(_ script: Script = Script()) async throws -> AthenaStage {
        let player = Player(script)
        return AthenaStage(player, try await TestServer.start { .answer(player.answer($0)) })
    }

    private init(_ player: Player, _ server: TestServer) {
        self.player = player
        self.server = server
    }
}

/// What the stage answers.
final class Player: Sendable {
    private let script: AthenaStage.Script
    let log = Mutex<(calls: [String], queries: [JSON], state: Int)>(([], [], 0))

    init(_ script: AthenaStage.Script) {
        self.script = script
    }

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        if request.method == "HEAD" || request.query.contains(where: { ["list-type", "location"].contains($0.name) }) {
            return bucket(request)
        }
        let target = request[header: "X-Amz-Target"] ?? ""
        let name = String(target.split(separator: ".").last ?? "")
        let body = (try? JSON(parsing: request.body)) ?? .null
        log.withLock { $0.calls.append(name.isEmpty ? "GetCallerIdentity" : name) }
        switch name {
        case "":
            return .xml(
                """
                <GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ann</Arn>\
                <UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>
                """)
        case "GetWorkGroup": return json(["WorkGroup": script.workGroup])
        case "GetTable": return json(["Table": table])
        case "StartQueryExecution":
            let count = log.withLock { log in
                log.queries.append(body)
                return log.queries.count
            }
            return json(["QueryExecutionId": .string("query-\(count)")])
        case "GetQueryExecution":
            let state = log.withLock { log in
                defer { log.state += 1 }
                return script.states[min(log.state, script.states.count - 1)]
            }
            return json([
                "QueryExecution": [
                    "Status": [
                        "State": .string(state.name), "StateChangeReason": "as the script says",
                        "AthenaError": ["Retryable": .bool(state.retryable)],
                    ],
                    "Statistics": ["DataScannedInBytes": .int(state.scanned)],
                ]
            ])
        case "GetQueryResults": return results(after: body["NextToken"]?.text)
        case "StopQueryExecution": return json([:])
        default: return .json(#"{"__type":"UnknownOperationException"}"#, status: 400)
        }
    }

    /// The bucket's Region, or the folders and objects under a prefix.
    private func bucket(_ request: HTTPRequest) -> HTTPResponse {
        func value(_ name: String) -> String { request.query.first { $0.name == name }?.value ?? "" }
        if request.query.contains(where: { $0.name == "location" }) {
            return .xml("<LocationConstraint>eu-west-1</LocationConstraint>")
        }
        let prefix = value("prefix")
        let keys = script.objects.filter { $0.hasPrefix(prefix) }
        let folders = Set(keys.compactMap { key in key.dropFirst(prefix.count).firstIndex(of: "/").map { key[...$0] } })
        let text =
            value("delimiter").isEmpty
            ? keys.map { "<Contents><Key>\($0)</Key><Size>1</Size></Contents>" }
            : folders.sorted().map { "<CommonPrefixes><Prefix>\($0)</Prefix></CommonPrefixes>" }
        return .xml(
            "<ListBucketResult><IsTruncated>false</IsTruncated>\(text.joined())</ListBucketResult>")
    }

    private func json(_ value: JSON) -> HTTPResponse { .json(value.description) }

    private var table: JSON {
        let columns = (script.other?.columns ?? script.definition.columns).map { column -> JSON in
            ["Name": .string(column.name), "Type": .string(column.type.description)]
        }
        return [
            "StorageDescriptor": ["Columns": .array(columns), "Location": "s3://logs/AWSLogs/"],
            "PartitionKeys": [["Name": "account", "Type": "string"], ["Name": "timestamp", "Type": "string"]],
            "Parameters": ["projection.timestamp.type": "date", "projection.timestamp.format": "yyyy/MM/dd"],
        ]
    }

    private func results(after token: String?) -> HTTPResponse {
        let table = script.other?.table ?? script.definition.table
        let header = ["path"] + table.leaves.map(\.field) + script.extraColumns
        let all = [header.map(Optional.some)] + script.rows
        let start = token.flatMap { Int($0) } ?? 0
        let end = min(all.count, start + script.rowsOnPage)
        let rows = all[min(start, end)..<end].map { row -> JSON in
            let data = row.map { value -> JSON in
                if let value { ["VarCharValue": .string(value)] } else { [:] }
            }
            return ["Data": .array(data)]
        }
        var answer: [String: JSON] = ["ResultSet": ["Rows": .array(rows)]]
        if end < all.count { answer["NextToken"] = .string(script.repeatsToken ? "1" : "\(end)") }
        return json(.object(JSON.Object(answer)))
    }
}

extension AthenaStage {
    /// A row of the table.
    static func row(_ values: [String: String], in definition: TableDefinition, path: String = "s3://logs/a/b.json.gz")
        -> [String?]
    {
        [path] + definition.table.leaves.map { values[$0.field] }
    }
}
