import Analytics
import Basics
import FoundationEssentials
import Hunting
import LogReaders
import LogSources
import Reports
import Sigma
import Store
import Synchronization

/// One log that a watch follows: its rules, what it remembers, and what is stored of it.
///
/// Rules are evaluated with each batch, over all events that the correlations' timespans cover. The analytics are
/// evaluated over a window of up to a day that begins where their baseline ends. At the end of a window the baseline
/// takes in what the window taught; records that are delivered later count in the next window, so that each counts once.
/// After a restart the events for the correlations come from the store, and the tally of the window is made from its
/// objects, which are read again, and from its messages, of which the store keeps what the analytics need.
struct WatchedLog: Sendable {
    let source: LogSource
    var hunt: Hunt
    var memory: HuntMemory
    /// What was learned before the window.
    var baseline: HuntBaseline
    var windowStart: Date
    var correlated: KnownEpisodes
    var analyzed: KnownEpisodes
    /// The names of the window's objects that are yet to be read again.
    var toReread: [String]
    /// The names under which the store keeps the window's messages that are yet to be read again.
    var recordsToReread: [String]
    /// Whether the memory has a batch that is not stored.
    var isAhead = false
    /// Whether the tally has changed since it was evaluated.
    var isDirty = false

    private let rules: [String: AlertRule]

    /// The length of a window, in seconds: a day, because the analytics learn what each hour of a day is like.
    static let window: TimeInterval = 86_400
    /// The greatest number of objects that are read again after a restart.
    static let mostReread = 50_000

    /// Takes up the work where the last watch of this store left it.
    init(_ source: LogSource, _ hunt: Hunt, _ store: Store, at now: Date) throws(Failure) {
        self.source = source
        self.hunt = hunt
        rules = Dictionary(hunt.alertRules.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        memory = HuntMemory(for: hunt)
        let stored = try store.baseline(source.rawValue)
        baseline = stored.flatMap { try? JSONDecoder().decode(HuntBaseline.self, from: $0) } ?? HuntBaseline()
        if !(baseline.isReadable && baseline.isPossible) { baseline = HuntBaseline() }
        let hour = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / 3600).rounded(.down) * 3600)
        windowStart = try store.cursor(Self.windowCursor(source)).flatMap { Moment($0)?.date } ?? hour
        // A window that ended long ago would evaluate the time without a watch.
        if now.timeIntervalSince(windowStart) > 2 * Self.window { windowStart = hour }
        for (_, content, _) in try store.baselines(named: Self.observations(source)) {
            if let saved = try? JSON(parsing: Array(content)) { memory.restore(saved) }
        }
        correlated = KnownEpisodes(gap: 0)
        analyzed = KnownEpisodes(gap: 3600)
        let remembered = max(Double(memory.observations.timespan) / 1000, 2 * Self.window) + 7_200
        for alert in try store.alerts(in: source.rawValue, since: now.addingTimeInterval(-remembered)) {
            switch rules[alert.rule]?.kind {
            case .correlation: correlated.add(alert)
            case .analytic: analyzed.add(alert)
            case .rule, nil: break
            }
        }
        toReread = try Self.objects(of: source, store, since: windowStart)
        recordsToReread = try store.baselineNames(withPrefix: Self.records(source), since: windowStart)
        // Before anything is read: the same events are in the objects.
        if !recordsToReread.isEmpty { memory.countEventsOnce() }
    }

    /// Whether objects or messages of an earlier process's window are still to be read again.
    var isRereading: Bool { !toReread.isEmpty || !recordsToReread.isEmpty }

    static func windowCursor(_ source: LogSource) -> String { "analytics/\(source.rawValue)" }
    static func observations(_ source: LogSource) -> String { "observations/\(source.rawValue)/" }
    static func records(_ source: LogSource) -> String { "records/\(source.rawValue)/" }

    /// What the store keeps of messages until the end of the window: the members that the analytics read, and no others,
    /// because a record can hold a secret. Unlike an object, a message cannot be read again.
    /// - Returns: a file of CloudTrail; `nil` if there are no messages.
    static func content(of records: [WatchedRecord]) -> Data? {
        guard !records.isEmpty else { return nil }
        let paths = (["eventVersion", "eventCategory"] + KeyTally.fields).map {
            $0.split(separator: ".").map(String.init)
        }
        let kept = records.map { part(of: $0.json, paths[...].map { $0[...] }) }
        return Data(JSON.members(["Records": .array(kept)]).bytes())
    }

    /// The members of a value at some paths.
    private static func part(of value: JSON, _ paths: [ArraySlice<String>]) -> JSON {
        guard let object = value.object, !paths.contains(where: \.isEmpty) else { return value }
        let parts = Dictionary(grouping: paths) { $0.first ?? "" }
        return .object(
            JSON.Object(
                object.members.compactMap { member in
                    parts[member.name].map {
                        JSON.Object.Member(member.name, part(of: member.value, $0.map { $0.dropFirst() }))
                    }
                }))
    }

    /// The names of the objects of this log that were read since a time.
    static func objects(of source: LogSource, _ store: Store, since time: Date) throws(Failure) -> [String] {
        try store.objectsRead(since: time, limit: 4 * mostReread).filter {
            guard case .objects(_, let key) = LogLocation($0) else { return false }
            return LogSource(LogObjectKind(key: key)) == source
        }.suffix(mostReread)
    }

    /// The alerts as rows, without those that are known; and those that last longer than was known.
    mutating func judged(_ alerts: [Alert], at now: Date) -> (new: [StoredAlert], longer: [StoredAlert]) {
        guard !alerts.isEmpty else { return ([], []) }
        var result = HuntResult()
        result.alerts = alerts
        result.rules = rules
        let report = HuntReport(
            run: .init(source: source.rawValue, logs: [], started: now, finished: now, parapet: Version.current),
            result: result)
        var (new, longer): ([StoredAlert], [StoredAlert]) = ([], [])
        for var alert in StoredAlert.all(of: report, at: now) {
            let judgment: KnownEpisodes.Judgment
            switch rules[alert.rule]?.kind {
            case .correlation: judgment = correlated.judge(alert)
            case .analytic: judgment = analyzed.judge(alert)
            case .rule, nil: judgment = .new
            }
            switch judgment {
            case .new: new.append(alert)
            case .longer(let id):
                alert.id = id
                longer.append(alert)
            case .known: break
            }
        }
        return (new, longer)
    }
}

extension LogSource {
    /// The log of an object; `nil` for objects that no hunt reads.
    init?(_ kind: LogObjectKind) {
        switch kind {
        case .cloudTrail: self = .cloudTrail
        case .access: self = .s3Access
        case .flow: self = .vpcFlow
        case .digest, .other: return nil
        }
    }
}
