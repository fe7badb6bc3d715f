import AsyncHTTPClient
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

/// The transport over real sockets: AsyncHTTPClient with its connection pool, which closes with the last reference.
public final class AsyncHTTPTransport: HTTPTransport {
    private let client: HTTPClient
    private let userAgent: String

    /// - Parameters:
    ///   - userAgent: what the program calls itself to every server.
    ///   - connectionsPerHost: how many requests may be under way at once to one host.
    ///   - isPatient: whether a connection that cannot be made is tried again until the request's timeout, and a silent
    ///     host waited for as long, for callers
    ///     that do not try again themselves.
    public init(userAgent: String = "parapet", connectionsPerHost: Int = 16, isPatient: Bool = false) {
        self.userAgent = userAgent
        var configuration = HTTPClient.Configuration()
        // The wait for a free connection of the pool counts as connecting, and a busy host may take a while.
        configuration.timeout = .init(connect: .seconds(isPatient ? 300 : 30), read: .seconds(isPatient ? 300 : 60))
        configuration.connectionPool = .init(
            idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: connectionsPerHost)
        configuration.connectionPool.retryConnectionEstablishment = isPatient
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        // Nothing is lost when closing fails: every answer was read before.
        client.shutdown { _ in }
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
        do {
            let deadline = NIODeadline.now() + .nanoseconds(timeout.nanoseconds)
            let response = try await client.execute(outgoing, deadline: deadline)
            return HTTPResponse(
                status: Int(response.status.code),
                headers: response.headers.map { .init($0.name, $0.value) },
                body: try await body(of: response, atMost: maximumBodyBytes, until: deadline))
        } catch {
            throw TransportError(error, host: request.authority, maximumBodyBytes: maximumBodyBytes)
        }
    }

    /// Collects the body in its final buffer, so that a log file of some megabytes is in memory only once.
    private func body(
        of response: HTTPClientResponse, atMost bound: Int, until deadline: NIODeadline
    ) async throws -> [UInt8] {
        let announced = response.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        guard announced <= bound else { throw NIOTooManyBytesError(maxBytes: bound) }
        var body: [UInt8] = []
        body.reserveCapacity(max(0, announced))
        for try await piece in response.body {
            // The deadline of the request ends with the head of the answer.
            guard NIODeadline.now() < deadline else { throw HTTPClientError.deadlineExceeded }
            guard body.count + piece.readableBytes <= bound else { throw NIOTooManyBytesError(maxBytes: bound) }
            body += piece.readableBytesView
        }
        return body
    }
}

extension TransportError {
    fileprivate init(_ error: any Error, host: String, maximumBodyBytes: Int) {
        switch error {
        case is CancellationError:
            self.init(.cancelled, "cancelled")
        case is NIOTooManyBytesError:
            self.init(.tooLarge, "the answer from \(host) is longer than \(maximumBodyBytes) bytes")
        case let error as HTTPClientError:
            self.init(error, host: host)
        case let error as NIOConnectionError:
            let reasons = Set(error.connectionErrors.map { Self.plain($0.error) }).sorted()
            let reason = reasons.isEmpty ? "the host name is not known" : reasons.joined(separator: "; ")
            self.init(.connection, "no connection to \(host) (\(reason))")
        case is HTTPParserError:
            self.init(.cut, "the answer from \(host) is not whole, or not HTTP (\(error))")
        default:
            self.init(.connection, "no connection to \(host) (\(Self.plain(error)))")
        }
    }

    private static func plain(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return switch error.errnoCode {
        case ECONNREFUSED: "connection refused"
        case ENETUNREACH, EHOSTUNREACH: "no way there"
        case ECONNRESET: "connection reset"
        default: "\(error)"
        }
    }

    private init(_ error: HTTPClientError, host: String) {
        switch error {
        case .cancelled:
            self.init(.cancelled, "cancelled")
        case .deadlineExceeded, .readTimeout, .connectTimeout, .getConnectionFromPoolTimeout:
            self.init(.timeout, "no answer from \(host) in time")
        case .remoteConnectionClosed:
            self.init(.cut, "\(host) closed the connection before its answer was whole")
        default:
            self.init(.connection, "no connection to \(host) (\(error.shortDescription))")
        }
    }
}

extension Duration {
    /// Whole nanoseconds; longer than three centuries counts as three centuries.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(seconds, 9_000_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
