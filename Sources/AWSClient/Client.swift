public import Basics
import FoundationEssentials
public import Logging
import Synchronization

/// Client for reads from AWS: it signs, sends and retries requests, and reads all pages. One client uses one set of
/// credentials in every region. It cannot send a ``WriteRequest``; only a ``WritingClient`` can.
public struct Client: Sendable {
    private var credentials: any CredentialProvider
    /// The credentials of the account's root user, for calls that it signs; `nil` if there is no such session.
    public var root: (any CredentialProvider)?
    private let endpoints: EndpointResolver
    private let transport: any HTTPTransport
    private let configuration: ClientConfiguration
    private let budget: RateBudget
    private let underway: ConcurrencyLimit
    private let lanes: Lanes
    /// Seconds by which AWS's clock is ahead of ours. It is set only if AWS rejects a request because of its time.
    private let signingOffset = SharedValue<TimeInterval>(0)
    /// The calls made so far.
    public let calls: CallLog
    /// The account whose quota the calls count against.
    public var accountID = ""
    /// Time after which all unanswered calls fail.
    public var deadline: ContinuousClock.Instant?

    public init(
        credentials: any CredentialProvider, endpoints: EndpointResolver, transport: any HTTPTransport,
        configuration: ClientConfiguration = ClientConfiguration(), budget: RateBudget = RateBudget(),
        calls: CallLog = CallLog()
    ) {
        self.credentials = credentials
        self.endpoints = endpoints
        self.transport = transport
        self.configuration = configuration
        self.budget = budget
        self.calls = calls
        underway = ConcurrencyLimit(configuration.maximumConcurrentCalls)
        lanes = Lanes(width: configuration.maximumConcurrentCallsPerQuota)
    }

    /// Sends a request and returns its answer.
    /// - Throws: ``AWSError`` if no further attempt can help.
    public func send<Output>(_ request: ReadRequest<Output>, in region: String) async throws(AWSError) -> Output {
        try await send(request, in: region, isRepeatable: true)
    }

    /// Sends a request about a message and returns its answer.
    /// - Throws: ``AWSError`` if no further attempt can help, or if the message may have been sent and must not be sent
    ///   twice.
    public func send<Output>(_ request: MessageRequest<Output>, in region: String) async throws(AWSError) -> Output {
        try await send(request, in: region, isRepeatable: request.isIdempotent)
    }

    /// Returns the client that signs as the call demands.
    /// - Throws: ``Failure`` if the root user signs the call, and there is no session for it.
    public func signing(_ call: APICall) throws(Failure) -> Client {
        guard call.signer == .root else { return self }
        guard let root else {
            throw Failure(
                "\(call.name) cannot be sent", why: "it needs a session as the account's root user",
                advice: "use credentials of the organization's management account")
        }
        var client = self
        client.credentials = root
        return client
    }

    /// - Parameter isRepeatable: whether to send the request again after an attempt that may have taken effect.
    fileprivate func send<Output: Sendable>(
        _ request: some Request<Output>, in region: String, isRepeatable: Bool
    ) async throws(AWSError) -> Output {
        let key = RateBudget.Key(accountID: accountID, region: region, quota: request.operation.quota)
        let result = await untilDeadline(request, in: region) {
            await lanes[key].run { () async -> Result<Output, AWSError> in
                await attemptUntilDecided(request, in: region, isRepeatable: isRepeatable)
            }
        }
        return try result.get()
    }

    /// Returns the result of `body`, or an error if the deadline comes first; `body` is then canceled.
    private func untilDeadline<Output: Sendable>(
        _ request: some Request<Output>, in region: String,
        _ body: @escaping @Sendable () async -> Result<Output, AWSError>
    ) async -> Result<Output, AWSError> {
        guard let deadline else { return await body() }
        let late = AWSError(
            .transport(.timeout), request.operation, region: region, message: "the time was up (--timeout)",
            advice: "give it more time, or read less", isLate: true)
        guard deadline > .now else { return .failure(late) }
        return await withTaskGroup(of: Result<Output, AWSError>?.self) { group in
            group.addTask { await body() }
            group.addTask {
                // This task is canceled if the answer arrives first.
                do { try await Task.sleep(until: deadline, clock: .continuous) } catch { return nil }
                return .failure(late)
            }
            defer { group.cancelAll() }
            for await result in group { if let result { return result } }
            return .failure(late)
        }
    }

    /// Returns the elements of all pages, in order.
    /// - Parameter first: the first page, if it was read before.
    /// - Throws: ``AWSError``; a repeated page token is an error too, because the pages after it can never be read.
    public func all<Output, Element>(
        _ request: ReadRequest<Output>, in region: String, after first: Output? = nil,
        _ elements: (Output) -> [Element]
    ) async throws(AWSError) -> [Element] {
        var request = request
        var first = first
        var all: [Element] = []
        var seen: Set<String> = []
        while seen.count < configuration.maximumPages {
            let page: Output
            if let known = first.take() { page = known } else { page = try await send(request, in: region) }
            all += elements(page)
            guard let paging = request.paging else { return all }
            guard let token = paging.nextToken(page), !token.isEmpty else {
                guard !paging.isTruncated(page) else {
                    throw AWSError(
                        .brokenPaging, request.operation, region: region,
                        message: "AWS says that the list goes on, but not where")
                }
                return all
            }
            guard seen.insert(token).inserted else {
                throw AWSError(
                    .brokenPaging, request.operation, region: region,
                    message: "AWS repeats a page token, so the list cannot be read to its end")
            }
            request.setPageToken(token, name: paging.tokenParameter)
        }
        throw AWSError(
            .brokenPaging, request.operation, region: region,
            message: "the list does not end within \(configuration.maximumPages) pages")
    }

    private func attemptUntilDecided<Output: Sendable>(
        _ request: some Request<Output>, in region: String, isRepeatable: Bool
    ) async -> Result<Output, AWSError> {
        var region = region
        var isRedirected = false
        var attempt = 1
        while true {
            let key = RateBudget.Key(
                accountID: accountID, region: region, quota: request.operation.quota)
            do {
                try await budget.acquire(key)
            } catch {
                return .failure(failure(.transport(.cancelled), request, region, "cancelled", attempt))
            }
            let outcome = await underway.run { [region, attempt] in
                await self.attempt(request, in: region, number: attempt)
            }
            await budget.report(key, throttled: outcome.failure == .throttled)
            guard case .failure(let error) = outcome.result, isRepeatable || !error.mayHaveTakenEffect else {
                return outcome.result
            }
            if let place = outcome.bucketRegion, place != region, request.binding.bucket != nil, !isRedirected {
                configuration.logger.debug("\(error); the bucket is in \(place)")
                region = place
                isRedirected = true
                attempt += 1
                continue
            }
            let delay = configuration.retry.delay(
                after: outcome.failure, attempt: attempt, retryAfter: outcome.retryAfter,
                random: configuration.random())
            guard let delay else { return outcome.result }
            configuration.logger.debug("\(error); trying again in \(delay)")
            do {
                try await configuration.sleep(delay)
            } catch {
                return .failure(failure(.transport(.cancelled), request, region, "cancelled", attempt))
            }
            attempt += 1
        }
    }

    private struct Outcome<Output: Sendable> {
        var result: Result<Output, AWSError>
        var failure: RetryPolicy.Failure
        var retryAfter: Duration?
        /// The bucket's region according to Amazon S3, if it rejects a request because of its region. S3 then answers
        /// with status 301, 307 or 400.
        ///
        /// Source: Amazon S3 User Guide, "Making requests", section "Request redirection and the REST API"; Amazon S3
        /// API Reference, "Error responses": `PermanentRedirect`, `AuthorizationHeaderMalformed`.
        var bucketRegion: String?
    }

    private func attempt<Output: Sendable>(
        _ request: some Request<Output>, in region: String, number: Int
    ) async -> Outcome<Output> {
        func fail(
            _ kind: AWSError.Kind, _ message: String, _ failure: RetryPolicy.Failure, requestID: String? = nil,
            retryAfter: Duration? = nil, cause: Failure? = nil, advice: String? = nil
        ) -> Outcome<Output> {
            let error = AWSError(
                kind, request.operation, region: region, message: message, requestID: requestID, attempts: number,
                cause: cause, advice: advice)
            return Outcome(result: .failure(error), failure: failure, retryAfter: retryAfter)
        }

        let http: HTTPRequest
        let caller: Credentials
        do throws(Failure) {
            caller = try await credentials.credentials()
        } catch {
            return fail(.credentials, error.description, .final, cause: error)
        }
        do {
            http = try signed(request, in: region, by: caller)
        } catch {
            return fail(.endpoint, "\(error)", .final, cause: error as? Failure)
        }
        let response: HTTPResponse
        do {
            response = try await transport.send(
                http, timeout: configuration.timeout, maximumBodyBytes: configuration.maximumBodyBytes)
        } catch {
            let isFinal = [.cancelled, .tooLarge, .untrusted].contains(error.kind)
            return fail(
                .transport(error.kind), error.description, isFinal ? .final : .transient, advice: error.advice)
        }
        calls.record(request.operation, isRetry: number > 1)
        configuration.clock.learn(from: response)
        if (200..<300).contains(response.status) {
            do {
                return Outcome(
                    result: .success(try AnswerDecoder.decode(response, of: request)), failure: .final)
            } catch {
                // A body without an announced length may have been cut off; another attempt can return all of it.
                return fail(
                    .unreadableAnswer, "the answer cannot be read (\(error.plain))",
                    response.isKnownWhole ? .final : .transient,
                    requestID: response[header: "x-amzn-requestid"])
            }
        }
        var refusal = AnswerDecoder.error(response, of: request.operation)
        refusal.message = caller.hidden(in: refusal.message)
        var isMended = false
        if number == 1 {
            isMended = correctClock(refusal, response)
            if ErrorCodes.expired.contains(refusal.code) { isMended = await credentials.discard(caller) }
        }
        var outcome: Outcome<Output> = fail(
            .service(code: refusal.code, status: response.status), refusal.message,
            isMended ? .transient : classify(refusal.code, status: response.status), requestID: refusal.requestID,
            retryAfter: response.retryAfter(at: configuration.clock.now).map { .seconds($0) })
        if [301, 307, 400].contains(response.status) { outcome.bucketRegion = response[header: "x-amz-bucket-region"] }
        return outcome
    }

    private func signed(
        _ request: some Request, in region: String, by caller: Credentials
    ) throws -> HTTPRequest {
        let endpoint = try endpoints.endpoint(
            for: request.operation.service, region: region, accountID: request.binding.accountID)
        let http = try RequestEncoder.encode(
            request, to: endpoint,
            addressing: request.binding.isPathStyle
                ? .path : request.binding.bucket.map(endpoint.addressing(of:)) ?? .path)
        let signer = RequestSigner(
            credentials: caller, region: endpoint.signingRegion, service: endpoint.signingName)
        return signer.sign(http, at: configuration.clock.local().addingTimeInterval(signingOffset.value))
    }

    private func classify(_ code: String, status: Int) -> RetryPolicy.Failure {
        if status == 429 || ErrorCodes.throttling.contains(code) { return .throttled }
        if ErrorCodes.transient.contains(code) || [500, 502, 503, 504].contains(status) {
            return .transient
        }
        return .final
    }

    /// Corrects the signing time by the answer's `Date` header, if AWS rejected the request because of its time and the
    /// clocks differ by more than four minutes (AWS allows five).
    private func correctClock(_ refusal: ServiceError, _ response: HTTPResponse) -> Bool {
        guard ErrorCodes.clockSkew.contains(refusal.code), let offset = configuration.clock.offset(of: response) else {
            return false
        }
        guard abs(offset - signingOffset.value) > 240 else { return false }
        signingOffset.value = offset
        return true
    }

    private func failure(
        _ kind: AWSError.Kind, _ request: some Request, _ region: String, _ message: String, _ attempts: Int
    ) -> AWSError {
        AWSError(kind, request.operation, region: region, message: message, attempts: attempts)
    }
}

/// A client that can change the account. Only the module that applies fixes has one.
public struct WritingClient: Sendable {
    private let client: Client

    public init(_ client: Client) {
        self.client = client
    }

    /// Sends a request and returns its answer. The request is sent again if AWS rejected it (throttling, wrong clock,
    /// expired credentials). After an attempt with an unknown outcome it is sent again only if it is idempotent.
    /// - Throws: ``AWSError``; see ``AWSError/mayHaveTakenEffect``.
    public func send<Output>(_ request: WriteRequest<Output>, in region: String) async throws(AWSError) -> Output {
        try await client.send(request, in: region, isRepeatable: request.isIdempotent)
    }
}

/// Settings of a ``Client``. The clock and the source of random numbers are passed in.
public struct ClientConfiguration: Sendable {
    public var retry = RetryPolicy()
    /// Time limit of one attempt, from the first byte sent to the last byte read.
    public var timeout: Duration = .seconds(60)
    /// Maximum length of an answer, in bytes.
    public var maximumBodyBytes = 64 << 20
    /// Maximum number of calls that wait for an answer, so that memory use stays bounded.
    public var maximumConcurrentCalls = 64
    /// Maximum number of calls of one quota that are in progress or wait for its rate, so that a slow service does not
    /// delay others.
    public var maximumConcurrentCallsPerQuota = 32
    /// Maximum number of pages of one list: more than any account has.
    public var maximumPages = 10_000
    public var logger = Logger(label: "aws", factory: { _ in SwiftLogNoOpLogHandler() })
    /// The clock, which is corrected by the answers.
    public var clock = ServerClock { Date() }
    public var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// Returns a random number, uniform in 0..<1.
    public var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

    public init() {}
}

extension ReadRequest {
    fileprivate mutating func setPageToken(_ token: String, name: String) {
        switch operation.service.wireProtocol {
        case .restXML, .restJSON:
            binding.query.removeAll { $0.name == name }
            binding.query.append(.init(name, token))
        case .awsJSON, .query, .ec2:
            parameters[name] = .string(token)
        }
    }
}

/// A value that concurrent calls share.
private final class SharedValue<Value: Sendable>: Sendable {
    private let storage: Mutex<Value>

    init(_ value: Value) {
        storage = Mutex(value)
    }

    var value: Value {
        get { storage.withLock { $0 } }
        set { storage.withLock { $0 = newValue } }
    }
}

extension Error {
    /// One line for the user, if the error is a decoding error.
    fileprivate var plain: String {
        guard let error = self as? DecodingError else { return "\(self)" }
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty ? "" : " at " + context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(key.stringValue) is missing\(place(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return context.debugDescription + place(context)
        @unknown default: return "\(error)"
        }
    }
}
