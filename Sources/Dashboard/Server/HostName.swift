import Basics

/// The host of a request or of an origin, in lower case and without the port.
struct HostName: Hashable, Sendable {
    let name: String
    let port: Int?

    /// - Parameter text: `name`, `name:port`, `address:port` or `[address]:port`.
    /// - Returns: `nil` if it is missing or not a host.
    init?(_ text: String?) {
        guard let text, !text.isEmpty, text.utf8.count <= 255 + 6 else { return nil }
        let end = text.hasPrefix("[") ? text.firstIndex(of: "]").map(text.index(after:)) : text.firstIndex(of: ":")
        let host = text[..<(end ?? text.endIndex)]
        let rest = text[(end ?? text.endIndex)...]
        if rest.isEmpty {
            port = nil
        } else {
            let digits = rest.dropFirst()
            guard rest.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(digits)
            else { return nil }
            port = Int(number)
        }
        if host.hasPrefix("[") {
            guard let address = IPAddress(host.dropFirst().dropLast()), address.isIPv6 else { return nil }
            name = "\(address)"
        } else {
            guard !host.isEmpty, host.utf8.allSatisfy(Self.isValid) else { return nil }
            // A name may end in a dot, which means the same.
            name = (host.hasSuffix(".") ? host.dropLast() : host).lowercased()
        }
    }

    private static func isValid(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The address, if the host is one.
    var address: IPAddress? { IPAddress(name) }

    /// Whether the host is this machine, whatever a name server says.
    var isLoopback: Bool { name == "localhost" || address?.isLoopback == true }
}
