/// Well-known server ports.
public enum ServicePorts {
    /// Services that should not be open to the internet, by port.
    public static let exposed: [UInt16: String] = [
        20: "FTP", 21: "FTP", 22: "SSH", 23: "Telnet", 25: "SMTP", 69: "TFTP", 110: "POP3", 111: "RPC", 135: "RPC",
        137: "NetBIOS", 138: "NetBIOS", 139: "NetBIOS", 143: "IMAP", 161: "SNMP", 389: "LDAP", 445: "SMB", 512: "rexec",
        513: "rlogin", 514: "rsh", 636: "LDAP", 873: "rsync", 1433: "SQL Server", 1434: "SQL Server", 1521: "Oracle",
        2049: "NFS", 2375: "Docker", 2376: "Docker", 2379: "etcd", 2380: "etcd", 2484: "Oracle", 3306: "MySQL",
        3389: "RDP", 4333: "mSQL", 5432: "PostgreSQL", 5500: "VNC", 5601: "Kibana", 5900: "VNC", 5984: "CouchDB",
        5985: "WinRM", 5986: "WinRM", 6379: "Redis", 6443: "Kubernetes", 7000: "Cassandra", 7001: "Cassandra",
        7199: "Cassandra", 8020: "Hadoop", 9042: "Cassandra", 9092: "Kafka", 9160: "Cassandra", 9200: "Elasticsearch",
        9300: "Elasticsearch", 10250: "kubelet", 11211: "Memcached", 27017: "MongoDB", 27018: "MongoDB",
        27019: "MongoDB", 50070: "Hadoop",
    ]

    /// Ports above 1023 that servers often use, in addition to the exposed ones.
    static let common: [UInt16] = [
        1194, 1883, 3000, 3128, 4317, 4318, 4443, 5000, 5044, 5060, 5671, 5672, 7946, 8000, 8008, 8080, 8081, 8086,
        8088,
        8125, 8443, 8472, 8500, 8883, 8888, 9000, 9090, 9093, 9100, 9153, 9418, 9443, 10000, 10256, 15672, 50051,
    ]

    /// Ports of external servers that any host is likely to use at some time: DNS, HTTP, NTP, HTTPS.
    static func isUsual(_ port: UInt16) -> Bool {
        switch port {
        case 53, 80, 123, 443, 853, 8_080, 8_443: true
        default: false
        }
    }

    /// The usual ports at which miners are served as well: alternatives of HTTP and HTTPS.
    static func isAlternate(_ port: UInt16) -> Bool { port == 8_080 || port == 8_443 }

    /// Remote login ports, at which attackers guess passwords.
    static let logins: [UInt16: String] = [22: "SSH", 3389: "RDP"]
}

/// The properties of each port: whether a server probably listens there, whether it should not be exposed, and whether
/// it is a login port.
struct PortTraits: Sendable {
    static let service: UInt8 = 1
    static let exposed: UInt8 = 2
    static let login: UInt8 = 4
    /// The lowest port that clients use by default (Linux, `ip_local_port_range`).
    static let firstOfClients: UInt16 = 32_768

    private let traits: [UInt8]
    /// One bit for each port; set if a server probably listens there. All bits fit into the processor's first-level
    /// cache.
    private let services: [UInt64]

    init(_ settings: FlowSettings) {
        var traits = [UInt8](repeating: 0, count: 65_536)
        for port in 1..<1_024 { traits[port] |= Self.service }
        for port in ServicePorts.common { traits[Int(port)] |= Self.service }
        for port in settings.exposedPorts.keys { traits[Int(port)] |= Self.service | Self.exposed }
        for port in ServicePorts.logins.keys { traits[Int(port)] |= Self.service | Self.login }
        self.traits = traits
        var services = [UInt64](repeating: 0, count: 1_024)
        for port in traits.indices where traits[port] & Self.service != 0 { services[port / 64] |= 1 << (port % 64) }
        self.services = services
    }

    @inline(__always)
    private func serves(_ port: UInt16) -> Bool {
        services.withUnsafeBufferPointer { $0[Int(port >> 6)] &>> UInt64(port & 63) & 1 != 0 }
    }

    @inline(__always)
    subscript(port: UInt16) -> UInt8 { traits.withUnsafeBufferPointer { $0[Int(port)] } }

    /// The role of a flow in its conversation.
    enum Role {
        case request
        case reply
        /// Both ports are high, so the initiator is unknown.
        case unclear
    }

    /// The role of a flow. It follows from the TCP flags if the format has them. Otherwise the server is the side with
    /// a server port, or with a port below the range of client ports (from 32768 on Linux). A server port within that
    /// range is weak evidence, so it is ignored if the other port is below the range.
    @inline(__always)
    func role(from source: UInt16, to destination: UInt16, tcpFlags: UInt8, isRejected: Bool) -> Role {
        if tcpFlags & 0x12 == 0x02 { return .request }
        if tcpFlags & 0x12 == 0x12 { return .reply }
        let sourceServes = serves(source)
        let destinationServes = serves(destination)
        if sourceServes != destinationServes {
            let (port, other) = destinationServes ? (destination, source) : (source, destination)
            if port < Self.firstOfClients || other >= Self.firstOfClients {
                return destinationServes ? .request : .reply
            }
        }
        if sourceServes, destinationServes { return destination <= source ? .request : .reply }
        // Security groups accept replies, so rejected flows are requests.
        if isRejected { return .request }
        let (sourceIsClient, destinationIsClient) = (source >= Self.firstOfClients, destination >= Self.firstOfClients)
        if sourceIsClient != destinationIsClient { return sourceIsClient ? .request : .reply }
        return .unclear
    }
}
