import Basics
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOSSL

/// What one connection, and all of them, may take.
struct ConnectionLimits: Sendable {
    /// The number of connections; more wait until one ends.
    var connections: Int
    /// The time in which a request's head must have come, and after which an idle connection ends.
    var idle: TimeAmount = .seconds(15)
    /// The time in which a client must take what was sent.
    var write: TimeAmount = .seconds(30)
    /// The bytes of a head, and of one of its fields.
    var head = 16_384
    var field = 8_192
    var fields = 100

    static let health = ConnectionLimits(connections: 200)

    /// HTTP/1.1 within these limits.
    var plain: HTTPServerBuilder {
        HTTPServerBuilder { responder in
            GuardedChannel(
                base: HTTP1Channel(
                    responder: responder,
                    configuration: HTTP1Channel.Configuration(
                        idleTimeout: idle,
                        httpDecoderConfiguration: .init(
                            maxHeaderFieldSize: field, maxHeaderListSize: head, maxHeaderFieldCount: fields))),
                limits: self)
        }
    }

    /// HTTP/1.1 within these limits, under TLS if `tls` is given.
    /// - Throws: if BoringSSL does not take the certificate or the key.
    func server(tls: TLSConfiguration?) throws -> HTTPServerBuilder {
        try tls.map { try .tls(plain, tlsConfiguration: $0) } ?? plain
    }
}
