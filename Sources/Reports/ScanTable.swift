import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture

/// A scan for a person at a terminal: the practices, the worst first, each with its failing findings; then what
/// could not be determined and what would settle it; then the sums.
public struct ScanTable {
    private let report: ScanReport
    private let text: TerminalText
    /// How many findings of one check are shown before the rest is only counted; `nil` for all.
    private let limit: Int?

    public init(_ report: ScanReport, text: TerminalText, limit: Int? = 8) {
        self.report = report
        self.text = text
        self.limit = limit
    }

    /// The whole table, ending with a line feed.
    public func rendered() -> String {
        var lines = header()
        let practices = Dictionary(grouping: report.findings, by: \.practice)
            .map(PracticeSection.init)
            .sorted { ($0.rank, $1.practice.number) > ($1.rank, $0.practice.number) }
        for section in practices where section.needsAttention {
            lines += [""] + self.lines(of: section)
        }
        let sound = practices.filter { !$0.needsAttention }.sorted { $0.practice < $1.practice }
        if !sound.isEmpty {
            lines.append("")
            lines += sound.map { section in
                text.styled("✓", .green)
                    + " \(section.practice.number). \(section.practice.title): \(section.count(.pass)) pass"
            }
        }
        lines += undetermined() + summary()
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Parts of the table

    private func header() -> [String] {
        let accounts = report.scan.accounts.map(TerminalText.escaped)
        let account = accounts.count == 1 ? "account \(accounts[0])" : "\(accounts.count) accounts"
        let regions = report.scan.regions.count
        return [
            text.styled("Parapet", .bold) + " · \(account) · \(regions) region\(regions == 1 ? "" : "s")"
                + " · read \(report.scan.finished.rfc3339)"
        ]
    }

    private func lines(of section: PracticeSection) -> [String] {
        let counts = [Finding.Status.fail, .unknown, .manual, .muted, .pass]
            .compactMap { status in
                section.count(status) > 0 ? "\(section.count(status)) \(status.rawValue)" : nil
            }
            .joined(separator: ", ")
        let title = "\(section.practice.number). \(section.practice.title)"
        let gap = max(2, text.width - title.count - counts.count)
        var lines = [text.styled(title, .bold) + String(repeating: " ", count: gap) + counts]
        let (own, implied) = failingChecks(of: section)
        for group in own {
            lines += self.lines(of: group)
        }
        if !implied.isEmpty {
            let names = implied.map(\.check).sorted().joined(separator: ", ")
            lines += text.wrapped("The same resources also fail: " + names, indent: 4).map { text.styled($0, .dim) }
        }
        return lines
    }

    /// The failing checks of the section without what another one's failure implies, the most severe first; and
    /// those of which nothing is left by that.
    private func failingChecks(of section: PracticeSection) -> (own: [CheckGroup], implied: [CheckGroup]) {
        let groups = section.failingChecks
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
                own.append(CheckGroup(check: group.check, findings: rest))
            }
        }
        return (own, implied)
    }

    private func lines(of group: CheckGroup) -> [String] {
        let severity = group.severity.rawValue.uppercased()
        var lines = [
            "  " + text.styled(severity.padded(to: 9), group.severity.style)
                + text.styled(group.check, .cyan)
        ]
        if let title = report.checks[group.check]?.title {
            lines += text.wrapped(title, indent: 11).map { text.styled($0, .dim) }
        }
        let shown = limit.map { group.findings.prefix($0) } ?? group.findings[...]
        // Said once where it is the same of several.
        let messages = shown.reduce(into: [String]()) { if !$0.contains($1.message) { $0.append($1.message) } }
        for message in messages {
            let same = shown.filter { $0.message == message }
            lines += same.count == 1 ? self.lines(of: same[0]) : self.lines(of: same, sharing: message)
        }
        let rest = group.findings.count - shown.count
        if rest > 0 {
            lines.append("    … and \(rest) more (--verbose or --format json shows all)")
        }
        return lines
    }

    /// The resource and the reason, on one line where they fit.
    private func lines(of finding: Finding) -> [String] {
        let message = TerminalText.escaped(finding.message)
        let name = place(of: finding)
        let mark = "    " + text.styled("✗", .red) + " "
        if name.isEmpty || 8 + name.count + message.count <= text.width {
            return text.wrapped((name.isEmpty ? "" : name + ": ") + message, indent: 6)
                .enumerated().map { $0 == 0 ? mark + $1.dropFirst(6) : $1 }
        }
        return [mark + name] + text.wrapped(message, indent: 8)
    }

    /// The reason, and below it each resource.
    private func lines(of findings: [Finding], sharing message: String) -> [String] {
        text.wrapped(TerminalText.escaped(message), indent: 4)
            + findings.map { "    " + text.styled("✗", .red) + " " + place(of: $0) }
    }

    /// What the finding is about and where that is; empty for the one account as a whole.
    private func place(of finding: Finding) -> String {
        var parts: [String] = []
        if finding.resource.type != "AWS::::Account" {
            let kind = finding.resource.type.split(separator: ":").last.map(String.init) ?? finding.resource.type
            let name = finding.resource.name.map { "\($0) (\(finding.resource.id))" }
            parts.append("\(kind) \(name ?? finding.resource.id)")
        }
        if finding.region != "global" { parts.append(finding.region) }
        if report.scan.accounts.count > 1 { parts.append(finding.account) }
        return TerminalText.escaped(parts.joined(separator: " · "))
    }

    private func undetermined() -> [String] {
        let unknown = report.findings.filter { $0.status == .unknown }
        guard !unknown.isEmpty else { return [] }
        var lines = [
            "",
            text.styled("Not determined", .bold)
                + " (\(unknown.count) finding\(unknown.count == 1 ? "" : "s"); none counts as a pass)",
        ]
        let byReason = Dictionary(grouping: unknown) { $0.unknown?.explanation ?? $0.message }
            .sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }
        for (reason, findings) in byReason.prefix(limit ?? byReason.count) {
            let checks = Set(findings.map(\.check)).sorted()
            lines.append(contentsOf: text.wrapped("\(findings.count) × " + TerminalText.escaped(reason), indent: 2))
            let list = checks.prefix(3).joined(separator: ", ") + (checks.count > 3 ? ", …" : "")
            lines.append(contentsOf: text.wrapped("in " + list, indent: 6).map { text.styled($0, .dim) })
        }
        if let limit, byReason.count > limit {
            lines.append("  … and \(byReason.count - limit) more reasons (--verbose shows all)")
        }
        let missing = unknown.compactMap(\.unknown).filter { !$0.isExplicitlyDenied }
        let permissions = Set(missing.compactMap(\.permission)).sorted()
        if !permissions.isEmpty {
            lines += text.wrapped("These permissions would settle what was denied:", indent: 2)
            lines += permissions.map { "    " + text.styled(TerminalText.escaped($0), .yellow) }
        }
        return lines
    }

    private func summary() -> [String] {
        let counts = report.summary
        let failing = report.findings.filter { $0.status == .fail }
        let bySeverity = Severity.allCases.reversed().compactMap { severity -> String? in
            let count = failing.count { $0.severity == severity }
            return count > 0 ? "\(count) \(severity.rawValue)" : nil
        }
        let fails =
            "\(failing.count) fail" + (bySeverity.isEmpty ? "" : " (" + bySeverity.joined(separator: ", ") + ")")
        var parts = [fails, "\(counts[.unknown] ?? 0) unknown", "\(counts[.pass] ?? 0) pass"]
        if let muted = counts[.muted] { parts.append("\(muted) muted") }
        if let manual = counts[.manual] { parts.append("\(manual) to decide by hand") }
        var lines =
            [""]
            + text.wrapped(
                "\(report.checks.count) check\(report.checks.count == 1 ? "" : "s"): " + parts.joined(separator: " · "))
        if let first = failing.max(by: { $0.severity < $1.severity }) {
            lines += text.wrapped("Next: parapet explain \(first.check)").map { text.styled($0, .dim) }
        }
        return lines
    }
}

/// One practice's findings.
private struct PracticeSection {
    let practice: Practice
    let findings: [Finding]

    var needsAttention: Bool { findings.contains { $0.status != .pass } }

    func count(_ status: Finding.Status) -> Int { findings.count { $0.status == status } }

    /// The checks that have failing findings, the most severe first.
    var failingChecks: [CheckGroup] {
        Dictionary(grouping: findings.filter { $0.status == .fail }, by: \.check)
            .map { CheckGroup(check: $0.key, findings: $0.value) }
            .sorted { ($0.severity, $1.check) > ($1.severity, $0.check) }
    }

    /// What decides which practice comes first: the worst severity, then how often it occurs.
    var rank: Rank {
        let failing = findings.filter { $0.status == .fail }
        let worst = failing.map(\.severity).max()
        return Rank(worst: worst, count: failing.count { $0.severity == worst }, unknown: count(.unknown))
    }

    struct Rank: Comparable {
        var worst: Severity?
        var count: Int
        var unknown: Int

        static func < (left: Rank, right: Rank) -> Bool {
            switch (left.worst, right.worst) {
            case (nil, nil): left.unknown < right.unknown
            case (nil, _): true
            case (_, nil): false
            case (let left_?, let right_?):
                left_ == right_ ? left.count < right.count : left_ < right_
            }
        }
    }
}

/// One check's failing findings.
private struct CheckGroup {
    let check: String
    let findings: [Finding]
    var severity: Severity { findings.first?.severity ?? .low }
}

extension String {
    fileprivate func padded(to columns: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, columns - count))
    }
}
