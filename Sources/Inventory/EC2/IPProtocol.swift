/// Protocol names in the rules of security groups and network ACLs.
///
/// Source: Amazon EC2 API Reference, "SecurityGroupRule" and "NetworkAclEntry".
enum IPProtocol {
    /// Whether `text` is `-1` for all protocols, a protocol name that AWS uses, or an IANA protocol number.
    static func isKnown(_ text: String) -> Bool {
        ["-1", "tcp", "udp", "icmp", "icmpv6"].contains(text) || UInt8(text).map { String($0) == text } == true
    }
}
