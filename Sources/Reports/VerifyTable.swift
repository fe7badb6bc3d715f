import AWSClient
import Basics
import FoundationEssentials
import TrailIntegrity

/// A verification for a person at a terminal: what was proved, then each problem with its object and what it means.
struct VerifyTable {
    private let verification: Verification
    private let nothing: String?
    /// How many problems of one kind are shown before the rest is only counted; `nil` for all.
    private let limit: Int?
    private var page: TerminalPage

    init(_ report: VerifyReport, text: TerminalText, limit: Int?) {
        verification = report.verification
        nothing = report.nothingVerified
        self.limit = limit
        page = TerminalPage(text)
    }

    /// The whole table, ending with a line feed.
    func rendered() -> String {
        var table = self
        let range = verification.range
        table.page.line(
            styled: page.text.styled("Parapet verify", .bold)
                + " · \(range.lowerBound.rfc3339) to \(range.upperBound.rfc3339)")
        table.addCoverage()
        table.addProblems()
        table.addSummary()
        return table.page.rendered
    }

    private mutating func addCoverage() {
        page.space()
        guard !verification.coverage.isEmpty else {
            let none = "No digest file of this time is valid: nothing verified."
            page.add(verification.digests.total == 0 ? VerifyReport.nothing : none, .yellow)
            return
        }
        let isProved = verification.logs.invalid == 0
        page.line(
            styled: page.text.styled(isProved ? "Proved" : "Covered by valid digest files", .bold)
                + (isProved
                    ? " (all delivered log files present and unchanged)"
                    : "; log file problems below"))
        let shown = limit.map { verification.coverage.prefix($0 * 3) } ?? verification.coverage[...]
        for stretch in shown {
            let place = [stretch.account, stretch.region, stretch.trail].joined(separator: " · ")
            page.line(
                styled: "  \(stretch.from.rfc3339) to \(stretch.to.rfc3339)  "
                    + page.text.styled(TerminalText.escaped(place), .cyan))
        }
        page.rest(verification.coverage.count - shown.count)
        if let nothing { page.add(nothing, indent: 2, .yellow) }
        let places = verification.withoutDigests.map { "\($0.account) \($0.region)" }
        guard !places.isEmpty else { return }
        let some = places.prefix(limit ?? places.count).joined(separator: ", ")
        page.add(
            "No digest file of this time in " + some + (places.count > limit ?? places.count ? ", …" : ""), indent: 2,
            .dim)
    }

    private mutating func addProblems() {
        let groups = Dictionary(grouping: verification.problems, by: \.kind)
        for kind in Problem.Kind.allCases {
            guard let problems = groups[kind] else { continue }
            let style: TerminalText.Style = kind.isInformation ? .yellow : .red
            page.space()
            page.line(styled: page.text.styled(kind.title, style) + " (\(problems.count) × \(kind.rawValue))")
            page.add(kind.meaning, indent: 2, .dim)
            for problem in problems.prefix(limit ?? problems.count) {
                let mark = page.text.styled(kind.isInformation ? "·" : "✗", style)
                page.line(styled: "  \(mark) " + TerminalText.escaped(problem.object))
                page.add(problem.message, indent: 6)
            }
            page.rest(problems.count - (limit ?? problems.count))
        }
    }

    private mutating func addSummary() {
        guard verification.digests.total > 0 else { return }
        func count(_ count: Verification.Count, _ what: String) -> String {
            "\(count.valid) of \(count.total) \(what) valid"
                + (count.invalid > 0 ? page.text.styled(", \(count.invalid) INVALID", .brightRed) : "")
        }
        let mark = verification.hasFailed ? page.text.styled("✗", .red) : page.text.styled("✓", .green)
        let (digests, logs) = (count(verification.digests, "digest files"), count(verification.logs, "log files"))
        page.space()
        page.line(styled: "\(mark) \(digests) · \(logs)")
    }
}

extension Problem.Kind {
    /// Changed or missing log files are critical. Problems of digest files are less severe: they only leave files
    /// unproven.
    var severity: Severity {
        isInformation ? .informational : isOfDigest ? .high : .critical
    }

    var title: String {
        switch self {
        case .digestNotFound: "Digest file missing"
        case .digestInvalidFormat: "Digest file unreadable"
        case .digestMoved: "Digest file moved"
        case .digestSignature: "Digest file with an invalid signature"
        case .digestUnknownKey: "Digest file signed with an unknown key"
        case .digestBadKey: "Public key unusable"
        case .digestChainMismatch: "Digest file replaced"
        case .logNotFound: "Log file missing"
        case .logHashMismatch: "Log file modified"
        case .logInvalidFormat: "Log file unreadable"
        case .logNotInDigest: "Log file not listed in any digest"
        case .gap: "Gap without digest files"
        }
    }

    /// The consequence for users of the logs.
    var meaning: String {
        switch self {
        case .digestNotFound, .digestInvalidFormat, .digestMoved, .digestSignature, .digestUnknownKey, .digestBadKey,
            .digestChainMismatch:
            "Log files of this hour cannot be verified and are not counted. They can have been changed or deleted."
        case .logNotFound:
            """
            Events of this time are missing. Server access logs or data events of the bucket show which principal \
            deleted objects.
            """
        case .logHashMismatch:
            "Events in this file can be forged, altered or deleted. The bucket may still have an older version."
        case .logInvalidFormat: "Log tools can read something else in it than CloudTrail wrote."
        case .logNotInDigest:
            "Not confirmed by CloudTrail; log tools will still process it."
        case .gap: "For information: nothing is verified for this time."
        }
    }
}
