import Basics
public import AWSClient
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

/// A small HTTP/1.1 server on a free loopback port that answers what a closure says.
public final class TestServer: Sendable {
    /// What the server does with a request.
    public enum Reply: Sendable {
        case answer(HTTPResponse)
        /// Announces the whole body, sends only that many bytes of it, and closes the connection.
        case cut(HTTPResponse, after: Int)
        /// Sends the body byte by byte, with a pause of so many milliseconds between two.
        case drip(HTTPResponse, pause: Int64)
        /// As ``cut(_:after:)``, and the connection is reset instead of closed.
        case reset(HTTPResponse, after: Int)
        /// Closes the connection without a word.
        case hangUp
        /// Keeps the connection, and never says a word.
        case silence
    }

    public typealias Handler = @Sendable (HTTPRequest) async -> Reply

    public let endpoint: String
    private let channel: any Channel

    public static func start(_ handler: @escaping Handler) async throws -> TestServer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Connection(handler))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TestServer(channel)
    }

    private init(_ channel: any Channel) {
        self.channel = channel
        endpoint = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    deinit {
        channel.close(promise: nil)
    }

    /// One connection: gathers a request, asks the handler, writes its reply.
    fileprivate final class Connection: ChannelInboundHandler, @unchecked Sendable {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let handler: Handler
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ handler: @escaping Handler) {
            self.handler = handler
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = []
            case .body(let buffer):
                body += buffer.readableBytesView
            case .end:
                guard let head else { return }
                let request = HTTPRequest(head, body: body)
                let channel = context.channel
                let handler = handler
                Task {
                    let reply = await handler(request)
                    channel.eventLoop.execute { Self.write(reply, to: channel) }
                }
            }
        }

        private static func write(_ reply: Reply, to channel: any Channel) {
            let response: HTTPResponse
            let sent: Int
            var isReset = false
            switch reply {
            case .silence: return
            case .hangUp:
                channel.close(promise: nil)
                return
            case .answer(let answer):
                response = answer
                sent = answer.body.count
            case .cut(let answer, let count):
                response = answer
                sent = min(count, answer.body.count)
            case .reset(let answer, let count):
                response = answer
                sent = min(count, max(0, answer.body.count - 1))
                isReset = true
            case .drip(let answer, _):
                response = answer
                sent = 0
            }
            var headers = HTTPHeaders(
                response.headers.map { ($0.name, $0.value) }.filter {
                    !["content-length", "transfer-encoding", "connection"].contains($0.0.lowercased())
                })
            headers.add(name: "Content-Length", value: "\(response.body.count)")
            let head = HTTPResponseHead(
                version: .http1_1, status: .init(statusCode: response.status), headers: headers)
            channel.write(HTTPServerResponsePart.head(head), promise: nil)
            if case .drip(_, let pause) = reply {
                drip(response.body[...], every: .milliseconds(pause), to: channel)
                return
            }
            channel.write(
                HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: response.body[..<sent]))), promise: nil)
            guard sent == response.body.count else {
                channel.flush()
                // Without waiting for what was sent: the peer gets a reset.
                if isReset, let options = channel as? any SocketOptionProvider {
                    options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil)
                    }
                } else {
                    channel.close(promise: nil)
                }
                return
            }
            channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        }
    }
}

extension TestServer.Connection {
    fileprivate static func drip(_ bytes: ArraySlice<UInt8>, every pause: TimeAmount, to channel: any Channel) {
        guard let first = bytes.first, channel.isActive else {
            channel.close(promise: nil)
            return
        }
        channel.writeAndFlush(
            HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: [first]))), promise: nil)
        channel.eventLoop.scheduleTask(in: pause) { drip(bytes.dropFirst(), every: pause, to: channel) }
    }
}

extension HTTPRequest {
    fileprivate init(_ head: HTTPRequestHead, body: [UInt8]) {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count > 1 ? parts[1].split(separator: "&") : []
        self.init(
            method: head.method.rawValue, scheme: "http", host: head.headers.first(name: "Host") ?? "",
            path: String(parts[0]),
            query: query.map { item in
                let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                return .init(
                    PercentEncoding.decode(pair[0]) ?? pair[0],
                    pair.count > 1 ? PercentEncoding.decode(pair[1]) ?? pair[1] : "")
            },
            headers: head.headers.map { .init($0.name, $0.value) }, body: body)
    }
}
