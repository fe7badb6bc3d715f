public import Basics
import FoundationEssentials

/// The address and port at which a server listens.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    public var address: IPAddress
    /// 0 takes a free port.
    public var port: Int

    public init(_ address: IPAddress, port: Int) {
        self.address = address
        self.port = port
    }

    /// - Parameter text: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, or a port alone, which means loopback.
    /// - Throws: ``Failure`` for anything else: a name would listen at an address that nobody chose.
    public init(parsing text: String) throws(Failure) {
        let (host, port) =
            text.lastIndex(of: ":").map { (text[..<$0], text[text.index(after: $0)...]) } ?? ("127.0.0.1", text[...])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let name = isBracketed ? host.dropFirst().dropLast() : host
        guard let address = IPAddress(name == "localhost" ? "127.0.0.1" : name), address.isIPv6 == isBracketed,
            !port.isEmpty, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(port)
        else {
            throw Failure(
                "cannot listen on \(text)", why: "it is not an IP address and a port",
                advice: "write 127.0.0.1:8080 or [::1]:8080")
        }
        self.init(address, port: Int(port))
    }

    /// Whether only programs on this machine can connect.
    public var isLoopback: Bool { address.isLoopback }

    public var description: String { "\(address.isIPv6 ? "[\(address)]" : "\(address)"):\(port)" }
}

extension IPAddress {
    /// Whether the address is in `127.0.0.0/8` or is `::1`; also in IPv6's notation of IPv4.
    var isLoopback: Bool { DashboardSettings.loopback.contains(unmapped) }
}
