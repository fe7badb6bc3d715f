import Basics
import Hummingbird
import NIOCore

/// A request's connection.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The other side of the connection; `nil` if the request does not come over the network.
    let peer: IPAddress?
    /// This side of the connection.
    let local: IPAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress.flatMap(IPAddress.init)
        local = source.channel.localAddress.flatMap(IPAddress.init)
    }
}

extension IPAddress {
    fileprivate init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        // A link-local address names its interface after a percent sign.
        self.init(text.prefix { $0 != "%" })
    }
}
