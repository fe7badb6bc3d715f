import AWSClient
import ArgumentParser
import Basics
import Reports
import Runs

/// Follows logs, scans and verifies until it is stopped.
struct WatchCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follow new logs, scan regularly, and store what is found.",
        discussion: """
            Reads new log objects that Amazon S3 announces in an SQS queue, or finds them by listing; detects threats in \
            them; verifies new digest files; scans the account regularly, and checks resources again that an event \
            touched. Alerts and findings go into the store, and to the notifiers of the configuration file.

            Ends on SIGTERM or SIGINT when the current batch is done.

            Exit codes: 0 stopped, or done with --once · 2 with --once: alerts or failing findings · 3 with --once: \
            something is unread, unsent or undetermined · 1 error · 64 usage error.

            Examples:
              parapet watch --queue QUEUE-URL --config parapet.yaml
              parapet watch --poll s3://log-bucket/AWSLogs --listen 127.0.0.1:9464
              parapet watch --once --poll s3://log-bucket/AWSLogs --scan-every 0
            """)

    @Option(help: "YAML file with settings, rules and notifiers.", completion: .file()) var config: String?
    @Option(help: .value("file", "File of the store."), completion: .file()) var db: String?
    @Option(help: .value("url", "URL of an SQS queue with notifications about log objects; can be repeated."))
    var queue: [String] = []
    @Option(help: .value("place", "Place to list for new log objects (s3://BUCKET/PREFIX); can be repeated.")) var poll:
        [String] = []
    @Option(
        help: .value("duration", "Time between two scans, such as 6h; 0 for none. The default is 6h."),
        transform: Self.seconds)
    var scanEvery: Int?
    @Option(
        help: .value("duration", "Time between two verifications of digests; 0 for none. The default is 1h."),
        transform: Self.seconds)
    var verifyEvery: Int?
    @Option(help: .value("address", "Serve /metrics, /healthz and /readyz at this address.")) var listen: String?
    @Option(help: "YAML file of accepted findings (risk acceptance).", completion: .file()) var mute: String?
    @Option(help: .value("path", "Sigma rule file or folder; the default is the built-in rules."), completion: .file())
    var rules: [String] = []
    @Flag(help: "Also run built-in rules when --rules is given.") var builtIn = false
    @Flag(help: "Work on what is there, then end.") var once = false

    @OptionGroup(title: "Account") var aws: AWSOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    static var handlesSignals: Bool { true }

    private static func seconds(_ text: String) throws -> Int {
        guard let seconds = WatchConfiguration.seconds(text), seconds == 0 || seconds >= WatchConfiguration.leastPause
        else {
            throw ValidationError("'\(text)' is not a duration such as 90s, 15m, 6h or 1d")
        }
        return seconds
    }

    func validate() throws {
        var watch = WatchRun(database: "")
        (watch.configuration.watch.queues, watch.configuration.watch.polls, watch.listen) = (queue, poll, listen)
        try ArgumentValue.valid(try watch.check())
    }

    func perform() async throws -> ExitStatus {
        let environment = verbosity.environment()
        let database = try StoreFile(db).path(in: environment)
        var watch = WatchRun(database: database)
        if let config { watch.configuration = try SettingsFile.configuration(config) }
        if let mute { watch.mutes = try MuteFile.read(mute) }
        watch.configuration.watch.queues += queue
        watch.configuration.watch.polls += poll
        if let scanEvery { watch.configuration.watch.scanSeconds = scanEvery }
        if let verifyEvery { watch.configuration.watch.verifySeconds = verifyEvery }
        watch.rules = RuleSelection(paths: rules, isBesideBuiltIn: builtIn)
        (watch.session, watch.listen, watch.isOnce) = (aws.session, listen, once)
        do {
            try watch.check()
        } catch {
            throw Failure(
                "the configuration cannot be used", why: error.description, advice: "fix the file or the option")
        }
        let level: WatchLog.Level = verbosity.quiet ? .warning : verbosity.isVerbose ? .detail : .information
        return try await watch.run(
            in: environment, log: WatchLog(level, write: { Terminal.standardError.tell($0) }))
    }
}
