import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture

/// A scan for a person at a terminal: the practices by their numbers, each with its failing findings; then the
/// undetermined results and what would resolve them; then the sums.
struct ScanTable {
    private let report: ScanReport
    /// How many findings of one check are shown before the rest is only counted; `nil` for all.
    private let limit: Int?
    /// The findings that are shown.
    private let shown: [Finding]
    private var page: TerminalPage

    init(_ report: ScanReport, text: TerminalText, limit: Int? = 8) {
        self.report = report
        self.limit = limit
        shown = report.filter.applied(to: report.findings)
        page = TerminalPage(text)
    }

    /// The whole table, ending with a line feed.
    func rendered() -> String {
        var table = self
        table.addAll()
        return table.page.rendered
    }

    private mutating func addAll() {
        addHeader()
        let practices = Dictionary(grouping: shown, by: \.practice).map(PracticeSection.init)
            .sorted { report.filter.order == .severity ? $0.precedes($1) : $0.practice < $1.practice }
        for section in practices where section.needsAttention { add(section) }
        let sound = practices.filter { !$0.needsAttention }
        if !sound.isEmpty { page.space() }
        for section in sound {
            let passes = section.count(.pass)
            if passes > 0 {
                page.add("\(section.title): \(passes) pass", indent: 2, mark: "✓", .green)
                addPasses(of: section)
            } else {
                page.add("\(section.title): not applicable", indent: 2, mark: "-", .dim)
            }
        }
        guard !report.filter.isSummary else { return addSummary() }
        addUndetermined()
        addReasons(.manual, "Manual review", "questions that Parapet cannot decide")
        if limit == nil { addReasons(.muted, "Muted", "accepted in the mute file") }
        addReasons(.notApplicable, "Not applicable", "no matching resource")
        addSummary()
    }

    private mutating func addHeader() {
        let accounts = report.scan.accounts.map(TerminalText.escaped)
        let account = accounts.count == 1 ? "account \(accounts[0])" : "\(accounts.count) accounts"
        let count = report.scan.regions.count
        let regions = count == 0 ? "global services only" : Figures.count(count, "Region")
        page.line(
            styled: page.text.styled("Parapet", .bold)
                + " · \(account) · \(regions)"
                + " · scanned \(report.scan.finished.rfc3339)")
    }

    private mutating func add(_ section: PracticeSection) {
        let counts = Finding.Status.inOrder.filter { section.count($0) > 0 }
            .map { "\(section.count($0)) \($0.words)" }.joined(separator: ", ")
        let gap = page.text.width - section.title.count - counts.count
        page.space()
        let title = page.text.styled(section.title, .bold)
        if gap >= 2 {
            page.line(styled: title + String(repeating: " ", count: gap) + counts)
        } else {
            page.line(styled: title)
            page.line(styled: String(repeating: " ", count: max(0, page.text.width - counts.count)) + counts)
        }
        guard !report.filter.isSummary else { return }
        let (own, implied) = failingChecks(of: section)
        for group in own { add(group) }
        if !implied.isEmpty {
            let names = implied.map(\.check).sorted().joined(separator: ", ")
            let checks = Figures.count(implied.count, "check")
            page.add("Also failing on the same resources (\(checks)): " + names, indent: 4, .dim)
        }
        addPasses(of: section)
    }

    /// Adds the passing checks, if everything is shown.
    private mutating func addPasses(of section: PracticeSection) {
        guard limit == nil, !report.filter.isSummary else { return }
        let passes = Dictionary(grouping: section.findings.filter { $0.status == .pass }, by: \.check)
        for (check, findings) in passes.sorted(by: { $0.key < $1.key }) {
            page.line("  PASS     " + check, .dim)
            for finding in findings {
                let place = place(of: finding)
                page.add((place.isEmpty ? "" : place + ": ") + finding.message, indent: 6, mark: "✓", .green)
            }
        }
    }

    /// The failing checks of the section, the most severe first. `own` has the findings that no other check's failure
    /// implies. `implied` has the checks whose findings are all implied. If everything is shown, no finding is left out.
    private func failingChecks(of section: PracticeSection) -> (own: [CheckGroup], implied: [CheckGroup]) {
        let groups = section.failingChecks
        guard limit != nil else { return (groups, []) }
        let failing = Dictionary(groups.map { ($0.check, Set($0.findings.map(\.resource))) }) { first, _ in first }
        var own: [CheckGroup] = []
        var implied: [CheckGroup] = []
        for group in groups {
            let implying = report.checks[group.check]?.impliedBy ?? []
            let known = implying.reduce(into: Set<Resource>()) { $0.formUnion(failing[$1] ?? []) }
            let rest = group.findings.filter { !known.contains($0.resource) }
            if rest.isEmpty {
                implied.append(group)
            } else {
                own.append(CheckGroup(check: group.check, findings: rest, implied: group.findings.count - rest.count))
            }
        }
        return (own, implied)
    }

    private mutating func add(_ group: CheckGroup) {
        let severity = group.severity.rawValue.uppercased()
        let gap = String(repeating: " ", count: max(0, 9 - severity.count))
        page.line(
            styled: "  " + page.text.styled(severity, group.severity.style) + gap
                + page.text.styled(group.check, .cyan))
        if let title = report.checks[group.check]?.title { page.add(title, indent: 11, .dim) }
        guard let limit else {
            for finding in group.findings {
                add(finding.message, at: place(of: finding))
                addEvidence(of: finding)
            }
            return
        }
        let listed = group.findings.prefix(limit)
        // A message that several findings share is shown once.
        let messages = listed.reduce(into: [String]()) { if !$0.contains($1.message) { $0.append($1.message) } }
        let groups = messages.map { message in (message, listed.filter { $0.message == message }.map(place)) }
        // Messages with one place come first: below another message they would seem to belong to it.
        for (message, places) in groups where places.count == 1 { add(message, at: places[0]) }
        for (message, places) in groups where places.count > 1 {
            page.add(message, indent: 4)
            for place in places { page.line(styled: mark + place) }
        }
        page.rest(group.findings.count - listed.count, indent: 4)
        page.rest(group.implied, indent: 4, "more fail a broader check, too (--verbose shows all)")
    }

    private mutating func addEvidence(of finding: Finding) {
        for evidence in finding.evidence {
            let words = "\(evidence.fact) = \(evidence.value.written(.sorted)) (\(evidence.source))"
            page.add(words, indent: 10, .dim, margin: String(repeating: " ", count: 8))
        }
    }

    private var mark: String { "    " + page.text.styled("✗", .red) + " " }

    /// Adds the resource and the reason, on one line if they fit.
    private mutating func add(_ message: String, at place: String) {
        if place.isEmpty || 8 + place.count + TerminalText.escaped(message).count <= page.text.width {
            page.add((place.isEmpty ? "" : place + ": ") + message, indent: 6, mark: "✗", .red)
        } else {
            page.line(styled: mark + place)
            page.add(message, indent: 8)
        }
    }

    /// The finding's resource, Region and account, escaped; empty if the finding is about the only account as a whole.
    private func place(of finding: Finding) -> String {
        var parts: [String] = []
        if finding.resource.type != "AWS::::Account" { parts.append(finding.resource.title) }
        if finding.region != "global" { parts.append(finding.region) }
        if report.scan.accounts.count > 1 { parts.append(finding.account) }
        return TerminalText.escaped(parts.joined(separator: " · "))
    }

    private mutating func addUndetermined() {
        let unknown = shown.filter { $0.status == .unknown }
        if !unknown.isEmpty {
            page.space()
            page.line(
                styled: page.text.styled("Not determined", .bold)
                    + ": \(Figures.count(unknown.count, "finding")) (not counted as passed)")
            addReasons(.unknown)
        }
        let unread = report.reasonsOfUnreadEvidence(among: shown)
        if !unread.isEmpty {
            page.space()
            page.line(styled: page.text.styled("Evidence not read", .bold) + " (the results stand without it)")
            for reason in unread.prefix(limit ?? unread.count) {
                page.add("\(reason.findings) × " + reason.unknown.explanation, indent: 2)
            }
            if let limit { page.rest(unread.count - limit, "more reasons (--verbose shows all)") }
        }
        let missing = (unknown.compactMap(\.unknown) + unread.map(\.unknown)).filter { !$0.isExplicitlyDenied }
        let permissions = Set(missing.compactMap(\.permission)).sorted()
        guard !permissions.isEmpty else { return }
        page.add("Missing permissions:", indent: 2)
        for permission in permissions { page.add(permission, indent: 4, .yellow) }
    }

    private mutating func addReasons(_ status: Finding.Status, _ title: String, _ meaning: String) {
        guard !report.reasons(status, among: shown).isEmpty else { return }
        page.space()
        page.line(styled: page.text.styled(title, .bold) + " (\(meaning))")
        addReasons(status)
    }

    /// Adds the reasons for a status, each with some of the checks and, for manual review, the resources.
    private mutating func addReasons(_ status: Finding.Status) {
        let reasons = report.reasons(status, among: shown)
        for (reason, findings) in reasons.prefix(limit ?? reasons.count) {
            let checks = Set(findings.map(\.check)).sorted()
            let shown = checks.prefix(limit == nil ? checks.count : 3)
            page.add("\(findings.count) × " + reason, indent: 2)
            page.add("in " + shown.joined(separator: ", ") + (checks.count > shown.count ? ", …" : ""), indent: 6, .dim)
            guard status == .manual || status == .muted else { continue }
            let places = findings.map(place).filter { !$0.isEmpty }
            for place in places.prefix(limit ?? places.count) { page.line("      " + place) }
            page.rest(places.count - min(places.count, limit ?? places.count), indent: 6)
        }
        if let limit { page.rest(reasons.count - limit, "more reasons (--verbose shows all)") }
    }

    private mutating func addSummary() {
        let counts = report.summary
        let failing = report.findings.filter { $0.status == .fail }
        let bySeverity = Severity.allCases.reversed().compactMap { severity -> String? in
            let count = failing.count { $0.severity == severity }
            return count > 0 ? "\(count) \(severity.rawValue)" : nil
        }
        let fails =
            "\(failing.count) fail" + (bySeverity.isEmpty ? "" : " (" + bySeverity.joined(separator: ", ") + ")")
        var parts = [fails, "\(counts[.unknown] ?? 0) not determined", "\(counts[.pass] ?? 0) pass"]
        if let muted = counts[.muted] { parts.append("\(muted) muted") }
        if let manual = counts[.manual] { parts.append("\(manual) manual review") }
        if let nothing = counts[.notApplicable] { parts.append("\(nothing) not applicable") }
        page.space()
        if let words = report.nothingJudged { page.add(words, .yellow) }
        page.add("\(Figures.count(report.checks.count, "check")): " + parts.joined(separator: " · "))
        if let omission = report.omission { page.add(omission, .yellow) }
        if let first = failing.max(by: { $0.severity < $1.severity }) {
            page.add("Next: parapet explain \(first.check)", .dim)
        }
    }
}

/// One practice's findings.
private struct PracticeSection {
    let practice: Practice
    let findings: [Finding]

    var title: String { "\(practice.number). \(practice.title)" }

    var needsAttention: Bool { findings.contains { $0.status != .pass && $0.status != .notApplicable } }

    /// Whether the section comes first: by the worst severity, then by the practice's number.
    func precedes(_ other: PracticeSection) -> Bool {
        (worst, -practice.number) > (other.worst, -other.practice.number)
    }

    private var worst: Int {
        findings.lazy.filter { $0.status == .fail }.compactMap { Severity.allCases.firstIndex(of: $0.severity) }.max()
            ?? -1
    }

    func count(_ status: Finding.Status) -> Int { findings.count { $0.status == status } }

    /// The checks that have failing findings, the most severe first.
    var failingChecks: [CheckGroup] {
        Dictionary(grouping: findings.filter { $0.status == .fail }, by: \.check)
            .map { CheckGroup(check: $0.key, findings: $0.value) }
            .sorted { ($0.severity, $1.check) > ($1.severity, $0.check) }
    }
}

/// One check's failing findings.
private struct CheckGroup {
    let check: String
    let findings: [Finding]
    /// The number of further findings, each implied by one of another check.
    var implied = 0
    var severity: Severity { findings.first?.severity ?? .low }
}
