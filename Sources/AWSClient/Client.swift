import Basics
import FoundationEssentials
public import Logging
import Synchronization

/// Reads from AWS: signs, sends, retries, reads pages. One client serves one set of credentials, in every region. It
/// sends no ``WriteRequest``: that takes a ``WritingClient``.
public struct Client: Sendable {
    private let credentials: any CredentialProvider
    private let endpoints: EndpointResolver
    private let transport: any HTTPTransport
    private let configuration: ClientConfiguration
    private let budget: RateBudget
    private let underway: ConcurrencyLimit
    private let lanes: Lanes
    /// Seconds by which AWS's clock is ahead of ours, as far as a refusal demanded that it be looked at.
    private let signingOffset = SharedValue<TimeInterval>(0)
    /// The calls made so far.
    public let calls: CallLog
    /// Whose quota the calls are counted against.
    public var accountID = ""
    /// When calls that have no answer yet fail.
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

    /// The answer to one request.
    /// - Throws: ``AWSError`` once no further attempt is worth making.
    public func send<Output>(_ request: ReadRequest<Output>, in region: String) async throws(AWSError) -> Output {
        try await send(request, in: region, isRepeatable: true)
    }

    /// - Parameter isRepeatable: the request may be sent again after an attempt that may have taken effect.
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

    /// What `body` answers, or that the time was up before; `body` is cancelled then.
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
                // Cancelled if the answer comes first.
                do { try await Task.sleep(until: deadline, clock: .continuous) } catch { return nil }
                return .failure(late)
            }
            defer { group.cancelAll() }
            for await result in group { if let result { return result } }
            return .failure(late)
        }
    }

    /// The elements of all pages, in their order.
    /// - Throws: ``AWSError``; a page token that was seen before is an error too, since what lies behind it will
    ///   never be read.
    public func all<Output, Element>(
        _ request: ReadRequest<Output>, in region: String, _ elements: (Output) -> [Element]
    ) async throws(AWSError) -> [Element] {
        var request = request
        var all: [Element] = []
        var seen: Set<String> = []
        while seen.count < configuration.maximumPages {
            let page = try await send(request, in: region)
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
        /// Where Amazon S3 says that the bucket is, of a request that it refuses for its region: it answers 301, 307 or
        /// 400 to that.
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
                // A body whose end was not announced may have been cut; the next one may be whole.
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
            retryAfter: retryAfter(response))
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

    /// Sets our clock by the answer's `Date` header if AWS refused a request for its time and the clocks differ by more
    /// than four minutes (AWS admits five).
    private func correctClock(_ refusal: ServiceError, _ response: HTTPResponse) -> Bool {
        guard ErrorCodes.clockSkew.contains(refusal.code), let offset = configuration.clock.offset(of: response) else {
            return false
        }
        guard abs(offset - signingOffset.value) > 240 else { return false }
        signingOffset.value = offset
        return true
    }

    private func retryAfter(_ response: HTTPResponse) -> Duration? {
        guard let text = response[header: "Retry-After"] else { return nil }
        if let seconds = Int(text), seconds >= 0 { return .seconds(min(seconds, 86_400)) }
        return HTTPDate.parse(text).map { .seconds(max(0, $0.timeIntervalSince(configuration.clock.now))) }
    }

    private func failure(
        _ kind: AWSError.Kind, _ request: some Request, _ region: String, _ message: String, _ attempts: Int
    ) -> AWSError {
        AWSError(kind, request.operation, region: region, message: message, attempts: attempts)
    }
}

/// A client that may change what is in the account. Only the room that applies fixes holds one.
public struct WritingClient: Sendable {
    private let client: Client

    public init(_ client: Client) {
        self.client = client
    }

    /// The answer to one request. It is sent again if AWS refused it (too many calls, a wrong clock, expired
    /// credentials), and after an attempt of unknown outcome only if it is idempotent.
    /// - Throws: ``AWSError``; see ``AWSError/mayHaveTakenEffect``.
    public func send<Output>(_ request: WriteRequest<Output>, in region: String) async throws(AWSError) -> Output {
        try await client.send(request, in: region, isRepeatable: request.isIdempotent)
    }
}

/// How a ``Client`` behaves; time and chance are passed in.
public struct ClientConfiguration: Sendable {
    public var retry = RetryPolicy()
    /// For one attempt, from the first byte sent to the last byte read.
    public var timeout: Duration = .seconds(60)
    /// The longest answer that is read, in bytes.
    public var maximumBodyBytes = 64 << 20
    /// Calls that wait for an answer, so that what is in memory stays bounded.
    public var maximumConcurrentCalls = 64
    /// Calls of one quota that are under way or wait for its rate, so that a slow service holds up no other.
    public var maximumConcurrentCallsPerQuota = 32
    /// Of one list: more than any account has.
    public var maximumPages = 10_000
    public var logger = Logger(label: "aws", factory: { _ in SwiftLogNoOpLogHandler() })
    /// Learns from the answers.
    public var clock = ServerClock { Date() }
    public var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// Uniform in 0..<1.
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
    /// One line for a person, if the error is one of the decoder's.
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
