import AWSClient
public import Analytics
import Basics
public import FoundationEssentials
public import Hunting
import LogReaders
import LogSources
import Pages

/// The result of a hunt, as every format shows it.
public struct HuntReport: Sendable, Reportable {
    public static let verb = "hunt"
    public static let formats = Format.allCases

    /// The hunt: its logs, its time range, and when it ran.
    public struct Run: Sendable, Codable, Hashable {
        /// The log, by the name that `--source` takes.
        public var source: String
        /// The locations of the logs, as the user named them.
        public var logs: [String]
        /// The requested range; `nil` if it is not limited.
        public var from: Date?
        public var to: Date?
        public var started: Date
        public var finished: Date
        /// The version of Parapet.
        public var parapet: String

        public init(
            source: String, logs: [String], from: Date? = nil, to: Date? = nil, started: Date, finished: Date,
            parapet: String
        ) {
            self.source = source
            self.logs = logs
            self.from = from
            self.to = to
            self.started = started
            self.finished = finished
            self.parapet = parapet
        }
    }

    public var run: Run
    public var result: HuntResult
    private(set) var order = AlertFilter.Order.severity
    /// The result with all alerts, if not all are listed.
    private var unfiltered: HuntResult?
    /// The sentence for a report that does not list all alerts.
    private(set) var omission: String?

    public init(run: Run, result: HuntResult) {
        self.run = run
        self.result = result
    }

    /// The same report, which lists only some of the alerts that were kept. Its sums are those of all.
    public func filtered(by filter: AlertFilter) -> HuntReport {
        var report = self
        report.order = filter.order
        report.result.alerts.removeAll { !filter.lists($0) }
        let (listed, all) = (report.result.alerts.count, max(result.statistics.alerts, result.alerts.count))
        guard listed < result.alerts.count else { return report }
        report.unfiltered = result
        // The groups with listed alerts, each with the number of its listed alerts.
        report.result.groups = HuntOutline(report.result).sections.flatMap(\.groups).compactMap { entry in
            guard !entry.alerts.isEmpty else { return nil }
            var group = entry.group
            group.count = entry.alerts.count
            return group
        }
        report.omission = "\(Figures.count(listed)) of \(Figures.count(all, "alert")) listed; sums count all"
        if let name = filter.unknownField(in: result.alerts) { report.omission? += "; no alert has a field \(name)" }
        return report
    }

    /// A line of NDJSON. It may be called from several threads at once, while the hunt still runs.
    public static func line(_ alert: Alert, rule: AlertRule?) -> String {
        JSONText.line(HuntItem(alert: alert, rule: 0, about: rule).record, type: "alert")
    }

    /// The last line of NDJSON: the hunt, the groups, the figures and the doubts.
    public var lastLine: String { JSONText.line(.members(document), type: "summary") }

    public var report: Report {
        // A result has the rules that alerted. If a result from another source lacks a rule, it is made from the alert.
        let about = result.alerts.reduce(into: result.rules) { rules, alert in
            guard rules[alert.rule] == nil else { return }
            rules[alert.rule] = AlertRule(
                id: alert.rule, title: alert.title, kind: .rule, severity: alert.severity, practice: alert.practice)
        }
        let outline = HuntOutline(result)
        let first = outline.sections.map(\.rule.id)
        let ordered =
            first.compactMap { about[$0] } + about.values.filter { !first.contains($0.id) }.sorted { $0.id < $1.id }
        let places = Dictionary(ordered.enumerated().map { ($1.id, $0) }) { first, _ in first }
        let alerts = result.alerts
        var report = Report(
            Self.verb, .detection, title: "\(sourceName) threat hunt report", parapet: run.parapet,
            started: run.started,
            finished: run.finished,
            items: Report.Items(count: alerts.count) {
                HuntItem(alert: alerts[$0], rule: places[alerts[$0].rule] ?? 0, about: about[alerts[$0].rule])
            },
            table: { HuntTable(self, text: $0, isVerbose: $1).rendered() })
        report.summary = summary
        report.tallies = severities.map { ($0.severity.rawValue, $0.count) }
        report.notes = notes
        report.histories = HuntTransfers(result.transfers).histories
        report.overview = Report.Overview(
            title: "Alerts by rule", columns: ["Severity", "Rule", "Who", "Alerts", "First", "Last"],
            rows: result.groups.map { group in
                [
                    .plain(group.severity.rawValue), .plain(group.title), .code(group.keyText),
                    .plain(Figures.count(group.count)), .plain(Figures.moment(group.first)),
                    .plain(Figures.moment(group.last)),
                ]
            })
        // An alert can be less severe than its rule.
        let worst = Dictionary(result.groups.map { ($0.rule, $0.severity) }, uniquingKeysWith: max)
        report.rules = ordered.map { rule in
            var rule = rule
            rule.severity = worst[rule.id] ?? rule.severity
            return Report.Rule(rule)
        }
        // A rule that saw no event did not pass.
        let silent = result.statistics.events > 0 ? max(0, result.statistics.rules - matchedRules) : 0
        // A filter that lists no alert does not make the hunt one without alerts.
        let unlisted = alerts.isEmpty ? omission.map { [("not listed", $0)] } ?? [] : []
        report.suites = [
            Report.Suite(
                name: "alerts", passes: silent > 0 ? ["\(Figures.count(silent, "rule")) without an alert"] : [],
                errors: unlisted + allDoubts.map { ("not determined", $0) })
        ]
        report.columns = [
            .init("time", "Time"), .init("last_time", from: "lastTime"),
            .init("severity", "Severity", .badge, isFilter: true),
            .init("rule"), .init("title", "Rule", isFilter: true), .init("practice"),
            .init("account", "Account", isFilter: true), .init("region", "Region", isFilter: true),
            .init("actor", "Who", .code), .init("event"), .init("fields"), .init("evidence"),
            .init("id", "Alert ID", .detail),
        ]
        report.lists = [Report.List(name: "alerts", type: "alert")]
        report.document = document
        return report
    }

    private var summary: [Report.Fact] {
        let places = run.logs.prefix(10).joined(separator: ", ") + (run.logs.count > 10 ? ", …" : "")
        var facts = [
            Report.Fact("Read", .plain(readings)), Report.Fact("Logs", .code(places)),
            Report.Fact("Finished", .plain(run.finished.rfc3339)),
        ]
        facts.append(Report.Fact("Found", .plain(result.groups.isEmpty && omission == nil ? nothingFound : sum)))
        if let span = alertSpan {
            let (first, last) = (Figures.moment(span.first), Figures.moment(span.last))
            facts.append(Report.Fact("Time range of the alerts", .plain("\(first) to \(last)")))
        }
        return facts
    }

    /// The log by its usual name.
    var sourceName: String {
        switch run.source {
        case "cloudtrail": "CloudTrail"
        case "s3-access": "S3 server access logs"
        case "vpc-flow": "VPC flow logs"
        default: run.source
        }
    }

    /// `12,345 events in 3 files (1.2 MB)`
    var readings: String {
        let size = result.statistics.bytes > 0 ? " (\(Figures.bytes(result.statistics.bytes)))" : ""
        let others = result.statistics.otherServices
        let folders = others.values.reduce(0, +)
        let passed =
            others.isEmpty
            ? "" : " · \(Figures.count(folders, "folder")) of \(others.keys.sorted().joined(separator: ", ")) skipped"
        let repetitions = result.statistics.repetitions
        let usual = repetitions > 0 ? " · \(Figures.count(repetitions, "daily repetition")) not reported" : ""
        return Figures.count(result.statistics.events, "event") + " in "
            + Figures.count(result.statistics.files, "file") + size + passed + usual
    }

    /// The moments of the first and last alert.
    var alertSpan: (first: Int, last: Int)? {
        guard let first = result.groups.compactMap(\.first).min(), let last = result.groups.compactMap(\.last).max()
        else {
            return nil
        }
        return (first, last)
    }

    /// The number of alerts of each severity, the worst first. Alerts that were only counted have the severity of their
    /// group.
    var severities: [(severity: Severity, count: Int)] {
        var counts: [Severity: Int] = [:]
        let result = unfiltered ?? result
        if result.alerts.count == result.statistics.alerts {
            for alert in result.alerts { counts[alert.severity, default: 0] += 1 }
        } else {
            for group in result.groups { counts[group.severity, default: 0] += group.count }
        }
        return counts.sorted { $0.key > $1.key }.map { (severity: $0.key, count: $0.value) }
    }

    /// `5 alerts (3 critical, 2 high)`
    var sum: String {
        let counts = severities.map { "\(Figures.count($0.count)) \($0.severity.rawValue)" }.joined(separator: ", ")
        return "\(Figures.count(max(result.statistics.alerts, result.alerts.count), "alert")) (\(counts))"
    }

    /// The number of rules with an alert, listed or not.
    var matchedRules: Int { Set((unfiltered ?? result).groups.map(\.rule)).count }

    /// The sentence for a hunt without alerts. It warns if something is in doubt, since no alert then proves nothing.
    var nothingFound: String {
        let statement =
            "No alert in \(Figures.count(result.statistics.events, "event")) of "
            + "\(Figures.count(result.statistics.files, "file"))"
        if result.statistics.events == 0 {
            return statement + ". No events were read."
        }
        if !result.doubts.isEmpty || result.statistics.skipped > 0 {
            return statement + ". Incomplete: some logs could not be analyzed. No alert does not mean no activity."
        }
        return statement + ", evaluated by \(Figures.count(result.statistics.rules, "rule"))."
    }

    /// The doubts, with those that only the figures show.
    var allDoubts: [String] {
        var doubts = result.doubts
        let statistics = result.statistics
        if doubts.isEmpty, statistics.skipped > 0 || statistics.damagedFiles > 0 {
            let files = Figures.count(statistics.damagedFiles, "file")
            doubts.append(
                "\(Figures.count(statistics.skipped, "record")) could not be read, and \(files) only in part.")
        }
        return doubts
    }

    var learningSentence: String {
        let count = result.learning.count
        let what =
            switch LogSource(rawValue: run.source) {
            case .cloudTrail: "first call"
            case .s3Access: "requester"
            default: "network interface"
            }
        return "Insufficient baseline for \(Figures.count(count, what)) (not evaluated)"
    }

    private var notes: [Report.Note] {
        var notes: [Report.Note] = []
        if let omission {
            notes.append(Report.Note(title: "Filtered", sentence: omission + ".", lines: [], isDoubt: false))
        }
        if !allDoubts.isEmpty {
            notes.append(
                .doubt("Incomplete: some logs could not be analyzed. No alert does not mean no activity.", allDoubts))
        }
        if !result.learning.isEmpty {
            notes.append(
                Report.Note(title: "Learning", sentence: learningSentence, lines: result.learning, isDoubt: false))
        }
        return notes
    }

    /// The members of `parapet.hunt/1` except the alerts.
    private var document: [String: JSON] {
        [
            "schema": "parapet.hunt/1",
            "hunt": [
                "source": .string(run.source), "logs": .texts(run.logs),
                "from": .optional(run.from.map(\.rfc3339)), "to": .optional(run.to.map(\.rfc3339)),
                "started": .string(run.started.rfc3339), "finished": .string(run.finished.rfc3339),
                "parapet": .string(run.parapet),
            ],
            "groups": .array(result.groups.map(Self.node)),
            "rules": .array(result.rules.values.sorted { $0.id < $1.id }.map(Self.node)),
            "stats": Self.node(result.statistics), "doubts": .texts(result.doubts),
            "learning": .texts(result.learning),
            "losses": .array(result.losses.map(Self.node)), "incomplete": .array(result.incomplete.map(Self.node)),
            "moreIncomplete": .int(result.moreIncomplete),
            "otherServices": .members(result.statistics.otherServices.mapValues { .int($0) }),
        ]
    }

    private static func node(_ loss: LogLoss) -> JSON { ["file": .string(loss.file), "what": .string(loss.what)] }

    private static func node(_ group: AlertGroup) -> JSON {
        let keys = Dictionary(group.keys.map { ($0.name, JSON.string($0.value)) }) { first, _ in first }
        return [
            "rule": .string(group.rule), "title": .string(group.title), "severity": .string(group.severity.rawValue),
            "practice": .string(group.practice), "keys": .members(keys), "count": .int(group.count),
            "first": .optional(group.first.map { Figures.moment($0) }),
            "last": .optional(group.last.map { Figures.moment($0) }),
        ]
    }

    private static func node(_ rule: AlertRule) -> JSON {
        [
            "id": .string(rule.id), "title": .string(rule.title), "kind": .string(rule.kind.rawValue),
            "severity": .string(rule.severity.rawValue), "practice": .string(rule.practice),
            "summary": .string(rule.summary), "techniques": .texts(rule.techniques),
            "references": .texts(rule.references), "falsePositives": .texts(rule.falsePositives),
            "response": .string(rule.response),
        ]
    }

    private static func node(_ statistics: HuntStatistics) -> JSON {
        [
            "events": .int(statistics.events), "files": .int(statistics.files),
            "bytes": .int(statistics.bytes), "contentBytes": .int(statistics.contentBytes),
            "skipped": .int(statistics.skipped), "damagedFiles": .int(statistics.damagedFiles),
            "alerts": .int(statistics.alerts), "rules": .int(statistics.rules),
            "repetitions": .int(statistics.repetitions),
        ]
    }
}

/// An alert as the formats read it.
struct HuntItem: ReportItem {
    let alert: Alert
    let rule: Int
    let about: AlertRule?

    var id: String { alert.stableIdentifier }
    var status: Report.Status { .fail }
    var severity: Severity { alert.severity }
    var subject: String { alert.actor }
    /// The action, target and source, and the comparison with the usual; else the first simple facts.
    var message: String {
        let evidence = HuntEvidence(alert: alert)
        let words = [AlertSentence([alert]).text, evidence.comparison].compactMap(\.self)
        return words.isEmpty ? evidence.short ?? "" : words.joined(separator: " · ")
    }
    var account: String? { alert.account }
    var region: String? { alert.region }
    var seen: ClosedRange<Int>? { alert.hasTime ? alert.time...max(alert.time, alert.lastTime) : nil }

    var sentence: String {
        "\(alert.title): \(alert.actor)" + (message.isEmpty ? "" : " (\(message))")
    }

    /// The number of times that it was seen, if the evidence has it; else 1.
    var count: Int {
        for name in ["requests", "events", "denied", "count"] {
            if let count = alert.evidence(name)?.integer, count > 0 { return count }
        }
        return 1
    }

    var activity: ReportActivity? {
        ReportActivity(
            actor: alert.actor, operation: field("eventName"), service: field("eventSource"),
            address: field("sourceIPAddress", "address", "source", "srcaddr", "remote_ip"),
            userAgent: field("userAgent", "user_agent"))
    }

    private func field(_ names: String...) -> String? {
        for name in names { if let value = alert.fields[name], !value.isEmpty { return value } }
        return nil
    }

    var file: (name: String, line: Int?)? {
        guard let name = alert.evidence("file")?.text, !name.isEmpty else { return nil }
        guard let line = alert.evidence("line")?.integer, line > 0 else { return (name, nil) }
        return (name, line)
    }

    var details: [Report.Fact] {
        let words = HuntEvidence(alert: alert)
        var facts: [Report.Fact] = []
        if alert.lastTime != alert.time { facts.append(.init("last seen", .plain(Figures.moment(alert.lastTime)))) }
        if let event = alert.event { facts.append(.init("event", .code(event))) }
        facts += alert.fields.sorted { $0.key < $1.key }.map { .init($0.key, .code($0.value)) }
        if let comparison = words.comparison { facts.append(.init("comparison", .plain(comparison))) }
        if let sparkline = words.sparkline { facts.append(.init("sparkline", .code(sparkline))) }
        facts += words.others.map {
            .init(EvidenceWords.label($0.name), .code(EvidenceWords.value($0.value, limit: 20)))
        }
        facts += words.steps.enumerated().map { .init("step \($0 + 1)", .code($1)) }
        if let raw = alert.raw { facts.append(.init("record", .code(raw))) }
        return facts
    }

    var picture: HistoryPicture? { HuntEvidence(alert: alert).picture }

    var fields: JSON {
        .members(Dictionary(uniqueKeysWithValues: alert.fields.map { ($0, Self.value($1, of: $0)) }))
    }

    /// The members of CloudTrail's records that are objects. Only these are parsed, because the caller of a request
    /// chooses the texts of other members, such as the user agent.
    private static let objects: Set<Substring> = [
        "additionalEventData", "requestParameters", "responseElements", "serviceEventDetails", "userIdentity",
    ]

    /// The value of a field: an object or a list as such, and not as JSON in a text.
    private static func value(_ text: String, of field: String) -> JSON {
        guard text.first == "{" || text.first == "[", objects.contains(field.prefix { $0 != "." }),
            let value = try? JSON(parsing: text)
        else { return .string(text) }
        return value
    }
    var evidence: JSON { .members(alert.evidence) }

    var record: JSON {
        var record: [String: JSON] = [
            "id": .string(id), "rule": .string(alert.rule), "title": .string(alert.title),
            "event": .optional(alert.event),
            "time": .optional(seen.map { Figures.moment($0.lowerBound) }),
            "lastTime": .optional(seen.map { Figures.moment($0.upperBound) }),
            "severity": .string(alert.severity.rawValue), "account": .optional(alert.account),
            "region": .optional(alert.region), "actor": .string(alert.actor), "practice": .string(alert.practice),
            "techniques": .texts(about?.techniques ?? []), "fields": fields, "evidence": evidence,
        ]
        record["raw"] = alert.raw.map(JSON.string)
        return .members(record)
    }
}

extension AlertGroup {
    /// Its keys, each with its name unless that is `actor`.
    var keyText: String {
        keys.map { key in
            let value = key.value.isEmpty ? "(none)" : key.value
            return key.name == "actor" ? value : "\(key.name) \(value)"
        }.joined(separator: " · ")
    }
}

extension Report.Rule {
    fileprivate init(_ rule: AlertRule) {
        self.init(
            id: rule.id, title: rule.title, severity: rule.severity, kind: rule.kind.rawValue, summary: rule.summary,
            remedy: rule.response,
            practice: rule.practice, techniques: rule.techniques, references: rule.references,
            falsePositives: rule.falsePositives)
    }
}

extension Alert {
    /// An identifier that is the same for the same alert in every run. It is made from the alert's subject, and not
    /// from the amount of evidence.
    var stableIdentifier: String {
        let about = [rule, event ?? "", "\(time)", account ?? "", region ?? "", actor]
        return StableIdentifier.text(about + fields.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    }
}
