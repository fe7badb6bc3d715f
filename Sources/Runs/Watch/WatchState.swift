import Basics
import CoreMetrics
import Dashboard
import FoundationEssentials
import LogReaders
import Metrics
import Notifiers
import Store
import Synchronization

/// What a watch tells about itself: to the store, from which the dashboard reads it, and to the metrics.
final class WatchState: Sendable {
    struct Queue: Sendable, Hashable {
        var waiting: Int
        var underWay: Int
    }

    private struct Values {
        var objects = 0
        var events = 0
        var alerts = 0
        var repeated = 0
        var deadLetters = 0
        var errors = 0
        var skipped: [String: Int] = [:]
        /// The latest lags, in seconds.
        var lags: [Double] = []
        var queues: [String: Queue] = [:]
        var lastError: (text: String, time: Date)?
        var lastScan: Date?
        var lastVerification: Date?
        var lastAnalysis: Date?
        var lastObject: Date?
        var rechecks = 0
        /// Since when each place has not answered; those that answered last are not in it.
        var unanswered: [String: Date] = [:]
        /// When each place answered last.
        var answered: [String: Date] = [:]
        /// How scans, re-checks and verifications ended.
        var runs: Set<ExitStatus> = []
    }

    private let values = Mutex(Values())
    private let now: @Sendable () -> Date
    private let started: Date

    private let metrics: any MetricsFactory
    private let objects, repeats, events, errors, deadLetters, rechecks, damages: Counter

    private func gauge(_ label: String, _ dimensions: [(String, String)] = []) -> Gauge {
        Gauge(label: label, dimensions: dimensions, factory: metrics)
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> Counter {
        Counter(label: label, dimensions: dimensions, factory: metrics)
    }

    // These are made when there is a value, because a gauge without one says 0.
    private var lag: Gauge { gauge("parapet_watch_lag_seconds") }
    private var scanAge: Gauge { gauge("parapet_watch_scan_age_seconds") }

    /// A sentence about each metric.
    static let help = [
        "parapet_watch_objects_total": "Log objects that were read.",
        "parapet_watch_repeated_objects_total": "Log objects that were announced again and not read again.",
        "parapet_watch_events_total": "Records in the log objects that were read.",
        "parapet_watch_alerts_total": "New alerts, by severity.",
        "parapet_watch_errors_total": "Failed attempts to receive, read, scan, verify or store.",
        "parapet_watch_dead_letters_total": "Messages that were given up.",
        "parapet_watch_rechecks_total": "Checks of resources that an event touched.",
        "parapet_watch_damaged_objects_total": "Log objects of which not all could be read.",
        "parapet_watch_lag_seconds":
            "Time from an object's arrival to its evaluation; without an answer, the time since the last.",
        "parapet_watch_unclaimed_messages": "Messages that wait for a notifier that is not in the configuration.",
        "parapet_watch_queue_messages": "Messages in a queue, approximately, by queue and state.",
        "parapet_watch_scan_age_seconds": "Time since the last complete scan.",
        "parapet_watch_skipped_objects_total": "Objects that no hunt reads, by kind.",
        "parapet_notify_sent_total": "Alerts and findings that were sent, by notifier.",
        "parapet_notify_failed_total": "Attempts at sending an alert or finding that failed, by notifier.",
        "parapet_notify_given_up_total": "Alerts and findings that were given up, by notifier.",
        "parapet_notify_messages": "Alerts and findings that wait or were given up, by notifier and state.",
    ]
    private static let keptLags = 10_000

    /// - Parameter metrics: where the figures go; the default is the process's own.
    init(now: @escaping @Sendable () -> Date, metrics: any MetricsFactory = MetricsSystem.factory) {
        self.now = now
        self.metrics = metrics
        func counter(_ name: String) -> Counter {
            Counter(label: "parapet_watch_\(name)_total", dimensions: [], factory: metrics)
        }
        objects = counter("objects")
        repeats = counter("repeated_objects")
        events = counter("events")
        errors = counter("errors")
        deadLetters = counter("dead_letters")
        rechecks = counter("rechecks")
        damages = counter("damaged_objects")
        started = now()
    }

    func worked(objects count: Int, events: Int, lags: [Double]) {
        values.withLock { values in
            values.objects += count
            values.events += events
            values.lags = (values.lags + lags.map { max(0, $0) }).suffix(Self.keptLags)
            values.lastObject = now()
        }
        objects.increment(by: count)
        self.events.increment(by: events)
        if let worst = lags.max() { lag.record(max(0, worst)) }
    }

    func alerted(_ alerts: [StoredAlert]) {
        guard !alerts.isEmpty else { return }
        values.withLock { $0.alerts += alerts.count }
        for alert in alerts {
            counter("parapet_watch_alerts_total", [("severity", alert.severity.rawValue)]).increment()
        }
    }

    func repeated() {
        values.withLock { $0.repeated += 1 }
        repeats.increment()
    }

    func skipped(_ what: String) {
        values.withLock { values in
            // The kinds come from keys, which anyone who can write to a bucket chooses.
            let name = values.skipped.count < 50 || values.skipped[what] != nil ? what : "others"
            values.skipped[name, default: 0] += 1
        }
        counter("parapet_watch_skipped_objects_total", [("kind", what)]).increment()
    }

    func damaged(_ count: Int) {
        guard count > 0 else { return }
        values.withLock { $0.errors += count }
        damages.increment(by: count)
        errors.increment(by: count)
    }

    // MARK: Whether places answer

    /// The time without an answer after which a watch is blind, in seconds: longer than the longest wait for a message.
    static let patience: TimeInterval = 60

    /// A queue or a place is asked.
    func began(_ place: String) {
        let time = now()
        values.withLock { $0.unanswered[place] = $0.unanswered[place] ?? time }
    }

    func succeeded(_ place: String) {
        let time = now()
        values.withLock { values in
            values.unanswered[place] = nil
            values.answered[place] = time
        }
    }

    /// The place that has not answered for the longest time, and since when; `nil` if all do.
    var blind: (place: String, since: Date)? {
        let time = now()
        return values.withLock { $0.unanswered }.filter { time.timeIntervalSince($0.value) > Self.patience }
            .min { $0.value < $1.value }.map { ($0.key, $0.value) }
    }

    /// Whether the watch does its work: its state is written to the store, and all queues and places answer.
    func readiness(in store: Store) -> Readiness {
        guard let sign = try? store.sign("watch"), now().timeIntervalSince(sign.updated) < 60 else {
            return .notReady("the store has not been written for a minute")
        }
        // Who asks need not learn the queue's name.
        if let blind {
            return .notReady("a queue or place with logs has not answered since \(blind.since.rfc3339)")
        }
        return .ready
    }

    func setUnclaimed(_ count: Int, of notifier: String) {
        gauge("parapet_watch_unclaimed_messages", [("notifier", notifier)]).record(count)
    }

    // MARK: What a run found

    func judged(_ status: ExitStatus) { _ = values.withLock { $0.runs.insert(status) } }

    /// How a run that ends by itself ends.
    func exitStatus(isUndone: Bool) -> ExitStatus {
        values.withLock { values in
            ExitStatus(
                found: values.alerts > 0 || values.runs.contains(.found),
                undetermined: isUndone || values.runs.contains(.undetermined))
        }
    }

    func gaveUp() {
        values.withLock { $0.deadLetters += 1 }
        deadLetters.increment()
    }

    func failed(_ error: any Error) {
        values.withLock { values in
            values.errors += 1
            values.lastError = ("\(error)", now())
        }
        errors.increment()
    }

    /// What became of a notifier's messages.
    func delivered(_ outcome: Outbox.Progress, by notifier: String) {
        let counts = [("sent", outcome.sent), ("failed", outcome.failed), ("given_up", outcome.dead)]
        for (name, count) in counts where count > 0 {
            counter("parapet_notify_\(name)_total", [("notifier", notifier)]).increment(by: count)
        }
    }

    /// The messages in the store. A state that no message has any longer is 0.
    func setMessages(_ counts: [Store.DeliveryCount]) {
        let states: [StoredDelivery.State] = [.waiting, .dead]
        for notifier in Set(counts.map(\.notifier)) {
            for state in states {
                let count = counts.first { $0.notifier == notifier && $0.state == state }?.count ?? 0
                gauge("parapet_notify_messages", [("notifier", notifier), ("state", state.rawValue)]).record(count)
            }
        }
    }

    func scanned(at time: Date) { values.withLock { $0.lastScan = time } }
    func verified() { values.withLock { $0.lastVerification = now() } }
    func analyzed(_ source: LogSource) { values.withLock { $0.lastAnalysis = now() } }

    func rechecked() {
        values.withLock { $0.rechecks += 1 }
        rechecks.increment()
    }

    func set(_ queue: String, waiting: Int, underWay: Int) {
        values.withLock { $0.queues[queue] = Queue(waiting: waiting, underWay: underWay) }
        for (state, count) in [("waiting", waiting), ("in_flight", underWay)] {
            gauge("parapet_watch_queue_messages", [("queue", queue), ("state", state)]).record(count)
        }
    }

    /// The lags of the latest objects at a share of them, from 0 to 1; `nil` if there are none.
    func lag(at share: Double) -> Double? {
        let lags = values.withLock { $0.lags }.sorted()
        guard !lags.isEmpty else { return nil }
        return lags[min(lags.count - 1, Int(Double(lags.count) * share))]
    }

    /// What the store keeps of it, under the name `watch`.
    /// - Parameter state: `starting`, `running`, or `stopped`.
    func sign(_ state: String, process: Int32) -> JSON {
        let values = values.withLock { $0 }
        if let scan = values.lastScan { scanAge.record(now().timeIntervalSince(scan)) }
        if let blind { lag.record(now().timeIntervalSince(values.answered[blind.place] ?? blind.since)) }
        func time(_ date: Date?) -> JSON? { date.map { .string($0.rfc3339) } }
        return .members([
            "state": .string(state), "process": .int(process), "parapet": .string(Version.current),
            "started": .string(started.rfc3339), "objects": .int(values.objects), "events": .int(values.events),
            "alerts": .int(values.alerts), "repeated": .int(values.repeated), "errors": .int(values.errors),
            "dead_letters": .int(values.deadLetters), "rechecks": .int(values.rechecks),
            "skipped": .object(JSON.Object(values.skipped.mapValues { .int($0) })),
            "lag_seconds": lag(at: 0.5).map { .double(round($0)) },
            "lag_seconds_p99": lag(at: 0.99).map { .double(round($0)) },
            "queues": .array(
                values.queues.sorted { $0.key < $1.key }.map {
                    .members([
                        "queue": .string($0.key), "waiting": .int($0.value.waiting),
                        "in_flight": .int($0.value.underWay),
                    ])
                }),
            "last_object": time(values.lastObject), "last_analysis": time(values.lastAnalysis),
            "last_scan": time(values.lastScan), "last_verification": time(values.lastVerification),
            "last_error": values.lastError.map {
                .members(["text": .string($0.text), "time": .string($0.time.rfc3339)])
            },
        ])
    }

    private func round(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}
