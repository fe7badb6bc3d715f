import Basics
import AWSClient
import Analytics
import FoundationEssentials
import TrailIntegrity

/// A verification for a person at a terminal: what was proved, then each problem with its object and what it means.
public struct VerifyTable {
    private let verification: Verification
    private let text: TerminalText
    /// How many problems of one kind are shown before the rest is only counted; `nil` for all.
    private let limit: Int?

    public init(_ report: VerifyReport, text: TerminalText, limit: Int? = 8) {
        verification = report.verification
        self.text = text
        self.limit = limit
    }

    /// The whole table, ending with a line feed.
    public func rendered() -> String {
        var lines = [
            text.styled("Parapet verify", .bold)
                + " · \(verification.range.lowerBound.rfc3339) to \(verification.range.upperBound.rfc3339)"
        ]
        lines += coverage() + problems() + summary()
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: What was proved

    private func coverage() -> [String] {
        guard !verification.coverage.isEmpty else {
            let none =
                verification.digests.total == 0
                ? "No digest file was found for this time: nothing is proved, and nothing is known to be wrong."
                : "No digest file of this time is valid: nothing is proved."
            return [""] + text.wrapped(none).map { text.styled($0, .yellow) }
        }
        let heading =
            verification.logs.invalid == 0
            ? text.styled("Proved", .bold) + " (every log file delivered then is there, unchanged)"
            : text.styled("Covered by valid digest files", .bold) + " (not every log file is what they list: see below)"
        var lines = ["", heading]
        let shown = limit.map { verification.coverage.prefix($0 * 3) } ?? verification.coverage[...]
        lines += shown.map { stretch in
            let place = [stretch.account, stretch.region, stretch.trail].map(TerminalText.escaped).joined(
                separator: " · ")
            return "  \(stretch.from.rfc3339) to \(stretch.to.rfc3339)  "
                + text.styled(place, .cyan)
        }
        if shown.count < verification.coverage.count {
            lines.append(
                "  … and \(verification.coverage.count - shown.count) more (--verbose or --format json shows all)")
        }
        if !verification.withoutDigests.isEmpty {
            let places = verification.withoutDigests.map { "\($0.account) \($0.region)" }.map(TerminalText.escaped)
            lines += text.wrapped(
                "No digest file of this time in " + places.prefix(limit ?? places.count).joined(separator: ", ")
                    + (places.count > limit ?? places.count ? ", …" : ""), indent: 2
            ).map { text.styled($0, .dim) }
        }
        return lines
    }

    // MARK: What was not

    private func problems() -> [String] {
        let groups = Dictionary(grouping: verification.problems, by: \.kind)
        return Problem.Kind.allCases.flatMap { kind -> [String] in
            guard let problems = groups[kind] else { return [] }
            let style: TerminalText.Style = kind.isInformation ? .yellow : .red
            var lines = ["", text.styled(kind.title, style) + " (\(problems.count) × \(kind.rawValue))"]
            lines += text.wrapped(kind.meaning, indent: 2).map { text.styled($0, .dim) }
            for problem in limit.map({ problems.prefix($0) }) ?? problems[...] {
                lines.append(
                    "  " + text.styled(kind.isInformation ? "·" : "✗", style) + " "
                        + TerminalText.escaped(problem.object))
                lines += text.wrapped(TerminalText.escaped(problem.message), indent: 6)
            }
            if let limit, problems.count > limit {
                lines.append("  … and \(problems.count - limit) more (--verbose or --format json shows all)")
            }
            return lines
        }
    }

    private func summary() -> [String] {
        guard verification.digests.total > 0 else { return [] }
        func count(_ count: Verification.Count, _ what: String) -> String {
            "\(count.valid) of \(count.total) \(what) valid"
                + (count.invalid > 0 ? text.styled(", \(count.invalid) INVALID", .brightRed) : "")
        }
        let mark = verification.hasFailed ? text.styled("✗", .red) : text.styled("✓", .green)
        return [
            "", "\(mark) \(count(verification.digests, "digest files")) · \(count(verification.logs, "log files"))",
        ]
    }
}

extension Problem.Kind {
    /// Changed or missing files of the log are worse than what merely lacks a proof.
    var severity: Severity {
        isInformation ? .informational : isOfDigest ? .high : .critical
    }

    var title: String {
        switch self {
        case .digestNotFound: "Digest file missing"
        case .digestInvalidFormat: "Digest file unreadable"
        case .digestMoved: "Digest file moved"
        case .digestSignature: "Digest file with a wrong signature"
        case .digestUnknownKey: "Digest file signed with an unknown key"
        case .digestBadKey: "Public key unusable"
        case .digestChainMismatch: "Digest file replaced"
        case .logNotFound: "Log file missing"
        case .logHashMismatch: "Log file modified"
        case .logInvalidFormat: "Log file unreadable"
        case .logNotInDigest: "Log file without a digest"
        case .gap: "Time without a digest"
        }
    }

    /// What it means for whoever relies on the logs.
    var meaning: String {
        switch self {
        case .digestNotFound, .digestInvalidFormat, .digestMoved, .digestSignature, .digestUnknownKey, .digestBadKey,
            .digestChainMismatch:
            "Nothing proves the log files of this hour; they may have been changed or removed, and are not counted."
        case .logNotFound:
            "Events of that time are missing. Who deleted objects stands in the bucket's access logs or data events."
        case .logHashMismatch:
            "Events in this file may be invented, altered or removed. An older version may still be in the bucket."
        case .logInvalidFormat: "Readers of logs may see something else in it than CloudTrail wrote."
        case .logNotInDigest:
            "CloudTrail never said that it delivered this file; tools that read the folder will believe it."
        case .gap: "For information: nothing is proved for that time."
        }
    }
}
