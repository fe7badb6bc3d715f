import AWSClient
import Analytics
import Basics
public import FoundationEssentials
import Inventory
public import Posture

/// The result of a scan, as every format shows it.
public struct ScanReport: Sendable, Reportable {
    public static let verb = "scan"
    public static let formats = Format.allCases

    /// The scan: its ID, its times, its accounts and Regions.
    public struct Scan: Sendable, Codable {
        public var id: String
        public var started: Date
        public var finished: Date
        /// The version of Parapet.
        public var parapet: String
        public var accounts: [String]
        public var regions: [String]

        public init(
            id: String, started: Date, finished: Date, parapet: String, accounts: [String], regions: [String]
        ) {
            self.id = id
            self.started = started
            self.finished = finished
            self.parapet = parapet
            self.accounts = accounts
            self.regions = regions
        }
    }

    public var scan: Scan
    /// In the evaluator's order.
    public var findings: [Finding]
    /// The checks that were run, by ID, for their titles.
    public var checks: [String: About]
    private(set) var filter = FindingFilter()
    /// The scope that the report describes; `nil` if it describes none.
    public var scope: ScanScope?
    /// The IDs of the checks that have a fix.
    public var fixable: Set<String> = []
    /// The commands by which a person resolves the findings of a check, by its ID.
    public var commands: [String: [String]] = [:]

    /// The findings that are listed, in order.
    var listed: [Finding] { filter.isSummary ? [] : filter.applied(to: findings) }

    public init(scan: Scan, findings: [Finding], checks: [About]) {
        self.scan = scan
        self.findings = findings
        self.checks = Dictionary(checks.map { ($0.id, $0) }) { first, _ in first }
    }

    /// The same report, which lists only some findings. Its sums are those of all.
    public func filtered(by filter: FindingFilter) -> ScanReport {
        var report = self
        report.filter = filter
        return report
    }

    /// The sentence for a report that does not list all findings.
    var omission: String? {
        let count = listed.count
        return count == findings.count
            ? nil : "\(Figures.count(count)) of \(Figures.count(findings.count, "finding")) listed; sums count all"
    }

    /// The number of findings of each status.
    public var summary: [Finding.Status: Int] {
        findings.indices.reduce(into: [:]) { $0[findings[$1].status, default: 0] += 1 }
    }

    public var report: Report {
        let abouts = checks.values.sorted { ($0.practice.number, $0.id) < ($1.practice.number, $1.id) }
        let places = Dictionary(abouts.enumerated().map { ($1.id, $0) }) { first, _ in first }
        let practices = Practice.all
        let (findings, shown, fixable) = (findings, listed, fixable)
        let known = Dictionary(
            abouts.enumerated().map {
                ($1.id, ScanItem.Check(rule: $0, about: $1, isFixable: fixable.contains($1.id)))
            }
        ) { first, _ in first }
        let isRedacted = scope?.isRedacted ?? false
        let (texts, lines) = (EvidenceTexts(shown), EvidenceTexts(shown))
        let accounts = scan.accounts.count == 1 ? "account \(scan.accounts[0])" : "\(scan.accounts.count) accounts"
        var report = Report(
            Self.verb, .compliance, title: scope?.title ?? "Scan of \(accounts)", parapet: scan.parapet,
            started: scan.started,
            finished: scan.finished,
            items: Report.Items(count: shown.count) {
                let check = shown[$0].check
                return ScanItem(
                    finding: shown[$0],
                    of: known[check] ?? ScanItem.Check(rule: 0, about: nil, isFixable: fixable.contains(check)),
                    hasCommands: !isRedacted, texts: texts, lines: lines)
            },
            table: { ScanTable(self, text: $0, limit: $1 ? nil : 8).rendered() })
        let counts = self.summary
        let statuses = Finding.Status.inOrder
        report.summary = [
            .init("Scanned", .plain(scan.finished.rfc3339)),
            .init("Regions", .plain("\(scan.regions.count)")),
            .init(
                "Findings",
                .plain(statuses.map { "\(Figures.count(counts[$0] ?? 0)) \($0.words)" }.joined(separator: ", "))),
        ]
        var failing: [Severity: Int] = [:]
        var rows: [Int: [Finding.Status: Int]] = [:]
        // By index: a loop over the elements copies each of them.
        for place in findings.indices {
            let status = findings[place].status
            if status == .fail { failing[findings[place].severity, default: 0] += 1 }
            rows[places[findings[place].check] ?? 0, default: [:]][status, default: 0] += 1
        }
        report.tallies =
            Severity.allCases.reversed().compactMap { severity in
                failing[severity].map { (severity.rawValue, $0) }
            }
            + statuses.dropFirst().compactMap { status in counts[status].map { (status.rawValue, $0) } }
        report.notes = notes
        report.audit = audit(abouts, rows)
        report.overview = Report.Overview(
            title: "Checks that need attention",
            columns: [
                "Severity", "Check", "Practice", "Fail", "Not determined", "Manual review", "Muted", "Pass",
                "Not applicable",
            ],
            rows: rows.filter { !$0.value.allSatisfy { $0.key == .pass || $0.key == .notApplicable } }
                .sorted { abouts[$0.key].rank($0.value) > abouts[$1.key].rank($1.value) }
                .map { place, counts in
                    let about = abouts[place]
                    return [.plain(about.severity.rawValue), .code(about.id), .plain(about.practice.title)]
                        + statuses.map { .plain(Figures.count(counts[$0] ?? 0)) }
                })
        report.rules = abouts.map {
            Report.Rule($0, suite: practices.firstIndex(of: $0.practice) ?? 0, commands: commands[$0.id] ?? [])
        }
        report.suites = practices.map { Report.Suite(name: "\($0.number). \($0.title)") }
        if let nothingJudged {
            report.suites.append(Report.Suite(name: Self.verb, errors: [("not evaluated", nothingJudged)]))
        }
        report.columns = [
            .init("id", "Finding ID", .detail), .init("status", "Status", .badge, isFilter: true),
            .init("severity", "Severity", .badge, isFilter: true), .init("check", "Check", .code, isFilter: true),
            .init("practice"), .init("account", scan.accounts.count > 1 ? "Account" : nil, isFilter: true),
            .init("region", "Region", isFilter: true), .init("resource_type", from: "resource.type"),
            .init("resource_id", "Resource", .code, from: "resource.id"), .init("resource_arn", from: "resource.arn"),
            .init("resource_name", from: "resource.name"), .init("title"), .init("message"), .init("permission"),
            .init("evidence"),
        ]
        report.lists = [Report.List(name: "findings", type: "finding")]
        report.document = [
            "schema": "parapet.scan/1",
            "scan": [
                "id": .string(scan.id), "started": .string(scan.started.rfc3339),
                "finished": .string(scan.finished.rfc3339), "parapet": .string(scan.parapet),
                "accounts": .texts(scan.accounts), "regions": .texts(scan.regions),
            ],
            "summary": .members(
                Dictionary(statuses.map { ($0.rawValue, .int(counts[$0] ?? 0)) }) { first, _ in first }),
        ]
        if nothingJudged != nil { report.document["judged"] = "nothing" }
        if omission != nil {
            report.document["listed"] = ["findings": .int(shown.count), "of": .int(findings.count)]
        }
        if let scope { report.document["scope"] = scope.record }
        return report
    }

    /// Whether any check evaluated a resource. If not, nothing is known to be right or wrong.
    public var hasJudged: Bool { findings.contains { $0.status != .notApplicable } }

    /// The sentence for a scan that evaluated nothing.
    var nothingJudged: String? {
        if scan.accounts.isEmpty { return "No account was read, so nothing was evaluated." }
        return hasJudged ? nil : "Nothing was evaluated: no check found a matching resource."
    }

    private var notes: [Report.Note] {
        var notes = nothingJudged.map { [Report.Note.doubt($0)] } ?? []
        if let omission {
            notes.append(Report.Note(title: "Filtered", sentence: omission + ".", lines: [], isDoubt: false))
        }
        let unknown = reasons(.unknown)
        if !unknown.isEmpty {
            notes.append(
                .doubt(
                    "None of these findings counts as a pass.", unknown.map { "\($0.findings.count) × \($0.reason)" }))
        }
        let unread = reasonsOfUnreadEvidence()
        if !unread.isEmpty {
            notes.append(
                Report.Note(
                    title: "Evidence not read", sentence: "The results stand without it.",
                    lines: unread.map { "\($0.findings) × \($0.unknown.explanation)" }, isDoubt: false))
        }
        let nothing = reasons(.notApplicable)
        if !nothing.isEmpty {
            notes.append(
                Report.Note(
                    title: "Not applicable", sentence: "These checks found no matching resource.",
                    lines: nothing.map {
                        "\($0.reason): \(Set($0.findings.map(\.check)).sorted().joined(separator: ", "))"
                    },
                    isDoubt: false))
        }
        return notes
    }

    /// The reasons why evidence could not be read beside verdicts that stand without it, each with the number of findings,
    /// the most frequent first.
    /// - Parameter findings: the findings to search; `nil` for all.
    func reasonsOfUnreadEvidence(among findings: [Finding]? = nil) -> [(unknown: Unknown, findings: Int)] {
        let findings = findings ?? self.findings
        var counts: [Unknown: Int] = [:]
        // Uses indices, because a loop over the elements copies each of them.
        for place in findings.indices {
            for unknown in Set(findings[place].evidence.compactMap(\.unknown)) { counts[unknown, default: 0] += 1 }
        }
        return counts.sorted { ($0.value, $1.key.explanation) > ($1.value, $0.key.explanation) }
            .map { ($0.key, $0.value) }
    }

    /// The findings of a status by the reason for it, the most frequent first.
    /// - Parameter findings: the findings to search for the status; `nil` for all.
    func reasons(
        _ status: Finding.Status, among findings: [Finding]? = nil
    ) -> [(reason: String, findings: [Finding])] {
        Dictionary(grouping: (findings ?? self.findings).filter { $0.status == status }) {
            $0.unknown?.explanation ?? $0.message
        }
        .sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }.map { ($0.key, $0.value) }
    }
}

extension About {
    /// The sort key of a check: failing checks come first, then the more severe ones.
    fileprivate func rank(_ counts: [Finding.Status: Int]) -> (Int, Severity, Int, String) {
        (counts[.fail] == nil ? 0 : 1, severity, counts[.fail] ?? 0, id)
    }
}

/// A finding as the formats read it.
struct ScanItem: ReportItem {
    let finding: Finding
    private let check: Check
    /// Whether evidence is shown with the commands that read it again.
    private let hasCommands: Bool
    /// The texts of evidence in a JSON document, and in NDJSON.
    private let texts: EvidenceTexts
    private let lines: EvidenceTexts

    /// The data that all items of a check share.
    final class Check: Sendable {
        /// The number of its rule among ``Report/rules``.
        let rule: Int
        /// `nil` if the check is not known.
        let about: About?
        /// Whether a fix of the check exists.
        let isFixable: Bool

        init(rule: Int, about: About?, isFixable: Bool) {
            self.rule = rule
            self.about = about
            self.isFixable = isFixable
        }
    }

    init(finding: Finding, of check: Check, hasCommands: Bool, texts: EvidenceTexts, lines: EvidenceTexts) {
        self.finding = finding
        self.check = check
        self.hasCommands = hasCommands
        self.texts = texts
        self.lines = lines
    }

    var rule: Int { check.rule }
    /// Whether the finding fails and a fix of its check exists.
    private var hasFix: Bool { finding.status == .fail && check.isFixable }

    var id: String {
        StableIdentifier.text([
            finding.check, finding.account, finding.region, finding.resource.type, finding.resource.arn,
        ])
    }
    var status: Report.Status { Report.Status(finding.status) }
    var severity: Severity { finding.severity }
    var message: String { finding.message }
    var sentence: String { "\(finding.resource.name ?? finding.resource.id): \(finding.message)" }
    var account: String? { finding.account }
    var region: String? { finding.region }

    var subject: String { finding.resource.title }

    var resource: ReportResource? {
        let resource = finding.resource
        return ReportResource(type: resource.type, id: resource.id, arn: resource.arn, name: resource.name)
    }

    var details: [Report.Fact] {
        var facts: [Report.Fact] = [
            .init("ARN", .code(finding.resource.arn)), .init("Name", .code(finding.resource.name ?? "")),
        ]
        if let console { facts.append(.init("Console", .link(console))) }
        if hasFix { facts.append(.init("Plan a fix", .code("parapet fix plan --check \(finding.check)"))) }
        for evidence in finding.evidence {
            facts.append(.init("\(evidence.fact) (\(evidence.source))", .code(JSONText.compact(evidence.value))))
            if let command = command(evidence) { facts.append(.init("Read again with", .code(command))) }
        }
        return facts
    }

    private var console: String? {
        hasCommands && finding.status != .pass
            ? ConsoleLink.address(of: finding.resource, in: finding.region) : nil
    }

    private func command(_ evidence: Evidence) -> String? { hasCommands ? evidence.command(in: finding) : nil }

    var record: JSON {
        var object = JSON.Object()
        add(to: &object) { $0.objects("evidence", of: finding.evidence, add) }
        return .object(object)
    }

    func write(to writer: inout JSONWriter, type: String?) {
        writer.object { writer in
            add(to: &writer) { writer in
                let text = (type == nil ? texts : lines).text(of: finding) {
                    writer.text { $0.objects(finding.evidence, add) }
                }
                writer.member("evidence", verbatim: text)
            }
            writer.member("type", ifAny: type)
        }
    }

    private func add(_ evidence: Evidence, to record: inout some JSONMembers) {
        record.member("command", ifAny: command(evidence))
        record.member("fact", evidence.fact)
        record.member("source", evidence.source.description)
        record.member("value", evidence.value)
    }

    /// In alphabetical order.
    private func add<Record: JSONMembers>(to record: inout Record, evidence: (inout Record) -> Void) {
        record.member("account", finding.account)
        record.member("check", finding.check)
        evidence(&record)
        record.member("fix", .bool(hasFix))
        record.member("id", id)
        record.member("message", finding.message)
        record.member("permission", ifAny: finding.unknown?.permission)
        record.member("practice", finding.practice.id)
        record.member("reason", ifAny: reason)
        record.member("region", finding.region)
        record.object("resource") { record in
            record.member("arn", finding.resource.arn)
            record.member("id", finding.resource.id)
            record.member("name", ifAny: finding.resource.name)
            record.member("type", finding.resource.type)
        }
        record.member("severity", finding.severity.rawValue)
        record.member("status", finding.status.rawValue)
        record.member("title", ifAny: check.about?.title)
    }

    /// The reason why the finding neither passes nor fails.
    private var reason: String? {
        finding.unknown?.explanation ?? (finding.status == .notApplicable ? finding.message : nil)
    }
}

extension Finding.Status {
    /// The statuses in the order for people: the most urgent first.
    static let inOrder: [Self] = [.fail, .unknown, .manual, .muted, .pass, .notApplicable]

    /// The field's term, as tables and documents have it.
    var words: String {
        switch self {
        case .pass, .fail, .muted: rawValue
        case .unknown: "not determined"
        case .manual: "manual review"
        case .notApplicable: "not applicable"
        }
    }
}

extension Resource {
    /// `SecurityGroup web (sg-1)`
    var title: String {
        let kind = type.split(separator: ":").last.map(String.init) ?? type
        return "\(kind) \(name.map { "\($0) (\(id))" } ?? id)"
    }
}

extension Report.Rule {
    fileprivate init(_ about: About, suite: Int, commands: [String]) {
        self.init(
            id: about.id, title: about.title, severity: about.severity,
            kind: "check", summary: about.risk, detail: about.judges, remedy: about.remedy, commands: commands,
            practice: about.practice.id,
            equivalents: about.controls.map(\.description),
            links: about.controls.compactMap { reference in
                reference.address.map { (reference.description, $0) }
            }, sources: about.sources, suite: suite)
    }
}
