import Basics
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import SwiftProtobuf
import Synchronization

@testable import SparkConnect

/// Plays a Spark Connect server that answers in the order of a script.
final class SparkStage: Sendable {
    /// What a stream does after its answers.
    enum End: Sendable {
        case whole
        /// The server ends it without an error, as it ends long streams.
        case closed
        case lost
        case failed(RPCError)
    }

    struct Script: Sendable {
        /// The answers of a query, numbered from 1.
        var answers: [Spark_Connect_ExecutePlanResponse] = []
        /// How many of the answers each stream sends, and how it ends. The last one stands for all that follow.
        var streams: [(count: Int, end: End)] = [(.max, .whole)]
        var token: String?
        var details: String?
        /// Whether a query never ends.
        var hangs = false
    }

    struct Log: Sendable {
        var calls: [String] = []
        var statements: [String] = []
        var streams = 0
        var settings: [String: String] = [:]
    }

    let url: String
    private let player: SparkPlayer
    private let server: GRPCServer<HTTP2ServerTransport.Posix>

    var calls: [String] { player.log.withLock { $0.calls } }
    var statements: [String] { player.log.withLock { $0.statements } }
    var settings: [String: String] { player.log.withLock { $0.settings } }

    /// A stage serves until the process ends: a test holds on to its address only.
    private static let all = Mutex<[SparkStage]>([])

    static func start(_ script: Script) async throws -> SparkStage {
        let player = SparkPlayer(script)
        let transport = HTTP2ServerTransport.Posix(
            address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext)
        let server = GRPCServer(transport: transport, router: player.router)
        Task.detached { try await server.serve() }
        guard let port = try await transport.listeningAddress.ipv4?.port else {
            throw Failure("the stage does not listen", why: "it has no port", advice: "look at it")
        }
        let stage = SparkStage(player, server, "sc://127.0.0.1:\(port)")
        all.withLock { $0.append(stage) }
        return stage
    }

    private init(_ player: SparkPlayer, _ server: GRPCServer<HTTP2ServerTransport.Posix>, _ url: String) {
        self.player = player
        self.server = server
        self.url = url
    }

    /// An answer with a stream in Arrow's format.
    static func batch(_ bytes: [UInt8], rows: Int64, after start: Int64 = 0) -> Spark_Connect_ExecutePlanResponse {
        var response = Spark_Connect_ExecutePlanResponse()
        response.arrowBatch.data = Data(bytes)
        response.arrowBatch.rowCount = rows
        response.arrowBatch.startOffset = start
        return response
    }

    static var complete: Spark_Connect_ExecutePlanResponse {
        var response = Spark_Connect_ExecutePlanResponse()
        response.resultComplete = .init()
        return response
    }

    /// The metrics of a scan.
    static func metrics(files: Int64, rows: Int64) -> Spark_Connect_ExecutePlanResponse {
        var scan = Spark_Connect_ExecutePlanResponse.Metrics.MetricObject()
        scan.name = "Scan text "
        for (name, value) in [("numFiles", files), ("numOutputRows", rows), ("filesSize", 1_000_000)] {
            scan.executionMetrics[name, default: .init()].value = value
        }
        var response = Spark_Connect_ExecutePlanResponse()
        response.metrics.metrics = [scan]
        return response
    }
}

/// What the stage answers.
private final class SparkPlayer: Sendable {
    private let script: SparkStage.Script
    let log = Mutex(SparkStage.Log())

    init(_ script: SparkStage.Script) {
        self.script = script
    }

    var router: RPCRouter<HTTP2ServerTransport.Posix> {
        var router = RPCRouter<HTTP2ServerTransport.Posix>()
        answer(&router, "Config") { [self] (request: Spark_Connect_ConfigRequest) in
            log.withLock { log in
                for pair in request.operation.set.pairs { log.settings[pair.key] = pair.value }
            }
            return Spark_Connect_ConfigResponse()
        }
        answer(&router, "ReleaseExecute") { (_: Spark_Connect_ReleaseExecuteRequest) in
            Spark_Connect_ReleaseExecuteResponse()
        }
        answer(&router, "ReleaseSession") { (_: Spark_Connect_ReleaseSessionRequest) in
            Spark_Connect_ReleaseSessionResponse()
        }
        answer(&router, "Interrupt") { (_: Spark_Connect_InterruptRequest) in Spark_Connect_InterruptResponse() }
        answer(&router, "FetchErrorDetails") { [self] (_: Spark_Connect_FetchErrorDetailsRequest) in
            var response = Spark_Connect_FetchErrorDetailsResponse()
            if let details = script.details {
                response.rootErrorIdx = 0
                response.errors = [.with { $0.message = details }]
            }
            return response
        }
        stream(&router, "ExecutePlan") { [self] (request: Spark_Connect_ExecutePlanRequest) in
            var isCommand = false
            if case .command = request.plan.opType { isCommand = true }
            let text = isCommand ? request.plan.command.sqlCommand.input.sql.query : request.plan.root.sql.query
            log.withLock { $0.statements.append(text) }
            return isCommand ? nil : 0
        }
        stream(&router, "ReattachExecute") { (request: Spark_Connect_ReattachExecuteRequest) in
            Int(request.lastResponseID) ?? 0
        }
        return router
    }

    private func check(_ name: String, _ metadata: Metadata) throws(RPCError) {
        log.withLock { $0.calls.append(name) }
        guard let token = script.token else { return }
        guard metadata[stringValues: "authorization"].contains("Bearer \(token)") else {
            throw RPCError(code: .unauthenticated, message: "no such token")
        }
    }

    private static func method(_ name: String) -> MethodDescriptor {
        MethodDescriptor(fullyQualifiedService: "spark.connect.SparkConnectService", method: name)
    }

    private func answer<Request: Message, Response: Message>(
        _ router: inout RPCRouter<HTTP2ServerTransport.Posix>, _ name: String,
        _ make: @escaping @Sendable (Request) -> Response
    ) {
        router.registerHandler(
            forMethod: Self.method(name), deserializer: ProtobufDeserializer<Request>(),
            serializer: ProtobufSerializer<Response>()
        ) { [self] request, _ in
            try check(name, request.metadata)
            let single = try await ServerRequest(stream: request)
            return StreamingServerResponse(single: ServerResponse(message: make(single.message)))
        }
    }

    /// - Parameter start: the number of answers that the client has; `nil` for a statement without rows.
    private func stream<Request: Message>(
        _ router: inout RPCRouter<HTTP2ServerTransport.Posix>, _ name: String,
        _ start: @escaping @Sendable (Request) -> Int?
    ) {
        router.registerHandler(
            forMethod: Self.method(name), deserializer: ProtobufDeserializer<Request>(),
            serializer: ProtobufSerializer<Spark_Connect_ExecutePlanResponse>()
        ) { [self] request, _ in
            try check(name, request.metadata)
            let single = try await ServerRequest(stream: request)
            return StreamingServerResponse { [self] writer in
                guard let start = start(single.message) else {
                    try await writer.write(SparkStage.complete)
                    return [:]
                }
                let number = log.withLock { log in
                    log.streams += 1
                    return log.streams - 1
                }
                let part = script.streams[min(number, script.streams.count - 1)]
                for (place, answer) in script.answers.enumerated().dropFirst(start).prefix(part.count) {
                    var answer = answer
                    answer.responseID = "\(place + 1)"
                    try await writer.write(answer)
                }
                if script.hangs { try await Task.sleep(for: .seconds(60)) }
                switch part.end {
                case .whole:
                    if part.count == .max { try await writer.write(SparkStage.complete) }
                case .closed: break
                case .lost: throw RPCError(code: .unavailable, message: "connection reset")
                case .failed(let error): throw error
                }
                return [:]
            }
        }
    }
}
