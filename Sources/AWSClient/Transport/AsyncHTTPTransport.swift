import AsyncHTTPClient
import Basics
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Transport over real sockets: AsyncHTTPClient with its connection pools, which are closed with the last reference.
///
/// It uses TLS 1.2 or later, and connects through a tunnel (`CONNECT`) if a proxy is configured for the host.
public final class AsyncHTTPTransport: HTTPTransport {
    /// The clients by proxy, because AsyncHTTPClient has a single proxy for each client.
    private let clients: [Proxy?: HTTPClient]
    private let configuration: HTTPClient.Configuration
    private let network: NetworkSettings
    private let userAgent: String

    /// - Parameters:
    ///   - userAgent: the program's name in the `User-Agent` header.
    ///   - connectionsPerHost: maximum number of concurrent requests to one host.
    ///   - isPatient: whether to retry a failed connection, and to wait for a silent host, until the request's timeout;
    ///     for callers that do not retry themselves.
    ///   - network: the proxies and the trusted certificate authorities.
    public init(
        userAgent: String = "parapet", connectionsPerHost: Int = 16, isPatient: Bool = false,
        network: NetworkSettings = NetworkSettings()
    ) {
        self.userAgent = userAgent
        self.network = network
        var configuration = HTTPClient.Configuration()
        var tls = TLSConfiguration.makeClientConfiguration()
        // AWS supports no older version since 2024.
        tls.minimumTLSVersion = .tlsv12
        if let authorities = network.authorities { tls.trustRoots = .certificates(authorities.certificates) }
        configuration.tlsConfiguration = tls
        // Waiting for a free connection of the pool counts as connecting, and a busy host can take a while.
        configuration.timeout = .init(connect: .seconds(isPatient ? 300 : 30), read: .seconds(isPatient ? 300 : 60))
        configuration.connectionPool = .init(
            idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: connectionsPerHost)
        configuration.connectionPool.retryConnectionEstablishment = isPatient
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        self.configuration = configuration
        var clients: [Proxy?: HTTPClient] = [:]
        for proxy in Set(network.proxies.proxies.values.map(Optional.some) + [nil]) {
            configuration.proxy = proxy.map { .init($0) }
            clients[proxy] = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }
        self.clients = clients
    }

    deinit {
        // Errors in closing are ignored: every answer has already been read.
        for client in clients.values { client.shutdown { _ in } }
    }

    public func send(
        _ request: HTTPRequest, timeout: Duration, maximumBodyBytes: Int
    ) async throws(TransportError) -> HTTPResponse {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for header in request.headers where header.name.lowercased() != "host" {
            outgoing.headers.add(name: header.name, value: header.value)
        }
        outgoing.headers.replaceOrAdd(name: "Host", value: request.authority)
        outgoing.headers.replaceOrAdd(name: "User-Agent", value: request[header: "User-Agent"] ?? userAgent)
        if !request.body.isEmpty {
            outgoing.body = .bytes(request.body)
        }
        let proxy = network.proxies.proxy(for: request)
        guard let client = clients[proxy] else { preconditionFailure("there is a client for each proxy") }
        var status: Int?
        do {
            let deadline = NIODeadline.now() + .nanoseconds(timeout.nanoseconds)
            let response = try await client.execute(outgoing, deadline: deadline)
            status = Int(response.status.code)
            var answer = HTTPResponse(
                status: Int(response.status.code),
                headers: response.headers.map { .init($0.name, $0.value) },
                body: try await body(of: response, atMost: maximumBodyBytes, until: deadline))
            answer.isKnownWhole =
                response.headers.contains(name: "Content-Length")
                || response.headers.contains(name: "Transfer-Encoding")
            return answer
        } catch {
            let certificate = TLSFailure.isAboutCertificate(error) ? await certificate(of: request, proxy) : nil
            if let failure = TLSFailure(error, certificate: certificate, authorities: network.authorities?.name) {
                throw TransportError(
                    failure.isFinal ? .untrusted : .connection,
                    "no connection to \(request.authority): \(failure.why)", advice: failure.advice)
            }
            var failure = TransportError(
                error, host: request.authority, proxy: proxy, maximumBodyBytes: maximumBodyBytes)
            failure.status = status
            throw failure
        }
    }

    /// Collects the body in its final buffer, so that a log file of several megabytes is in memory only once.
    private func body(
        of response: HTTPClientResponse, atMost bound: Int, until deadline: NIODeadline
    ) async throws -> [UInt8] {
        let announced = response.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        guard announced <= bound else { throw NIOTooManyBytesError(maxBytes: bound) }
        var body: [UInt8] = []
        body.reserveCapacity(max(0, announced))
        for try await piece in response.body {
            // The request's deadline covers only the head of the answer, so it is checked here for the body.
            guard NIODeadline.now() < deadline else { throw HTTPClientError.deadlineExceeded }
            guard body.count + piece.readableBytes <= bound else { throw NIOTooManyBytesError(maxBytes: bound) }
            body += piece.readableBytesView
        }
        return body
    }

    /// Returns the untrusted certificate to explain the failure, because BoringSSL's error does not. It opens a second
    /// connection and closes it before sending a request.
    private func certificate(of request: HTTPRequest, _ proxy: Proxy?) async -> NIOSSLCertificate? {
        let seen = Mutex<NIOSSLCertificate?>(nil)
        var configuration = configuration
        configuration.proxy = proxy.map { .init($0) }
        configuration.tlsConfiguration?.certificateVerification = .none
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { channel in
            let handler = try? channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
            seen.withLock { $0 = handler?.peerCertificate }
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var probe = HTTPClientRequest(url: "https://\(request.authority)/")
        probe.method = .HEAD
        _ = try? await client.execute(probe, deadline: .now() + .seconds(10))
        try? await client.shutdown()
        return seen.withLock { $0 }
    }
}

extension HTTPClient.Configuration.Proxy {
    fileprivate init(_ proxy: Proxy) {
        self = .server(
            host: proxy.host, port: proxy.port,
            authorization: proxy.login.map { .basic(username: $0.user, password: $0.password) })
    }
}

extension TransportError {
    fileprivate init(_ error: any Error, host: String, proxy: Proxy?, maximumBodyBytes: Int) {
        switch error {
        case is CancellationError:
            self.init(.cancelled, "cancelled")
        case is NIOTooManyBytesError:
            self.init(.tooLarge, "the answer from \(host) is longer than \(maximumBodyBytes) bytes")
        case let error as HTTPClientError:
            self.init(error, host: host, proxy: proxy)
        case let error as NIOConnectionError:
            let reasons = Set(error.connectionErrors.map { Self.plain($0.error) }).sorted()
            let reason = reasons.isEmpty ? "the host name is not known" : reasons.joined(separator: "; ")
            if let proxy {
                self.init(
                    .connection, "no connection to \(host): the proxy \(proxy) cannot be reached (\(reason))",
                    advice: proxy.advice)
            } else {
                self.init(.connection, "no connection to \(host) (\(reason))")
            }
        case is HTTPParserError:
            self.init(.cut, "the answer from \(host) is not whole, or not HTTP")
        case NIOSSLError.uncleanShutdown:
            self.init(.cut, "\(host) closed the connection before its answer was whole")
        default:
            self.init(.connection, "no connection to \(host) (\(Self.plain(error)))")
        }
    }

    /// The system's error message; the libraries' own messages are for programmers.
    private static func plain(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "it broke off" }
        return switch error.errnoCode {
        case ECONNREFUSED: "connection refused"
        case ENETUNREACH, EHOSTUNREACH: "no way there"
        case ECONNRESET: "connection reset"
        default: String(cString: strerror(error.errnoCode)).lowercased()
        }
    }

    private init(_ error: HTTPClientError, host: String, proxy: Proxy?) {
        switch (error, proxy) {
        case (.cancelled, _):
            self.init(.cancelled, "cancelled")
        case (.proxyAuthenticationRequired, let proxy?):
            self.init(
                .untrusted, "no connection to \(host): the proxy \(proxy) requires a user and a password",
                advice: "write \(proxy.variable) like http://user:password@\(proxy)")
        case (.invalidProxyResponse, let proxy?):
            self.init(.connection, "no connection to \(host): the proxy \(proxy) refuses it", advice: proxy.advice)
        case (.deadlineExceeded, _), (.readTimeout, _), (.connectTimeout, _), (.getConnectionFromPoolTimeout, _),
            (.httpProxyHandshakeTimeout, _), (.tlsHandshakeTimeout, _):
            self.init(.timeout, "no answer from \(host)\(proxy.map { " through the proxy \($0)" } ?? "") in time")
        case (.remoteConnectionClosed, _):
            self.init(.cut, "\(host) closed the connection before its answer was whole")
        default:
            self.init(.connection, "no connection to \(host) (\(error.shortDescription))")
        }
    }
}

extension Proxy {
    fileprivate var advice: String { "check \(variable), or name the host in NO_PROXY" }
}

extension Duration {
    /// Nanoseconds, limited to about three centuries.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(seconds, 9_000_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
