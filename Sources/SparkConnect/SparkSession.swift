internal import Basics
import FoundationEssentials
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import Synchronization
import SwiftProtobuf

/// A session on a Spark Connect server.
///
/// Source: Apache Spark, the comments of `spark/connect/base.proto`.
public final class SparkSession: Sendable {
    /// Settings of the session, each of which a server may have set otherwise.
    private static let settings = [
        ("spark.sql.session.timeZone", "UTC"),
        // Values that cannot be converted are NULL, and do not end the query.
        ("spark.sql.ansi.enabled", "false"),
        ("spark.sql.parser.escapedStringLiterals", "false"),
        // Descriptions of tables name all members of wide structures.
        ("spark.sql.debug.maxToStringFields", "10000"),
        // A record can have 256 KB, so that even a batch of the largest ones is accepted.
        ("spark.sql.execution.arrow.maxRecordsPerBatch", "500"),
        // What the reader of Arrow's format does not read.
        ("spark.sql.execution.arrow.compression.codec", "none"),
        ("spark.sql.execution.arrow.useLargeVarTypes", "false"),
        // A file that cannot be read is an error, and not fewer records.
        ("spark.sql.files.ignoreCorruptFiles", "false"),
        ("spark.sql.files.ignoreMissingFiles", "false"),
    ]

    /// The largest answer that is accepted, in bytes: as in Spark's own clients.
    private static let largestAnswer = 128 << 20
    /// The number of answers after which the server may forget those before.
    private static let releasedEvery = 32
    /// The pauses before a lost stream is attached to again, while nothing comes.
    private static let pauses: [Duration] = [.milliseconds(50), .milliseconds(500), .seconds(2), .seconds(5)]

    private let url: SparkURL
    private let id: String
    private let client: GRPCClient<HTTP2ClientTransport.Posix>
    private let connections: Task<Void, any Error>
    private let clientType: String
    private let sleep: @Sendable (Duration) async throws -> Void

    private init(
        _ url: SparkURL, clientType: String, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) throws(Failure) {
        self.url = url
        self.clientType = clientType
        self.sleep = sleep
        id = url.sessionID ?? UUID().uuidString.lowercased()
        do {
            let client = GRPCClient(
                transport: try HTTP2ClientTransport.Posix(
                    target: .dns(host: url.host, port: url.port),
                    transportSecurity: url.usesTLS ? .tls : .plaintext))
            self.client = client
            // Not a child of the caller's task, since a cancelled caller still has an operation to stop.
            connections = Task.detached { try await client.runConnections() }
        } catch {
            throw Failure(
                "Spark Connect cannot be used", why: "\(error)", advice: "check --spark", cause: error)
        }
    }

    /// Opens a session for `body`, and releases it after.
    /// - Parameter clientType: the program's name and version.
    /// - Throws: ``Failure`` if the server cannot be reached or does not accept the token; what `body` throws.
    public static func with<Value: Sendable>(
        _ url: SparkURL, clientType: String,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        _ body: (SparkSession) async throws -> Value
    ) async throws -> Value {
        let session = try SparkSession(url, clientType: clientType, sleep: sleep)
        do {
            try await session.configure()
            let value = try await body(session)
            await session.close()
            return value
        } catch {
            await session.close()
            throw Task.isCancelled ? CancellationError() : error
        }
    }

    private func close() async {
        // The task may be cancelled, and with it every call that it makes.
        await Task.detached { [self] in
            var request = Spark_Connect_ReleaseSessionRequest()
            (request.sessionID, request.userContext, request.clientType) = (id, user, clientType)
            let _: Spark_Connect_ReleaseSessionResponse? = try? await call(
                "ReleaseSession", request, timeout: .seconds(1))
            client.beginGracefulShutdown()
            connections.cancel()
            _ = await connections.result
        }.value
    }

    private func configure() async throws {
        var request = Spark_Connect_ConfigRequest()
        (request.sessionID, request.userContext, request.clientType) = (id, user, clientType)
        request.operation.set.pairs = Self.settings.map { name, value in
            var pair = Spark_Connect_KeyValue()
            (pair.key, pair.value) = (name, value)
            return pair
        }
        do {
            let _: Spark_Connect_ConfigResponse = try await call("Config", request, timeout: .seconds(60))
        } catch let error as RPCError {
            throw try await failure("the Spark session cannot be opened", error)
        }
    }

    // MARK: Statements

    /// Runs a statement that returns no rows.
    /// - Throws: ``Failure``; `CancellationError`
    public func run(_ statement: String) async throws {
        var plan = Spark_Connect_Plan()
        plan.command.sqlCommand.input.sql.query = statement
        _ = try await execute(plan) { _ in
        } progress: { _ in
        }
    }

    /// Runs a query and hands out its rows, in their order, as they come. They are the whole result only if the call
    /// returns.
    /// - Parameter receive: an error that it throws ends the query.
    /// - Returns: what the query read.
    /// - Throws: ``Failure``; `CancellationError`; what `receive` throws. In each case the query is stopped.
    public func rows(
        _ query: String, progress: @escaping @Sendable (SparkProgress) -> Void = { _ in },
        _ receive: @escaping @Sendable (ArrowStream) throws -> Void
    ) async throws -> SparkReading {
        var plan = Spark_Connect_Plan()
        plan.root.sql.query = query
        return try await execute(plan, receive, progress: progress)
    }

    private func execute(
        _ plan: Spark_Connect_Plan, _ receive: @escaping @Sendable (ArrowStream) throws -> Void,
        progress: @escaping @Sendable (SparkProgress) -> Void
    ) async throws -> SparkReading {
        let operation = UUID().uuidString.lowercased()
        let read: SparkReading
        do {
            read = try await follow(operation, plan, receive, progress)
        } catch {
            await stop(operation)
            if Task.isCancelled { throw CancellationError() }
            guard let error = error as? RPCError else { throw error }
            throw try await failure("the query failed", error)
        }
        await release(operation, until: nil)
        return read
    }

    /// Takes in the answers of an operation until it is complete, over as many streams as that needs.
    private func follow(
        _ operation: String, _ plan: Spark_Connect_Plan,
        _ receive: @escaping @Sendable (ArrowStream) throws -> Void,
        _ progress: @escaping @Sendable (SparkProgress) -> Void
    ) async throws -> SparkReading {
        let state = Mutex((reader: ResultReader(), answers: 0))
        let take: @Sendable (Spark_Connect_ExecutePlanResponse) async throws -> Void = { [self] response in
            let (news, answers) = try state.withLock { state throws(Failure) in
                let news = try state.reader.take(response)
                state.answers += 1
                return (news, state.answers)
            }
            switch news {
            case .rows(let stream): try receive(stream)
            case .progress(let state): progress(state)
            case .nothing: break
            }
            if answers % Self.releasedEvery == 0 { await release(operation, until: response.responseID) }
        }
        // A server that did not get the call does not know the operation either.
        var isStarted = false
        var failures = 0
        var answers = 0
        while true {
            do {
                if isStarted {
                    try await stream(
                        "ReattachExecute", reattach(operation, state.withLock { $0.reader.lastResponse }), take)
                } else {
                    try await stream("ExecutePlan", request(operation, plan), take)
                }
                isStarted = true
            } catch let error as RPCError where !Task.isCancelled {
                let isUnknown = isStarted && answers == 0 && error.message.contains("OPERATION_NOT_FOUND")
                guard isUnknown || SparkFailure.isPassing(error), failures < Self.pauses.count else { throw error }
                isStarted = !isUnknown
            }
            try Task.checkCancellation()
            let (reader, count) = state.withLock(\.self)
            if reader.isComplete { return reader.read }
            // A server ends long streams by itself. One that ends all of them without an answer has lost the result.
            failures = count > answers ? 0 : failures + 1
            answers = count
            guard failures <= Self.pauses.count else {
                throw Failure(
                    "the result of the query cannot be read", why: "the server ended it before it was complete",
                    advice: "run the hunt again")
            }
            if failures > 0 { try await sleep(Self.pauses[failures - 1]) }
        }
    }

    private func request(_ operation: String, _ plan: Spark_Connect_Plan) -> Spark_Connect_ExecutePlanRequest {
        var request = Spark_Connect_ExecutePlanRequest()
        (request.sessionID, request.userContext, request.clientType) = (id, user, clientType)
        (request.plan, request.operationID) = (plan, operation)
        var option = Spark_Connect_ExecutePlanRequest.RequestOption()
        option.reattachOptions.reattachable = true
        request.requestOptions = [option]
        return request
    }

    private func reattach(_ operation: String, _ response: String?) -> Spark_Connect_ReattachExecuteRequest {
        var request = Spark_Connect_ReattachExecuteRequest()
        (request.sessionID, request.userContext, request.clientType) = (id, user, clientType)
        request.operationID = operation
        if let response { request.lastResponseID = response }
        return request
    }

    /// Lets the server forget answers, or the whole operation.
    private func release(_ operation: String, until response: String?) async {
        var request = Spark_Connect_ReleaseExecuteRequest()
        (request.sessionID, request.userContext, request.clientType) = (id, user, clientType)
        request.operationID = operation
        if let response { request.releaseUntil.responseID = response } else { request.releaseAll = .init() }
        // The server forgets by itself as well, only later.
        let _: Spark_Connect_ReleaseExecuteResponse? = try? await call(
            "ReleaseExecute", request, timeout: .seconds(5))
    }

    /// Stops an operation that nobody waits for. Its end is not awaited.
    private func stop(_ operation: String) async {
        await Task.detached { [self] in
            var request = Spark_Connect_InterruptRequest()
            (request.sessionID, request.userContext, request.clientType) = (id, user, clientType)
            (request.interruptType, request.operationID) = (.operationID, operation)
            let _: Spark_Connect_InterruptResponse? = try? await call("Interrupt", request, timeout: .seconds(1))
        }.value
    }

    // MARK: Calls

    private var user: Spark_Connect_UserContext {
        var context = Spark_Connect_UserContext()
        context.userID = url.userID ?? "parapet"
        return context
    }

    private var metadata: Metadata {
        var metadata = Metadata()
        for header in url.headers { metadata.addString(header.value, forKey: header.name) }
        if let token = url.token { metadata.replaceOrAddString("Bearer \(token)", forKey: "authorization") }
        return metadata
    }

    private func options(timeout: Duration?) -> CallOptions {
        var options = CallOptions.defaults
        options.waitForReady = false
        options.timeout = timeout
        options.maxResponseMessageBytes = Self.largestAnswer
        // The transport (grpc-swift-nio-transport 2.9) takes the limit of answers from that of requests.
        options.maxRequestMessageBytes = Self.largestAnswer
        return options
    }

    private static func method(_ name: String) -> MethodDescriptor {
        MethodDescriptor(fullyQualifiedService: "spark.connect.SparkConnectService", method: name)
    }

    private func call<Request: Message, Response: Message>(
        _ name: String, _ request: Request, timeout: Duration
    ) async throws -> Response {
        try await client.unary(
            request: ClientRequest(message: request, metadata: metadata), descriptor: Self.method(name),
            serializer: ProtobufSerializer<Request>(), deserializer: ProtobufDeserializer<Response>(),
            options: options(timeout: timeout)
        ) { try $0.message }
    }

    private func stream(
        _ name: String, _ request: some Message,
        _ take: @escaping @Sendable (Spark_Connect_ExecutePlanResponse) async throws -> Void
    ) async throws {
        func send<Request: Message>(_ request: Request) async throws {
            // What the receiver throws is kept apart from what the connection throws.
            let thrown = try await client.serverStreaming(
                request: ClientRequest(message: request, metadata: metadata), descriptor: Self.method(name),
                serializer: ProtobufSerializer<Request>(),
                deserializer: ProtobufDeserializer<Spark_Connect_ExecutePlanResponse>(),
                options: options(timeout: nil)
            ) { response -> (any Error)? in
                for try await message in response.messages {
                    do { try await take(message) } catch { return error }
                }
                return nil
            }
            if let thrown { throw thrown }
        }
        try await send(request)
    }

    /// The failure of a call, with the details that the server keeps of it.
    private func failure(_ job: String, _ error: RPCError) async throws -> Failure {
        var details: String?
        if let id = SparkFailure.errorID(error) {
            var request = Spark_Connect_FetchErrorDetailsRequest()
            (request.sessionID, request.userContext, request.clientType) = (self.id, user, clientType)
            request.errorID = id
            let answer: Spark_Connect_FetchErrorDetailsResponse? = try? await call(
                "FetchErrorDetails", request, timeout: .seconds(10))
            if let answer, answer.hasRootErrorIdx, answer.errors.indices.contains(Int(answer.rootErrorIdx)) {
                details = answer.errors[Int(answer.rootErrorIdx)].message
            }
        }
        try Task.checkCancellation()
        return SparkFailure.failure(job, at: url, error, details: details)
    }
}
