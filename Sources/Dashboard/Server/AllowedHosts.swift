public import Basics

/// The names under which the dashboard answers. Any other name may be one that an attacker's name server has pointed at
/// this machine (DNS rebinding).
public struct AllowedHosts: Sendable, Hashable {
    private let names: Set<String>

    /// - Parameter names: besides this machine's loopback names and the address that the client connected to.
    /// - Throws: ``Failure`` if one is not a host name.
    public init(_ names: [String] = []) throws(Failure) {
        var all: Set<String> = []
        for name in names {
            guard let host = HostName(name), host.port == nil else {
                throw Failure(
                    "the allowed host \(name) cannot be used", why: "it is not a host name",
                    advice: "name it without scheme and port, such as dashboard.example.com")
            }
            all.insert(host.name)
        }
        self.names = all
    }

    func contains(_ host: HostName, local: IPAddress?) -> Bool {
        if host.isLoopback || names.contains(host.name) { return true }
        // A browser that was given an address asked no name server.
        guard let address = host.address, let local else { return false }
        return address.unmapped == local.unmapped
    }
}
