import ArgumentParser
import Basics
import Reports
import Runs

/// Serves the dashboard until it is stopped.
struct Serve: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Serve the dashboard over a store.",
        discussion: """
            Shows what scan, verify, hunt and watch have stored, on a page that only this machine can open unless \
            --listen says otherwise. Log in with the token that the first start shows. The dashboard never changes \
            anything in AWS; --allow-writes lets people mute findings and acknowledge alerts.

            Ends on SIGTERM or SIGINT.

            Exit codes: 0 stopped · 1 error · 64 usage error.

            Examples:
              parapet serve
              parapet serve --db /var/lib/parapet/parapet.db --allow-writes
              parapet serve --trusted-header X-Forwarded-User --trusted-proxy 10.0.0.7
              parapet serve --listen 10.0.0.5:8443 --tls-certificate c.pem --tls-key k.pem
            """)

    @Option(help: .value("file", "File of the store."), completion: .file()) var db: String?
    @Option(help: .value("address", "IP address and port to listen on.")) var listen = "127.0.0.1:8080"
    @Flag(help: "Let people mute findings and acknowledge alerts.") var allowWrites = false

    @OptionGroup(title: "Access") var access: ServeAccessOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    static var handlesSignals: Bool { true }

    func validate() throws { try ArgumentValue.valid(try serving("").check()) }

    func perform() async throws -> ExitStatus {
        let environment = verbosity.environment()
        let database = try StoreFile(db).path(in: environment)
        let messages = ServeRun.Messages(isTerminal: Terminal.standardError.isTerminal) {
            Terminal.standardError.tell("\(TerminalText.escaped($0))\n")
        }
        try await serving(database).run(in: environment, messages: messages)
        return .clean
    }

    private func serving(_ database: String) -> ServeRun {
        var run = ServeRun(database: database)
        run.listen = listen
        run.allowsWrites = allowWrites
        run.tokenFile = access.tokenFile
        run.metricsTokenFile = access.metricsTokenFile
        run.certificate = access.tlsCertificate
        run.key = access.tlsKey
        run.trustedHeader = access.trustedHeader
        run.trustedProxies = access.trustedProxy
        run.allowedHosts = access.allowedHost
        return run
    }
}

/// Who may open the dashboard, and under which names.
struct ServeAccessOptions: ParsableArguments {
    @Option(
        help: .value("file", "File with the login token; the default is one that the first start makes."),
        completion: .file())
    var tokenFile: String?
    @Option(help: .value("file", "PEM file with the certificate and its chain."), completion: .file())
    var tlsCertificate: String?
    @Option(help: .value("file", "PEM file with the private key."), completion: .file()) var tlsKey: String?
    @Option(help: .value("name", "Header field in which a proxy names who is logged in; replaces the token."))
    var trustedHeader: String?
    @Option(help: .value("cidr", "Address of that proxy; can be repeated. The default is this machine."))
    var trustedProxy: [String] = []
    @Option(help: .value("name", "Name under which browsers may open the dashboard; can be repeated."))
    var allowedHost: [String] = []
    @Option(help: .value("file", "File with the token for /metrics from other machines."), completion: .file())
    var metricsTokenFile: String?
}
