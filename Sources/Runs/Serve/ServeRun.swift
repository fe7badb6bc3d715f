import AWSClient
import Basics
public import Dashboard
import FoundationEssentials
import Logging
import ServiceLifecycle
public import Store

/// Serves the dashboard over a store until it is stopped.
public struct ServeRun: Sendable {
    public var database: String
    public var listen = "127.0.0.1:8080"
    /// Whether findings can be muted and alerts acknowledged. If not, the store is opened read-only.
    public var allowsWrites = false
    /// The file with the token; without one, a token is made and kept in the data directory.
    public var tokenFile: String?
    public var metricsTokenFile: String?
    /// A PEM file; only with ``key``.
    public var certificate: String?
    public var key: String?
    /// The header field in which a proxy tells who is logged in; replaces the token.
    public var trustedHeader: String?
    /// The addresses of that proxy as CIDR blocks; the default is this machine.
    public var trustedProxies: [String] = []
    /// The names of the dashboard besides those of this machine and the address.
    public var allowedHosts: [String] = []

    public init(database: String) { self.database = database }

    /// How long a request waits for another process that is writing to the store, in seconds. A person who waits for a
    /// page is sooner told than a scan gives up.
    private static let patience: TimeInterval = 5

    /// Receives what a person is told who starts the dashboard: lines without a line feed.
    public struct Messages: Sendable {
        var tell: @Sendable (String) -> Void
        /// Whether a secret may be shown: a person reads, and not a log.
        var isTerminal: Bool

        public init(isTerminal: Bool, tell: @escaping @Sendable (String) -> Void) {
            self.isTerminal = isTerminal
            self.tell = tell
        }
    }

    /// Checks the options without reading a file.
    /// - Throws: ``InvalidInput`` for options that are wrong by themselves or do not go together.
    public func check() throws(InvalidInput) {
        if (certificate == nil) != (key == nil) {
            throw InvalidInput("--tls-certificate and --tls-key require each other")
        }
        if trustedHeader != nil, tokenFile != nil {
            throw InvalidInput("--trusted-header and --token-file exclude each other")
        }
        if trustedHeader == nil, !trustedProxies.isEmpty {
            throw InvalidInput("--trusted-proxy requires --trusted-header")
        }
        do {
            _ = try (ListenAddress(parsing: listen), AllowedHosts(allowedHosts), proxies())
            if let trustedHeader { _ = try DashboardSettings.header(trustedHeader, from: DashboardSettings.loopback) }
        } catch {
            throw InvalidInput("\(error)")
        }
    }

    /// Serves until SIGTERM or SIGINT; then answers what was asked, within ten seconds.
    /// - Parameters:
    ///   - pages: makes the pages over the opened store.
    ///   - onListening: called with the port as soon as the server accepts connections.
    /// - Throws: ``Failure`` if there is no such store, the address cannot be listened on, or a file cannot be used.
    public func run(
        in environment: RunEnvironment, messages: Messages,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in },
        pages: (Store) throws -> any PageSource
    ) async throws {
        let signals = await StopSignals()
        guard FileManager.default.fileExists(atPath: database) else {
            let isUsual = database == Store.usualPath(environment.aws.variables)
            throw Failure(
                "the store \(database) cannot be opened", why: "the file does not exist",
                advice: "make it with: parapet scan --store" + (isUsual ? "" : " \(database)"))
        }
        let store = try Store(database, isReadOnly: !allowsWrites, patience: Self.patience)
        var settings = try settings(environment, messages)
        settings.connections = OpenFiles.connections()
        let isTLS = settings.certificate != nil
        let address = settings.address
        let server = try DashboardServer(
            settings, pages: try pages(store), store: store, metrics: PrometheusRegistry(help: Self.help),
            now: environment.aws.now,
            onListening: { port in
                let place = ListenAddress(address.address, port: port)
                messages.tell("the dashboard is at http\(isTLS ? "s" : "")://\(place)/ (Ctrl-C stops it)")
                await onListening(port)
            }, logger: environment.logger)
        var group = ServiceGroupConfiguration(
            services: [.init(service: server), signals.configuration], logger: environment.logger)
        group.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
    }

    private func proxies() throws(Failure) -> AddressSet {
        var proxies = trustedProxies.isEmpty ? DashboardSettings.loopback : AddressSet()
        for text in trustedProxies {
            guard let block = CIDR(text) else {
                throw Failure(
                    "the trusted proxy \(text) cannot be used", why: "it is not an address or a CIDR block",
                    advice: "write 10.0.0.7 or 10.0.0.0/24")
            }
            proxies.insert(block)
        }
        // IPv6 blocks that stand for IPv4 addresses are none of IPv4 here, and have as many addresses.
        let counts = (proxies.count(of: .ipv4), proxies.count(of: .ipv6))
        guard counts.0 <= Self.mostProxies.ipv4, counts.1 <= Self.mostProxies.ipv6 else {
            throw Failure(
                "the trusted proxies \(trustedProxies.joined(separator: ", ")) cannot be used",
                why: "every program at one of so many addresses could log in as anyone",
                advice: "name the proxy's own address, such as 10.0.0.7")
        }
        return proxies
    }

    /// The greatest number of addresses of proxies: a private network of class A, and a network of /64 in a site of /48.
    private static let mostProxies = (ipv4: UInt128(1) << 24, ipv6: UInt128(1) << 80)
    /// The number of addresses of proxies above which a warning is shown: a subnet.
    private static let manyProxies = (ipv4: UInt128(256), ipv6: UInt128(1) << 64)

    /// Whether so many addresses are trusted that others than the proxy can be among them.
    private func trustsMany() throws(Failure) -> Bool {
        let proxies = try proxies()
        // All of loopback is this machine.
        let others = proxies.subtracting(DashboardSettings.loopback)
        return others.count(of: .ipv4) > Self.manyProxies.ipv4 || others.count(of: .ipv6) > Self.manyProxies.ipv6
    }

    private func settings(
        _ environment: RunEnvironment, _ messages: Messages
    ) throws(Failure) -> DashboardSettings {
        let address = try ListenAddress(parsing: listen)
        var server: ServerCertificate?
        if let certificate, let key {
            let pair = try ServerCertificate(certificate: certificate, key: key)
            let days = (pair.end.timeIntervalSince(environment.aws.now()) / 86_400).rounded(.down)
            if days < 0 {
                environment.warn("the certificate \(certificate) has expired")
            } else if days < 14 {
                environment.warn("the certificate \(certificate) expires in \(Int(days)) days")
            }
            server = pair
        }
        if !address.isLoopback, server == nil {
            environment.warn(
                "\(address) is reachable from other machines without TLS: use --tls-certificate, or a proxy with TLS")
        }
        let access: DashboardSettings.Access
        if let trustedHeader {
            access = try DashboardSettings.header(trustedHeader, from: try proxies())
            if try trustsMany() {
                environment.warn(
                    "every program on \(trustedProxies.joined(separator: ", ")) can log in as anyone: "
                        + "name the proxy's own address with --trusted-proxy")
            }
        } else {
            access = .token(try TokenFile.read(tokenFile, environment, messages))
        }
        return DashboardSettings(
            address: address, hosts: try AllowedHosts(allowedHosts), access: access, allowsWrites: allowsWrites,
            certificate: server,
            metricsToken: try metricsTokenFile.map { path throws(Failure) in try TokenFile.token(path, environment) })
    }

    private static let help = [
        "parapet_http_requests": "Requests by method and status.",
        "parapet_http_request": "Time from a request to its answer, without sending it.",
        "parapet_login_failures": "Logins with a wrong token.",
    ]
}
