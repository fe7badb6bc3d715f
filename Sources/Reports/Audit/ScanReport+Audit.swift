import Basics
import Inventory
import Posture

extension Report {
    /// The parts of an auditor's page besides the items.
    struct Audit: Sendable {
        /// The scope: what was read, when, by which caller, and under which rules.
        var scope: [Fact]
        var practices: [Practice]
        /// Rules by their number, the worst first.
        var risks: [(rule: Int, count: Int)]
        var frameworks: [Framework]
        var thresholds: [(name: String, value: String, isDefault: Bool)]
        /// The API calls, each with the number of times that it was made, if that is known.
        var calls: [(name: String, count: Int?)]
        /// The missing permissions, each with the number of findings that could not be determined, or whose evidence could
        /// not be read, without it.
        var permissions: [(name: String, findings: Int)]

        struct Practice: Sendable {
            var title: String
            var checks: Int
            /// How many findings there are of each status.
            var counts: [Status: Int]
        }

        struct Framework: Sendable {
            var name: String
            /// What the list of controls lacks; `nil` if it has all controls of the framework.
            var note: String?
            var controls: [Control]
            /// The controls that no check covers.
            var uncovered: [String]
        }

        struct Control: Sendable {
            var id: String
            var result: Result
            var checks: [String]
        }

        /// The combined result of a control's checks, the worst first.
        enum Result: String, Sendable, CaseIterable {
            case fail
            case unknown = "not determined"
            case manual = "manual review"
            case muted = "accepted"
            case pass
            case notApplicable = "not applicable"
            case notExamined = "not examined"
        }
    }
}

extension ScanReport {
    /// - Parameters:
    ///   - order: the checks, in the order of the report's rules.
    ///   - rows: the number of findings of each status, by the number of the check's rule.
    func audit(_ order: [About], _ rows: [Int: [Finding.Status: Int]]) -> Report.Audit {
        var permissions: [String: Int] = [:]
        var resources: Set<String> = []
        for place in findings.indices {
            resources.insert(findings[place].resource.arn)
            if findings[place].status == .unknown, let name = findings[place].unknown?.permission {
                permissions[name, default: 0] += 1
            }
        }
        for reason in reasonsOfUnreadEvidence() {
            if let name = reason.unknown.permission { permissions[name, default: 0] += reason.findings }
        }
        let practices = Practice.all.map { practice in
            let places = order.indices.filter { order[$0].practice == practice }
            var counts: [Report.Status: Int] = [:]
            for place in places {
                for (status, count) in rows[place] ?? [:] { counts[Report.Status(status), default: 0] += count }
            }
            return Report.Audit.Practice(
                title: "\(practice.number). \(practice.title)", checks: places.count, counts: counts)
        }
        let failing = order.indices.compactMap { place in rows[place]?[.fail].map { (rule: place, count: $0) } }
        let scope = scope ?? ScanScope()
        return Report.Audit(
            scope: facts(of: scope, resources: resources.count), practices: practices,
            risks: failing.sorted {
                (order[$0.rule].severity, $0.count, $1.rule) > (order[$1.rule].severity, $1.count, $0.rule)
            },
            frameworks: scope.frameworks.map { result(of: $0, order, rows) },
            thresholds: scope.settings.named.map {
                ($0.name, $0.value.text ?? JSONText.compact($0.value), $0.isDefault)
            },
            calls: scope.calls.map { ($0.name, $0.count) },
            permissions: permissions.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map { ($0.key, $0.value) })
    }

    private func facts(of scope: ScanScope, resources: Int) -> [Report.Fact] {
        func list(_ texts: [String]) -> Report.Words { .plain(texts.isEmpty ? "none" : texts.joined(separator: ", ")) }
        var facts: [Report.Fact] = []
        if let client = scope.client { facts.append(.init("Client", .plain(client))) }
        facts += [
            .init("Accounts", list(scan.accounts.map { id in scope.aliases[id].map { "\(id) (\($0))" } ?? id })),
            .init("Regions read", list(scan.regions)),
            .init("Enabled regions not read", list(scope.unreadRegions)),
            .init("Read by", .code(scope.caller ?? "not recorded")),
            .init("Read from", .plain(scan.started.rfc3339)), .init("Read until", .plain(scan.finished.rfc3339)),
            .init("Scan", .code(scan.id)), .init("Parapet", .plain(scan.parapet)),
            .init(
                "Options", scope.options.isEmpty ? .plain("none") : .code(scope.options.joined(separator: " "))),
        ]
        for role in ["configuration", "mutes", "snapshot"] {
            let files = scope.files.filter { $0.role == role }
            let name = role.prefix(1).uppercased() + role.dropFirst()
            if files.isEmpty { facts.append(.init(name, .plain("none"))) }
            for file in files { facts.append(.init(name, .code("\(file.path) · SHA-256 \(file.sha256)"))) }
        }
        facts.append(
            .init(
                "Evaluated",
                .plain(
                    "\(Figures.count(resources, "resource")) by \(Figures.count(checks.count, "check")): "
                        + Figures.count(findings.count, "finding"))))
        if scope.isRedacted {
            facts.append(
                .init("Redacted", .plain("Account IDs, names, ARNs, messages and texts of evidence were taken out.")))
        }
        return facts
    }

    private func result(
        of framework: ScanScope.Framework, _ order: [About], _ rows: [Int: [Finding.Status: Int]]
    ) -> Report.Audit.Framework {
        let places = Dictionary(order.enumerated().map { ($1.id, $0) }) { first, _ in first }
        let covered = framework.controls.filter { !$0.checks.isEmpty }
        let controls = covered.map { control in
            let statuses = control.checks.compactMap { places[$0] }.flatMap { (rows[$0] ?? [:]).keys }
            let results = Set(statuses.map { Report.Audit.Result($0) })
            return Report.Audit.Control(
                id: control.id,
                result: Report.Audit.Result.allCases.first(where: results.contains) ?? .notExamined,
                checks: control.checks)
        }
        return Report.Audit.Framework(
            name: framework.name, note: framework.note, controls: controls,
            uncovered: framework.controls.filter(\.checks.isEmpty).map(\.id))
    }
}

extension Report.Status {
    init(_ status: Finding.Status) { self = Report.Status(rawValue: status.rawValue) ?? .unknown }

    /// The result as people read it.
    var words: String {
        switch self {
        case .unknown: "not determined"
        case .manual: "manual review"
        case .notApplicable: "not applicable"
        case .fail, .muted, .pass, .information: rawValue
        }
    }
}

extension Report.Audit.Result {
    fileprivate init(_ status: Finding.Status) {
        self =
            switch status {
            case .fail: .fail
            case .unknown: .unknown
            case .manual: .manual
            case .muted: .muted
            case .pass: .pass
            case .notApplicable: .notApplicable
            }
    }
}
