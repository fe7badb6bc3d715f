import AWSClient
import Basics
import Dashboard
import FoundationEssentials
import Hunting
import LogReaders
import LogSources
import Logging
import Metrics
public import Posture
import ServiceLifecycle
public import Store
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Follows logs, scans and verifies until it is stopped, and stores what it finds.
public struct WatchRun: Sendable {
    public var configuration = Configuration()
    public var session = SessionOptions()
    public var rules = RuleSelection()
    public var mutes: [Mute] = []
    /// The file of the store.
    public var database: String
    /// The address of the server of health and metrics; `nil` for none.
    public var listen: String?
    /// Whether to work on what is there, and then end.
    public var isOnce = false

    /// Makes the messages about a new alert.
    public typealias Routing = @Sendable (StoredAlert) -> [StoredDelivery]
    /// Makes the messages about a finding that changed.
    public typealias FindingRouting = @Sendable (FindingChange, StoredFinding) -> [StoredDelivery]

    public init(database: String) { self.database = database }

    /// Checks the places and addresses before any work is done.
    /// - Throws: ``InvalidInput`` that names the value.
    public func check() throws(InvalidInput) {
        for queue in configuration.watch.queues where SQSQueue(queue) == nil {
            throw InvalidInput(
                "'\(queue)' is not the URL of a queue, such as https://sqs.REGION.amazonaws.com/ACCOUNT/NAME")
        }
        for place in configuration.watch.polls {
            guard place.hasPrefix("s3://") else {
                throw InvalidInput("'\(place)' is not a place in S3: use s3://bucket/prefix")
            }
            _ = try LogPlaces([place])
        }
        guard let listen else { return }
        do throws(Failure) {
            _ = try ListenAddress(parsing: listen)
        } catch {
            throw InvalidInput(error.description)
        }
    }

    /// What the watch will not do, because nothing says with what.
    var idleness: [String] {
        let watch = configuration.watch
        let readsLogs = !watch.queues.isEmpty || !watch.polls.isEmpty
        var sentences: [String] = []
        if !readsLogs {
            sentences.append("no logs are read and no threats are detected: add --queue or --poll")
            if watch.rechecks, watch.scanSeconds > 0 {
                sentences.append("changes are found by the next scan only, because no events are read")
            }
        }
        if watch.scanSeconds == 0 { sentences.append("no scans run, because the time between them is 0") }
        if watch.verifySeconds == 0 { sentences.append("no digests are verified, because the time between is 0") }
        return sentences
    }

    /// Works until a signal to stop, or until everything that is there was worked on if ``isOnce``.
    /// - Throws: ``Failure`` if the store is used by another watch or cannot be opened, or there are no credentials; with
    ///   ``isOnce`` also if a part of the work failed.
    /// - Returns: with ``isOnce`` whether something was found, or left undone; otherwise ``ExitStatus/clean``.
    @discardableResult
    public func run(in environment: RunEnvironment, log: WatchLog) async throws -> ExitStatus {
        let signals = await StopSignals()
        let store = try Store(database)
        // Another path to the same file must not evade the lock.
        let lock = try FileLock(OutputFile.place(of: database) + ".watch", of: "a watch")
        defer { withExtendedLifetime(lock) {} }
        let registry = PrometheusRegistry(help: WatchState.help)
        if listen != nil { WatchMetrics.use(registry) }
        let session = try await AWSSession.forObjects(session, in: environment, timeout: nil)
        let watch = try Watch(self, session, store, environment, log)
        try watch.sign("starting")
        try watch.countUnclaimed(tells: true)
        try await watch.takeUp()
        // A signal ends the work early.
        let status = Mutex(isOnce ? ExitStatus.undetermined : .clean)
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if isOnce {
            services.append(
                .init(
                    service: WatchService {
                        let found = try await watch.once()
                        status.withLock { $0 = found }
                    },
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup))
        } else {
            services = watch.services.map { .init(service: WatchService($0)) }
        }
        if let listen {
            let server = HealthServer(
                at: try ListenAddress(parsing: listen), metrics: registry, isReady: { watch.readiness },
                onListening: { port in log(.information, "health and metrics at port \(port)") },
                logger: environment.logger)
            services.append(.init(service: server))
        }
        var group = ServiceGroupConfiguration(
            services: services + [signals.configuration],
            logger: Logger(label: "watch") { _ in SwiftLogNoOpLogHandler() })
        // A batch that is not finished by then is given back to its queue.
        group.maximumGracefulShutdownDuration = .seconds(20)
        log(
            .information,
            "watching: \(configuration.watch.queues.count) queue(s), \(configuration.watch.polls.count) place(s), store \(database)"
        )
        for text in idleness { log(.warning, text) }
        var ending: (any Error)?
        do { try await ServiceGroup(configuration: group).run() } catch { ending = error }
        await watch.sendLast()
        do {
            if let ending { throw ending }
        } catch let error as ServiceGroupError {
            // Nobody asked for the end: a status of 0 would hide it.
            throw Failure(
                "the watch has ended", why: "a part of it ended by itself", advice: "start it again", cause: error)
        } catch let error where !(error is Failure) && !isOnce {
            log(.detail, "stopped: \(error)")
        }
        try? watch.sign("stopped")
        log(.information, "stopped")
        return status.withLock { $0 }
    }
}

/// One part of a watch.
private struct WatchService: ServiceLifecycle.Service {
    let work: @Sendable () async throws -> Void

    init(_ work: @escaping @Sendable () async throws -> Void) { self.work = work }

    func run() async throws { try await work() }
}

/// The URL of an Amazon SQS queue.
struct SQSQueue: Sendable, Hashable {
    var url: String
    /// The Region that the host names; `nil` for an endpoint of another form.
    var region: String?

    init?(_ url: String) {
        guard let parts = URL(string: url), let scheme = parts.scheme, ["https", "http"].contains(scheme),
            let host = parts.host(), parts.path.split(separator: "/").count == 2
        else { return nil }
        self.url = url
        // sqs.REGION.amazonaws.com, and in older URLs REGION.queue.amazonaws.com
        let labels = host.split(separator: ".").map(String.init)
        if labels.count > 3, labels[0] == "sqs" || labels[0] == "sqs-fips" {
            region = labels[1]
        } else if labels.count > 3, labels[1] == "queue" {
            region = labels[0]
        }
    }
}

/// The back end of metrics is set once in a process.
private enum WatchMetrics {
    private static let isUsed = Atomic(false)

    static func use(_ registry: PrometheusRegistry) {
        if !isUsed.exchange(true, ordering: .relaxed) { MetricsSystem.bootstrap(registry) }
    }
}
